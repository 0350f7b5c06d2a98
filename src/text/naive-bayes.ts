import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { requireIds } from './require-ids.js';

/** Options of `MultinomialNB` and `BernoulliNB`. */
export interface NaiveBayesOptions {
  /** α > 0: what is added to each count (Laplace: 1, the default; Lidstone: less). */
  readonly alpha?: number;
  /** Learn how frequent the classes are; otherwise all are taken as equally so. Default true. */
  readonly fitPrior?: boolean;
}

/** A document: numbers of features 0 … F - 1, each as often as it occurs, in any order. */
export type FeatureList = ArrayLike<number>;

/** What both have in common: counts of the training part, and the most likely class. */
abstract class NaiveBayes {
  readonly alpha: number;
  readonly fitPrior: boolean;
  /** F, the number of features. */
  features = 0;
  /** log P(c), [C]; empty before `fit`. */
  classLogPrior = new Float64Array();
  /** log P(feature | c), [C, F] row by row. */
  featureLogProb = new Float64Array();

  /** @throws ArgumentError unless α is above 0. */
  constructor({ alpha = 1, fitPrior = true }: NaiveBayesOptions = {}) {
    if (!(alpha > 0 && alpha < Infinity)) {
      throw new ArgumentError(`${new.target.name}: alpha is ${alpha}; use a number above 0.`);
    }
    this.alpha = alpha;
    this.fitPrior = fitPrior;
  }

  /**
   * Learns from documents and their classes, 0 … C - 1.
   *
   * @param features F.
   * @throws ShapeError where there is not one class for each document; IndexError for a feature, and
   *   ArgumentError for a class, that cannot be.
   */
  fit(documents: readonly FeatureList[], labels: ArrayLike<number>, features: number): this {
    const op = `${this.constructor.name}.fit`;
    if (documents.length !== labels.length || documents.length === 0) {
      throw new ShapeError(
        `${op}: ${documents.length} documents and ${labels.length} classes; give one for each of at ` +
          'least one document.',
      );
    }
    const classes = requireLabels(op, labels);
    const inClass = new Float64Array(classes);
    const counts = new Float64Array(classes * features);
    for (const [i, document] of documents.entries()) {
      requireIds(op, document, features);
      const at = labels[i]! * features;
      inClass[labels[i]!]!++;
      for (const feature of this.counted(document)) counts[at + feature]!++;
    }
    this.features = features;
    const share = (n: number): number => (this.fitPrior ? n / documents.length : 1 / classes);
    this.classLogPrior = inClass.map((n) => Math.log(share(n)));
    this.featureLogProb = this.logProbabilities(counts, inClass);
    return this;
  }

  /** log P(c | document), [N, C] row by row. */
  predictLogProba(documents: readonly FeatureList[]): Float64Array<ArrayBuffer> {
    const op = `${this.constructor.name}.predict`;
    const classes = this.classLogPrior.length;
    if (classes === 0) throw new ArgumentError(`${op}: nothing has been learnt; call fit() first.`);
    const result = new Float64Array(documents.length * classes);
    for (const [i, document] of documents.entries()) {
      requireIds(op, document, this.features);
      const joint = this.jointLogLikelihood(this.counted(document));
      const greatest = Math.max(...joint);
      const total = greatest + Math.log(joint.reduce((sum, v) => sum + Math.exp(v - greatest), 0));
      for (let c = 0; c < classes; c++) result[i * classes + c] = joint[c]! - total;
    }
    return result;
  }

  /** The most likely class of each document, the first of equals. */
  predict(documents: readonly FeatureList[]): Int32Array<ArrayBuffer> {
    const log = this.predictLogProba(documents);
    const classes = this.classLogPrior.length;
    return Int32Array.from(documents, (_, i) => {
      const row = log.subarray(i * classes, (i + 1) * classes);
      return row.indexOf(Math.max(...row));
    });
  }

  /** Features as often as they count. */
  protected abstract counted(document: FeatureList): Iterable<number>;

  protected abstract logProbabilities(
    counts: Float64Array,
    inClass: Float64Array,
  ): Float64Array<ArrayBuffer>;

  /** log P(c) + log P(document | c), [C]. */
  protected abstract jointLogLikelihood(counted: Iterable<number>): Float64Array;
}

/**
 * Naive Bayes of how often features occur: P(feature | c) = (N_cf + α) / (N_c + α F), where N_cf is how
 * often the documents of class c have the feature, and N_c = Σ_f N_cf. As scikit-learn's, 2011, JMLR
 * 12, 2825.
 *
 * @example
 * const model = new MultinomialNB().fit([[0, 0, 1], [1, 2]], [0, 1], 3);
 * model.predict([[0], [2, 1]]); // 0, 1
 */
export class MultinomialNB extends NaiveBayes {
  protected counted(document: FeatureList): Iterable<number> {
    return Array.from(document);
  }

  protected logProbabilities(
    counts: Float64Array,
    inClass: Float64Array,
  ): Float64Array<ArrayBuffer> {
    const features = counts.length / inClass.length;
    const totals = inClass.map((_, c) => {
      const row = counts.subarray(c * features, (c + 1) * features);
      return row.reduce((sum, v) => sum + v, 0) + this.alpha * features;
    });
    return Float64Array.from(counts, (n, i) =>
      Math.log((n + this.alpha) / totals[Math.floor(i / features)]!),
    );
  }

  protected jointLogLikelihood(counted: Iterable<number>): Float64Array {
    const joint = this.classLogPrior.slice();
    for (const feature of counted) {
      for (let c = 0; c < joint.length; c++) {
        joint[c]! += this.featureLogProb[c * this.features + feature]!;
      }
    }
    return joint;
  }
}

/**
 * Naive Bayes of which features occur at all: P(feature | c) = (N_cf + α) / (N_c + 2 α), where N_cf of
 * the N_c documents of class c have the feature; those that a document lacks count as well. As
 * scikit-learn's.
 *
 * @example
 * const model = new BernoulliNB().fit([[0, 1], [1, 2]], [0, 1], 3);
 * model.predict([[0], [2]]); // 0, 1
 */
export class BernoulliNB extends NaiveBayes {
  /** log (1 - P(feature | c)) summed over all features, [C]. */
  private none = new Float64Array();

  protected counted(document: FeatureList): Iterable<number> {
    return new Set(Array.from(document));
  }

  protected logProbabilities(
    counts: Float64Array,
    inClass: Float64Array,
  ): Float64Array<ArrayBuffer> {
    const features = counts.length / inClass.length;
    const share = (n: number, i: number): number =>
      (n + this.alpha) / (inClass[Math.floor(i / features)]! + 2 * this.alpha);
    this.none = new Float64Array(inClass.length);
    counts.forEach((n, i) => {
      this.none[Math.floor(i / features)]! += Math.log1p(-share(n, i));
    });
    return Float64Array.from(counts, (n, i) => Math.log(share(n, i)));
  }

  protected jointLogLikelihood(counted: Iterable<number>): Float64Array {
    const joint = this.classLogPrior.map((prior, c) => prior + this.none[c]!);
    for (const feature of counted) {
      for (let c = 0; c < joint.length; c++) {
        const log = this.featureLogProb[c * this.features + feature]!;
        joint[c]! += log - Math.log1p(-Math.exp(log));
      }
    }
    return joint;
  }
}

/** How many classes there are: the greatest label + 1. */
function requireLabels(op: string, labels: ArrayLike<number>): number {
  let classes = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0) {
      throw new ArgumentError(`${op}: class ${label} of document ${i}; use integers from 0.`);
    }
    classes = Math.max(classes, label + 1);
  }
  return classes;
}
