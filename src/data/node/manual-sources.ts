import { file, type DataSource } from './data-source.js';

/** Sets that a person has to put into the data folder: known by their checksums only. */
export const MANUAL_SOURCES: readonly DataSource[] = [
  {
    name: 'planetoid-cora',
    folder: 'planetoid-cora',
    licence: 'MIT (repository)',
    home: 'https://github.com/kimiyoung/planetoid',
    manual: 'the originals are Python pickles; these files are text made from them',
    files: [
      file(
        'edges.csv',
        48450,
        '138c0713f02c1d7c6510f0767f9c4cd5496c6d5e069e9fa938f41ce021d2ddc0',
        [],
      ),
      file(
        'features.txt',
        212514,
        '03d7ce13c1e6fae5bbcbba8ab5e366f9aa269a608796acac4df9047d07795d8a',
        [],
      ),
      file(
        'labels.csv',
        17857,
        '5331fd0586e871c02534c3ef8181efbc9cdf4e311ac14d24fac4573784c0f5db',
        [],
      ),
      file(
        'test.txt',
        5000,
        'fa3a51f3bf640543e579d2536ef3eaec80178f157ad0d6bf5b8ed61716144416',
        [],
      ),
      file(
        'train.txt',
        450,
        'c0de86e68a97de4dfd324bb56ad0be175cd772c0d1e2d23d51dca66762abe524',
        [],
      ),
      file('val.txt', 2000, 'a3ce6ed911f90d6d6424f5776bb20d7f1f9b24732e4b2d99d6cd4163308b66c7', []),
    ],
  },
  {
    name: 'karate-club',
    folder: 'karate-club',
    licence: 'facts of 1977',
    home: 'https://github.com/networkx/networkx',
    manual: 'the files are text made from networkx/generators/social.py',
    files: [
      file(
        'edges.csv',
        582,
        '9ef1a91619c760fd987f601260274803baf3aed887aa7aad802f1794914c5b52',
        [],
      ),
      file(
        'labels.csv',
        431,
        'bba76610f8b9a0cf465b62f55c1715cadbcd29c13b9ef574b6b0af2605c5b01f',
        [],
      ),
    ],
  },
  {
    name: 'musae-facebook',
    folder: 'musae-facebook',
    licence: 'GPL-3.0 (repository)',
    home: 'https://github.com/benedekrozemberczki/MUSAE',
    manual:
      'these files are text made from the originals, under a licence that does not go with ours',
    files: [
      file(
        'edges.csv',
        1880634,
        'b1b254d83a300abf7b3bb01b1a727a682f5a9a2006699eb0b129062df3bb3443',
        [],
      ),
      file(
        'features.txt',
        1538123,
        'e0378355ad34b9e6f47b2c8a169b4e02c1de8592665b27f5aa87d26e7f817297',
        [],
      ),
      file(
        'labels.csv',
        383043,
        '0e268057239efe26ddd6237b015dbcad42221f9a05edf6d53693c578a4c4a89f',
        [],
      ),
      file(
        'test.txt',
        24703,
        'f6993dbd59cca78473a34112a1cecd2f4e782186d25a3a75a115e7a8a3609991',
        [],
      ),
      file(
        'train.txt',
        74238,
        'e441a5d7d880ee0cfc99d043748373cad2635d34619e2096d732dd3725cfded7',
        [],
      ),
      file(
        'val.txt',
        24769,
        '0c5b2d4fd88f2f3cf54d73b3a2a43ca24e9370b5a38694b04528c0180acd4534',
        [],
      ),
    ],
  },
  {
    name: 'mr-polarity',
    folder: 'mr-polarity',
    licence: 'none stated',
    home: 'https://github.com/yoonkim/CNN_sentence',
    manual: 'no licence is stated, so we do not fetch it for you',
    files: [
      file(
        'rt-polarity.neg',
        612256,
        '4ace77d558c3714723843f1d65b60c01e3417b208180f0728808d76ad0eeeaca',
        [],
      ),
      file(
        'rt-polarity.pos',
        626139,
        '2da124ec187a9d5a29c9f04e91c540e02baed5af8868f550a26bd6fd4dbf8bf0',
        [],
      ),
    ],
  },
  {
    name: 'timeseries',
    folder: 'timeseries',
    licence: 'none stated',
    home: 'https://github.com/jbrownlee/Datasets',
    manual: 'no licence is stated, so we do not fetch it for you',
    files: [
      file(
        'airline-passengers.csv',
        2180,
        '8cb51be753a718d9be5d76d7e238cc224792754676adc21faa59e954b0201621',
        [],
      ),
      file(
        'daily-min-temperatures.csv',
        67921,
        '8b9de63ed6789492bf497625e7f9beb96a63d367b4b0a21754006f749fa5e5da',
        [],
      ),
      file(
        'monthly-sunspots.csv',
        45039,
        'c4ec8cc57d9f6fb6ecdb3e1f37f25b6f4badd5124c55931052b0cd2fc3bc71f3',
        [],
      ),
    ],
  },
  {
    name: 'cifar10',
    folder: 'cifar10-subset',
    licence: 'none stated',
    home: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    manual: 'no licence is stated, and this part of the set has no address of its own',
    files: [
      file(
        'data_batch_1.bin.gz',
        28313767,
        '6fcee3c4b6ea120cf82b263e2e9fe932e7edf7daf530e8b8ed62c178f70910c6',
        [],
      ),
      file(
        'test_batch_first1000.bin.gz',
        2834548,
        '3d5e72c2623a79c57b916d8669b4cba52fa2984d04cb8cd7d256902adc743432',
        [],
      ),
    ],
  },
];
