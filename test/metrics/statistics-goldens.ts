import { golden } from '../nn/check.js';

interface TestCase<V> {
  readonly first: V;
  readonly second: V;
  readonly testTrainRatio?: number;
  readonly difference: number;
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
}

/** Arguments and, last, the value. */
type Table = readonly (readonly number[])[];

interface Goldens {
  readonly normalCdf: Table;
  readonly normalQuantile: Table;
  readonly chiSquaredTail: Table;
  readonly studentTails: Table;
  readonly incompleteBeta: Table;
  readonly logGamma: Table;
  readonly mcNemar: readonly {
    readonly b: number;
    readonly c: number;
    readonly exact: number;
    /** χ² and its p-value, with and without the correction. */
    readonly corrected: readonly [number, number];
    readonly plain: readonly [number, number];
  }[];
  readonly pairedTTest: readonly TestCase<readonly number[]>[];
  readonly fiveByTwo: readonly TestCase<readonly (readonly number[])[]>[];
  readonly bootstrap: readonly {
    readonly statistic: 'mean' | 'deviation';
    readonly data: readonly number[];
    readonly level: number;
    readonly method: 'percentile' | 'basic' | 'BCa';
    readonly estimate: number;
    readonly distribution: readonly number[];
    readonly low: number;
    readonly high: number;
  }[];
}

/** What SciPy makes of the same. */
export const STATISTICS = golden<Goldens>('statistics.json');
