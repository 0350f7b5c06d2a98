import { ArgumentError, DTypeError, IndexError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { arange, concat, segmentMax, segmentSum, tensor, where } from '../../tensor/index.js';
import { requireValues } from '../../tensor/require-range.js';
import type { EmbeddingFunctionOptions } from './embedding.js';
import { checkTable, embedding, requirePaddingIdx, requireRows } from './embedding.js';

/** Options of `embeddingBag`. */
export interface EmbeddingBagFunctionOptions extends EmbeddingFunctionOptions {
  /** What is made of the vectors of a bag. Default 'mean'. */
  readonly mode?: 'sum' | 'mean' | 'max';
  /** For an input [n]: i32 [B], where each bag begins; the first at 0, none before the one before it. */
  readonly offsets?: Tensor;
  /** The last of the offsets is the end of the last bag, and begins none. Default false. */
  readonly includeLastOffset?: boolean;
  /** Factors of the vectors, in the shape of the input and the dtype of the weight; with mode 'sum'. */
  readonly perSampleWeights?: Tensor;
}

/**
 * Sums, means or maxima of rows of a table, bag by bag. Rows of `paddingIdx` count as if they were not
 * there. A bag without rows gives zeros.
 *
 * @param input i32 [B, T], a bag a row, or [n] with `offsets`.
 * @param weight [V, D], f32 or f64.
 * @returns [B, D].
 * @throws ShapeError, DTypeError, ArgumentError, IndexError as `embedding`, and for offsets that do not
 *   begin at 0, decrease or lie beyond the input, as far as they are known.
 *
 * @example
 * const weight = tensor([[0, 1], [2, 3], [4, 5]]);
 * const [input, offsets] = [tensor([2, 0, 1], { dtype: 'i32' }), tensor([0, 2], { dtype: 'i32' })];
 * embeddingBag(input, weight, { offsets, mode: 'sum' }); // [[4, 6], [2, 3]]
 */
export function embeddingBag(
  input: Tensor,
  weight: Tensor,
  options: EmbeddingBagFunctionOptions = {},
): Tensor {
  const { mode = 'mean', offsets, includeLastOffset = false, perSampleWeights, ...rest } = options;
  checkTable('embeddingBag', weight);
  requireRows('embeddingBag', input, weight);
  checkBags(input, mode, offsets, perSampleWeights, weight);
  const ends = offsets
    ? pointers(input.size, offsets, includeLastOffset)
    : tensor(Int32Array.from({ length: input.shape[0]! + 1 }, (_, b) => b * input.shape[1]!));
  const padding = requirePaddingIdx('embeddingBag', rest.paddingIdx, weight.shape[0]!);
  const index = input.flatten();
  const rows = embedding(index, weight, rest);
  const there = padding === undefined ? undefined : index.ne(padding).unsqueeze(1);
  const counted = there ? there.to(rows.dtype) : rows.at('...', { stop: 1 }).detach().mul(0).add(1);
  const count = segmentSum(counted, ends);
  if (mode === 'max') {
    const least = segmentMax(there ? where(there, rows, -Infinity) : rows, ends);
    return where(count.gt(0), least, 0);
  }
  const factors = perSampleWeights?.flatten().unsqueeze(1);
  const scaled = factors ? rows.mul(factors) : rows;
  const sum = segmentSum(there ? where(there, scaled, 0) : scaled, ends);
  return mode === 'sum' ? sum : sum.div(count.maximum(1));
}

function checkBags(
  input: Tensor,
  mode: string,
  offsets: Tensor | undefined,
  factors: Tensor | undefined,
  weight: Tensor,
): void {
  const op = 'embeddingBag';
  if (!['sum', 'mean', 'max'].includes(mode)) {
    throw new ArgumentError(`${op}: there is no mode '${mode}'; use sum, mean or max.`);
  }
  if (input.rank !== (offsets ? 1 : 2)) {
    throw new ShapeError(
      `${op}: input is ${formatShape(input.shape)}; give [B, T] without offsets, or [n] with them.`,
    );
  }
  if (offsets && offsets.dtype !== 'i32') {
    throw new DTypeError(`${op}: offsets are ${offsets.dtype}; use i32, for instance by int().`);
  }
  if (offsets && (offsets.rank !== 1 || offsets.size === 0)) {
    throw new ShapeError(`${op}: offsets are ${formatShape(offsets.shape)}; give a vector [B].`);
  }
  if (!factors) return;
  if (mode !== 'sum') {
    throw new ArgumentError(`${op}: perSampleWeights with mode '${mode}'; use mode 'sum'.`);
  }
  if (!sameShape(factors.shape, input.shape) || factors.dtype !== weight.dtype) {
    throw new ShapeError(
      `${op}: perSampleWeights are ${factors.dtype} ${formatShape(factors.shape)}; give ` +
        `${weight.dtype} ${formatShape(input.shape)}, one for each index.`,
    );
  }
}

/** Where bags begin, and where the last one ends. */
function pointers(size: number, offsets: Tensor, includesLast: boolean): Tensor {
  requireValues(offsets, [size], (values, [end]) => {
    values.forEach((p, b) => {
      const least = b === 0 ? 0 : values[b - 1]!;
      if (p >= least && p <= end! && (b > 0 || p === 0)) return;
      throw new IndexError(
        `embeddingBag: offsets[${b}] = ${p}; they begin at 0, do not decrease, and end at ${end} at ` +
          'most.',
      );
    });
  });
  if (includesLast) return offsets;
  return concat([offsets, arange(1, { dtype: 'i32' }).add(size).int()], 0);
}
