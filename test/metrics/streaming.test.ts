/** Laws that hold for every metric that is kept up to date batch by batch. */
// covers: src/metrics/class-counts.ts, src/metrics/mean-metric.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import {
  Accuracy,
  AveragePrecision,
  BalancedAccuracy,
  BrierScore,
  CalibrationError,
  CohenKappa,
  ConfusionMatrix,
  F1,
  FBeta,
  LogLoss,
  MatthewsCorrcoef,
  Precision,
  Recall,
  RocAuc,
  TopKAccuracy,
  ExplainedVariance,
  Jaccard,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  Perplexity,
  R2Score,
  RootMeanSquaredError,
} from '../../src/metrics/index.js';

interface Samples {
  readonly first: readonly unknown[];
  readonly second: readonly unknown[];
  readonly sampleWeight: readonly number[];
}

interface AnyMetric {
  update(first: unknown, second: unknown, options?: object): unknown;
  compute(): unknown;
  reset(): void;
}

const weight = fc.double({ min: 0.1, max: 5, noNaN: true });
const label = fc.integer({ min: 0, max: 3 });
const score = fc.double({ min: -2, max: 2, noNaN: true });

/** Samples of a first and a second kind. */
function samplesOf(second: fc.Arbitrary<unknown>, minLength = 1): fc.Arbitrary<Samples> {
  return fc.array(fc.tuple(label, second, weight), { minLength, maxLength: 30 }).map((all) => ({
    first: all.map(([a]) => a),
    second: all.map(([, b]) => b),
    sampleWeight: all.map(([, , w]) => w),
  }));
}

const classes = samplesOf(label);
const rows = samplesOf(fc.array(score, { minLength: 4, maxLength: 4 }));

const probabilities = samplesOf(
  fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }).map((counts) => {
    const total = counts.reduce((sum, n) => sum + n, 0);
    return counts.map((n) => n / total);
  }),
);

/** Of a single sample R² is undefined; errors that differ by rounding alone are as good as equal. */
const numbers = samplesOf(
  fc.integer({ min: -8, max: 8 }).map((v) => 3 + v / 4),
  2,
);

const METRICS: Readonly<Record<string, readonly [make: () => object, fc.Arbitrary<Samples>]>> = {
  Accuracy: [() => new Accuracy(), classes],
  // The average precision of a class that has no samples is 0.
  AveragePrecision: [() => new AveragePrecision(), rows],
  BalancedAccuracy: [() => new BalancedAccuracy(), classes],
  BrierScore: [() => new BrierScore(), probabilities],
  CalibrationError: [() => new CalibrationError({ nBins: 4 }), probabilities],
  CohenKappa: [() => new CohenKappa({ weights: 'linear' }), classes],
  ConfusionMatrix: [() => new ConfusionMatrix(), classes],
  ExplainedVariance: [() => new ExplainedVariance(), numbers],
  F1: [() => new F1({ average: 'weighted' }), classes],
  FBeta: [() => new FBeta({ beta: 2, average: 'macro', classes: 4 }), classes],
  Jaccard: [() => new Jaccard({ average: 'macro' }), classes],
  LogLoss: [() => new LogLoss(), probabilities],
  MatthewsCorrcoef: [() => new MatthewsCorrcoef(), classes],
  MeanAbsoluteError: [() => new MeanAbsoluteError(), numbers],
  MeanAbsolutePercentageError: [() => new MeanAbsolutePercentageError(), numbers],
  MeanSquaredError: [() => new MeanSquaredError(), numbers],
  Perplexity: [() => new Perplexity(), rows],
  Precision: [() => new Precision({ average: 'macro' }), classes],
  R2Score: [() => new R2Score(), numbers],
  Recall: [() => new Recall({ average: 'macro' }), classes],
  RootMeanSquaredError: [() => new RootMeanSquaredError(), numbers],
  RocAuc: [() => new RocAuc({ average: 'weighted' }), rows],
  TopKAccuracy: [() => new TopKAccuracy(), rows],
};

function take(metric: AnyMetric, s: Samples, from: number, to: number): void {
  const part = (values: readonly unknown[]): unknown => values.slice(from, to);
  metric.update(part(s.first), part(s.second), { sampleWeight: part(s.sampleWeight) });
}

function close(found: unknown, want: unknown): void {
  const [a, b] = [found, want].map((value) => [value].flat(2) as number[]);
  expect(a!.length).toBe(b!.length);
  a!.forEach((v, i) => {
    const bound = 1e-10 * Math.max(1, Math.abs(b![i]!));
    expect(Math.abs(v - b![i]!) < bound || Object.is(v, b![i]!)).toBe(true);
  });
}

describe.each(Object.entries(METRICS))('%s', (_, [create, samples]) => {
  const make = (): AnyMetric => create() as AnyMetric;

  test('batches are as the whole, and after reset all is forgotten', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.nat(30)), (s, cuts) => {
        const [whole, streamed] = [make(), make()];
        const n = s.first.length;
        take(whole, s, 0, n);
        take(streamed, s, 0, n);
        streamed.compute();
        streamed.reset();
        const ends = [0, ...cuts.map((c) => c % (n + 1)).sort((a, b) => a - b), n];
        ends.slice(1).forEach((end, i) => take(streamed, s, ends[i]!, end));
        close(streamed.compute(), whole.compute());
      }),
    );
  });

  test('a weight of 2 counts as two samples', () => {
    fc.assert(
      fc.property(samples, ({ first, second }) => {
        const [once, twice] = [make(), make()];
        once.update(first, second, { sampleWeight: first.map((_, i) => (i === 0 ? 2 : 1)) });
        twice.update(first, second);
        twice.update(first.slice(0, 1), second.slice(0, 1));
        close(once.compute(), twice.compute());
      }),
    );
  });

  test('nothing is refused', () => {
    expect(() => make().compute()).toThrow(/: there are no samples; give at least one\.$/);
    const empty = make();
    empty.update([], []);
    expect(() => empty.compute()).toThrow(ArgumentError);
  });

  test('weights that sum to 0, are negative or too few are refused, and leave all as it was', () => {
    const [s] = fc.sample(samples, { numRuns: 1, seed: 1 });
    const { first, second } = s!;
    const metric = make();
    metric.update(first, second, { sampleWeight: first.map(() => 0) });
    expect(() => metric.compute()).toThrow(/: the sample weights sum to 0;/);
    metric.reset();
    metric.update(first, second);
    const before = metric.compute();
    const update = (sampleWeight: readonly number[]) => () =>
      metric.update(first, second, { sampleWeight });
    expect(update(first.map(() => -1))).toThrow(/: sampleWeight\[0\] is -1; give finite weights/);
    expect(update(first.map(() => NaN))).toThrow(/: sampleWeight\[0\] is NaN;/);
    expect(update([...first, 1].map(() => 1))).toThrow(/: sampleWeight has \d+ values for \d+ /);
    expect(metric.compute()).toEqual(before);
  });
});
