import { ArgumentError } from '../engine/core/errors.js';
import { ClassMetric, type ClassOptions } from './class-counts.js';
import { ClassPairs } from './class-pairs.js';
import type { SampleOptions, StreamingMetric, Values } from './metric.js';

/**
 * Matthews' correlation of labels and predictions, −1 … 1: 1 is all right, 0 no better than chance. With
 * c the share that is right, and t_k and p_k the shares of class k among labels and predictions,
 * MCC = (c − Σ t_k p_k) / √((1 − Σ t_k²) (1 − Σ p_k²)).
 *
 * It is 0 where labels or predictions are all of one class.
 *
 * @example
 * const mcc = new MatthewsCorrcoef();
 * mcc.update([1, 1, 1, 0], [1, 0, 1, 1]).compute(); // -0.3333…
 * @see Matthews 1975, Biochimica et Biophysica Acta 405; for several classes: Gorodkin, "Comparing Two
 *   K-Category Assignments by a K-Category Correlation Coefficient", 2004.
 */
export class MatthewsCorrcoef extends ClassMetric {
  constructor() {
    super('Matthews correlation', undefined);
  }

  /**
   * The correlation over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    const total = this.counts.total();
    const { hits, labelled, predicted } = this.counts;
    let [right, both, labels, predictions] = [0, 0, 0, 0];
    for (let k = 0; k < hits.length; k++) {
      right += hits[k]!;
      both += labelled[k]! * predicted[k]!;
      labels += labelled[k]! ** 2;
      predictions += predicted[k]! ** 2;
    }
    const [t, p] = [total ** 2 - labels, total ** 2 - predictions];
    // Rounding of weights may leave a little, which is as good as nothing.
    const nothing = 1e-14 * total ** 2;
    if (t <= nothing || p <= nothing) return 0;
    return (right * total - both) / Math.sqrt(t * p);
  }
}

/**
 * Matthews' correlation of labels and predictions; see `MatthewsCorrcoef`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `MatthewsCorrcoef`.
 * @example
 * matthewsCorrcoef([1, 1, 1, 0], [1, 0, 1, 1]); // -0.3333…
 */
export function matthewsCorrcoef(
  labels: Values,
  predictions: Values,
  options: SampleOptions = {},
): number {
  return new MatthewsCorrcoef().update(labels, predictions, options).compute();
}

/** Options of `CohenKappa`. */
export interface KappaOptions extends ClassOptions {
  /**
   * For classes in an order: how much worse a mistake is that is further off, |i − j| for 'linear' and
   * (i − j)² for 'quadratic'. By default all mistakes are equal.
   */
  weights?: 'linear' | 'quadratic';
}

/**
 * Cohen's κ, how much two judges agree beyond chance: κ = 1 − Σ w_ij O_ij / Σ w_ij E_ij, O being how
 * often one says i and the other j, E the same if they judged on their own, and w the weight of the
 * disagreement.
 *
 * It is 1 for full agreement, 0 for chance, and NaN where both say the same class always.
 *
 * @example
 * const kappa = new CohenKappa({ weights: 'quadratic' });
 * kappa.update([0, 1, 2, 2], [0, 1, 1, 2]).compute(); // 0.8
 * @see Cohen 1960, Educational and Psychological Measurement 20(1); weights: Cohen 1968, Psychological
 *   Bulletin 70(4).
 */
export class CohenKappa implements StreamingMetric<number> {
  private readonly pairs: ClassPairs;
  private readonly weights: KappaOptions['weights'];

  constructor({ classes, weights }: KappaOptions = {}) {
    if (weights !== undefined && weights !== 'linear' && weights !== 'quadratic') {
      throw new ArgumentError(
        `Cohen's kappa: weights is '${String(weights)}'; give 'linear' or 'quadratic', or leave it out.`,
      );
    }
    this.pairs = new ClassPairs("Cohen's kappa", classes);
    this.weights = weights;
  }

  /**
   * Takes samples in.
   *
   * @param labels what one says, [N] or any shape, classes from 0.
   * @param predictions what the other says, in the same shape.
   * @throws ShapeError for lengths that differ, IndexError for what is no class number; nothing is
   *   taken in then.
   */
  update(labels: Values, predictions: Values, options: SampleOptions = {}): this {
    this.pairs.add(labels, predictions, options.sampleWeight);
    return this;
  }

  /**
   * κ over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    const total = this.pairs.total();
    const matrix = this.pairs.matrix();
    const rows = matrix.map((row) => row.reduce((sum, n) => sum + n, 0));
    const columns = matrix.map((_, j) => matrix.reduce((sum, row) => sum + row[j]!, 0));
    let [observed, expected] = [0, 0];
    for (const [i, row] of matrix.entries()) {
      for (const [j, n] of row.entries()) {
        const w = this.cost(i, j);
        observed += w * n;
        expected += (w * rows[i]! * columns[j]!) / total;
      }
    }
    return 1 - observed / expected;
  }

  reset(): void {
    this.pairs.clear();
  }

  private cost(i: number, j: number): number {
    if (this.weights === undefined) return i === j ? 0 : 1;
    return this.weights === 'linear' ? Math.abs(i - j) : (i - j) ** 2;
  }
}

/**
 * How much two judges agree beyond chance; see `CohenKappa`.
 *
 * @param labels what one says, [N] or any shape, classes from 0.
 * @param predictions what the other says, in the same shape.
 * @throws as `CohenKappa`.
 * @example
 * cohenKappaScore([0, 1, 2, 2], [0, 1, 1, 2]); // 0.6363…
 */
export function cohenKappaScore(
  labels: Values,
  predictions: Values,
  options: KappaOptions & SampleOptions = {},
): number {
  return new CohenKappa(options).update(labels, predictions, options).compute();
}
