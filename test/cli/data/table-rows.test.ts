// covers: src/cli/data/parts.ts, src/cli/data/training-data.ts, src/cli/data/options.ts
// covers: src/cli/data/stratified-parts.ts
import { describe, expect, test } from 'vitest';
import { dividedParts } from '../../../src/cli/data/parts.js';
import { stratifiedParts } from '../../../src/cli/data/stratified-parts.js';
import { loadTableRows, type TableFlags } from '../../../src/cli/data/table-rows.js';
import { fingerprint, testHash } from '../../../src/cli/data/training-data.js';
import { TablePreprocessor, type Table } from '../../../src/data/index.js';
import { expectFailure } from '../commands/models.js';
import { someTables } from './some-tables.js';

const { flowers, houses, put } = someTables();
const load = (file: string, flags: TableFlags, seed = 0) =>
  loadTableRows(file, flags, seed, { env: {} });
const HOUSES = { target: 'price', missing: 'fill', ignore: ['id'] } as const;

function counts(table: Table, column: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const row of table.rows) found[row[column]!] = (found[row[column]!] ?? 0) + 1;
  return found;
}

describe('the rows', () => {
  test('classes: a test part in their proportion, which the seed draws', async () => {
    const data = await load(flowers, { target: 'kind', testFraction: 1 / 3 });
    expect(data).toMatchObject({ name: flowers, task: 'classification', target: 'kind' });
    expect(counts(data.test, 3)).toEqual({ rose: 10, lily: 10, iris: 10 });
    expect(counts(data.train, 3)).toEqual({ rose: 20, lily: 20, iris: 20 });
    const other = await load(flowers, { target: 'kind', testFraction: 1 / 3 }, 1);
    expect(other.test.rows).not.toEqual(data.test.rows);
    const again = await load(flowers, { target: 'kind', testFraction: 1 / 3 });
    expect(again.test.rows).toEqual(data.test.rows);
    expect([fingerprint(again), testHash(again)]).toEqual([fingerprint(data), testHash(data)]);
    expect([fingerprint(other), testHash(other)]).not.toContain(fingerprint(data));
    expect(testHash(other)).not.toBe(testHash(data));
  });

  test('a number: a fifth of the rows, every row in one part', async () => {
    const data = await load(houses, HOUSES);
    expect(data.task).toBe('regression');
    expect([data.train.rows.length, data.test.rows.length]).toEqual([160, 40]);
    const ids = [...data.train.rows, ...data.test.rows].map(([id]) => Number(id));
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  test('numbers that are names, by --categorical', async () => {
    const file = put(
      'codes.csv',
      `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2}`).join('\n')}`,
    );
    expect((await load(file, { target: 'y' })).task).toBe('regression');
    expect((await load(file, { target: 'y', categorical: ['y'] })).task).toBe('classification');
  });

  test('incomplete ones are dropped before they are divided', async () => {
    const data = await load(houses, { ...HOUSES, missing: 'drop' });
    expect([data.train.rows.length, data.test.rows.length]).toEqual([152, 38]);
  });
});

describe('the parts', () => {
  test('what is learnt of the rows is learnt from those trained on alone', async () => {
    const data = await load(houses, HOUSES);
    const { train, validation, test: rest, task, preprocessing } = dividedParts(data, 0.25, 3, {});
    expect([train.length, validation!.length, rest.length]).toEqual([120, 40, 40]);
    if (preprocessing.kind !== 'table' || task.kind !== 'regression') throw new Error('a number');
    const { features, target } = preprocessing.table;
    expect(features.map(({ name }) => name)).toEqual(['size', 'age', 'place']);
    // Mean 0 and deviation 1 over the part trained on, and not over the others.
    const x: number[] = [];
    for (let i = 0; i < 120; i++) x.push((await train.get(i)).x.values[0]!);
    const mean = x.reduce((a, b) => a + b) / 120;
    expect(mean).toBeCloseTo(0, 5);
    expect(x.reduce((a, b) => a + (b - mean) ** 2, 0) / 120).toBeCloseTo(1, 4);
    expect(task).toEqual({
      kind: 'regression',
      inputShape: [5],
      target: 'price',
      offset: (target as { offset: number }).offset,
      scale: (target as { scale: number }).scale,
    });
    const all = TablePreprocessor.fit(data.train, data.fit).spec;
    expect(preprocessing.table.features[0]).not.toEqual(all.features[0]);
  });

  test('classes stay in proportion in validation', async () => {
    const data = await load(flowers, { target: 'kind' });
    const { validation, task } = dividedParts(data, 0.25, 0, {});
    const of: number[] = [];
    for (let i = 0; i < validation!.length; i++) of.push((await validation!.get(i)).y.values[0]!);
    expect([0, 1, 2].map((c) => of.filter((label) => label === c).length)).toEqual([6, 6, 6]);
    expect(task).toMatchObject({ classes: ['iris', 'lily', 'rose'] });
  });
});

test('a class with a single sample is trained on', () => {
  const labels = ['a', 'b', 'a', 'a', 'a', 'c', 'a', 'a'];
  const { train, test: rest } = stratifiedParts(labels, 2, 0);
  expect([...train, ...rest].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(rest).toHaveLength(2);
  expect([...train]).toEqual(expect.arrayContaining([1, 5]));
  expect(stratifiedParts(['a', 'b'], 1, 0)).toEqual({
    train: Int32Array.of(0, 1),
    test: new Int32Array(),
  });
});

test('what cannot be is told before any training', async () => {
  const fails = (args: string, message: RegExp, status: 1 | 2 = 2) =>
    expectFailure(`train mlp --epochs 1 ${args}`, status, message);
  await fails(`--data ${flowers}`, /which column is to be predicted\? Give --target COLUMN\./);
  await fails(`--data ${flowers} --target kinds`, /no column 'kinds'; did you mean 'kind'\?/, 1);
  await fails(`--data ${flowers} --target kind --ignore colr`, /no column 'colr'/, 1);
  await fails(`--data ${flowers} --target kind --ignore kind`, /--ignore kind: that is the column/);
  await fails('--data iris --target species', /what iris predicts is settled; leave out --target/);
  await fails('--target kind', /--target is for tables, and digits has images; leave it out/);
  await fails('--test-fraction 0.1', /--test-fraction is for tables, and digits has images/);
  await fails(
    '--data irs',
    /there is no data set 'irs'; did you mean 'iris'\? Known: digits, .*\.csv/,
  );
  await fails(
    `--data ${flowers} --target kind --val-fraction 0.001`,
    /--val-fraction 0.001 of 72 rows/,
  );
  await fails(
    `--data ${flowers} --target kind --test-fraction 0.001`,
    /--test-fraction 0.001 of 90/,
  );
  await fails('--test-fraction 0', /--test-fraction is '0'; give a number above 0 and below 1/);
  await fails('--categorical a,,b', /--categorical is 'a,,b'; give names separated by commas/);
  await fails('--missing maybe', /there is no --missing 'maybe'.* Known: error, drop, fill/);
  await fails(
    `--data ${houses} --target price --ignore id`,
    /line 9, column 'age': the value is missing \(""\); complete it, or give --missing drop or fill/,
    1,
  );
  const words = Array.from({ length: 30 }, (_, i) => `word${i},${i % 2 ? 'a' : 'b'}`);
  const text = put('text.csv', ['word,y', ...words].join('\n'));
  await fails(
    `--data ${text} --target y`,
    /column 'word' of \S+ is text \("word0", …\); give --ignore word or --categorical word\./,
  );
  await fails(`--data ${text} --target word`, /is text \("word0", …\); give --categorical word\./);
  await fails(
    `--data ${text} --target word --categorical word`,
    /every row has a class of its own/,
  );
  const empty = put('empty.csv', 'x,z,y\n1,,a\n2,,b\n3,,a\n');
  await fails(`--data ${empty} --target y`, /column 'z' of \S+ has no values; give --ignore z\./);
  const same = (y: string) =>
    put(`same-${y}.csv`, `x,y\n${Array.from({ length: 20 }, (_, i) => `${i},${y}`).join('\n')}`);
  await fails(
    `--data ${same('5')} --target y`,
    /all \d+ rows to train on have the value 5; there is/,
  );
  await fails(
    `--data ${same('a')} --target y`,
    /all \d+ rows to train on have the class 'a'; there/,
  );
  await fails(
    `--data ${flowers} --target kind --loss mse`,
    /--loss mse is for numbers, and the target/,
  );
  const numbers = `--data ${houses} --target price --missing fill`;
  await fails(`${numbers} --loss cross-entropy`, /cross-entropy is for classes, .* mse, l1, huber/);
  await fails(
    `${numbers} --label-smoothing 0.1`,
    /--label-smoothing is for classes, and the target/,
  );
  await fails('--loss hinge', /there is no --loss 'hinge'.*Known: cross-entropy, mse, l1, huber/);
});
