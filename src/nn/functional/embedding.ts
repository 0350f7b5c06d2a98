import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import { StateTensor, noGrad, onesLike, requireRange, where, zeros } from '../../tensor/index.js';
import type { Tensor } from '../../tensor/index.js';

/** Options of `embedding`. */
export interface EmbeddingFunctionOptions {
  /**
   * A row that gets no gradient, so that training leaves it as it is; a negative one counts from the
   * end. Default none.
   */
  readonly paddingIdx?: number;
  /**
   * Rows that are looked up and whose norm is larger are first scaled to about this norm, in place:
   * by maxNorm / (‖w‖ + 1e-7). Default none.
   */
  readonly maxNorm?: number;
  /** The p of that norm, above 0, or Infinity. Default 2. */
  readonly normType?: number;
  /** Divides the gradient of a row by how often the input has its index. Default false. */
  readonly scaleGradByFreq?: boolean;
}

/**
 * Looks up rows of a table: y[…, d] = w[x[…], d]. The gradient is dense, of the shape of the weight:
 * rows that are not looked up get zeros.
 *
 * @param input x, i32 [*], any shape; values 0 … V - 1.
 * @param weight w, [V, D], f32 or f64. With `maxNorm` it is changed in place, and has to be a
 *   `Parameter` or other `StateTensor`.
 * @returns [*, D], of the dtype of the weight.
 * @throws ShapeError, DTypeError; ArgumentError for options that cannot be; IndexError for an index
 *   out of range, in compiled functions when they are called with it. Indices that are computed are
 *   checked only where `setChecked` is on; else one out of range gives zeros and no gradient.
 *
 * @example
 * const weight = tensor([[0, 1], [2, 3], [4, 5]]);
 * embedding(tensor([2, 0], { dtype: 'i32' }), weight); // [[4, 5], [0, 1]]
 */
export function embedding(
  input: Tensor,
  weight: Tensor,
  { paddingIdx, maxNorm, normType = 2, scaleGradByFreq = false }: EmbeddingFunctionOptions = {},
): Tensor {
  const op = 'embedding';
  checkTable(op, weight);
  requireRows(op, input, weight);
  const padding = requirePaddingIdx(op, paddingIdx, weight.shape[0]!);
  if (maxNorm !== undefined) renormalize(op, input, weight, { maxNorm, normType });
  const index = input.flatten();
  let rows = weight.indexSelect(0, index);
  if (scaleGradByFreq) rows = scaleGradient(rows, countsOf(index, weight).indexSelect(0, index));
  if (padding !== undefined) rows = where(index.eq(padding).unsqueeze(1), rows.detach(), rows);
  return rows.reshape([...input.shape, weight.shape[1]!]);
}

/** Throws unless `weight` is a table of floats [V, D]. */
export function checkTable(op: string, weight: Tensor): void {
  if (weight.rank !== 2) {
    throw new ShapeError(`${op}: weight is ${formatShape(weight.shape)}; give one [V, D].`);
  }
  if (weight.dtype === 'f32' || weight.dtype === 'f64') return;
  throw new DTypeError(`${op}: weight is ${weight.dtype}; use f32 or f64.`);
}

/** Throws unless `input` is i32 and, as far as its values are known, names rows of `weight`. */
export function requireRows(op: string, input: Tensor, weight: Tensor): void {
  if (input.dtype !== 'i32') {
    throw new DTypeError(
      `${op}: input is ${input.dtype}, and indices are i32; use int(), or dtype: 'i32' where it is ` +
        'made.',
    );
  }
  const rows = weight.shape[0]!;
  const message = (value: number): string =>
    `${op}: input has index ${value}, weight [V, D] = ${formatShape(weight.shape)} has ${rows} rows; ` +
    `use 0…${rows - 1}, or a table with more rows.`;
  requireRange(input, 0, rows, message);
}

/** The row as a number from 0 on. Throws an ArgumentError unless there is such a row. */
export function requirePaddingIdx(
  op: string,
  paddingIdx: number | undefined,
  rows: number,
): number | undefined {
  if (paddingIdx === undefined) return undefined;
  if (Number.isInteger(paddingIdx) && paddingIdx >= -rows && paddingIdx < rows) {
    return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
  }
  throw new ArgumentError(
    `${op}: paddingIdx is ${paddingIdx}; use an integer from ${-rows} to ${rows - 1}, a row of the ` +
      'table.',
  );
}

/** Throws an ArgumentError unless the options are a norm and a bound of it. */
export function requireMaxNorm(op: string, maxNorm: number, normType: number): void {
  if (!(maxNorm >= 0 && maxNorm < Infinity)) {
    throw new ArgumentError(`${op}: maxNorm is ${maxNorm}; use a number of at least 0.`);
  }
  if (!(normType > 0)) {
    throw new ArgumentError(`${op}: normType is ${normType}; use a number above 0, or Infinity.`);
  }
}

/** Scales the rows of `weight` that `input` names to a norm of at most about `maxNorm`, in place. */
export function renormalize(
  op: string,
  input: Tensor,
  weight: Tensor,
  { maxNorm, normType }: { readonly maxNorm: number; readonly normType: number },
): void {
  requireMaxNorm(op, maxNorm, normType);
  if (!(weight instanceof StateTensor)) {
    throw new ArgumentError(
      `${op}: maxNorm changes the weight in place; pass a Parameter or another StateTensor, or leave ` +
        'maxNorm out.',
    );
  }
  noGrad(() => {
    const norms = weight.norm(1, { p: normType });
    const tooLong = norms.gt(maxNorm).logicalAnd(countsOf(input.flatten(), weight).gt(0));
    const scale = where(tooLong, norms.add(1e-7).reciprocal().mul(maxNorm), 1);
    weight.assign(weight.mul(scale.unsqueeze(1)));
  });
}

/** How often `index` [n] names each row of `weight`, as [V] of its dtype. */
export function countsOf(index: Tensor, weight: Tensor): Tensor {
  const { shape, dtype } = weight;
  const each = onesLike(index).to(dtype);
  return zeros([shape[0]!], { dtype }).scatterAdd(0, index, each);
}

/** The rows as they are, with the gradient of row i divided by counts[i]. */
export function scaleGradient(rows: Tensor, counts: Tensor): Tensor {
  const scaled = rows.div(counts.unsqueeze(1));
  return rows.detach().add(scaled.sub(scaled.detach()));
}
