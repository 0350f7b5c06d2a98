// covers: src/cli/data/folds.ts
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spreadOf } from '../../src/cli/cross-validate.js';
import { foldsOf } from '../../src/cli/data/folds.js';
import { dividedParts } from '../../src/cli/data/parts.js';
import { loadTableRows } from '../../src/cli/data/table-rows.js';
import { isImages, isTable, type TrainingData } from '../../src/cli/data/training-data.js';
import { digits, DIGITS_NORMALIZATION } from '../../src/data/index.js';
import { expectFailure } from './commands/models.js';
import { someTables } from './data/some-tables.js';
import { gradus } from './run-gradus.js';

const { flowers, houses, put } = someTables();
const FLOWERS = `--data ${flowers} --target kind`;
const HOUSES = `--data ${houses} --target price --ignore id --missing fill`;
const SMALL = '--hidden 8 --dropout 0 --batch-size 16 --lr 0.02';

/** The rows of the parts of each fold. */
function rowsOf(data: TrainingData): { train: string[]; test: string[] } {
  if (!isTable(data)) throw new Error('a table');
  const text = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join());
  return { train: text(data.train.rows), test: text(data.test.rows) };
}

describe('the folds', () => {
  test('every row is tested once, never by a model that has seen it, classes in proportion', async () => {
    const data = await loadTableRows(flowers, { target: 'kind' }, 0, { env: {} });
    const folds = foldsOf(data, 5, 3).map(rowsOf);
    expect(folds.flatMap((fold) => fold.test).sort()).toEqual(
      rowsOf({ ...data, test: data.whole }).test.sort(),
    );
    for (const { train, test: tested } of folds) {
      expect([train.length, tested.length]).toEqual([72, 18]);
      expect(tested.filter((row) => row.endsWith('lily'))).toHaveLength(6);
    }
    expect(foldsOf(data, 5, 3).map(rowsOf)).toEqual(folds);
    expect(foldsOf(data, 5, 4).map(rowsOf)).not.toEqual(folds);
  });

  test('what turns rows into numbers is learnt in each fold from its own training part', async () => {
    const flags = { target: 'price', ignore: ['id'], missing: 'fill' } as const;
    const data = await loadTableRows(houses, flags, 0, { env: {} });
    const offsets = foldsOf(data, 4, 0).map((fold) => {
      if (!isTable(fold)) throw new Error('a table');
      const { preprocessing } = dividedParts(fold, 0, 0, {});
      if (preprocessing.kind !== 'table') throw new Error('a table');
      const [size] = preprocessing.table.features;
      const sizes = fold.train.rows.map((row) => Number(row[1]));
      const mean = sizes.reduce((a, b) => a + b) / sizes.length;
      expect((size as { offset: number }).offset).toBeCloseTo(mean, 9);
      return mean;
    });
    expect(new Set(offsets).size).toBe(4);
  });

  test('images: the part to train on is divided, the test part is left alone', () => {
    const train = digits({ count: 60 });
    const classes = train.classes;
    const images = {
      name: 'd',
      source: 's',
      classes,
      train,
      test: digits({ count: 10, part: 'test' }),
    };
    const folds = foldsOf({ ...images, normalization: DIGITS_NORMALIZATION }, 3, 0);
    const labels = folds.flatMap((fold) => {
      if (!isImages(fold)) throw new Error('images');
      expect(fold.train.length + fold.test.length).toBe(60);
      return [...fold.test.column('y').values];
    });
    expect(labels.sort((a, b) => a - b)).toEqual(
      [...train.column('y').values].sort((a, b) => a - b),
    );
  });
});

test('a line for each fold, then mean and deviation, as text and as JSON', async () => {
  const args = `train mlp ${FLOWERS} ${SMALL} --epochs 6 --folds 3`;
  const { stdout, stderr, status } = await gradus(args);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(
    '3 folds, the first with 55 samples to train on, 5 to validate on, 30 to',
  );
  expect(stdout).toMatch(
    /\nfold 1\/3 {2}test loss \d\.\d{4}, test accuracy [\d.]+% {2}[\d.]+ s\nfold 2/,
  );
  expect(stdout).toMatch(
    /\n3 folds, mean ± standard deviation: loss \d\.\d{4} ± \d\.\d{4}, accuracy [\d.]+% ± [\d.]+%\n$/,
  );
  const json = await gradus(`${args} --json`);
  const lines = json.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
  expect(lines.slice(0, 3)).toMatchObject([
    { fold: 1, samples: 30 },
    { fold: 2, samples: 30 },
    { fold: 3, samples: 30 },
  ]);
  const accuracies = lines.slice(0, 3).map(({ accuracy }) => accuracy!);
  const { mean, std } = spreadOf(accuracies);
  expect(mean).toBeGreaterThan(0.6);
  expect(lines[3]).toMatchObject({ final: true, folds: 3, accuracy: mean, std: { accuracy: std } });
  expect(lines).toHaveLength(4);
  const quiet = await gradus(`${args} --quiet`);
  expect(quiet.stdout).toBe(stdout.slice(stdout.indexOf('3 folds, mean')));
});

test('of numbers: errors in their unit', async () => {
  const args = `train mlp ${HOUSES} ${SMALL} --epochs 4 --folds 4 --val-fraction 0`;
  const { stdout } = await gradus(`${args} --json`);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
  const { mean } = spreadOf(lines.slice(0, 4).map(({ rmse }) => rmse!));
  expect(lines[4]).toMatchObject({ final: true, rmse: mean, mae: expect.any(Number) as number });
  expect(lines[4]).not.toHaveProperty('accuracy');
  expect((await gradus(args)).stdout).toMatch(/RMSE [\d,.]+ ± [\d,.]+, MAE .*, R² -?\d\.\d{4} ± /);
});

test('a config file may say it', async () => {
  const file = put(
    'config.json',
    '{"folds": 2, "epochs": 1, "batchSize": 16, "target": "kind", "categorical": ["kind"]}',
  );
  const { status, stdout } = await gradus(
    `train linear --data ${flowers} --config ${file} --quiet`,
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/^2 folds, mean/);
});

test('mean and deviation of a sample', () => {
  expect(spreadOf([1, 2, 3, 4])).toEqual({ mean: 2.5, std: Math.sqrt(5 / 3) });
  expect(spreadOf([1, null])).toEqual({ mean: null, std: null });
});

test('what cannot be is told before any training', async () => {
  const fails = (args: string, message: RegExp) => expectFailure(`train mlp ${args}`, 2, message);
  await fails(`${FLOWERS} --folds 1`, /--folds is '1'; give an integer of at least 2/);
  await fails(
    `${FLOWERS} --folds 31`,
    /--folds 31: the class '\w+' has 30 samples, fewer than folds; use at most 30 folds, or leave/,
  );
  await fails(`${HOUSES} --folds 201`, /--folds 201: there are 200 samples; use at most 200 folds/);
  const rare = put(
    'rare.csv',
    `x,y\n${Array.from({ length: 9 }, (_, i) => `${i},${i ? 'a' : 'b'}`).join('\n')}`,
  );
  await fails(
    `--data ${rare} --target y --folds 2`,
    /the class 'b' has 1 samples, .*; leave it out/,
  );
  for (const flag of ['--save x', '--run x']) {
    await fails(
      `--folds 3 ${flag}`,
      /--folds trains a model for each fold and keeps none; leave out --/,
    );
  }
  await fails(
    `${FLOWERS} --folds 3 --test-fraction 0.3`,
    /tests on each fold in turn; leave out --test/,
  );
});

const dataDir = process.env['GRADUS_DATA'];
const real = dataDir !== undefined && existsSync(join(dataDir, 'tabular'));
if (!real) console.log('skipped: folds of a real table (set GRADUS_DATA to the data folder)');

test.skipIf(!real)('wdbc by stratified folds', async () => {
  const args = 'train mlp --data wdbc --hidden 32 --lr 0.005 --epochs 15 --folds 5 --json';
  const { status, stdout } = await gradus(args, { GRADUS_DATA: dataDir });
  expect(status).toBe(0);
  const final = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { accuracy: number };
  expect(final.accuracy).toBeGreaterThan(0.95);
});
