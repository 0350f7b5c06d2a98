import type { DataSource, SourceFile } from './data-source.js';

const DGCNN =
  'https://raw.githubusercontent.com/muhanzhang/pytorch_DGCNN/50f504131ca66382f3f078ae98e59aa3ae35b795/data';

function dgcnn(
  set: string,
  files: Readonly<Record<string, readonly [number, string]>>,
): SourceFile[] {
  return Object.entries(files).map(([name, [bytes, sha256]]) => {
    const inner = name.startsWith('test_idx') ? `10fold_idx/${name}` : name;
    return { name, bytes, sha256, urls: [`${DGCNN}/${set}/${inner}`] };
  });
}

/** Graph classification sets that can be fetched, with the ten folds of the GIN experiments. */
export const GRAPH_SOURCES: readonly DataSource[] = [
  {
    name: 'graphs-MUTAG',
    folder: 'graphs-MUTAG',
    licence: 'MIT (repository); free for research (TU Dortmund)',
    home: 'https://github.com/muhanzhang/pytorch_DGCNN',
    files: dgcnn('MUTAG', {
      'MUTAG.txt': [32377, '5897dae243f6c773aab54ec99e86551c3b1e8601acef254714073042c632d30e'],
      'test_idx-1.txt': [63, '52a082efad97dbff2220023632ef36009025489cad04ee40d027758cdc2525c4'],
      'test_idx-10.txt': [55, 'adaf574e4804a4c6849a8213121b1a18bd45101a1ca2e83e90b2c0917abee5df'],
      'test_idx-2.txt': [58, '356bc8b8d00c2da11596ac0589981fcefec6cc2a888c015d9e35f17001e16b20'],
      'test_idx-3.txt': [61, 'f485c4e7341e78d08a8450e61861c53406ef7beb86ae2dac16062cf8214eb448'],
      'test_idx-4.txt': [61, '7b8db256fafc179a2bd3c4a7114f0ae3905dd13fb318f34f3281a5a5066161c0'],
      'test_idx-5.txt': [62, '992858c1122d9f9e99c4fe975742632bbcc4dc9cc651c6513c4accf526fbb4b7'],
      'test_idx-6.txt': [62, 'eaf2e57b545766e558dd393ee428ac1561bcc07a42908eb8644835ccb4bc3062'],
      'test_idx-7.txt': [63, 'eda25cebd772a6935d4b780a4f58d8aa947df43c14463a6ed0aeb2e555462f5c'],
      'test_idx-8.txt': [64, '9da7a48b329f17c16bc15939bafb14bababde6d948aff83583e32cdb1dc2c4d6'],
      'test_idx-9.txt': [65, '274119935ba895fa3d8829a463243800c1982704f9f179bb4ef290af1019c092'],
    }),
  },
  {
    name: 'graphs-IMDBBINARY',
    folder: 'graphs-IMDBBINARY',
    licence: 'MIT (repository); free for research (TU Dortmund)',
    home: 'https://github.com/muhanzhang/pytorch_DGCNN',
    files: dgcnn('IMDBBINARY', {
      'IMDBBINARY.txt': [
        581321,
        '1068c698677c07c04f3ad56fc4a175cb2161523c840abfdaf50e101ecc30504f',
      ],
      'test_idx-1.txt': [391, '0c608b497f93881a54ef04786a5239af86c1989130a7bb9201693c8760414c86'],
      'test_idx-10.txt': [389, 'ee64162e19c034d54e013698f7ae63d31567b1afd8207f54a89621d994f1d6b0'],
      'test_idx-2.txt': [392, 'a1d71bce61e390604a46fef70a4b3b19ef3ca80ccda3061d2708c55be71ccc93'],
      'test_idx-3.txt': [386, 'e26189e39e2642552c61a4857308f5cacb895f13b2e68eb7fe9e20b9fd789729'],
      'test_idx-4.txt': [392, '43b0282e3c3ab606702cd817d86b8623965b016b2bca587f934e62df92318015'],
      'test_idx-5.txt': [391, 'a4902e21539ff4ac6e66aa8cfd8907147dd765336ee2083ef8131cabee3ac1dc'],
      'test_idx-6.txt': [384, '6abaa9eca41b26f5fab3382242b26d3e6a8f8e720083456d00633fe62a57cd4d'],
      'test_idx-7.txt': [386, 'cfe61c0d986b86ed01ca6dad850bb999e5d0098aec978fc36b19f8396e65e694'],
      'test_idx-8.txt': [386, '048f900449aa3e3732feb493a8d6130d4f879fb4440c378d08fe19d7e1af3394'],
      'test_idx-9.txt': [393, '73a67d1f3da3143c0f687cc143b584cf46b2708059d1ab87996f4a4fb37fe202'],
    }),
  },
];
