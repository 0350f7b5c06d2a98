// covers: src/data/forecast-windows.ts
// covers: src/data/series-transform.ts, src/data/series-windows.ts, src/data/forecast-baselines.ts
import { describe, expect, test } from 'vitest';
import {
  autoregression,
  ForecastWindows,
  lastValue,
  seasonalNaive,
  seasonalRatio,
  SeriesTransform,
  seriesWindows,
  tableFrom,
  timeSeriesFrom,
  walkForward,
} from '../../src/data/index.js';
import { loadCsv } from '../../src/data/node.js';

const tableOf = (times: readonly string[], values: readonly (number | string)[] = []) =>
  tableFrom(times.map((month, i) => ({ month, sold: values[i] ?? i })));
const read = (...args: Parameters<typeof tableOf>) =>
  timeSeriesFrom(tableOf(...args), { time: 'month' });

describe('timeSeriesFrom', () => {
  test('reads months, days, clocks and numbers in even steps', () => {
    const series = read(['1949-11', '1949-12', '1950-01', '1950-02'], [1, 2.5, 3, 4]);
    expect(series.names).toEqual(['sold']);
    expect([...series.columns[0]!]).toEqual([1, 2.5, 3, 4]);
    for (const times of [
      ['2024-02-28', '2024-02-29', '2024-03-01'],
      ['2024-01-01T23:00', '2024-01-02T00:00', '2024-01-02T01:00'],
      ['0.1', '0.2', '0.3'],
      ['1999', '2000', '2001'],
    ]) {
      expect(read(times).times).toEqual(times);
    }
  });

  test.each([
    [
      ['1949-01', '1949-02', '1949-04', '1949-05'],
      /line 3, .*1949-02 to 1949-04 is 2.00 of the usual/,
    ],
    [['1949-02', '1949-01', '1949-03'], /line 2, .*1949-01 comes after 1949-02; sort the rows/],
    [['1949-01', '1949-01', '1949-03'], /line 2, .*1949-01 repeats the time before/],
    [['2023-02-28', '2023-02-30', '2023-03-01'], /"2023-02-30" is no time/],
    [['soon', 'later'], /"soon" is no time/],
  ])('refuses the times %j', (times, message) => expect(() => read(times)).toThrow(message));

  test('refuses values that are missing or no numbers, and unclear columns', () => {
    const times = ['1949-01', '1949-02'];
    expect(() => read(times, [1, 'NaN'])).toThrow(/line 2, column 'sold': the value is missing/);
    expect(() => read(times, [1, 'many'])).toThrow(/"many" is no finite number/);
    expect(() => timeSeriesFrom(tableOf(times))).toThrow(/columns month, sold; name the target/);
    expect(() => timeSeriesFrom(tableOf(times), { target: 'sold', features: ['sold'] })).toThrow(
      /'sold' is named twice/,
    );
    expect(() => timeSeriesFrom(tableOf([]), { target: 'x' })).toThrow(/no rows/);
  });
});

describe('SeriesTransform', () => {
  const values = Float64Array.from({ length: 30 }, (_, i) => Math.exp(0.1 * i + Math.sin(i)));

  test.each([{}, { log: true }, { differences: [1] }, { log: true, differences: [4, 1] }])(
    'what follows is what came, with %j',
    (options) => {
      const transform = SeriesTransform.fit(values.subarray(0, 20), options);
      const z = transform.apply(values);
      expect(z.length).toBe(30 - transform.lost);
      const own = z.subarray(0, 20 - transform.lost);
      expect(own.reduce((a, b) => a + b) / own.length).toBeCloseTo(0, 12);
      expect(own.reduce((a, b) => a + b * b, 0) / own.length).toBeCloseTo(1, 12);
      const ahead = transform.invert(values.subarray(0, 22), z.subarray(22 - transform.lost));
      for (const [i, value] of ahead.entries()) expect(value / values[22 + i]!).toBeCloseTo(1, 10);
      expect(ahead.length).toBe(8);
    },
  );

  test('refuses what cannot be transformed', () => {
    const fit = SeriesTransform.fit.bind(SeriesTransform);
    expect(() => fit([1, NaN, 3])).toThrow(/value 1 of the series is NaN/);
    expect(() => fit([1, 0, 3], { log: true })).toThrow(/value 1 .* is 0, which has no logarithm/);
    expect(() => fit([2, 2, 2])).toThrow(/nothing to learn, it is the constant 2/);
    expect(() => fit([1, 2, 3], { differences: [1] })).toThrow(/differences it is the constant 1/);
    expect(() => fit([1, 2, 4], { differences: [12] })).toThrow(/leave 0; give at least 14/);
    expect(() => fit([1, 2], { differences: [0] })).toThrow(/lag 0/);
    expect(() => fit(values, { differences: [5] }).invert([1, 2], [0])).toThrow(
      /the last 5 or more/,
    );
  });
});

describe('seriesWindows', () => {
  test('looks at lags of all columns, and tells the target', () => {
    const windows = seriesWindows(
      [
        [1, 2, 3, 4, 5],
        [6, 7, 8, 9, 10],
      ],
      { lags: 2, horizon: 2 },
    );
    expect(windows.length).toBe(2);
    expect([...windows.column('x').values]).toEqual([1, 6, 2, 7, 2, 7, 3, 8]);
    expect([...windows.column('y').values]).toEqual([3, 4, 4, 5]);
  });

  test('refuses series that are too short, or of several lengths', () => {
    expect(() => seriesWindows([[1, 2]], { lags: 2 })).toThrow(/2 values has no window of 2 lags/);
    expect(() => seriesWindows([[1, 2], [1]], { lags: 1 })).toThrow(/have 2 and 1 values/);
  });
});

describe('baselines', () => {
  test('look only at what came before', () => {
    const seen: number[] = [];
    const { predicted, rmse, mae } = walkForward([1, 2, 4, 8, 16], 2, (history) => {
      seen.push(history.length);
      return lastValue(history);
    });
    expect(seen).toEqual([3, 4]);
    expect([...predicted]).toEqual([4, 8]);
    expect([rmse, mae]).toEqual([Math.sqrt(40), 6]);
    expect(seasonalRatio(2)(Float64Array.of(1, 2, 4, 8))).toBe(16);
    expect(() => seasonalNaive(5)(Float64Array.of(1))).toThrow(
      /1 values, and the one 5 steps back/,
    );
    expect(() => walkForward([1, 2, 3], 2, lastValue)).toThrow(/leaves 1 to forecast from/);
  });

  test('an autoregression finds the coefficients that made a series', () => {
    const series = [1, 0.5];
    for (let t = 2; t < 40; t++) series.push(0.3 + 1.5 * series[t - 1]! - 0.9 * series[t - 2]!);
    const { intercept, coefficients } = autoregression(series, 2);
    expect(intercept).toBeCloseTo(0.3, 10);
    expect(coefficients[0]).toBeCloseTo(1.5, 10);
    expect(coefficients[1]).toBeCloseTo(-0.9, 10);
    expect(() => autoregression([1, 2, 3, 4], 2)).toThrow(/give at least 5/);
    expect(() => autoregression([2, 2, 2, 2, 2], 1)).toThrow(/not determined/);
  });
});

describe('ForecastWindows', () => {
  const values = Float64Array.from({ length: 20 }, (_, t) => Math.exp(Math.sin(t) + t / 9));
  const transform = SeriesTransform.fit(values, { log: true, differences: [3, 1] });

  test('has a window for each value that can be forecast, and outputs go back to values', () => {
    const windows = new ForecastWindows(values, { transform, lags: 2 });
    expect(windows.length).toBe(14);
    expect([...windows.targets]).toEqual([...values.subarray(6)]);
    expect([...windows.get(0).x.values]).toEqual([
      ...Float32Array.from(transform.apply(values)).slice(0, 2),
    ]);
    const back = windows.forecasts(windows.column('y').values);
    for (const [i, value] of back.entries()) expect(value).toBeCloseTo(windows.targets[i]!, 4);
    const last = new ForecastWindows(values, { transform, lags: 2, start: 18 });
    expect([...last.get(1).x.values]).toEqual([...windows.get(13).x.values]);
    expect(last.forecasts([0, 0])[1]).toBe(transform.invert(values.subarray(0, 19), [0])[0]);
  });

  test('refuses a value with too few before it, or none', () => {
    for (const start of [5, 20]) {
      expect(() => new ForecastWindows(values, { transform, lags: 2, start })).toThrow(
        `ForecastWindows: to forecast value ${start} of 20 takes the 6 before it`,
      );
    }
  });

  test('a transform comes back from JSON, and what is none does not', () => {
    const json = JSON.parse(JSON.stringify(transform)) as object;
    expect(SeriesTransform.fromJSON(json)).toEqual(transform);
    for (const odd of [null, 3, {}, { ...json, std: 0 }, { ...json, differences: [0] }]) {
      expect(() => SeriesTransform.fromJSON(odd)).toThrow('the JSON is no transform');
    }
  });
});

const dataDir = process.env['GRADUS_DATA'];
if (!dataDir) console.log('skipped: baselines of real series (set GRADUS_DATA to the data folder)');

test.skipIf(!dataDir)('the baselines of real series are those that are known', async () => {
  const load = async (name: string) =>
    timeSeriesFrom(await loadCsv(`${dataDir}/timeseries/${name}.csv`), { time: 'Month' })
      .columns[0]!;
  const airline = await load('airline-passengers');
  expect(walkForward(airline, 48, lastValue).rmse).toBeCloseTo(48.04, 2);
  expect(walkForward(airline, 48, seasonalNaive(12)).rmse).toBeCloseTo(41.85, 2);
  expect(walkForward(airline, 48, seasonalRatio(12)).rmse).toBeCloseTo(15.6, 1);
  const sunspots = await load('monthly-sunspots');
  // As NumPy's lstsq has them; the last third is easier than the last fifth.
  const ar = (start: number) => autoregression(sunspots.subarray(0, start), 27);
  expect(walkForward(sunspots, 564, lastValue).rmse).toBeCloseTo(20.09, 2);
  expect(walkForward(sunspots, 564, ar(2256)).rmse).toBeCloseTo(18.108, 3);
  expect(walkForward(sunspots, 931, lastValue).rmse).toBeCloseTo(18.4, 2);
  expect(walkForward(sunspots, 931, ar(1889)).rmse).toBeCloseTo(16.735, 3);
});
