import { ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import { Tensor } from '../tensor/index.js';
import { checkFinite, checkSameLength, checkSamples, valuesOf, weightsOf } from './inputs.js';
import { MeanMetric } from './mean-metric.js';
import type { SampleOptions, StreamingMetric, Values } from './metric.js';

interface Pairs {
  readonly targets: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
  readonly weights: ArrayLike<number> | undefined;
}

/** Checked targets, predictions and weights. */
function pairsOf(
  op: string,
  targets: Values,
  predictions: Values,
  sampleWeight: Values | undefined,
): Pairs {
  const [t, p] = [
    { name: 'targets', values: targets },
    { name: 'predictions', values: predictions },
  ];
  checkSameLength(op, t, p);
  const [wanted, given] = [valuesOf(targets), valuesOf(predictions)];
  checkFinite(op, t.name, wanted);
  checkFinite(op, p.name, given);
  const weights = weightsOf(op, sampleWeight, wanted.length);
  return { targets: wanted, predictions: given, weights };
}

/** The mean of an error of each value. */
abstract class MeanError extends MeanMetric {
  protected abstract errorOf(target: number, prediction: number): number;

  /**
   * Takes values in.
   *
   * @param targets what is right, [N] or any shape.
   * @param predictions what a model says, in the same shape.
   * @throws ShapeError for lengths that differ, ArgumentError for values that are not finite; nothing is
   *   taken in then.
   */
  update(targets: Values, predictions: Values, options: SampleOptions = {}): this {
    const pairs = pairsOf(this.op, targets, predictions, options.sampleWeight);
    this.add(pairs.targets.length, pairs.weights, (i) =>
      this.errorOf(pairs.targets[i]!, pairs.predictions[i]!),
    );
    return this;
  }
}

/**
 * The mean of |y − ŷ|, in the unit of the targets.
 *
 * @example
 * const mae = new MeanAbsoluteError();
 * mae.update([3, -0.5, 2], [2.5, 0, 2]).compute(); // 0.3333…
 */
export class MeanAbsoluteError extends MeanError {
  constructor() {
    super('mean absolute error');
  }

  protected override errorOf(target: number, prediction: number): number {
    return Math.abs(target - prediction);
  }
}

/**
 * The mean of (y − ŷ)².
 *
 * @example
 * const mse = new MeanSquaredError();
 * mse.update([3, -0.5, 2], [2.5, 0, 2]).compute(); // 0.1666…
 */
export class MeanSquaredError extends MeanError {
  constructor() {
    super('mean squared error');
  }

  protected override errorOf(target: number, prediction: number): number {
    return (target - prediction) ** 2;
  }
}

/**
 * The root of the mean of (y − ŷ)², in the unit of the targets.
 *
 * @example
 * const rmse = new RootMeanSquaredError();
 * rmse.update([3, -0.5, 2], [2.5, 0, 2]).compute(); // 0.4082…
 */
export class RootMeanSquaredError extends MeanSquaredError {
  override compute(): number {
    return Math.sqrt(super.compute());
  }
}

/**
 * The mean of |y − ŷ| / max(|y|, 2⁻⁵²): 0.1 is 10%. Where a target is 0 an error becomes enormous, as in
 * scikit-learn.
 *
 * @example
 * const mape = new MeanAbsolutePercentageError();
 * mape.update([10, 20], [9, 24]).compute(); // 0.15
 */
export class MeanAbsolutePercentageError extends MeanError {
  constructor() {
    super('mean absolute percentage error');
  }

  protected override errorOf(target: number, prediction: number): number {
    return Math.abs(target - prediction) / Math.max(Math.abs(target), 2 ** -52);
  }
}

/** Mean and sum of squared deviations of values with weights, by West's update. */
class Moments {
  mean = 0;
  /** Σ w (v − mean)². */
  spread = 0;
  private weight = 0;

  add(value: number, w: number): void {
    if (w === 0) return;
    this.weight += w;
    const delta = value - this.mean;
    // In this order the mean of equal values is that value, to the bit.
    this.mean += delta * (w / this.weight);
    this.spread += w * delta * (value - this.mean);
  }
}

/** What share of the targets' variation is explained. */
abstract class ExplainedShare implements StreamingMetric<number> {
  protected targets = new Moments();
  protected errors = new Moments();
  protected squares = 0;
  private samples = 0;
  private weight = 0;

  constructor(private readonly op: string) {}

  /**
   * Takes values in.
   *
   * @param targets what is right, [N] or [N, 1].
   * @param predictions what a model says, in the same shape.
   * @throws ShapeError for lengths that differ and for several outputs, ArgumentError for values that
   *   are not finite; nothing is taken in then.
   */
  update(targets: Values, predictions: Values, options: SampleOptions = {}): this {
    if (targets instanceof Tensor && targets.rank > 1 && targets.shape[1] !== 1) {
      throw new ShapeError(
        `${this.op}: targets are ${formatShape(targets.shape)}; give one output at a time, [N].`,
      );
    }
    const pairs = pairsOf(this.op, targets, predictions, options.sampleWeight);
    const n = pairs.targets.length;
    for (let i = 0; i < n; i++) {
      const w = pairs.weights === undefined ? 1 : pairs.weights[i]!;
      const error = pairs.targets[i]! - pairs.predictions[i]!;
      this.targets.add(pairs.targets[i]!, w);
      this.errors.add(error, w);
      this.squares += w * error * error;
      this.weight += w;
    }
    this.samples += n;
    return this;
  }

  /** Σ w (what is left unexplained)². */
  protected abstract unexplained(): number;

  /**
   * The share over all samples since the last `reset`. Of targets that are all the same it is 1 where
   * nothing is left to explain and 0 otherwise; of a single sample it is NaN; both as in scikit-learn.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    checkSamples(this.op, this.samples, this.weight);
    if (this.samples < 2) return NaN;
    const rest = this.unexplained();
    if (rest === 0) return 1;
    return this.targets.spread === 0 ? 0 : 1 - rest / this.targets.spread;
  }

  reset(): void {
    this.targets = new Moments();
    this.errors = new Moments();
    this.squares = 0;
    this.samples = 0;
    this.weight = 0;
  }
}

/**
 * The coefficient of determination: R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)². 1 is perfect; 0 is as good as the
 * mean of the targets; worse is negative, without limit.
 *
 * @example
 * const r2 = new R2Score();
 * r2.update([3, -0.5, 2, 7], [2.5, 0, 2, 8]).compute(); // 0.9486…
 */
export class R2Score extends ExplainedShare {
  constructor() {
    super('R²');
  }

  protected override unexplained(): number {
    return this.squares;
  }
}

/**
 * The share of the targets' variance that is explained: 1 − Var(y − ŷ) / Var(y). Unlike R² it forgives an
 * error that is the same everywhere.
 *
 * @example
 * const explained = new ExplainedVariance();
 * explained.update([1, 2, 3], [2, 3, 4]).compute(); // 1
 */
export class ExplainedVariance extends ExplainedShare {
  constructor() {
    super('explained variance');
  }

  protected override unexplained(): number {
    return this.errors.spread;
  }
}
