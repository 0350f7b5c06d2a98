// covers: src/cli/training.ts, src/cli/models.ts
// covers: src/train/families/mlp.ts, src/train/families/linear.ts
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadSafetensors } from '../../../src/io/node.js';
import { MODELS } from '../../../src/cli/models.js';
import { pngFile } from '../../io/png-file.js';
import { gradus } from '../run-gradus.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Most of the digits validate, so that training takes little time. */
const SMALL = '--hidden 24 --val-fraction 0.8 --epochs 2';

/** The lines of --json without the times. */
function linesOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { seconds: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return rest;
    });
}

test('--json: a line for each epoch and one for the test part; the same seed, the same bits', async () => {
  const first = await gradus(`train mlp ${SMALL} --seed 3 --json`);
  expect([first.status, first.stderr]).toEqual([0, '']);
  const epoch = String.raw`\{"epoch":\d,"loss":[\d.]+,"valLoss":[\d.]+,"accuracy":[\d.]+,"seconds":[\d.]+\}\n`;
  const final = String.raw`\{"final":true,"loss":[\d.]+,"accuracy":[\d.]+\}\n`;
  expect(first.stdout).toMatch(new RegExp(`^${epoch}${epoch}${final}$`));
  const lines = linesOf(first.stdout);
  expect(lines[1]!.epoch).toBe(2);
  expect(lines[1]!.loss).toBeLessThan(lines[0]!.loss as number);
  expect(lines[2]).toMatchObject({ final: true });
  expect(lines[2]!.accuracy).toBeGreaterThan(0.7);

  const again = await gradus(`train mlp ${SMALL} --seed 3 --json`);
  expect(linesOf(again.stdout)).toEqual(lines);
  const other = await gradus(`train mlp ${SMALL} --seed 4 --json`);
  expect(linesOf(other.stdout)[2]).not.toEqual(lines[2]);
});

test('without validation, its figures are null', async () => {
  const { stdout } = await gradus('train linear --val-fraction 0 --epochs 1 --json');
  const [epoch] = linesOf(stdout);
  expect(epoch).toMatchObject({ epoch: 1, valLoss: null, accuracy: null });
});

test('text for people; --quiet leaves the result', async () => {
  const { status, stdout, stderr } = await gradus(`train linear --val-fraction 0.8 --epochs 2`);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^linear on digits: generated \(seed 0\)\n2,000 samples to train on, 8,000/,
  );
  expect(stdout).toMatch(/7,850 parameters, adam, lr 0.001, batch size 64, seed 0\n/);
  expect(stdout).toMatch(
    /\nepoch 1\/2 {2}loss \d\.\d{4} {2}acc [\d.]+% {2}val loss \d\.\d{4} {2}val acc [\d.]+% {2}\d+\.\d s {2}[\d,]+ samples\/s\nepoch 2\/2/,
  );
  expect(stdout).toMatch(/\ntest loss \d\.\d{4}, test accuracy \d\d\.\d%\n$/);
  const quiet = await gradus(`train linear --val-fraction 0.8 --epochs 2 --quiet`);
  expect(quiet.stdout).toBe(stdout.slice(stdout.indexOf('test loss')));
});

test('after three epochs a sentence says what training looks like', async () => {
  const { stdout } = await gradus('train linear --val-fraction 0.9 --epochs 3');
  expect(stdout).toMatch(/\nAfter 3 epochs the loss is [\d.]+ in training and [\d.]+ in valid/);
  for (const flags of ['--epochs 2', '--epochs 3 --val-fraction 0', '--epochs 3 --quiet']) {
    const { stdout: other } = await gradus(`train linear --val-fraction 0.9 ${flags}`);
    expect(other).not.toContain('After');
  }
});

test('--save writes the weights and what they are', async () => {
  const file = join(folder, 'model.safetensors');
  const { status } = await gradus(`train mlp ${SMALL} --optimizer momentum --quiet --save ${file}`);
  expect(status).toBe(0);
  const { tensors, metadata } = await loadSafetensors(file);
  expect([...tensors].map(([name, t]) => `${name} ${t.shape.join('x')}`).sort()).toEqual([
    '1.bias 24',
    '1.weight 24x784',
    '4.bias 10',
    '4.weight 10x24',
  ]);
  expect(metadata).toMatchObject({
    model: 'mlp',
    options: '{"hidden":[24],"dropout":0.1,"activation":"relu","norm":"none","inputNoise":0}',
  });
});

describe('what fails has status 1 and one sentence', () => {
  const data = (name: string, bytes: (file: string) => Uint8Array): string => {
    const parent = join(folder, name);
    mkdirSync(join(parent, 'fashion-mnist'), { recursive: true });
    for (const part of ['train', 't10k']) {
      for (const file of [`${part}-images-idx3-ubyte.gz`, `${part}-labels-idx1-ubyte.gz`]) {
        writeFileSync(join(parent, 'fashion-mnist', file), bytes(file));
      }
    }
    return parent;
  };
  const fails = async (args: string, message: RegExp): Promise<void> => {
    const { status, stdout, stderr } = await gradus(args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  };

  test('missing data', async () => {
    const nowhere = join(folder, 'nowhere');
    const args = `train mlp --data fashion-mnist --data-dir ${nowhere}`;
    await fails(args, /the data directory \S+nowhere does not exist; pass --data-dir/);
    mkdirSync(nowhere);
    await fails(args, /fashion-mnist: its files are not in \S+nowhere or .* --data-dir/);
    await fails('train mlp --data fashion-mnist', /its files are not in .* GRADUS_DATA/);
  });

  test('truncated and corrupt data', async () => {
    const cut = data('cut', () => readFileSync('package-lock.json').subarray(0, 100));
    await fails(`train mlp --data fashion-mnist --data-dir ${cut}`, /ubyte\.gz/);
    const empty = data('empty', () => new Uint8Array());
    await fails(`train mlp --data fashion-mnist --data-dir ${empty}`, /ubyte\.gz/);
  });

  test('a file that cannot be written, before any training', async () => {
    await fails(
      `train mlp --save ${join(folder, 'no', 'x.safetensors')}`,
      /cannot write \S+x\.safetensors: the directory \S+no does not exist; create it first\./,
    );
    await fails(`train mlp --save ${folder}`, /cannot write \S+: it is a directory; give the path/);
  });

  test('a loss that is not a number', async () => {
    const args = `${SMALL} --optimizer sgd --lr 1e9 --json`;
    await fails(`train mlp ${args}`, /the loss is \S+ in epoch 1, step \d+ of 32: \w+ of f32/);
  });
});

test('no two families have a name', () => {
  expect(new Set(MODELS.map((family) => family.name)).size).toBe(MODELS.length);
});

test.each(MODELS)('the family $name says what it is', async ({ name, summary }) => {
  const { stdout } = await gradus(`train ${name} --help`);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(summary);
});

// Those of pictures and texts learn in tests of their own.
test.each(MODELS.filter(({ task, reads }) => task === undefined && reads === undefined))(
  'the family $name builds and learns',
  async ({ name }) => {
    const run = await gradus(`train ${name} --val-fraction 0.7 --epochs 1 --json`);
    expect(linesOf(run.stdout)[1]!.accuracy).toBeGreaterThan(0.25);
  },
  180_000,
);

const dataDir = process.env['GRADUS_DATA'];

test.skipIf(!dataDir)(
  'Fashion-MNIST: two epochs of the recipe',
  async () => {
    const args = 'train mlp --data fashion-mnist --epochs 2 --seed 1 --json';
    const { status, stdout } = await gradus(args, { GRADUS_DATA: dataDir });
    expect(status).toBe(0);
    expect(linesOf(stdout)[2]!.accuracy).toBeGreaterThan(0.85);
  },
  180_000,
);

test('a folder of images: trained on, evaluated with the same test part, named where it is none', async () => {
  const directory = join(folder, 'shapes');
  for (let i = 0; i < 20; i++) {
    for (const [name, value] of [
      ['dark', 20 + i],
      ['bright', 200 + i],
    ] as const) {
      mkdirSync(join(directory, name), { recursive: true });
      const size = i === 0 ? 9 : 6;
      const samples = Array.from({ length: size * size }, () => value);
      const png = pngFile({ width: size, height: size, colourType: 0, depth: 8, samples });
      writeFileSync(join(directory, name, `${i}.png`), png);
    }
  }
  const model = join(folder, 'shapes.safetensors');
  const flags = `--data ${directory} --hidden 8 --epochs 20 --batch-size 8 --lr 0.01 --quiet`;
  const mixed = await gradus(`train mlp ${flags}`);
  expect([mixed.status, mixed.stdout]).toEqual([1, '']);
  expect(mixed.stderr).toMatch(/has 6×6 pixels .* has 9×9; give a size .*--image-size/);
  const { status, stdout, stderr } = await gradus(
    `train mlp ${flags} --image-size 5x4 --save ${model}`,
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/test accuracy 100\.0%/);
  // It remembers where the images are, and takes them in the model's size.
  const evaluated = await gradus(`eval ${model}`);
  expect(evaluated.stdout).toContain(`on ${directory}: 40 images of [1, 5, 4]`);
  expect(evaluated.stdout).toMatch(/test accuracy 100\.0% of 8 samples/);
  const wrong = await gradus(`train mlp --data ${directory} --image-size 5x`);
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    "error: --image-size is '5x'; give a number of pixels above 0, or height and width, such as 24x32.\n",
  ]);
});
