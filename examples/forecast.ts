/// <reference types="node" />
/**
 * The next month of airline passengers or of sunspots, by a network and by what needs none; the last part
 * is forecast step by step.
 *
 *   GRADUS_DATA=../shared/data npm run example forecast -- --series airline --cell lstm --native
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  autoregression,
  lastValue,
  seasonalNaive,
  seasonalRatio,
  timeSeriesFrom,
  walkForward,
} from 'gradus/data';
import { loadCsv } from 'gradus/data/node';
import { fitForecaster } from 'gradus/train';

const { values: flags } = parseArgs({
  options: {
    series: { type: 'string', default: 'airline' }, // or sunspots
    cell: { type: 'string', default: 'lstm' }, // or gru, mlp
    lags: { type: 'string' },
    test: { type: 'string' }, // of the last values
    plain: { type: 'boolean', default: false }, // without the linear part
    hidden: { type: 'string', default: '16' },
    lr: { type: 'string', default: '0.001' },
    decay: { type: 'string', default: '0' },
    dropout: { type: 'string', default: '0' },
    batch: { type: 'string', default: '16' },
    epochs: { type: 'string', default: '200' },
    patience: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '5' },
    validate: { type: 'boolean', default: false }, // tells of the validation part, not of the test part
    native: { type: 'boolean', default: false }, // kernels by the system's C compiler
  },
});
const SERIES = {
  airline: {
    file: 'airline-passengers.csv',
    test: 48,
    lags: 12,
    season: 12,
    p: 12,
    transform: { log: true, differences: [12, 1] },
  },
  sunspots: {
    file: 'monthly-sunspots.csv',
    test: 564,
    lags: 27,
    season: 132,
    p: 27,
    transform: {},
  },
};
const cell = flags.cell as 'lstm' | 'gru' | 'mlp';
const chosen = SERIES[flags.series as keyof typeof SERIES];
if (chosen === undefined) throw new Error('give --series airline or sunspots');
const folder = process.env['GRADUS_DATA'];
if (folder === undefined) {
  console.log('There is no folder of data; name it: GRADUS_DATA=../shared/data.');
  process.exit();
}
if (flags.native) await import('gradus/native');

const table = await loadCsv(join(folder, 'timeseries', chosen.file));
const values = timeSeriesFrom(table, { time: 'Month' }).columns[0]!;
const { season } = chosen;
const test = Number(flags.test ?? chosen.test);
const train = values.subarray(0, values.length - test);

const rivals = {
  'last value': lastValue,
  'a season ago': seasonalNaive(season),
  ...(values.every((v) => v > 0) ? { "last season's ratio": seasonalRatio(season) } : {}),
  [`AR(${chosen.p})`]: autoregression(train, chosen.p),
};
for (const [name, forecast] of Object.entries(rivals)) {
  console.log(`${name}  RMSE ${walkForward(values, test, forecast).rmse.toFixed(2)}`);
}
const figures: number[] = [];
for (let seed = 0; seed < Number(flags.seeds); seed++) {
  const start = performance.now();
  const { forecast, best } = await fitForecaster(train, {
    ...chosen.transform,
    cell,
    linear: !flags.plain,
    lags: flags.lags === undefined ? chosen.lags : Number(flags.lags),
    hiddenSize: Number(flags.hidden),
    lr: Number(flags.lr),
    weightDecay: Number(flags.decay),
    dropout: Number(flags.dropout),
    batchSize: Number(flags.batch),
    epochs: Number(flags.epochs),
    patience: Number(flags.patience),
    seed,
  });
  const figure = flags.validate ? best!.value : walkForward(values, test, forecast).rmse;
  figures.push(figure);
  const what = flags.validate ? 'validation loss' : 'test RMSE';
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${cell}, seed ${seed}: ${what} ${figure.toFixed(4)}, epoch ${best!.epoch}, ${seconds} s`,
  );
}
const mean = figures.reduce((a, b) => a + b) / figures.length;
const std = Math.sqrt(figures.reduce((sum, v) => sum + (v - mean) ** 2, 0) / figures.length);
console.log(`${cell}: ${mean.toFixed(3)} ± ${std.toFixed(3)}`);
