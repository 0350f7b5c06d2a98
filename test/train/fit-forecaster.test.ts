import { describe, expect, test } from 'vitest';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import {
  lastValue,
  seasonalNaive,
  seasonalRatio,
  timeSeriesFrom,
  walkForward,
} from '../../src/data/index.js';
import { loadCsv } from '../../src/data/node.js';
import { setDevice } from '../../src/tensor/index.js';
import { fitForecaster } from '../../src/train/index.js';

setDevice(new WasmDevice());

/** Grows by shares, with a season of 6 and a jolt that the next value takes back. */
function series(length: number): Float64Array {
  let jolt = 0;
  return Float64Array.from({ length }, (_, t) => {
    jolt = -0.8 * jolt + 0.1 * Math.sin(t * t);
    return Math.exp(2 + 0.01 * t + 0.2 * Math.sin((2 * Math.PI * t) / 6) + jolt);
  });
}
const values = series(160);
const train = values.subarray(0, 130);
const settings = { log: true, differences: [6], lags: 6, hiddenSize: 8, lr: 0.01, epochs: 60 };

describe('fitForecaster', () => {
  test.each(['lstm', 'gru', 'mlp'] as const)('%s beats what needs no network', async (cell) => {
    const { forecast, needs, best } = await fitForecaster(train, { ...settings, cell });
    expect(needs).toBe(12);
    expect(best!.epoch).toBeLessThanOrEqual(60);
    const { rmse } = walkForward(values, 30, forecast);
    for (const rival of [lastValue, seasonalNaive(6), seasonalRatio(6)]) {
      expect(rmse).toBeLessThan(0.9 * walkForward(values, 30, rival).rmse);
    }
  });

  test('what is tested on has no part in it, and one seed gives one forecast', async () => {
    const few = { ...settings, epochs: 3 };
    const { forecast, transform, model } = await fitForecaster(train, few);
    const again = await fitForecaster(Float64Array.from(train), few);
    expect(forecast(train)).toBe(again.forecast(train));
    expect(forecast(train)).not.toBe(
      (await fitForecaster(train, { ...few, seed: 1 })).forecast(train),
    );
    const z = transform.apply(train);
    expect(z.reduce((a, b) => a + b) / z.length).toBeCloseTo(0, 10);
    expect(model.training).toBe(false);
    // Only the last 12 values count.
    expect(forecast(train.slice(-12))).toBe(forecast(train));
  });

  test('the epoch is chosen on the last values, and the transform then learnt of all', async () => {
    const kept = await fitForecaster(train, {
      ...settings,
      refit: false,
      validation: 20,
      epochs: 5,
    });
    const z = kept.transform.apply(train.subarray(0, 110));
    expect(z.reduce((a, b) => a + b) / z.length).toBeCloseTo(0, 10);
    const refit = await fitForecaster(train, { ...settings, validation: 20, epochs: 5 });
    expect(refit.best).toEqual(kept.best);
    expect(refit.transform.mean).not.toBe(kept.transform.mean);
    const none = await fitForecaster(train, { ...settings, validation: 0, epochs: 2 });
    expect(none.best).toBeUndefined();
  });

  test('what cannot be forecast from is refused in a sentence', async () => {
    const bad = async (given: readonly number[], options = {}): Promise<unknown> =>
      fitForecaster(given, { lags: 3, epochs: 1, ...options });
    const ramp = Array.from({ length: 20 }, (_, t) => t);
    await expect(bad([1, 2, NaN, 4, 5, 6, 7, 8, 9])).rejects.toThrow(
      /value 2 of the series is NaN/,
    );
    await expect(bad(Array.from({ length: 20 }, () => 7))).rejects.toThrow(/nothing to learn/);
    await expect(bad(ramp, { log: true })).rejects.toThrow(
      /value 0 .* is 0, which has no logarithm/,
    );
    await expect(bad([1, 2, 4])).rejects.toThrow(/to forecast value 3 of 3/);
    await expect(bad(ramp, { validation: 20 })).rejects.toThrow(/validation is 20 of 20 values/);
    await expect(bad(ramp, { cell: 'rnn' })).rejects.toThrow(/cell is 'rnn'/);
    const { forecast } = await fitForecaster(train, { ...settings, epochs: 1 });
    expect(() => forecast(train.subarray(0, 11))).toThrow(
      /looks at the last 12 values, and there are 11/,
    );
  });
});

const dataDir = process.env['GRADUS_DATA'];
if (!dataDir) console.log('skipped: forecasts of real series (set GRADUS_DATA to the data folder)');

test.skipIf(!dataDir)('airline passengers: better than last year’s ratio', async () => {
  const table = await loadCsv(`${dataDir}/timeseries/airline-passengers.csv`);
  const passengers = timeSeriesFrom(table, { time: 'Month' }).columns[0]!;
  const { forecast } = await fitForecaster(passengers.subarray(0, 96), {
    log: true,
    differences: [12, 1],
    lags: 12,
    hiddenSize: 16,
  });
  expect(walkForward(passengers, 48, forecast).rmse).toBeLessThan(15.6);
});
