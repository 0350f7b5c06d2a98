/** First values that make a weight a particular matrix: identity, orthogonal, sparse. */
import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { StateTensor } from '../../tensor/index.js';
import {
  eye as eyeTensor,
  fromData,
  normal as normalTensor,
  rand,
  randn,
  where,
} from '../../tensor/index.js';
import { requireCount } from '../check.js';
import type { InitOptions } from './plain.js';
import { assigned, requireFloat, requireStd } from './plain.js';

/** Options of `dirac`. */
export interface DiracOptions {
  /** Those of the convolution, a divisor of its output channels. Default 1. */
  readonly groups?: number;
}

/** Options of `orthogonal`. */
export interface OrthogonalOptions extends InitOptions {
  /** A factor, such as that of `calculateGain`. Default 1. */
  readonly gain?: number;
}

/** Options of `sparse`. */
export interface SparseOptions extends InitOptions {
  /** The standard deviation of what is not 0, ≥ 0. Default 0.01. */
  readonly std?: number;
}

/**
 * Ones on the diagonal, zeros elsewhere: a linear layer passes on as many of its inputs as it can. Le et
 * al., 2015, arXiv:1504.00941.
 *
 * @param t [out, in].
 * @throws ShapeError unless t has two axes.
 *
 * @example
 * init.eye(layer.weight);
 */
export function eye<T extends StateTensor>(t: T): T {
  const [out, inner] = matrixShape('eye', t);
  return assigned(t, eyeTensor(out, inner, { dtype: t.dtype }));
}

/**
 * One at the centre of the kernel that leads from a channel to the same one, zeros elsewhere: a
 * convolution with padding 'same' passes on as many of its input channels as it can, in each group.
 * Zagoruyko and Komodakis, 2017, arXiv:1706.00388.
 *
 * @param t [O, C / groups, …K] with one to three spatial axes. The centre of an even extent K is K / 2.
 * @throws ShapeError or ArgumentError where shape or groups do not fit.
 *
 * @example
 * init.dirac(new Parameter(zeros([16, 16, 3, 3])));
 */
export function dirac<T extends StateTensor>(t: T, { groups = 1 }: DiracOptions = {}): T {
  requireCount('dirac', 'groups', groups);
  const [out, inner, ...kernel] = t.shape;
  if (kernel.length < 1 || kernel.length > 3) {
    throw new ShapeError(
      `dirac: the tensor is ${formatShape(t.shape)}; use the weight of a convolution, [O, C, …K] with ` +
        'one to three spatial axes.',
    );
  }
  if (out! % groups !== 0) {
    throw new ArgumentError(
      `dirac: groups is ${groups}, which does not divide the ${out} output channels; use a divisor.`,
    );
  }
  const size = kernel.reduce((n, d) => n * d, 1);
  const centre = kernel.reduce((at, d) => at * d + Math.floor(d / 2), 0);
  const values = new Float64Array(t.size);
  const own = out! / groups;
  for (let o = 0; o < out!; o++) {
    const channel = o % own;
    if (channel < inner! && size > 0) values[(o * inner! + channel) * size + centre] = 1;
  }
  return assigned(t, fromData(values, t.shape).to(t.dtype));
}

/**
 * A random matrix whose rows, or columns where there are fewer of these, are orthonormal, times `gain`;
 * uniform among all such matrices. It keeps the length of what it is applied to, so that neither a
 * deep net's signals nor its gradients vanish or explode. By Gram–Schmidt in f64 on normal numbers. Made
 * on the host: not inside compiled functions. Saxe et al., 2014, arXiv:1312.6120.
 *
 * @param t f32 or f64, [out, in, …]; the axes after the first count as one.
 * @throws ShapeError if t has fewer than two axes; DTypeError.
 *
 * @example
 * init.orthogonal(layer.weight, { gain: init.calculateGain('relu') });
 */
export function orthogonal<T extends StateTensor>(
  t: T,
  { gain = 1, generator }: OrthogonalOptions = {},
): T {
  requireFloat('orthogonal', t);
  if (t.rank < 2) {
    throw new ShapeError(
      `orthogonal: the tensor is ${formatShape(t.shape)}; use a weight [out, in, …].`,
    );
  }
  if (t.size === 0) return t;
  const rows = t.shape[0]!;
  const columns = t.size / rows;
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const drawn = randn([count, length], { dtype: 'f64', ...(generator && { generator }) });
  const vectors = Float64Array.from(drawn.dataSync());
  makeOrthonormal(vectors, count, length);
  const matrix = fromData(vectors, [count, length]).mul(gain);
  return assigned(t, (rows > columns ? matrix.T : matrix).reshape(t.shape).to(t.dtype));
}

/**
 * Normal with mean 0, but a fraction `sparsity` of each column 0, at random places. Martens, 2010: Deep
 * learning via Hessian-free optimization.
 *
 * @param t f32 or f64, [out, in].
 * @param sparsity From 0 to 1; ⌈sparsity · out⌉ values of a column are 0.
 * @throws ArgumentError for such numbers; ShapeError unless t has two axes; DTypeError.
 *
 * @example
 * init.sparse(layer.weight, 0.9);
 */
export function sparse<T extends StateTensor>(
  t: T,
  sparsity: number,
  { std = 0.01, generator }: SparseOptions = {},
): T {
  requireFloat('sparse', t);
  requireStd('sparse', std);
  if (!(sparsity >= 0 && sparsity <= 1)) {
    throw new ArgumentError(`sparse: sparsity is ${sparsity}; use a fraction from 0 to 1.`);
  }
  const [out] = matrixShape('sparse', t);
  const source = generator ? { generator } : {};
  // The places of random numbers in order are a random permutation of each column.
  const place = rand(t.shape, source).argsort(0);
  const values = normalTensor(0, std, t.shape, { ...source, dtype: t.dtype });
  return assigned(t, where(place.lt(Math.ceil(sparsity * out)), 0, values));
}

function matrixShape(op: string, t: StateTensor): readonly [number, number] {
  const [out, inner] = t.shape;
  if (t.rank === 2) return [out!, inner!];
  throw new ShapeError(`${op}: the tensor is ${formatShape(t.shape)}; use a matrix [out, in].`);
}

/** Makes rows [count, length] orthonormal in their order: each becomes what the others do not span. */
function makeOrthonormal(rows: Float64Array, count: number, length: number): void {
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * length, (i + 1) * length);
    const before = norm(row);
    takeOut(rows, i, row);
    // Where little is left, rounding is a large part of it: once more.
    if (norm(row) < 0.1 * before) takeOut(rows, i, row);
    const scale = 1 / norm(row);
    for (let k = 0; k < length; k++) row[k]! *= scale;
  }
}

/** Subtracts from `row` its parts along the first `count` of `rows`, which are orthonormal. */
function takeOut(rows: Float64Array, count: number, row: Float64Array): void {
  const length = row.length;
  for (let j = 0; j < count; j++) {
    const start = j * length;
    let part = 0;
    for (let k = 0; k < length; k++) part += rows[start + k]! * row[k]!;
    for (let k = 0; k < length; k++) row[k]! -= part * rows[start + k]!;
  }
}

function norm(row: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k]! * row[k]!;
  return Math.sqrt(sum);
}
