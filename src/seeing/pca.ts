import { ArgumentError, NumericError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import { tensor, type Tensor } from '../tensor/index.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** Options of `pca`. */
export interface PcaOptions {
  /** k, how many axes are kept, at most min(N - 1, D). Default 2. */
  readonly components?: number;
}

/** The directions along which samples differ most; all tensors have the dtype of the samples. */
export class PrincipalComponents {
  constructor(
    /** [D], of the samples. */
    readonly mean: Tensor,
    /** [k, D], of length 1 and at right angles, the one of the largest variance first. */
    readonly axes: Tensor,
    /** [k], the variance along each axis, with divisor N - 1. */
    readonly explainedVariance: Tensor,
    /** [k], the shares of these in the variance of all. */
    readonly explainedVarianceRatio: Tensor,
  ) {}

  /** Places along the axes, [M, k], of samples [M, D]. */
  transform(x: Tensor): Tensor {
    return x.sub(this.mean).matmul(this.axes.T);
  }

  /** The samples [M, D] that lie at places [M, k], and in no other direction. */
  inverseTransform(scores: Tensor): Tensor {
    return scores.matmul(this.axes).add(this.mean);
  }
}

/**
 * Principal component analysis: the eigenvectors of the covariance of samples, to rounding and the same
 * in every run. The largest coefficient of each axis, the first of equals, is positive. Where the samples
 * have fewer directions than are asked for, further axes are of zeros.
 *
 * @param x [N, D], finite.
 * @throws ShapeError for another rank, ArgumentError for a number of components that cannot be,
 *   NumericError for a NaN or ∞. It computes at once, so it cannot stand in a compiled function.
 *
 * @example
 * const samples = randn([100, 8]);
 * const map = pca(samples).transform(samples); // [100, 2]
 */
export function pca(x: Tensor, { components = 2 }: PcaOptions = {}): PrincipalComponents {
  const [n, d] = x.shape as [number, number];
  if (x.rank !== 2) {
    throw new ShapeError(`pca: x is ${formatShape(x.shape)}; give samples as rows, [N, D].`);
  }
  const most = Math.min(n - 1, d);
  if (!Number.isInteger(components) || components < 1 || components > most) {
    throw new ArgumentError(
      `pca: components is ${components}; of ${n} samples of ${d} values there are ${most}` +
        `${most < 1 ? '; give more samples' : ', use 1 to that'}.`,
    );
  }
  const centred = Float64Array.from(x.dataSync());
  if (!centred.every(Number.isFinite)) {
    throw new NumericError('pca: x has a NaN or ∞; leave such samples out.');
  }
  const mean = centre(centred, n, d);
  // The smaller of the two matrices has the same eigenvalues.
  const { axes, variances } = n > d ? ofCovariance(centred, n, d) : ofSamples(centred, n, d);
  const total = centred.reduce((sum, v) => sum + v * v, 0) / (n - 1);
  const kept = variances.slice(0, components);
  for (let i = 0; i < components; i++) turn(axes.subarray(i * d, (i + 1) * d));
  const make = (values: Float64Array, shape: number[]): Tensor =>
    tensor(values, { shape, dtype: x.dtype });
  return new PrincipalComponents(
    make(mean, [d]),
    make(axes.slice(0, components * d), [components, d]),
    make(kept, [components]),
    make(
      kept.map((v) => (total === 0 ? 0 : v / total)),
      [components],
    ),
  );
}

/** Takes the mean off; returns it. */
function centre(x: Float64Array, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0; i < n * d; i++) mean[i % d]! += x[i]! / n;
  for (let i = 0; i < n * d; i++) x[i]! -= mean[i % d]!;
  return mean;
}

interface Axes {
  readonly axes: Float64Array;
  readonly variances: Float64Array;
}

/** By the eigenvectors of XᵀX / (n - 1). */
function ofCovariance(x: Float64Array, n: number, d: number): Axes {
  const matrix = new Float64Array(d * d);
  for (let row = 0; row < n; row++) {
    const sample = x.subarray(row * d, (row + 1) * d);
    for (let i = 0; i < d; i++) {
      const v = sample[i]! / (n - 1);
      if (v === 0) continue;
      for (let j = 0; j <= i; j++) matrix[i * d + j]! += v * sample[j]!;
    }
  }
  const { values, vectors } = symmetricEigen(matrix, d);
  return { axes: vectors, variances: values.map((v) => Math.max(0, v)) };
}

/** By the eigenvectors u of XXᵀ / (n - 1): the axes are Xᵀu, made of length 1. */
function ofSamples(x: Float64Array, n: number, d: number): Axes {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += x[i * d + k]! * x[j * d + k]!;
      matrix[i * n + j] = sum / (n - 1);
    }
  }
  const { values, vectors } = symmetricEigen(matrix, n);
  // What is left of the others is rounding.
  const least = values[0]! * n * Number.EPSILON;
  const axes = new Float64Array((n - 1) * d);
  for (let i = 0; i < n - 1 && values[i]! > least; i++) {
    const axis = axes.subarray(i * d, (i + 1) * d);
    for (let row = 0; row < n; row++) {
      const share = vectors[i * n + row]!;
      for (let k = 0; k < d; k++) axis[k]! += share * x[row * d + k]!;
    }
    const length = Math.sqrt(axis.reduce((sum, v) => sum + v * v, 0));
    for (let k = 0; k < d; k++) axis[k]! /= length;
  }
  return { axes, variances: values.map((v) => (v > least ? v : 0)) };
}

/** Turns an axis so that its largest coefficient is positive. */
function turn(axis: Float64Array): void {
  let largest = 0;
  for (const v of axis) if (Math.abs(v) > Math.abs(largest)) largest = v;
  if (largest < 0) for (let k = 0; k < axis.length; k++) axis[k]! *= -1;
}
