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

  /** The mean squared difference of an element between samples [M, D] and what their places say of them. */
  error(x: Tensor): number {
    const sum = sumOver(x, (part) => {
      const given = part.to(this.mean.dtype);
      return this.inverseTransform(this.transform(given)).sub(given).to('f64').pow(2).sum();
    });
    return sum.item() / x.size;
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
  const mean = sumOver(x, (part) => part.sum([0])).div(n);
  if (!(mean.dataSync() as Float64Array).every(Number.isFinite)) {
    throw new NumericError('pca: x has a NaN or ∞; leave such samples out.');
  }
  // The smaller of the two matrices has the same eigenvalues.
  const { axes, variances, total } = n > d ? ofCovariance(x, mean) : ofSamples(x, mean);
  const kept = variances.slice(0, components);
  for (let i = 0; i < components; i++) turn(axes.subarray(i * d, (i + 1) * d));
  const make = (values: Float64Array, shape: number[]): Tensor =>
    tensor(values, { shape, dtype: x.dtype });
  return new PrincipalComponents(
    mean.to(x.dtype),
    make(axes.slice(0, components * d), [components, d]),
    make(kept, [components]),
    make(
      kept.map((v) => (total === 0 ? 0 : v / total)),
      [components],
    ),
  );
}

/** Samples whose products are added up at once. */
const CHUNK = 2000;

/** Sums over parts of the samples, each in f64. */
function sumOver(x: Tensor, of: (part: Tensor) => Tensor): Tensor {
  const n = x.shape[0]!;
  let total: Tensor | undefined;
  for (let at = 0; at < n; at += CHUNK) {
    const sum = of(x.narrow(0, at, Math.min(CHUNK, n - at)).to('f64'));
    total = total ? total.add(sum) : sum;
    total.storage(); // evaluated part by part, so that memory does not grow
  }
  return total!;
}

interface Axes {
  readonly axes: Float64Array;
  readonly variances: Float64Array;
  /** Of all directions. */
  readonly total: number;
}

/** By the eigenvectors of XᵀX / (n - 1). */
function ofCovariance(x: Tensor, mean: Tensor): Axes {
  const [n, d] = x.shape as [number, number];
  const products = sumOver(x, (part) => {
    const centred = part.sub(mean);
    return centred.T.matmul(centred);
  });
  const matrix = products.div(n - 1);
  const { values, vectors } = symmetricEigen(matrix.dataSync() as Float64Array, d);
  return { axes: vectors, variances: values.map((v) => Math.max(0, v)), total: trace(matrix) };
}

/** By the eigenvectors u of XXᵀ / (n - 1): the axes are Xᵀu, made of length 1. */
function ofSamples(x: Tensor, mean: Tensor): Axes {
  const [n, d] = x.shape as [number, number];
  const centred = x.to('f64').sub(mean);
  const matrix = centred.matmul(centred.T).div(n - 1);
  const { values, vectors } = symmetricEigen(matrix.dataSync() as Float64Array, n);
  // What is left of the others is rounding.
  const least = values[0]! * n * Number.EPSILON;
  const along = tensor(vectors, { shape: [n, n], dtype: 'f64' })
    .matmul(centred)
    .dataSync();
  const axes = Float64Array.from(along.subarray(0, (n - 1) * d));
  for (let i = 0; i < n - 1; i++) {
    const axis = axes.subarray(i * d, (i + 1) * d);
    const length = values[i]! > least ? Math.sqrt(axis.reduce((sum, v) => sum + v * v, 0)) : 0;
    for (let k = 0; k < d; k++) axis[k] = length === 0 ? 0 : axis[k]! / length;
  }
  return { axes, variances: values.map((v) => (v > least ? v : 0)), total: trace(matrix) };
}

function trace(matrix: Tensor): number {
  const n = matrix.shape[0]!;
  const values = matrix.dataSync();
  return Array.from({ length: n }, (_, i) => values[i * n + i]!).reduce((sum, v) => sum + v, 0);
}

/** Turns an axis so that its largest coefficient is positive. */
function turn(axis: Float64Array): void {
  let largest = 0;
  for (const v of axis) if (Math.abs(v) > Math.abs(largest)) largest = v;
  if (largest < 0) for (let k = 0; k < axis.length; k++) axis[k]! *= -1;
}
