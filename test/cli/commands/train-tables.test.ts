// covers: src/cli/test-result.ts, src/cli/losses.ts, src/cli/data/rows-to-test.ts
// covers: src/cli/predictions.ts
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../../src/train/node.js';
import { someTables } from '../data/some-tables.js';
import { gradus } from '../run-gradus.js';
import { expectFailure } from './models.js';

const { flowers, houses, folder, put } = someTables();
const FLOWERS = `--data ${flowers} --target kind`;
const HOUSES = `--data ${houses} --target price --ignore id --missing fill`;
const SMALL = '--hidden 16 --dropout 0 --batch-size 16 --lr 0.02';

/** Runs a command that succeeds. */
async function out(args: string): Promise<string> {
  const { status, stdout, stderr } = await gradus(args);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** The last line of --json. */
async function last(args: string): Promise<Record<string, number>> {
  const lines = (await out(args)).trimEnd().split('\n');
  return JSON.parse(lines.at(-1)!) as Record<string, number>;
}

describe('classes', () => {
  const file = join(folder, 'flowers.safetensors');

  test('training says what it predicts, and learns it', async () => {
    const text = await out(`train mlp ${FLOWERS} ${SMALL} --epochs 12 --save ${file}`);
    expect(text).toContain(`mlp on ${flowers}: 90 rows of a file\n`);
    expect(text).toContain('to predict: kind, one of 3 classes, from 5 numbers\n');
    expect(text).toContain('66 samples to train on, 6 to validate on, 18 to test on\n');
    expect(text).toMatch(/\ntest loss \d\.\d{4}, test accuracy 100\.0%; saved /);
    const { task, training, preprocessing } = await loadModel(file);
    expect(task).toEqual({
      kind: 'classification',
      inputShape: [5],
      classes: ['iris', 'lily', 'rose'],
    });
    expect(preprocessing.kind).toBe('table');
    expect(training).toMatchObject({ data: flowers, testFraction: 0.2, seed: 0 });
  });

  test('eval reads the same rows again, and all of another file', async () => {
    const result = await last(`eval ${file} --json`);
    const { metrics } = await loadModel(file);
    expect(result).toMatchObject({ samples: 18, accuracy: 1, loss: metrics['testLoss'] });
    const copy = put('copy.csv', readFileSync(flowers, 'utf8'));
    expect(await last(`eval ${file} --data ${copy} --json`)).toMatchObject({ samples: 90 });
    expect(await out(`eval ${file}`)).toMatch(/of 18 samples\n\nclass +samples.*\niris +6 +6 +100/);
  });

  test('predict takes rows as CSV and as JSON', async () => {
    const csv = put('new.csv', 'colour,width,length\nred,5.2,0.3\nblue,3.1,4.5\n');
    const rows = [
      { length: 0.3, width: 5.2, colour: 'red' },
      { length: 4.5, width: 3.1, colour: 'blue' },
    ];
    const json = put('new.json', JSON.stringify(rows));
    const guesses = (text: string) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => {
          const { top, index } = JSON.parse(line) as { top: { class: string }[]; index: number };
          return [index, top];
        });
    const [a, b] = [
      await out(`predict ${file} ${csv} --json`),
      await out(`predict ${file} ${json} --json`),
    ];
    expect(guesses(b)).toEqual(guesses(a));
    expect(a).toMatch(/"top":\[\{"class":"rose".*\n.*"top":\[\{"class":"iris"/);
    const one = put('one.json', JSON.stringify(rows[0]));
    expect(await out(`predict ${file} ${one}`)).toMatch(/one\.json\n {2}rose +\d/);
  });

  test('rows that do not fit', async () => {
    const fails = (name: string, content: string, message: RegExp) =>
      expectFailure(`predict ${file} ${put(name, content)}`, 1, message);
    await fails('no.csv', 'length,width\n1,2\n', /no column 'colour'/);
    await fails('list.json', '[1, 2]', /list\.json: record 0 is no object; give a list such as/);
    await fails('deep.json', '[{"length": [1]}]', /record 0 has a list or an object for 'length'/);
    await fails('cut.json', '[{"length": 1}', /cut\.json: /);
    await fails(
      'odd.json',
      '[{"length": 1}, {"width": 1}]',
      /odd\.json: record 1 (also has|lacks)/,
    );
    await expectFailure(
      `predict ${file} ${put('two.csv', 'length,width,colour\n1,2,red\n')} --index 1`,
      2,
      /--index 1 is beyond \S+two\.csv, which has 1 samples; use at most 0/,
    );
    await fails('none.csv', 'length,width,colour\n', /there is no row to predict for/);
    await expectFailure(
      `eval ${file} --data digits`,
      2,
      /takes rows of a table, and digits has images/,
    );
    await expectFailure(`eval ${file} --data irs`, 2, /no data set 'irs'; did you mean 'iris'\?/);
  });

  test('label smoothing is of training alone', async () => {
    const args = `train mlp ${FLOWERS} ${SMALL} --epochs 12 --json`;
    const [plain, smooth] = [await out(args), await out(`${args} --label-smoothing 0.3`)];
    const epoch = (text: string) =>
      JSON.parse(text.split('\n')[11]!) as { loss: number; valLoss: number };
    // The loss of training cannot fall below the entropy of its targets, that of validation can.
    expect(epoch(plain).loss).toBeLessThan(0.4);
    expect(epoch(smooth).loss).toBeGreaterThan(0.6);
    expect(epoch(smooth).valLoss).toBeLessThan(0.6);
  });

  test('a run: log, resumption, report, comparison', async () => {
    const [a, b] = [join(folder, 'run-a'), join(folder, 'run-b')];
    const first = await last(`train mlp ${FLOWERS} ${SMALL} --epochs 3 --run ${a} --json`);
    await out(`train linear ${FLOWERS} --epochs 3 --run ${b} --quiet`);
    expect(await last(`train mlp --resume ${a} --json`)).toEqual(first);
    expect(await out(`compare ${a} ${b}`)).toMatch(/McNemar p = /);
    const page = readFileSync(join(a, 'report.html'), 'utf8');
    expect(page).toContain('Confusion matrix');
    expect(page).not.toContain('<img');
    const log = readFileSync(join(a, 'log.jsonl'), 'utf8');
    expect(log).toContain(`--data ${flowers} --target kind --test-fraction 0.2 --epochs 3`);
    await out(
      `train mlp ${FLOWERS} ${SMALL} --epochs 3 --seed 1 --run ${join(folder, 'c')} --quiet`,
    );
    await expectFailure(`compare ${a} ${join(folder, 'c')}`, 1, /were tested on different data/);
    const changed = readFileSync(flowers, 'utf8');
    put('flowers.csv', changed.replace('red', 'blue'));
    await expectFailure(`train mlp --resume ${a}`, 1, /was trained on other data: .* rows, /);
    put('flowers.csv', changed);
  });
});

describe('numbers', () => {
  const file = join(folder, 'houses.safetensors');

  test('errors are in the unit of the target', async () => {
    const text = await out(`train mlp ${HOUSES} ${SMALL} --epochs 60 --save ${file}`);
    expect(text).toContain('to predict: price, a number, from 5 numbers\n');
    expect(text).toMatch(/\nepoch 60\/60 {2}loss \d\.\d{4} {2}val loss \d\.\d{4} {2}\d/);
    const figures = /test RMSE ([\d,.]+), test MAE ([\d,.]+), test R² (0\.\d{4}); saved/.exec(
      text,
    )!;
    const [rmse, mae, r2] = figures.slice(1).map((v) => Number(v.replaceAll(',', '')));
    // Prices run from 5,000 to 360,000, and a twentieth of the ages are missing.
    expect(rmse).toBeGreaterThan(1000);
    expect(rmse).toBeLessThan(20_000);
    expect(mae).toBeLessThan(rmse!);
    expect(r2).toBeGreaterThan(0.9);
    const { task, metrics } = await loadModel(file);
    expect(task).toMatchObject({ kind: 'regression', target: 'price' });
    expect(metrics).toMatchObject({ testR2: expect.closeTo(r2!, 3) as number });
    expect(await last(`eval ${file} --json`)).toMatchObject({
      samples: 40,
      rmse: metrics['testRmse'],
      mae: metrics['testMae'],
      r2: metrics['testR2'],
    });
    expect(await out(`eval ${file}`)).toMatch(/test RMSE [\d,.]+, test MAE .* of 40 samples\n$/);
    expect(await out(`summary ${file}`)).toMatch(/predicts: price, a number\n.*\ntest RMSE: /);
  });

  test('a prediction is the number', async () => {
    const rows = put('rows.csv', 'size,age,place\n100,20,land\n100,20,coast\n');
    const [land, coast] = (await out(`predict ${file} ${rows} --json`))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { value: number; target: string; index: number });
    expect(land).toMatchObject({ target: 'price', index: 0 });
    expect(Math.abs(land!.value - 170_000)).toBeLessThan(20_000);
    expect(coast!.value - land!.value).toBeGreaterThan(60_000);
    expect(await out(`predict ${file} ${rows}`)).toMatch(/rows\.csv \[0\] {2}1[\d,.]+\n/);
  });

  test('rows that are dropped keep their numbers', async () => {
    const dropping = join(folder, 'dropping.safetensors');
    const data = `--data ${houses} --target price --ignore id --missing drop`;
    await out(`train linear ${data} --batch-size 16 --epochs 1 --quiet --save ${dropping}`);
    const rows = put('gaps.csv', 'size,age,place\n1,2,land\n1,,land\n3,4,coast\n');
    const all = await out(`predict ${dropping} ${rows} --json`);
    expect([...all.matchAll(/"index":(\d)/g)].map((m) => m[1])).toEqual(['0', '2']);
    expect(await out(`predict ${dropping} ${rows} --json --index 2`)).toBe(
      all.split('\n')[1] + '\n',
    );
    await expectFailure(
      `predict ${dropping} ${rows} --index 1`,
      2,
      /that row of \S+ is incomplete/,
    );
    await expectFailure(`predict ${dropping} ${rows} --index 3`, 2, /--index 3 is beyond/);
  });

  test('another loss gives another model; the errors are told as ever', async () => {
    const args = `train mlp ${HOUSES} ${SMALL} --epochs 5 --json`;
    const results = [];
    for (const loss of ['mse', 'l1', 'huber']) results.push(await last(`${args} --loss ${loss}`));
    expect(new Set(results.map(({ loss }) => loss)).size).toBe(3);
    expect(new Set(results.map(({ rmse }) => rmse)).size).toBe(3);
    expect(await last(args)).toEqual(results[0]);
  });

  test('a run: no accuracy, no classes, no test of classes', async () => {
    const [a, b] = [join(folder, 'number-a'), join(folder, 'number-b')];
    await out(`train mlp ${HOUSES} ${SMALL} --epochs 3 --run ${a} --quiet`);
    await out(`train linear ${HOUSES} --epochs 3 --run ${b} --quiet`);
    expect(existsSync(join(a, 'predictions.npz'))).toBe(false);
    const page = readFileSync(join(a, 'report.html'), 'utf8');
    for (const text of ['RMSE', 'R²', 'Best validation loss', 'price'])
      expect(page).toContain(text);
    expect(page).not.toContain('Confusion matrix');
    const text = await out(`compare ${a} ${b}`);
    expect(text).toMatch(/^run +test RMSE +test loss +test MAE +best epoch/);
    expect(text).toMatch(/McNemar's test is for classes; there is none of the difference between/);
    expect(await last(`train mlp --resume ${a} --json`)).toMatchObject({ final: true });
    expect((await gradus(`report ${folder}`)).status).toBe(0);
  });

  test('lr-find takes tables, too', async () => {
    const found = await out(`lr-find mlp ${HOUSES} --hidden 8 --batch-size 16 --steps 20 --json`);
    expect((JSON.parse(found) as { curve: unknown[] }).curve.length).toBeGreaterThan(2);
  });
});

const dataDir = process.env['GRADUS_DATA'];
const real = dataDir !== undefined && existsSync(join(dataDir, 'tabular'));
if (!real) console.log('skipped: training on the real tables (set GRADUS_DATA to the data folder)');

describe.skipIf(!real)('the real tables', () => {
  const fit = async (args: string) => {
    const { status, stdout } = await gradus(`train ${args} --json`, { GRADUS_DATA: dataDir });
    expect(status).toBe(0);
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, number>;
  };

  test('adult has a test part of its own', async () => {
    const { accuracy } = await fit('mlp --data adult --hidden 32 --epochs 1 --batch-size 256');
    expect(accuracy).toBeGreaterThan(0.82);
    const { status, stderr } = await gradus('train linear --data adult --test-fraction 0.1', {
      GRADUS_DATA: dataDir,
    });
    expect([status, stderr]).toEqual([
      2,
      'error: adult has a test part of its own; leave out --test-fraction.\n',
    ]);
  });

  test('California housing, in dollars', async () => {
    const { rmse, r2 } = await fit('mlp --data california-housing --hidden 64 --epochs 3');
    expect(rmse).toBeLessThan(75_000);
    expect(rmse).toBeGreaterThan(40_000);
    expect(r2).toBeGreaterThan(0.6);
  });
});
