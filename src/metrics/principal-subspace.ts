import { ArgumentError, DTypeError, ShapeError } from '../engine/core/errors.js';
import { isFloat } from '../engine/core/dtype.js';
import { formatShape } from '../engine/core/shape.js';
import { compile, fromData, type Tensor } from '../tensor/index.js';

/** Samples whose products are added up at once. */
const CHUNK = 2000;
/** The covariance leads out of the subspace by less than this share of its variance when it is found. */
const TOLERANCE = 1e-13;
const MOST_STEPS = 5000;

/**
 * The subspace of some dimensions around the mean that holds most of the variance of samples: what
 * principal component analysis projects on, and the best linear code of that size. Found by orthogonal
 * iteration on the covariance in f64, until that leads out of the subspace no more.
 *
 * @example
 * const x = tensor([[0, 0.1], [1, 0.9], [2, 2.1], [3, 2.9]]);
 * const line = new PrincipalSubspace(x, 1);
 * line.reconstruct(x); // [4, 2], close to x
 * @see Pearson, "On lines and planes of closest fit to systems of points in space", 1901.
 */
export class PrincipalSubspace {
  /** [D], f64. */
  readonly mean: Tensor;
  /** [D, K], f64, orthonormal columns. */
  readonly basis: Tensor;

  /**
   * @param x samples [N, D], f32 or f64.
   * @param size K, from 1 to D.
   * @throws ShapeError, DTypeError for other samples, ArgumentError for a size out of range.
   */
  constructor(x: Tensor, size: number) {
    checkSamples('PrincipalSubspace', x);
    const width = x.shape[1]!;
    if (x.shape[0] === 0 || !Number.isInteger(size) || size < 1 || size > width) {
      throw new ArgumentError(
        `PrincipalSubspace: size is ${size} for samples ${formatShape(x.shape)}; give at least one ` +
          `sample, and an integer from 1 to ${width}.`,
      );
    }
    this.mean = meanOf(x);
    this.basis = subspaceOf(covarianceOf(x, this.mean), width, size);
  }

  /**
   * Samples projected on the subspace: of all that K numbers a sample can say linearly, the closest.
   *
   * @param x [N, D].
   * @returns [N, D], f64.
   */
  reconstruct(x: Tensor): Tensor {
    checkSamples('PrincipalSubspace.reconstruct', x);
    const centred = x.to('f64').sub(this.mean);
    return centred.matmul(this.basis).matmul(this.basis.T).add(this.mean);
  }

  /** The mean squared difference of an element between samples and what is reconstructed of them. */
  error(x: Tensor): number {
    const n = x.shape[0]!;
    let sum = 0;
    for (let at = 0; at < n; at += CHUNK) {
      const part = x.narrow(0, at, Math.min(CHUNK, n - at));
      const difference = this.reconstruct(part).sub(part);
      sum += difference.mul(difference).sum().item();
    }
    return sum / x.size;
  }
}

function checkSamples(op: string, x: Tensor): void {
  if (!isFloat(x.dtype)) throw new DTypeError(`${op}: x is ${x.dtype}; use f32 or f64.`);
  if (x.rank === 2) return;
  throw new ShapeError(`${op}: x has shape ${formatShape(x.shape)}; give samples [N, D].`);
}

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

function meanOf(x: Tensor): Tensor {
  return sumOver(x, (part) => part.sum([0])).div(x.shape[0]!);
}

function covarianceOf(x: Tensor, mean: Tensor): Tensor {
  const products = sumOver(x, (part) => {
    const centred = part.sub(mean);
    return centred.T.matmul(centred);
  });
  return products.div(x.shape[0]!);
}

function subspaceOf(covariance: Tensor, width: number, size: number): Tensor {
  const multiply = compile((q: Tensor) => covariance.matmul(q));
  let columns = orthonormal(firstColumns(width, size), width, size);
  for (let step = 0; step < MOST_STEPS; step++) {
    const q = fromData(columns, [width, size]);
    const next = multiply(q).dataSync() as Float64Array;
    if (staysWithin(columns, next, width, size)) return q;
    columns = orthonormal(next, width, size);
  }
  return fromData(columns, [width, size]);
}

/** Whether C Q lies in the span of Q: |C Q - Q (Qᵀ C Q)| is small beside the variance within, tr(Qᵀ C Q). */
function staysWithin(q: Float64Array, next: Float64Array, width: number, size: number): boolean {
  const rest = Float64Array.from(next);
  let held = 0;
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < size; k++) {
      let share = 0;
      for (let d = 0; d < width; d++) share += q[d * size + j]! * next[d * size + k]!;
      if (j === k) held += share;
      for (let d = 0; d < width; d++) rest[d * size + k]! -= share * q[d * size + j]!;
    }
  }
  return Math.sqrt(rest.reduce((sum, v) => sum + v * v, 0)) <= TOLERANCE * held;
}

/** Columns in no special direction: a sequence that does not repeat. */
function firstColumns(width: number, size: number): Float64Array {
  return Float64Array.from({ length: width * size }, (_, i) => {
    const t = (i + 1) * 0.6180339887498949;
    return t - Math.floor(t) - 0.5;
  });
}

/** Columns of [D, K] made orthonormal one after the other, twice, which is exact to rounding. */
function orthonormal(given: ArrayLike<number>, width: number, size: number): Float64Array {
  const q = Float64Array.from(given);
  const along = (a: number, b: number): number => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += q[d * size + a]! * q[d * size + b]!;
    return sum;
  };
  for (let k = 0; k < size; k++) {
    for (let round = 0; round < 2; round++) {
      for (let j = 0; j < k; j++) {
        const share = along(j, k);
        for (let d = 0; d < width; d++) q[d * size + k]! -= share * q[d * size + j]!;
      }
      const length = Math.sqrt(along(k, k));
      // What there is no variance for is left empty.
      for (let d = 0; d < width; d++) q[d * size + k]! /= length || 1;
    }
  }
  return q;
}
