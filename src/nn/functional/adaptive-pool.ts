import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sizeOf } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { arange, avgPool, fromData, maxPool, maxPoolIndices, sumPool } from '../../tensor/index.js';
import type { PooledWithIndices } from './max-pool.js';
import { overBatch, requireFloat } from './spatial-input.js';

/** The extents of the result: one for all spatial axes or one for each, null to keep an axis. */
export type AdaptiveSize = number | readonly (number | null)[];

/**
 * The mean over windows that are laid so that `outputSize` of them cover the axis: window p goes from
 * ⌊p · L / P⌋ up to, but without, ⌈(p + 1) · L / P⌉, so neighbours may differ in length and overlap.
 * PyTorch's adaptive_avg_pool1d.
 *
 * @param x [N, C, L], or [C, L] for a single sample; f32 or f64.
 * @param outputSize P.
 * @returns [N, C, P] or [C, P].
 * @throws ArgumentError for an output size that is none; ShapeError for an empty axis; DTypeError.
 *
 * @example
 * adaptiveAvgPool1d(tensor([[1, 2, 3, 4, 5]]), 2).array(); // [[2, 4]]
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return means('adaptiveAvgPool1d', 1, x, outputSize);
}

/**
 * As `adaptiveAvgPool1d` over two axes, [N, C, H, W] or [C, H, W]. PyTorch's adaptive_avg_pool2d.
 *
 * @example
 * adaptiveAvgPool2d(rand([8, 64, 10, 7]), [5, null]); // [8, 64, 5, 7]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return means('adaptiveAvgPool2d', 2, x, outputSize);
}

/**
 * As `adaptiveAvgPool1d` over three axes, [N, C, D, H, W] or [C, D, H, W]. PyTorch's
 * adaptive_avg_pool3d.
 *
 * @example
 * adaptiveAvgPool3d(rand([2, 3, 5, 7, 9]), 2); // [2, 3, 2, 2, 2]
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return means('adaptiveAvgPool3d', 3, x, outputSize);
}

/**
 * The maximum over the windows of `adaptiveAvgPool1d`. At a tie the gradient goes to the first. PyTorch's
 * adaptive_max_pool1d.
 *
 * @param x [N, C, L], or [C, L] for a single sample.
 * @param outputSize P.
 * @returns [N, C, P] or [C, P].
 * @throws ArgumentError for an output size that is none; ShapeError for an empty axis.
 *
 * @example
 * adaptiveMaxPool1d(tensor([[1, 2, 3, 4, 5]]), 2).array(); // [[3, 5]]
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return maxima('adaptiveMaxPool1d', 1, x, outputSize);
}

/**
 * As `adaptiveMaxPool1d` over two axes, [N, C, H, W] or [C, H, W]. PyTorch's adaptive_max_pool2d.
 *
 * @example
 * adaptiveMaxPool2d(rand([8, 64, 10, 7]), 3); // [8, 64, 3, 3]
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return maxima('adaptiveMaxPool2d', 2, x, outputSize);
}

/**
 * As `adaptiveMaxPool1d` over three axes, [N, C, D, H, W] or [C, D, H, W]. PyTorch's
 * adaptive_max_pool3d.
 *
 * @example
 * adaptiveMaxPool3d(rand([2, 3, 5, 7, 9]), 2); // [2, 3, 2, 2, 2]
 */
export function adaptiveMaxPool3d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return maxima('adaptiveMaxPool3d', 3, x, outputSize);
}

/**
 * `adaptiveMaxPool1d` and where the maxima lie, as `maxPool1dWithIndices`.
 *
 * @example
 * const [y, indices] = adaptiveMaxPool1dWithIndices(tensor([[1, 2, 3, 4, 5]]), 2);
 * indices.array(); // [[2, 4]]
 */
export function adaptiveMaxPool1dWithIndices(
  x: Tensor,
  outputSize: AdaptiveSize,
): PooledWithIndices {
  return both('adaptiveMaxPool1dWithIndices', 1, x, outputSize);
}

/**
 * `adaptiveMaxPool2d` and where the maxima lie, as `maxPool2dWithIndices`.
 *
 * @example
 * const [y, indices] = adaptiveMaxPool2dWithIndices(rand([1, 1, 5, 7]), 2); // both [1, 1, 2, 2]
 */
export function adaptiveMaxPool2dWithIndices(
  x: Tensor,
  outputSize: AdaptiveSize,
): PooledWithIndices {
  return both('adaptiveMaxPool2dWithIndices', 2, x, outputSize);
}

/**
 * `adaptiveMaxPool3d` and where the maxima lie, as `maxPool3dWithIndices`.
 *
 * @example
 * const [y, indices] = adaptiveMaxPool3dWithIndices(rand([1, 1, 5, 7, 5]), 2); // both [1, 1, 2, 2, 2]
 */
export function adaptiveMaxPool3dWithIndices(
  x: Tensor,
  outputSize: AdaptiveSize,
): PooledWithIndices {
  return both('adaptiveMaxPool3dWithIndices', 3, x, outputSize);
}

/** How an axis is covered by windows; all are as long as the longest, which repeats their last element. */
interface Cover {
  /** Of each window in turn, the elements along the axis. */
  readonly index: Int32Array;
  /** Elements of each window that are no repetition. */
  readonly lengths: readonly number[];
  readonly longest: number;
}

function coverOf(extent: number, count: number): Cover {
  const windows = Array.from({ length: count }, (_, p) => ({
    start: Math.floor((p * extent) / count),
    end: Math.ceil(((p + 1) * extent) / count),
  }));
  const lengths = windows.map(({ start, end }) => end - start);
  const longest = Math.max(...lengths);
  const index = windows.flatMap(({ start, end }) =>
    Array.from({ length: longest }, (_, k) => Math.min(start + k, end - 1)),
  );
  return { index: Int32Array.from(index), lengths, longest };
}

/** One cover for each spatial axis of x [N, C, …S]. */
function coversOf(op: string, x: Tensor, outputSize: AdaptiveSize): Cover[] {
  const space = x.shape.slice(2);
  const list = typeof outputSize === 'number' ? space.map(() => outputSize) : [...outputSize];
  const fits = list.every((p) => p === null || (Number.isInteger(p) && p >= 1));
  if (list.length !== space.length || !fits) {
    throw new ArgumentError(
      `${op}: outputSize is ${JSON.stringify(outputSize)}; give an integer of at least 1, or ` +
        `${space.length} of them or null, one per spatial axis.`,
    );
  }
  if (sizeOf(space) === 0) {
    throw new ShapeError(
      `${op}: input is ${formatShape(x.shape)}; give one whose spatial axes are not empty.`,
    );
  }
  return space.map((extent, i) => coverOf(extent, list[i] ?? extent));
}

/** x with the elements of all windows side by side, each window `longest` long. */
function spread(x: Tensor, covers: readonly Cover[]): Tensor {
  return covers.reduce((y, { index }, i) => {
    const inPlace = index.length === y.shape[2 + i] && index.every((at, k) => at === k);
    return inPlace ? y : y.indexSelect(2 + i, fromData(index, [index.length]));
  }, x);
}

const sizesOf = (covers: readonly Cover[]): number[] => covers.map(({ longest }) => longest);

function means(op: string, dims: number, x: Tensor, outputSize: AdaptiveSize): Tensor {
  requireFloat(op, x);
  return overBatch(op, x, dims, (batch) => {
    const covers = coversOf(op, batch, outputSize);
    const side = spread(batch, covers);
    const size = sizesOf(covers);
    const equal = covers.every(({ lengths, longest }) => lengths.every((n) => n === longest));
    if (equal) return avgPool(side, { size });
    const along = (i: number, n: number): number[] =>
      side.shape.map((_, a) => (a === 2 + i ? n : 1));
    return covers.reduce(
      (y, { lengths }, i) => {
        const counts = Float64Array.from(lengths);
        const values = x.dtype === 'f32' ? Float32Array.from(counts) : counts;
        return y.div(fromData(values, along(i, lengths.length)));
      },
      sumPool(
        covers.reduce((y, { lengths, longest }, i) => {
          const kept = lengths.flatMap((n) => Array.from({ length: longest }, (_, k) => +(k < n)));
          return y.where(fromData(Uint8Array.from(kept), along(i, kept.length)).bool(), 0);
        }, side),
        { size },
      ),
    );
  });
}

function maxima(op: string, dims: number, x: Tensor, outputSize: AdaptiveSize): Tensor {
  return overBatch(op, x, dims, (batch) => {
    const covers = coversOf(op, batch, outputSize);
    return maxPool(spread(batch, covers), { size: sizesOf(covers) });
  });
}

function both(op: string, dims: number, x: Tensor, outputSize: AdaptiveSize): PooledWithIndices {
  const indices = overBatch(op, x, dims, (batch) => {
    const covers = coversOf(op, batch, outputSize);
    const among = maxPoolIndices(spread(batch, covers), { size: sizesOf(covers) });
    // Positions among the elements that lie side by side, as positions in x.
    const space = batch.shape.slice(2);
    const places = spread(arange(sizeOf(space)).reshape([1, 1, ...space]), covers);
    return places.flatten().indexSelect(0, among.flatten()).reshape(among.shape);
  });
  return [maxima(op, dims, x, outputSize), indices];
}
