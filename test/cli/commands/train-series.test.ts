// covers: src/cli/data/series-rows.ts, src/cli/data/series-parts.ts, src/cli/data/series-baselines.ts
// covers: src/cli/data/series-to-test.ts, src/cli/predict-series.ts, src/train/families/forecaster.ts
// covers: src/train/forecast.ts, src/train/next-value.ts
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seasonalNaive, seasonalRatio, walkForward } from '../../../src/data/index.js';
import { readSafetensors, writeSafetensors } from '../../../src/io/index.js';
import { readFile } from '../../../src/io/node.js';
import { forecast, readModel, regress } from '../../../src/train/index.js';
import { loadModel } from '../../../src/train/node.js';
import { someTables } from '../data/some-tables.js';
import { gradus } from '../run-gradus.js';
import { expectFailure } from './models.js';

const { folder, put } = someTables();

/** Grows by shares, with a season of 6 and a jolt that the next value takes back. */
let jolt = 0;
const values = Float64Array.from({ length: 120 }, (_, t) => {
  jolt = -0.8 * jolt + 0.1 * Math.sin(t * t);
  return Number(Math.exp(2 + 0.01 * t + 0.2 * Math.sin((Math.PI * t) / 3) + jolt).toFixed(4));
});
const rowsOf = (numbers: ArrayLike<number | string>, times = (t: number) => t): string =>
  ['step,sold', ...Array.from(numbers, (v, t) => `${times(t)},${v}`)].join('\n');
const sales = put('sales.csv', rowsOf(values));
const SALES = `--data ${sales} --target sold --time step`;
const SHAPE = '--lags 6 --scale log --differences 6 --season 6 --hidden-size 8';
const file = join(folder, 'sales.safetensors');

async function out(args: string): Promise<string> {
  const { status, stdout, stderr } = await gradus(args);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('a forecaster', () => {
  test('is trained, beats what it is compared with, and is saved', async () => {
    const text = await out(
      `train forecaster ${SALES} ${SHAPE} --lr 0.01 --epochs 40 --save ${file}`,
    );
    expect(text).toContain('to forecast: the next of 120 values of sold from the last 6\n');
    expect(text).toContain('76 samples to train on, 8 to validate on, 24 to test on\n');
    const rmse = Number(/test RMSE ([\d.]+)/.exec(text)![1]);
    const naive = walkForward(values, 24, seasonalNaive(6)).rmse;
    const ratio = walkForward(values, 24, seasonalRatio(6)).rmse;
    expect(rmse).toBeLessThan(0.9 * Math.min(naive, ratio));
    expect(text).toMatch(new RegExp(`\nthat of 6 steps ago: test RMSE ${naive.toFixed(2)}`));
    expect(text).toMatch(/\nlast season's ratio: test RMSE .*\nAR\(6\): test RMSE/);
    const { task } = await loadModel(file);
    expect(task).toMatchObject({
      kind: 'forecast',
      target: 'sold',
      time: 'step',
      inputShape: [6, 1],
    });
  });

  test('eval reads the last part again, and all of another series', async () => {
    const { metrics } = await loadModel(file);
    const own = JSON.parse(await out(`eval ${file} --json`)) as Record<string, number>;
    expect(own['samples']).toBe(24);
    expect(own['rmse']).toBeCloseTo(metrics['testRmse']!, 5);
    const other = put('other.csv', rowsOf(values.subarray(0, 20)));
    expect(await out(`eval ${file} --data ${other} --json`)).toContain('"samples":8');
    const short = put('short.csv', rowsOf(values.subarray(0, 12)));
    await expectFailure(
      `eval ${file} --data ${short}`,
      2,
      /has 12 values, and a forecast looks at 12/,
    );
  });

  test('its figure is that of walking forward with the model file', async () => {
    const loaded = await loadModel(file);
    const next = (history: Float64Array): number => forecast(loaded, history)[0]!;
    const { rmse } = walkForward(values, 24, next);
    expect(rmse).toBeCloseTo(loaded.metrics['testRmse']!, 4);
  });

  test('predict tells the next values, each from those before it', async () => {
    const text = await out(`predict ${file} ${sales} --steps 3 --json`);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>);
    expect(lines.map(({ step }) => step)).toEqual([1, 2, 3]);
    const loaded = await loadModel(file);
    const [first, second] = lines.map(({ value }) => value!);
    expect(first).toBe(forecast(loaded, values)[0]);
    expect(second).toBe(forecast(loaded, [...values, first!])[0]);
    expect(await out(`predict ${file} ${sales}`)).toMatch(/sales\.csv \+1 {2}[\d.]+\n$/);
    expect(await out(`summary ${file}`)).toContain('forecasts: sold');
    expect(await out('summary forecaster --cell mlp --input-shape 24,1')).toContain('[N, 24, 1]');
  });

  test('goes on with a run, also where a list is empty', async () => {
    const run = join(folder, 'run');
    const whole = await out(`train forecaster ${SALES} --epochs 2 --json`);
    await out(`train forecaster ${SALES} --epochs 2 --run ${run} --quiet`);
    const rest = await out(`train forecaster --resume ${run} --json`);
    expect(rest.trimEnd().split('\n').at(-1)).toBe(whole.trimEnd().split('\n').at(-1));
  });

  test('the baselines are in JSON, those of a season only where one is named', async () => {
    const text = await out(`train forecaster ${SALES} --epochs 1 --json --cell mlp --linear no`);
    const last = JSON.parse(text.trim().split('\n').at(-1)!) as { baselines: object };
    expect(Object.keys(last.baselines)).toEqual(['lastValue', 'autoregression']);
  });
});

describe('what cannot be is refused in a sentence', () => {
  const bad = (name: string, content: string) => `--data ${put(name, content)} --time step`;
  const with60 = (v: string) => rowsOf([...values].map((x, t) => (t === 60 ? v : x)));

  test.each<[name: string, args: string, status: 1 | 2, message: RegExp]>([
    ['NaN', bad('nan.csv', with60('NaN')), 1, /line 62, column 'sold': the value is missing/],
    [
      'uneven',
      bad(
        'gap.csv',
        rowsOf(values, (t) => (t < 50 ? t : t + 1)),
      ),
      1,
      /of the usual step/,
    ],
    [
      'unsorted',
      bad(
        'back.csv',
        rowsOf(values, (t) => -t),
      ),
      1,
      /sort the rows by time/,
    ],
    ['constant', bad('same.csv', rowsOf([...values].map(() => 7))), 2, /nothing to learn/],
    ['zero', `${bad('zero.csv', with60('0'))} --scale log`, 2, /value 60 of the series is 0/],
    ['short', bad('few.csv', rowsOf(values.subarray(0, 12))), 2, /a forecast looks at 12/],
    ['one column', `--data ${sales}`, 2, /Give --target COLUMN and --time COLUMN/],
    ['time', `--data ${sales} --target step --time step`, 2, /that is the column of times/],
    ['images', '--data digits', 2, /there is no series 'digits'; known: airline, sunspots/],
    ['target', '--data airline --target x', 2, /the columns of airline are settled/],
    ['folds', `${SALES} --folds 3`, 2, /--folds divides samples in any order/],
    ['flags', `${SALES} --ignore x`, 2, /--ignore is for other data/],
    ['share', `${SALES} --test-fraction 0.001`, 2, /leaves a part without any/],
    ['loss', `${SALES} --loss cross-entropy`, 2, /--loss cross-entropy is for classes/],
  ])('%s', async (_, args, status, message) => {
    await expectFailure(`train forecaster ${args}`, status, message);
  });

  test('a series for another family, and flags of another model', async () => {
    await expectFailure('train mlp --data airline', 2, /airline is a series, and mlp takes none/);
    await expectFailure('train mlp --time step', 2, /--time is for series/);
    await expectFailure(`predict ${file} ${sales} --index 1`, 2, /--index is for other models/);
    await expectFailure(`predict ${file}`, 2, /Give at least one file/);
    const short = put('brief.csv', rowsOf(values.subarray(0, 11)));
    await expectFailure(`predict ${file} ${short}`, 2, /the last 12 values, and there are 11/);
    await expectFailure('summary forecaster --input-shape 3', 2, /it takes windows of a series/);
  });
});

test('a model file that was changed is refused', async () => {
  const { tensors, metadata } = readSafetensors(await readFile(file));
  const changed = (task: object, model = 'forecaster'): Uint8Array => {
    const json = JSON.stringify({ ...(JSON.parse(metadata['task']!) as object), ...task });
    return writeSafetensors(Object.fromEntries(tensors), { ...metadata, task: json, model });
  };
  const std = { transform: { log: true, differences: [6], mean: 0, std: 0 } };
  expect(() => readModel(changed(std))).toThrow('task.transform: SeriesTransform: the JSON is no');
  expect(() => readModel(changed({ target: 3 }))).toThrow('task.target is 3');
  expect(() => readModel(changed({ time: '' }))).toThrow('task.time is ""');
  expect(() => readModel(changed({ kind: 'reconstruction' }))).toThrow(
    "what the family 'forecaster'",
  );
  expect(() => readModel(changed({}, 'linear'))).toThrow("the family 'linear' has no option");
  const loaded = await loadModel(file);
  expect(() => forecast(loaded, values, { steps: 0 })).toThrow('steps is 0');
  const window = { dtype: 'f32', shape: [6, 1], values: new Float32Array(6) } as const;
  expect(() => regress(loaded, window)).toThrow(
    "the model forecasts 'sold', no number; use forecast",
  );
});
