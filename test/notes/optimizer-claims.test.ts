/** What the notes claim of optimizers, in the experiments that docs/optimizers.md shows. */
import { beforeAll, describe, expect, test } from 'vitest';
import * as data from '../../src/data/index.js';
import * as nn from '../../src/nn/index.js';
import * as optim from '../../src/optim/index.js';
import * as gradus from '../../src/index.js';

type Path = readonly (readonly number[])[];

interface Experiments {
  readonly saddle: (library: object) => {
    readonly paths: Readonly<Record<string, Path>>;
    readonly value: (point: readonly number[]) => number;
  };
  readonly ravine: (library: object) => Readonly<Record<string, Path>>;
  readonly rareFeatures: (library: object) => readonly {
    readonly name: string;
    readonly lr: number;
    readonly errors: Path;
    readonly rates: readonly Path[];
  }[];
  readonly adamBias: (
    library: object,
    steps?: number,
  ) => readonly Readonly<Record<'t' | 'g' | 'm' | 'v' | 'mHat' | 'vHat', number>>[];
  readonly race: (library: object) => Promise<Readonly<Record<string, Path>>>;
}

const library = { gradus, optim, nn, data };
const path: string = '../../scripts/docs/optimizer-experiments.mjs';
let experiments: Experiments;

beforeAll(async () => {
  gradus.setDevice(new gradus.WasmDevice());
  experiments = (await import(path)) as Experiments;
});

/** How often a coordinate changes its sign from step to step. */
function swings(points: Path, axis: number): number {
  return points.filter((p, i) => i > 0 && p[axis]! * points[i - 1]![axis]! < 0).length;
}

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

test('2.4.1: SGD is slow at a saddle point, and swings there', () => {
  const { paths, value } = experiments.saddle(library);
  // The first step at which y is far from the saddle.
  const left = (name: string): number => paths[name]!.findIndex(([, y]) => Math.abs(y!) > 0.5);
  expect(left('SGD')).toBeGreaterThan(1.4 * left('momentum 0.5'));
  expect(left('SGD')).toBeGreaterThan(5 * left('Adam'));
  expect(swings(paths['SGD']!.slice(0, left('SGD')), 0)).toBe(left('SGD') - 1);
  for (const points of Object.values(paths)) expect(value(points.at(-1)!)).toBeCloseTo(-0.25, 2);
});

test('2.4.2: momentum damps the oscillation across a ravine, and is faster along it', () => {
  const { SGD, 'momentum 0.5': momentum } = experiments.ravine(library);
  expect(swings(SGD!, 1)).toBe(60);
  for (const t of [10, 20, 40, 60]) {
    // Of two steps, as one may just cross.
    const across = (points: Path): number =>
      Math.max(...points.slice(t - 1, t + 1).map((p) => Math.abs(p[1]!)));
    expect(across(momentum!)).toBeLessThan(0.3 * across(SGD!));
    expect(momentum![t]![0]!).toBeLessThan(SGD![t]![0]!);
  }
});

describe('2.4.3: AdaGrad', () => {
  let runs: ReturnType<Experiments['rareFeatures']>;
  beforeAll(() => {
    runs = experiments.rareFeatures(library);
  });
  test('is good on rare features: at an equal error of the frequent weight', () => {
    const late = (errors: Path, k: number): number => mean(errors[k]!.slice(-100));
    const adaGrad = runs.find((run) => run.name === 'AdaGrad' && run.lr === 0.5)!;
    // Every rate of SGD that is as good on the weight of the frequent feature.
    const equal = runs.filter(
      ({ name, errors }) => name === 'SGD' && late(errors, 0) <= 1.2 * late(adaGrad.errors, 0),
    );
    expect(equal.map((run) => run.lr)).toEqual([0.05, 0.1]);
    for (const { errors } of equal) {
      expect(late(adaGrad.errors, 2)).toBeLessThan(0.5 * late(errors, 2));
    }
  });
  test('has a step that only shrinks, the less the rarer the feature', () => {
    for (const { rates } of runs.filter((run) => run.name === 'AdaGrad')) {
      for (const points of rates) {
        expect(points.length).toBeGreaterThan(100);
        expect(points.every(([, rate], i) => i === 0 || rate! <= points[i - 1]![1]!)).toBe(true);
      }
      const ends = rates.map((points) => points.at(-1)![1]!);
      expect(ends[0]).toBeLessThan(ends[1]!);
      expect(ends[1]).toBeLessThan(ends[2]!);
    }
  });
});

test('2.5.1: the moments of Adam are too near to 0 at first, and (2.9) corrects that', () => {
  const steps = experiments.adamBias(library, 400);
  for (const { t, m, v, mHat, vHat } of steps.slice(0, 20)) {
    expect(m).toBeLessThan(1 - 0.8 * 0.9 ** t);
    expect(v).toBeLessThan(0.03);
    expect(Math.abs(mHat - 1)).toBeLessThan(0.15);
    expect(Math.abs(vHat - 1)).toBeLessThan(0.2);
  }
  // At the first step they are the gradient and its square; late the correction of m is none.
  const first = steps[0]!;
  expect(first.mHat).toBeCloseTo(first.g, 12);
  expect(first.vHat).toBeCloseTo(first.g ** 2, 12);
  expect(steps.at(-1)!.mHat).toBeCloseTo(steps.at(-1)!.m, 12);
});

test('the five of the notes learn digits from the same seed, net and batches', async () => {
  const curves = await experiments.race(library);
  expect(Object.keys(curves)).toEqual(['SGD', 'momentum', 'AdaGrad', 'RMSProp', 'Adam']);
  for (const points of Object.values(curves)) {
    expect(points).toHaveLength(20);
    expect(points[0]![1]).toBeGreaterThan(1.5);
    expect(points.at(-1)![1]).toBeLessThan(0.5);
  }
});
