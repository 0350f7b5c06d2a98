import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { PerAxis, Tensor } from '../../tensor/index.js';
import { onesLike, zeros } from '../../tensor/index.js';
import { perAxis } from '../../tensor/spatial.js';
import { overBatch, requireFloat } from './spatial-input.js';

/** Options of `maxUnpool1d` to `maxUnpool3d`. */
export interface MaxUnpoolOptions {
  /** Distance between neighbouring windows. Default: `kernelSize`. */
  readonly stride?: PerAxis;
  /** As in the pooling. Default 0. */
  readonly padding?: PerAxis;
  /** The spatial extents of the result, less than a stride away from the default. */
  readonly outputSize?: readonly number[];
}

/**
 * Puts maxima back to where they were, with 0 everywhere else: a partial inverse of `maxPool1d`. Where
 * windows overlapped and two of them have the same maximum, it is put there once. PyTorch's max_unpool1d.
 *
 * @param x [N, C, P] or [C, P], f32 or f64.
 * @param indices Where they go, i32, of the shape of x, as `maxPool1dWithIndices` gives them.
 * @param kernelSize That of the pooling, as are the options.
 * @returns [N, C, L] or [C, L], by default L = (P - 1) · stride + kernelSize - 2 · padding.
 * @throws ShapeError where indices have another shape; ArgumentError for numbers that do not fit; IndexError
 *   for an index that is known to lie outside; DTypeError.
 *
 * @example
 * const [y, indices] = maxPool1dWithIndices(tensor([[3, 1, 4, 1]]), 2);
 * maxUnpool1d(y, indices, 2).array(); // [[3, 0, 4, 0]]
 */
export function maxUnpool1d(
  x: Tensor,
  indices: Tensor,
  kernelSize: PerAxis,
  options: MaxUnpoolOptions = {},
): Tensor {
  return unpooled('maxUnpool1d', 1, x, indices, kernelSize, options);
}

/**
 * As `maxUnpool1d`, for [N, C, P, Q] or [C, P, Q] and what `maxPool2dWithIndices` gives. PyTorch's
 * max_unpool2d.
 *
 * @example
 * const [y, indices] = maxPool2dWithIndices(rand([1, 1, 5, 4]), 2);
 * maxUnpool2d(y, indices, 2, { outputSize: [5, 4] }); // [1, 1, 5, 4]
 */
export function maxUnpool2d(
  x: Tensor,
  indices: Tensor,
  kernelSize: PerAxis,
  options: MaxUnpoolOptions = {},
): Tensor {
  return unpooled('maxUnpool2d', 2, x, indices, kernelSize, options);
}

/**
 * As `maxUnpool1d`, for [N, C, P, Q, R] or [C, P, Q, R] and what `maxPool3dWithIndices` gives. PyTorch's
 * max_unpool3d.
 *
 * @example
 * const [y, indices] = maxPool3dWithIndices(rand([1, 1, 4, 4, 4]), 2);
 * maxUnpool3d(y, indices, 2); // [1, 1, 4, 4, 4]
 */
export function maxUnpool3d(
  x: Tensor,
  indices: Tensor,
  kernelSize: PerAxis,
  options: MaxUnpoolOptions = {},
): Tensor {
  return unpooled('maxUnpool3d', 3, x, indices, kernelSize, options);
}

function unpooled(
  op: string,
  dims: number,
  x: Tensor,
  indices: Tensor,
  kernelSize: PerAxis,
  options: MaxUnpoolOptions,
): Tensor {
  requireFloat(op, x);
  if (indices.dtype !== 'i32') {
    throw new DTypeError(`${op}: indices are ${indices.dtype}; use i32, for instance by int().`);
  }
  if (!sameShape(x.shape, indices.shape)) {
    throw new ShapeError(
      `${op}: input is ${formatShape(x.shape)}, indices are ${formatShape(indices.shape)}; give ` +
        'those of the same pooling.',
    );
  }
  return overBatch(op, x, dims, (batch) => {
    const size = perAxis(op, 'kernelSize', kernelSize, dims, 1);
    const stride = perAxis(op, 'stride', options.stride ?? size, dims, 1);
    const extents = extentsOf(op, batch, size, stride, options);
    const [n, c, ...space] = batch.shape as [number, number, ...number[]];
    const inner = space.reduce((all, d) => all * d, 1);
    const flat = [n, c, inner];
    const places = indices.reshape(flat);
    const nothing = zeros([n, c, extents.reduce((all, d) => all * d, 1)], { dtype: x.dtype });
    const sums = nothing.scatterAdd(2, places, batch.reshape(flat));
    const shape = [n, c, ...extents];
    // Only windows that overlap can have the same maximum.
    if (stride.every((s, i) => s >= size[i]!)) return sums.reshape(shape);
    const counts = nothing.scatterAdd(2, places, onesLike(x).reshape(flat));
    return sums.div(counts.maximum(1)).reshape(shape);
  });
}

function extentsOf(
  op: string,
  x: Tensor,
  size: readonly number[],
  stride: readonly number[],
  { padding = 0, outputSize }: MaxUnpoolOptions,
): readonly number[] {
  const dims = size.length;
  const pad = perAxis(op, 'padding', padding, dims, 0);
  const usual = size.map((k, i) => (x.shape[2 + i]! - 1) * stride[i]! + k - 2 * pad[i]!);
  const wanted = outputSize ? perAxis(op, 'outputSize', outputSize, dims, 1) : usual;
  wanted.forEach((extent, i) => {
    if (extent > 0 && Math.abs(extent - usual[i]!) < stride[i]!) return;
    throw new ArgumentError(
      `${op}: the output would have extent ${extent} along spatial axis ${i}, and ` +
        `(${x.shape[2 + i]} - 1) · ${stride[i]} + ${size[i]} - 2 · ${pad[i]} = ${usual[i]}; use ` +
        `an outputSize less than ${stride[i]} away from that, and above 0.`,
    );
  });
  return wanted;
}
