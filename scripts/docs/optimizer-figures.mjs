// The figures of docs/optimizers.md, drawn from what the optimizers and schedules themselves do.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  adamBias,
  FREQUENCIES,
  race,
  rareFeatures,
  ravine,
  saddle,
} from './optimizer-experiments.mjs';
import { panelsFigure } from './panels.mjs';

/** Steps of the schedules that are shown. */
const STEPS = 100;

/** @type {readonly (readonly [title: string, make: (optim: any, optimizer: any) => any])[]} */
const schedules = [
  ['StepLR', (o, p) => new o.StepLR(p, { stepSize: 30, gamma: 0.4 })],
  ['MultiStepLR', (o, p) => new o.MultiStepLR(p, { milestones: [50, 75], gamma: 0.4 })],
  ['ExponentialLR', (o, p) => new o.ExponentialLR(p, { gamma: 0.96 })],
  ['PolynomialLR, power 1 and 2', (o, p) => new o.PolynomialLR(p, { totalIters: STEPS })],
  ['CosineAnnealingLR', (o, p) => new o.CosineAnnealingLR(p, { tMax: STEPS })],
  [
    'CosineAnnealingWarmRestarts',
    (o, p) => new o.CosineAnnealingWarmRestarts(p, { t0: 14, tMult: 2 }),
  ],
  ['OneCycleLR', (o, p) => new o.OneCycleLR(p, { maxLr: 1, totalSteps: STEPS + 1 })],
  ['LinearLR, ExponentialWarmupLR', (o, p) => new o.LinearLR(p, warmUp)],
  [
    'LinearLR, then CosineAnnealingLR',
    (o, p) => {
      const parts = [
        new o.LinearLR(p, { startFactor: 0.01, totalIters: 15 }),
        new o.CosineAnnealingLR(p, { tMax: STEPS - 15 }),
      ];
      return new o.SequentialLR(p, { schedulers: parts, milestones: [15] });
    },
  ],
];
const warmUp = { startFactor: 0.01, totalIters: 60 };

/** A second line, dashed, in the panels that have one. */
const besides = {
  3: (o, p) => new o.PolynomialLR(p, { totalIters: STEPS, power: 2 }),
  7: (o, p) => new o.ExponentialWarmupLR(p, warmUp),
};

function ratesOf({ gradus, optim }, make) {
  const optimizer = new optim.SGD([new gradus.Parameter(gradus.zeros([1]))], { lr: 1 });
  const schedule = make(optim, optimizer);
  const points = [[0, optimizer.lr]];
  for (let t = 1; t <= STEPS; t++) {
    schedule.step();
    points.push([t, optimizer.lr]);
  }
  return points;
}

function schedulesFigure(library) {
  const panels = schedules.map(([title, make], i) => ({
    title,
    lines: [
      { points: ratesOf(library, make) },
      ...(besides[i] ? [{ points: ratesOf(library, besides[i]), dashed: true }] : []),
    ],
  }));
  const label = 'Learning rates of nine schedules over 100 steps, as shares of the first';
  return panelsFigure({ label, columns: 3, panels });
}

const byStep = (values) => values.map((value, t) => [t, value]);

function momentumFigure(library) {
  const { paths, value } = saddle(library);
  const first = Object.entries(paths).map(([name, path]) => ({
    name,
    points: byStep(path.slice(0, 61).map(value)),
  }));
  const second = Object.entries(ravine(library)).map(([name, path]) => ({
    name,
    points: byStep(path.slice(0, 41).map(([, y]) => y)),
  }));
  return panelsFigure({
    label: 'SGD stays at a saddle point for long and swings across a ravine; momentum does so less',
    columns: 2,
    panels: [
      { title: 'J beside a saddle point', lines: first, x: 'step' },
      { title: 'Position across a ravine', lines: second, x: 'step' },
    ],
  });
}

function adaGradFigure(library) {
  const runs = rareFeatures(library);
  const find = (name, lr) => runs.find((run) => run.name === name && run.lr === lr);
  const [sgd, adaGrad] = [find('SGD', 0.1), find('AdaGrad', 0.5)];
  const names = FREQUENCIES.map((f) => (f === 1 ? 'in every sample' : `in 1 of ${1 / f}`));
  const lines = (curves, dashed = false) =>
    curves.map((curve, k) => ({ name: names[k], points: byStep(curve), dashed }));
  return panelsFigure({
    label: 'AdaGrad learns the weight of a rare feature sooner than SGD, and its step only shrinks',
    columns: 2,
    panels: [
      {
        title: 'Error of weights: AdaGrad, SGD dashed',
        lines: [...lines(adaGrad.errors), ...lines(sgd.errors, true)],
        x: 'step',
      },
      {
        title: "AdaGrad's η / √(v + ε)",
        lines: adaGrad.rates.map((points, k) => ({ name: names[k], points })),
        x: 'step',
        log: true,
      },
    ],
  });
}

function adamFigure(library) {
  const steps = adamBias(library);
  const line = (name, of, dashed) => ({ name, points: steps.map((s) => [s.t, of(s)]), dashed });
  return panelsFigure({
    label: "Adam's moments are near 0 in the first steps, the corrected ones are not",
    columns: 2,
    panels: [
      {
        title: 'First moment of gradients about 1',
        lines: [line('as kept', (s) => s.m), line('corrected by (2.9)', (s) => s.mHat)],
        x: 'step',
      },
      {
        title: 'Second moment',
        lines: [line('as kept', (s) => s.v), line('corrected by (2.9)', (s) => s.vHat)],
        x: 'step',
      },
    ],
  });
}

async function raceFigure(library) {
  const curves = Object.entries(await race(library));
  const lines = curves.map(([name, points]) => ({ name, points }));
  const panels = [{ title: 'Training loss on digits', lines, x: 'step', log: true }];
  const label = 'Training losses of five optimizers with the same seed, network and batches';
  return panelsFigure({ label, columns: 1, panels, width: 520, height: 280 });
}

/**
 * @param {string} folder Where src has been compiled to.
 * @returns {Promise<ReadonlyMap<string, string>>} By path.
 */
export async function optimizerFigures(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const [gradus, optim, nn, data] = await Promise.all(
    ['index.js', 'optim/index.js', 'nn/index.js', 'data/index.js'].map(load),
  );
  // The same bits whatever the version of Node.
  gradus.setDevice(new gradus.WasmDevice({ relaxedSimd: false }));
  const library = { gradus, optim, nn, data };
  return new Map([
    ['docs/figures/schedules.svg', schedulesFigure(library)],
    ['docs/figures/momentum.svg', momentumFigure(library)],
    ['docs/figures/adagrad.svg', adaGradFigure(library)],
    ['docs/figures/adam.svg', adamFigure(library)],
    ['docs/figures/race.svg', await raceFigure(library)],
  ]);
}
