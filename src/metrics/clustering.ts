import { ArgumentError } from '../engine/core/errors.js';
import { checkSameLength, checkSamples, classNumbersOf } from './inputs.js';
import type { StreamingMetric, Values } from './metric.js';

/** Numbers above any that a class or cluster has. */
const STRIDE = 2 ** 24;

/** How often a class and a cluster come together. Only pairs that occur take memory. */
abstract class ClusterMetric implements StreamingMetric<number> {
  private pairs = new Map<number, number>();
  private samples = 0;

  constructor(protected readonly op: string) {}

  /**
   * Takes samples in.
   *
   * @param labels classes, or one clustering, [N], from 0.
   * @param clusters the clusters they are put in, [N], from 0; which number a cluster has does not
   *   matter.
   * @throws ShapeError for lengths that differ, IndexError for what is no class number; nothing is taken
   *   in then.
   */
  update(labels: Values, clusters: Values): this {
    const [first, second] = [
      { name: 'labels', values: labels },
      { name: 'clusters', values: clusters },
    ];
    checkSameLength(this.op, first, second);
    const { values: classes } = classNumbersOf(this.op, first, undefined);
    const { values: given } = classNumbersOf(this.op, second, undefined);
    for (let i = 0; i < classes.length; i++) {
      const key = classes[i]! * STRIDE + given[i]!;
      this.pairs.set(key, (this.pairs.get(key) ?? 0) + 1);
    }
    this.samples += classes.length;
    return this;
  }

  abstract compute(): number;

  reset(): void {
    this.pairs = new Map();
    this.samples = 0;
  }

  /** Sizes of classes, of clusters, and of what they have in common. */
  protected sizes(): Contingency {
    checkSamples(this.op, this.samples, this.samples);
    const [classes, clusters] = [new Map<number, number>(), new Map<number, number>()];
    const common = Array.from(this.pairs, ([key, count]) => {
      const [a, b] = [Math.floor(key / STRIDE), key % STRIDE];
      classes.set(a, (classes.get(a) ?? 0) + count);
      clusters.set(b, (clusters.get(b) ?? 0) + count);
      return { a, b, count };
    });
    return { samples: this.samples, classes, clusters, common };
  }
}

interface Contingency {
  readonly samples: number;
  readonly classes: ReadonlyMap<number, number>;
  readonly clusters: ReadonlyMap<number, number>;
  readonly common: readonly { readonly a: number; readonly b: number; readonly count: number }[];
}

/** Options of `NormalizedMutualInfo`. */
export interface MutualInfoOptions {
  /** What the information is divided by: a mean of the two entropies; default 'arithmetic'. */
  averageMethod?: 'arithmetic' | 'geometric' | 'min' | 'max';
}

/**
 * How much classes and clusters tell about each other: I(A; B) / mean(H(A), H(B)), from 0 to 1.
 *
 * It is 1 where either is one set alone in both, and not corrected for chance: many small clusters raise
 * it. See `AdjustedRand`.
 *
 * @example
 * const nmi = new NormalizedMutualInfo();
 * nmi.update([0, 0, 1, 1], [1, 1, 0, 0]).compute(); // 1
 * @see Vinh, Epps and Bailey, "Information Theoretic Measures for Clusterings Comparison", JMLR 11, 2010.
 */
export class NormalizedMutualInfo extends ClusterMetric {
  private readonly averageMethod: NonNullable<MutualInfoOptions['averageMethod']>;

  constructor({ averageMethod = 'arithmetic' }: MutualInfoOptions = {}) {
    super('normalized mutual information');
    if (!['arithmetic', 'geometric', 'min', 'max'].includes(averageMethod)) {
      throw new ArgumentError(
        `${this.op}: averageMethod is '${String(averageMethod)}'; give 'arithmetic', 'geometric', ` +
          "'min' or 'max'.",
      );
    }
    this.averageMethod = averageMethod;
  }

  /**
   * The information over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples.
   */
  compute(): number {
    const { samples: n, classes, clusters, common } = this.sizes();
    if (classes.size === 1 && clusters.size === 1) return 1;
    let information = 0;
    for (const { a, b, count } of common) {
      const independent = (classes.get(a)! / n) * (clusters.get(b)! / n);
      information += (count / n) * Math.log(count / n / independent);
    }
    // What rounding leaves of nothing.
    if (information < 2 ** -52) return 0;
    return information / this.mean(entropyOf(classes, n), entropyOf(clusters, n));
  }

  private mean(a: number, b: number): number {
    switch (this.averageMethod) {
      case 'arithmetic':
        return (a + b) / 2;
      case 'geometric':
        return Math.sqrt(a * b);
      case 'min':
        return Math.min(a, b);
      case 'max':
        return Math.max(a, b);
    }
  }
}

function entropyOf(sizes: ReadonlyMap<number, number>, n: number): number {
  let sum = 0;
  for (const size of sizes.values()) sum -= (size / n) * Math.log(size / n);
  return sum;
}

/**
 * Of all pairs of samples, how many are together in both or apart in both, corrected for chance: 1 is
 * the same clustering, 0 what chance gives, and less is possible.
 *
 * ARI = (Σ C(n_ij, 2) − E) / (½ (A + B) − E), A = Σ C(a_i, 2), B = Σ C(b_j, 2), E = A B / C(n, 2).
 *
 * @example
 * const ari = new AdjustedRand();
 * ari.update([0, 0, 1, 1], [0, 0, 1, 2]).compute(); // 0.5714…
 * @see Hubert and Arabie, "Comparing Partitions", Journal of Classification 2, 1985.
 */
export class AdjustedRand extends ClusterMetric {
  constructor() {
    super('adjusted Rand index');
  }

  /**
   * The index over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples.
   */
  compute(): number {
    const { samples, classes, clusters, common } = this.sizes();
    const both = pairsIn(common.map(({ count }) => count));
    const [a, b] = [pairsIn(classes.values()), pairsIn(clusters.values())];
    if (both === a && both === b) return 1;
    const expected = (a / pairsIn([samples])) * b;
    return (both - expected) / ((a + b) / 2 - expected);
  }
}

/** Pairs within sets of these sizes. */
function pairsIn(sizes: Iterable<number>): number {
  let pairs = 0;
  for (const size of sizes) pairs += (size * (size - 1)) / 2;
  return pairs;
}

/**
 * How much classes and clusters tell about each other; see `NormalizedMutualInfo`.
 *
 * @param labels classes, or one clustering, [N], from 0.
 * @param clusters the clusters they are put in, [N], from 0.
 * @throws as `NormalizedMutualInfo`.
 * @example
 * normalizedMutualInfoScore([0, 0, 1, 1], [1, 1, 0, 0]); // 1
 */
export function normalizedMutualInfoScore(
  labels: Values,
  clusters: Values,
  options: MutualInfoOptions = {},
): number {
  return new NormalizedMutualInfo(options).update(labels, clusters).compute();
}

/**
 * How many pairs are together in both or apart in both, corrected for chance; see `AdjustedRand`.
 *
 * @param labels classes, or one clustering, [N], from 0.
 * @param clusters the clusters they are put in, [N], from 0.
 * @throws as `AdjustedRand`.
 * @example
 * adjustedRandScore([0, 0, 1, 1], [0, 0, 1, 2]); // 0.5714…
 */
export function adjustedRandScore(labels: Values, clusters: Values): number {
  return new AdjustedRand().update(labels, clusters).compute();
}
