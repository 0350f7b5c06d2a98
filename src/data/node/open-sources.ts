import { file, type DataSource } from './data-source.js';

// Counts, licences, reference results and how the files were verified: SOURCE.md of each set in the
// data folder of the project. Commits are fixed, so that an address keeps its bytes.
const GITHUB = 'https://raw.githubusercontent.com';
const UCI = 'https://archive.ics.uci.edu/ml/machine-learning-databases';
const BROWNLEE = `${GITHUB}/jbrownlee/Datasets/d20fcb6402ae34e653d4513b00f39257bb37ed7f`;
const ZALANDO = `${GITHUB}/zalandoresearch/fashion-mnist/b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion`;
const ZALANDO_S3 = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com';

/** Sets that can be fetched. */
export const OPEN_SOURCES: readonly DataSource[] = [
  {
    name: 'fashion-mnist',
    folder: 'fashion-mnist',
    licence: 'MIT',
    home: 'https://github.com/zalandoresearch/fashion-mnist',
    files: [
      file(
        't10k-images-idx3-ubyte.gz',
        4422102,
        '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
        [`${ZALANDO}/t10k-images-idx3-ubyte.gz`, `${ZALANDO_S3}/t10k-images-idx3-ubyte.gz`],
      ),
      file(
        't10k-labels-idx1-ubyte.gz',
        5148,
        '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
        [`${ZALANDO}/t10k-labels-idx1-ubyte.gz`, `${ZALANDO_S3}/t10k-labels-idx1-ubyte.gz`],
      ),
      file(
        'train-images-idx3-ubyte.gz',
        26421880,
        '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
        [`${ZALANDO}/train-images-idx3-ubyte.gz`, `${ZALANDO_S3}/train-images-idx3-ubyte.gz`],
      ),
      file(
        'train-labels-idx1-ubyte.gz',
        29515,
        'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
        [`${ZALANDO}/train-labels-idx1-ubyte.gz`, `${ZALANDO_S3}/train-labels-idx1-ubyte.gz`],
      ),
    ],
  },
  {
    name: 'iris',
    folder: 'tabular',
    licence: 'CC BY 4.0',
    home: 'https://archive.ics.uci.edu/dataset/53/iris',
    files: [
      file('iris.csv', 4549, 'f5d0c11e5c78a69a20dbb80baf2b24703f59a6687595752abb397d23732647c5', [
        `${BROWNLEE}/iris.csv`,
      ]),
    ],
  },
  {
    name: 'wine',
    folder: 'tabular',
    licence: 'CC BY 4.0',
    home: 'https://archive.ics.uci.edu/dataset/109/wine',
    files: [
      file('wine.csv', 10782, 'e9c16b779f9194945067f65118da6afb317ef60c6515879c50124dc4f6cdd756', [
        `${BROWNLEE}/wine.csv`,
      ]),
    ],
  },
  {
    name: 'breast-cancer',
    folder: 'tabular',
    licence: 'CC BY 4.0',
    home: 'https://archive.ics.uci.edu/dataset/15/breast+cancer+wisconsin+original',
    files: [
      file(
        'breast-cancer-wisconsin.csv',
        14486,
        '9c9dc50e62dbcece16e5707bdec7514f87230d0aa35798b9aaffbc77cf736f1f',
        [`${BROWNLEE}/breast-cancer-wisconsin.csv`],
      ),
    ],
  },
  {
    name: 'wdbc',
    folder: 'tabular',
    licence: 'CC BY 4.0',
    home: 'https://archive.ics.uci.edu/dataset/17/breast+cancer+wisconsin+diagnostic',
    files: [
      file('wdbc.csv', 124103, 'd606af411f3e5be8a317a5a8b652b425aaf0ff38ca683d5327ffff94c3695f4a', [
        `${GITHUB}/Zein2002/F20BC-Coursework-1/72a01794e0b2eb150a95a0c3ab032ed53a8d9b06/wdbc.data`,
        `${UCI}/breast-cancer-wisconsin/wdbc.data`,
      ]),
    ],
  },
  {
    name: 'adult',
    folder: 'tabular',
    licence: 'CC BY 4.0',
    home: 'https://archive.ics.uci.edu/dataset/2/adult',
    files: [
      file(
        'adult-train.csv',
        3974305,
        '5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d',
        [`${BROWNLEE}/adult-train.csv`],
      ),
      file(
        'adult-test.csv',
        2003132,
        '72567b94f5c1a6f8501377dd80f93892c3848ff071cf91ba47e00b0785a28074',
        [`${BROWNLEE}/adult-test.csv`],
      ),
    ],
  },
  {
    name: 'california-housing',
    folder: 'tabular',
    licence: 'Apache-2.0',
    home: 'https://github.com/ageron/handson-ml2',
    files: [
      file(
        'california_housing.csv',
        1423529,
        '8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e',
        [
          `${GITHUB}/ageron/handson-ml2/1e2115277b50f6c584cd668fa30e3af309a5b136/datasets/housing/housing.csv`,
        ],
      ),
    ],
  },
  {
    name: 'penguins',
    folder: 'tabular',
    licence: 'CC0',
    home: 'https://github.com/allisonhorst/palmerpenguins',
    files: [
      file(
        'penguins.csv',
        15241,
        'f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93',
        [
          `${GITHUB}/allisonhorst/palmerpenguins/8957207b78d6ccd1b4654a9dd9c9041b657478ab/inst/extdata/penguins.csv`,
        ],
      ),
    ],
  },
  {
    name: 'sms-spam',
    folder: 'sms-spam',
    licence: 'CC BY 4.0',
    home: 'https://archive.ics.uci.edu/dataset/228/sms+spam+collection',
    files: [
      file('sms.tsv', 477907, '7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d', [
        `${GITHUB}/justmarkham/pycon-2016-tutorial/5339710562cc46c4a32a369d63f1e8751a18a54e/data/sms.tsv`,
      ]),
    ],
  },
  {
    name: 'tinyshakespeare',
    folder: 'tinyshakespeare',
    licence: 'public domain',
    home: 'https://github.com/karpathy/char-rnn',
    files: [
      file(
        'input.txt',
        1115394,
        '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
        [
          `${GITHUB}/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt`,
        ],
      ),
    ],
  },
];
