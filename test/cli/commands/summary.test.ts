// covers: src/cli/layer-table.ts
import { expect, test } from 'vitest';
import { gradus } from '../run-gradus.js';
import { expectFailure, trainedModels } from './models.js';
import { FAMILIES } from '../../../src/train/index.js';

const NAMES = FAMILIES.map(({ name }) => name).join(', ');

const { folder, mlp } = trainedModels();

test('a family with flags', async () => {
  const { status, stdout, stderr } = await gradus(
    'summary mlp --hidden 5 --input-shape 3,2 --classes 2',
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toBe(
    [
      'mlp, input [N, 3, 2]',
      '',
      'layer       output   parameters   bytes   multiply-adds   FLOPs   sees',
      '0 Flatten   [N, 6]            0       0               0       0      1',
      '1 Linear    [N, 5]           35     140              30      65    all',
      '2 ReLU      [N, 5]            0       0               0       5    all',
      '3 Dropout   [N, 5]            0       0               0       0    all',
      '4 Linear    [N, 2]           12      48              10      22    all',
      'total                        47     188              40      92',
      '',
    ].join('\n'),
  );
});

test('a model file', async () => {
  const { stdout } = await gradus(`summary ${mlp}`);
  expect(stdout).toMatch(
    /^mlp, input \[N, 1, 28, 28\]\nclasses: 10: 0, 1, 2, 3.*\ntrained: on digits, 2 epochs\ntest accuracy: [\d.]+%\nwritten by: gradus \d/,
  );
  const json = await gradus(`summary ${mlp} --json`);
  expect(JSON.parse(json.stdout)).toMatchObject({
    model: 'mlp',
    inputShape: [1, 28, 28],
    parameters: 19_090,
    bytes: 76_360,
    layers: [
      { name: '0', type: 'Flatten', outputShape: [1, 784], parameters: 0, bytes: 0 },
      {},
      {},
      {},
      {},
    ],
  });
});

test('receptive fields', async () => {
  const { stdout } = await gradus('summary lenet');
  const last = stdout.split('\n').map((line) => line.split('   ').at(-1)!.trim());
  expect(last.slice(3, 11)).toEqual([
    '5×5',
    '5×5',
    '6×6 /2',
    '14×14 /2',
    '14×14 /2',
    '16×16 /4',
    '16×16',
    'all',
  ]);
  const { layers, multiplyAdds } = JSON.parse((await gradus('summary lenet --json')).stdout) as {
    layers: { receptiveField: unknown }[];
    multiplyAdds: number;
  };
  expect(multiplyAdds).toBe(416_520);
  expect(layers[2]!.receptiveField).toEqual([
    { size: 6, jump: 2 },
    { size: 6, jump: 2 },
  ]);
});

test('every family has one', async () => {
  const { stdout } = await gradus('summary --help');
  expect(stdout).toContain('summary <file|family>');
  const linear = await gradus('summary linear --json');
  expect(JSON.parse(linear.stdout)).toMatchObject({ parameters: 7850 });
});

test('what is neither', async () => {
  await expectFailure(
    'summary',
    2,
    new RegExp(`summary: of what\\? Give a model file or one of: ${NAMES}\\.`),
  );
  await expectFailure('summary mpl', 2, /no file and no model 'mpl'; did you mean 'mlp'\?/);
  await expectFailure(`summary ${folder}/none`, 1, /there is no such file/);
  await expectFailure(`summary ${folder}`, 1, /it is a directory/);
  await expectFailure('summary mlp --hidden x', 2, /--hidden is 'x'/);
});
