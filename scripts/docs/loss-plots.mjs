// The plots of docs/losses.md: losses and their gradients, computed by the kernels.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { linePlot } from './line-plot.mjs';

/** The plots cover -REACH … REACH, with a point at every kink. */
const REACH = 4;
const STEP = 1 / 16;
const SIZE = { width: 640, height: 300, xStep: 1 };
const none = { reduction: 'none' };

/** Losses by the error d: the target is 0. */
const ofErrors = (nn) => [
  ['mseLoss, halved', (d, zero) => nn.mseLoss(d, zero, none).mul(0.5)],
  ['l1Loss', (d, zero) => nn.l1Loss(d, zero, none)],
  ['huberLoss, delta 1', (d, zero) => nn.huberLoss(d, zero, none)],
  ['logCoshLoss', (d, zero) => nn.logCoshLoss(d, zero, none)],
  ['quantileLoss, 0.9', (d, zero) => nn.quantileLoss(d, zero, { quantile: 0.9, ...none })],
];

/** Losses by the score of the positive class, which is the right one. */
const ofScores = (nn) => [
  ['binaryCrossEntropy\nWithLogits', (x, one) => nn.binaryCrossEntropyWithLogits(x, one, none)],
  ['hingeLoss', (x, one) => nn.hingeLoss(x, one, none)],
  [
    'sigmoidFocalLoss,\ngamma 2, no alpha',
    (x, one) => nn.sigmoidFocalLoss(x, one, { alpha: null, ...none }),
  ],
];

/**
 * The plots by path.
 *
 * @param {string} folder Where src has been compiled to.
 * @returns {Promise<Map<string, string>>}
 */
export async function lossPlots(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const [gradus, nn] = await Promise.all(['index.js', 'nn/index.js'].map(load));
  gradus.setDevice(new gradus.WasmDevice({ relaxedSimd: false }));
  const errors = curvesOf(gradus, ofErrors(nn), 0);
  const scores = curvesOf(gradus, ofScores(nn), 1);
  const plot = (title, xName, lines) => linePlot({ title, xName, lines, ...SIZE });
  return new Map([
    ['docs/losses/errors.svg', plot('Losses of an error', 'x - t', errors.values)],
    ['docs/losses/error-slopes.svg', plot('Their gradients by x', 'x - t', errors.slopes)],
    ['docs/losses/scores.svg', plot('Losses of a score, t = 1', 'x', scores.values)],
    ['docs/losses/score-slopes.svg', plot('Their gradients by x', 'x', scores.slopes)],
  ]);
}

/** Lines of the values and of the gradients, each point by itself, in f64. */
function curvesOf({ compile, fromData, full, grad }, losses, target) {
  const xs = Array.from({ length: (2 * REACH) / STEP + 1 }, (_, i) => i * STEP - REACH);
  const x = fromData(Float64Array.from(xs), [xs.length]);
  const t = full([xs.length], target, { dtype: 'f64' });
  const lines = losses.map(([name, loss]) => {
    const both = compile((v) => [loss(v, t), grad((at) => loss(at, t).sum())(v)]);
    return both(x).map((ys) => ({ name, points: [...ys.dataSync()].map((y, i) => [xs[i], y]) }));
  });
  return { values: lines.map(([value]) => value), slopes: lines.map(([, slope]) => slope) };
}
