// covers: src/optim/schedules/arguments.ts, src/optim/schedules/index.ts, src/optim/param-group.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../../src/engine/core/errors.js';
import {
  Adam,
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  ExponentialLR,
  ExponentialWarmupLR,
  LambdaLR,
  LinearLR,
  MultiplicativeLR,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  RuleScheduler,
  SequentialLR,
  SGD,
  StepLR,
} from '../../../src/optim/index.js';
import { compile, Parameter, tensor, zeros } from '../../../src/tensor/index.js';
import '../../tensor/check.js';

function sgd(...rates: number[]): SGD {
  return new SGD(rates.map((lr) => ({ params: [new Parameter(zeros([2]))], lr })));
}

test('a compiled step follows the schedule, and is compiled once', () => {
  const p = new Parameter(tensor([1], { dtype: 'f64' }));
  const optimizer = new SGD([p], { lr: 0.5 });
  const schedule = new ExponentialLR(optimizer, { gamma: 0.5 });
  const step = compile(() => {
    optimizer.zeroGrad();
    p.sum().backward();
    optimizer.step();
  });
  for (let t = 0; t < 3; t++) {
    step();
    schedule.step();
  }
  expect(p.item()).toBe(1 - 0.5 - 0.25 - 0.125);
  expect(step.compilations).toBe(1);
});

test('a rate set by hand is where recursive schedules go on, and others begin', () => {
  const optimizer = sgd(1);
  const decay = new ExponentialLR(optimizer, { gamma: 0.5 });
  decay.step();
  expect(optimizer.paramGroups[0]!.baseLr).toBe(1);
  // A second one starts from the rate before any schedule, and multiplies the one in force.
  const second = new LambdaLR(optimizer, { lrLambda: (t) => 1 + t });
  expect(second.baseLrs).toEqual([1]);
  expect(optimizer.lr).toBe(0.5);
  optimizer.lr = 8;
  decay.step();
  expect(optimizer.lr).toBe(4);
  expect(new StepLR(optimizer, { stepSize: 1 }).baseLrs).toEqual([8]);
});

test('a rule of your own', () => {
  const optimizer = sgd(1, 3);
  const rule = { name: 'Own', first: (lr: number, i: number) => lr + i };
  const schedule = new RuleScheduler(optimizer, {
    ...rule,
    next: (lr, t, base, i) => lr + 10 * t + base + i,
  });
  expect(schedule.getLastLr()).toEqual([1, 4]);
  schedule.step();
  expect(schedule.getLastLr()).toEqual([12, 18]);
  expect(schedule.lastEpoch).toBe(1);
  schedule.restart();
  expect(schedule.getLastLr()).toEqual([1, 4]);
  expect(schedule.lastEpoch).toBe(0);
});

test('schedules can be nested', () => {
  const optimizer = sgd(1);
  const parts = [
    new ConstantLR(optimizer, { factor: 0.5, totalIters: 2 }),
    new ExponentialLR(optimizer, { gamma: 0.5 }),
  ];
  const first = new ExponentialLR(optimizer, { gamma: 0.25 });
  const schedule = new SequentialLR(optimizer, {
    schedulers: [first, new ChainedScheduler(parts)],
    milestones: [2],
  });
  const seen = [optimizer.lr];
  for (let t = 0; t < 5; t++) {
    schedule.step();
    seen.push(optimizer.lr);
  }
  expect(seen).toEqual([1, 0.25, 0.5, 0.25, 0.25, 0.125]);
  expect(schedule.lastEpoch).toBe(5);
});

test('the last rate of one cycle stays for the step after it, and then there is none', () => {
  const optimizer = sgd(1);
  const schedule = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 4, annealStrategy: 'linear' });
  for (let t = 0; t < 3; t++) schedule.step();
  const last = optimizer.lr;
  expect(last).toBeCloseTo(1 / 25 / 1e4, 15);
  schedule.step();
  expect(optimizer.lr).toBe(last);
  expect(() => schedule.step()).toThrow('OneCycleLR: step 5 is beyond the cycle of 4');
  expect(optimizer.lr).toBe(last);
  // Too short to rise, and of one step.
  for (const options of [
    { totalSteps: 2, pctStart: 0.5 },
    { totalSteps: 1 },
    { totalSteps: 1, pctStart: 1 },
  ]) {
    const short = new OneCycleLR(sgd(1), { maxLr: 1, ...options });
    expect(short.getLastLr().every((lr) => lr > 0 && lr <= 1)).toBe(true);
  }
});

test('what is not a number is no improvement', () => {
  const optimizer = sgd(1);
  const schedule = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5 });
  for (const metric of [NaN, NaN]) schedule.step(metric);
  expect(optimizer.lr).toBe(0.5);
  expect(schedule.best).toBe(Infinity);
  expect(JSON.parse(JSON.stringify(schedule.stateDict()))).toEqual(schedule.stateDict());
  schedule.step(3);
  expect(schedule.best).toBe(3);
  expect(schedule.lastEpoch).toBe(3);
});

describe('bad input', () => {
  const optimizer = sgd(0.1, 0.2);
  const cases: readonly (readonly [string, () => unknown])[] = [
    ['StepLR: stepSize is 0', () => new StepLR(optimizer, { stepSize: 0 })],
    ['StepLR: stepSize is 1.5', () => new StepLR(optimizer, { stepSize: 1.5 })],
    ['StepLR: gamma is 0', () => new StepLR(optimizer, { stepSize: 1, gamma: 0 })],
    ['MultiStepLR: milestones[1] is -1', () => new MultiStepLR(optimizer, { milestones: [1, -1] })],
    ['MultiStepLR: milestones is empty', () => new MultiStepLR(optimizer, { milestones: [] })],
    ['ExponentialLR: gamma is NaN', () => new ExponentialLR(optimizer, { gamma: NaN })],
    ['PolynomialLR: totalIters is 0', () => new PolynomialLR(optimizer, { totalIters: 0 })],
    ['PolynomialLR: power is -1', () => new PolynomialLR(optimizer, { power: -1 })],
    ['ConstantLR: factor is 0', () => new ConstantLR(optimizer, { factor: 0 })],
    ['LinearLR: startFactor is 1.5', () => new LinearLR(optimizer, { startFactor: 1.5 })],
    ['LinearLR: endFactor is -1', () => new LinearLR(optimizer, { endFactor: -1 })],
    [
      'ExponentialWarmupLR: startFactor is 0',
      () => new ExponentialWarmupLR(optimizer, { startFactor: 0, totalIters: 3 }),
    ],
    ['CosineAnnealingLR: tMax is -2', () => new CosineAnnealingLR(optimizer, { tMax: -2 })],
    [
      'CosineAnnealingLR: etaMin is -1',
      () => new CosineAnnealingLR(optimizer, { tMax: 2, etaMin: -1 }),
    ],
    [
      'CosineAnnealingWarmRestarts: t0 is 0',
      () => new CosineAnnealingWarmRestarts(optimizer, { t0: 0 }),
    ],
    [
      'CosineAnnealingWarmRestarts: tMult is 1.5',
      () => new CosineAnnealingWarmRestarts(optimizer, { t0: 1, tMult: 1.5 }),
    ],
    [
      'OneCycleLR: totalSteps is not given',
      () => new OneCycleLR(optimizer, { maxLr: 1, epochs: 2 }),
    ],
    ['OneCycleLR: totalSteps is 0', () => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 0 })],
    [
      'OneCycleLR: stepsPerEpoch is 0',
      () => new OneCycleLR(optimizer, { maxLr: 1, epochs: 2, stepsPerEpoch: 0 }),
    ],
    ['OneCycleLR: maxLr is -1', () => new OneCycleLR(optimizer, { maxLr: -1, totalSteps: 9 })],
    [
      'OneCycleLR: maxLr has 3 values for 2 groups',
      () => new OneCycleLR(optimizer, { maxLr: [1, 1, 1], totalSteps: 9 }),
    ],
    [
      'OneCycleLR: pctStart is 0.6; use a number in [0, 0.5] with threePhase',
      () => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 9, pctStart: 0.6, threePhase: true }),
    ],
    [
      "OneCycleLR: annealStrategy is 'sin'; use 'cos' or 'linear'",
      () => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 9, annealStrategy: 'sin' as 'cos' }),
    ],
    [
      'LambdaLR: lrLambda has 1 values for 2 groups',
      () => new LambdaLR(optimizer, { lrLambda: [() => 1] }),
    ],
    [
      'MultiplicativeLR: lrLambda is 3',
      () => new MultiplicativeLR(optimizer, { lrLambda: 3 as never }),
    ],
    [
      'LambdaLR: the learning rate of group 0 would become NaN',
      () => new LambdaLR(optimizer, { lrLambda: () => NaN }),
    ],
    ['ReduceLROnPlateau: factor is 1', () => new ReduceLROnPlateau(optimizer, { factor: 1 })],
    ['ReduceLROnPlateau: patience is -1', () => new ReduceLROnPlateau(optimizer, { patience: -1 })],
    [
      'ReduceLROnPlateau: cooldown is 0.5',
      () => new ReduceLROnPlateau(optimizer, { cooldown: 0.5 }),
    ],
    ['ReduceLROnPlateau: minLr is -1', () => new ReduceLROnPlateau(optimizer, { minLr: -1 })],
    [
      'ReduceLROnPlateau: threshold is -1',
      () => new ReduceLROnPlateau(optimizer, { threshold: -1 }),
    ],
    [
      "ReduceLROnPlateau: mode is 'least'",
      () => new ReduceLROnPlateau(optimizer, { mode: 'least' as 'min' }),
    ],
    ['ChainedScheduler: there are no schedules', () => new ChainedScheduler([])],
    [
      'ChainedScheduler: schedule 1 is of another optimizer',
      () =>
        new ChainedScheduler([
          new ExponentialLR(sgd(1), { gamma: 1 }),
          new ExponentialLR(sgd(1), { gamma: 1 }),
        ]),
    ],
    [
      'SequentialLR: schedule 0 is none that steps without a metric',
      () =>
        new SequentialLR(optimizer, {
          schedulers: [new ReduceLROnPlateau(optimizer) as never],
          milestones: [],
        }),
    ],
    [
      'SequentialLR: there are 0 milestones for 2 schedules; give 1',
      () => {
        const part = new ExponentialLR(optimizer, { gamma: 1 });
        return new SequentialLR(optimizer, { schedulers: [part, part], milestones: [] });
      },
    ],
    [
      'SequentialLR: milestones are [3, 3]; give them in rising order',
      () => {
        const part = new ExponentialLR(optimizer, { gamma: 1 });
        return new SequentialLR(optimizer, { schedulers: [part, part, part], milestones: [3, 3] });
      },
    ],
  ];
  test.each(cases)('%s', (message, make) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
    expect(optimizer.paramGroups.map((g) => g.lr)).toEqual([0.1, 0.2]);
  });
  test('a group that came later', () => {
    const later = new Adam([new Parameter(zeros([1]))]);
    const schedule = new StepLR(later, { stepSize: 1 });
    later.addParamGroup({ params: [new Parameter(zeros([1]))] });
    expect(() => schedule.step()).toThrow('the optimizer has 2 groups, and had 1');
  });
  test('a state of another schedule changes nothing', () => {
    const one = sgd(0.1);
    const step = new StepLR(one, { stepSize: 2 });
    const chained = new ChainedScheduler([step, new ExponentialLR(one, { gamma: 0.5 })]);
    const plateau = new ReduceLROnPlateau(one);
    const other = new ExponentialLR(sgd(1, 2), { gamma: 0.5 });
    const good = chained.stateDict();
    const before = JSON.stringify(good);
    const parts = [{ ...good.parts![0]!, lastEpoch: 5 }, other.stateDict()];
    const attempts: readonly (readonly [string, () => unknown])[] = [
      ['it is of ExponentialLR', () => step.loadStateDict(other.stateDict())],
      ['it has 0 parts, and here are 2', () => chained.loadStateDict({ ...good, parts: [] })],
      ['it is of 2 groups, and here are 1', () => chained.loadStateDict({ ...good, parts })],
      ['lastEpoch is -1', () => plateau.loadStateDict({ ...plateau.stateDict(), lastEpoch: -1 })],
      ["'seen.bad'", () => plateau.loadStateDict({ name: 'ReduceLROnPlateau', lastEpoch: 1 })],
    ];
    for (const [message, attempt] of attempts) {
      expect(attempt).toThrow(ArgumentError);
      expect(attempt).toThrow(message);
    }
    expect(JSON.stringify(chained.stateDict())).toBe(before);
  });
});
