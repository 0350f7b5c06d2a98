// Draws the figures of docs/over-fitting.md from runs on drawn digits, which take a minute:
// `npm run build && node scripts/over-fitting-figures.mjs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linePlot } from './docs/line-plot.mjs';
import { root } from './prepare.mjs';

const load = (entry) => import(new URL(`../dist/${entry}index.js`, import.meta.url));
const { manualSeed } = await load('');
const { DataLoader, DIGITS_NORMALIZATION, digits, split } = await load('data/');
const { Dropout, Flatten, Linear, ReLU, Sequential } = await load('nn/');
const { Adam } = await load('optim/');
const { fit, gapReport, learningCurve, learningCurveReport } = await load('train/');

const folder = join(root, 'docs', 'over-fitting');
const write = (name, plot) => writeFileSync(join(folder, `${name}.svg`), linePlot(plot));
const part = (count, seed = 0) => digits({ count, seed }).normalized('x', DIGITS_NORMALIZATION);

/** A model with its optimizer. */
function withAdam(...layers) {
  const model = new Sequential(new Flatten(), ...layers);
  return { model, optimizer: new Adam(model.parameters(), { lr: 1e-3 }) };
}

/** A line that begins at 0 on the axis. */
const fromZero = (points) => [[0, null], ...points];

/** The losses over 40 epochs on 150 digits of a network 784-256-10. */
async function losses(name, dropout) {
  const { train, validation } = split(part(350), { validation: 200, seed: 0 });
  manualSeed(0);
  const hidden = [new Linear(784, 256), new ReLU(), new Dropout(dropout)];
  const { history } = await fit({
    ...withAdam(...hidden, new Linear(256, 10)),
    train: new DataLoader(train, { batchSize: 50, shuffle: true, seed: 0 }),
    validation: new DataLoader(validation, { batchSize: 200 }),
    epochs: 40,
  });
  console.log(gapReport(history).text);
  const line = (key) => fromZero(history.map((record) => [record.epoch, record[key]]));
  return [
    { name: `${name}: loss`, points: line('loss'), dashed: true },
    { name: `${name}: valLoss`, points: line('valLoss') },
  ];
}

mkdirSync(folder, { recursive: true });
write('losses', {
  title: 'Loss over epochs, 150 digits',
  lines: [...(await losses('plain', 0)), ...(await losses('dropout', 0.6))],
  xStep: 10,
  xName: 'epoch',
  width: 640,
  height: 280,
});

const points = await learningCurve({
  create: () => withAdam(new Linear(784, 10)),
  data: part(2000),
  validation: new DataLoader(part(500, 1), { batchSize: 500 }),
  sizes: [100, 200, 400, 700, 1000, 1500, 2000],
  steps: 400,
  batchSize: 50,
  seeds: [0, 1, 2],
});
console.log(learningCurveReport(points).text);
write('learning-curves', {
  title: 'Softmax regression: loss over the number of samples, 400 steps each',
  lines: ['train', 'validation'].map((key) => ({
    name: key === 'train' ? 'training' : key,
    points: fromZero(points.map((point) => [point.size, point[key].loss])),
    dashed: key === 'train',
  })),
  xStep: 500,
  xName: 'samples',
  width: 640,
  height: 280,
});
