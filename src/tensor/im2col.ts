import { ShapeError } from '../engine/core/errors.js';
import { formatShape, sizeOf } from '../engine/core/shape.js';
import { overlapAdd, windowsOf } from '../engine/ops/index.js';
import { apply } from './apply.js';
import type { Padding, PerAxis, Sliding } from './spatial.js';
import { paddingPairs, perAxis, windowCount } from './spatial.js';
import type { Tensor } from './tensor.js';

/** Options of `im2col`: one number for all spatial axes, or one for each. */
export interface Im2colOptions {
  /** Elements of the window: the kernel's size. */
  readonly size: PerAxis;
  /** Distance between neighbouring windows. Default 1. */
  readonly stride?: PerAxis;
  /** As of `conv`. Default 0. */
  readonly padding?: Padding;
  /** Distance between neighbouring elements of a window. Default 1. */
  readonly dilation?: PerAxis;
}

/** Options of `col2im`: those of the `im2col` that it is the adjoint of. */
export interface Col2imOptions extends Im2colOptions {
  /** Extents of the result's spatial axes. */
  readonly outputSize: readonly number[];
}

/**
 * The windows of an image as columns, so that a convolution is a product of matrices (3.4): column l has
 * what window l sees, channel by channel, element by element; windows and elements are counted row by
 * row. x [N, C, …S] of any dtype gives [N, C · ∏ size, L], L = ∏ P with
 * P = ⌊(S + low + high - dilation · (size - 1) - 1) / stride⌋ + 1. PyTorch's unfold, in any number of
 * spatial dimensions. The notes' XC is its transpose, a window in each row. Differentiable to every
 * order.
 *
 * @throws ShapeError if a window does not fit the padded input; ArgumentError for options that are no
 *   such numbers.
 * @equation (3.4)
 *
 * @example
 * const [x, w] = [rand([1, 3, 8, 8]), randn([4, 3, 3, 3])];
 * const y = w.reshape([4, 27]).matmul(im2col(x, { size: 3 })); // conv(x, w), as [1, 4, 36]
 */
export function im2col(x: Tensor, options: Im2colOptions): Tensor {
  if (x.rank < 3) {
    throw new ShapeError(
      `im2col: x has shape ${formatShape(x.shape)}; give [N, C, …] with at least one spatial axis.`,
    );
  }
  const { sliding, pairs, counts } = geometry('im2col', x.shape.slice(2), options);
  const [samples, channels] = [x.shape[0]!, x.shape[1]!];
  const rank = counts.length;
  const axes = counts.map((_, i) => 2 + i);
  return apply([x], (b, node) => {
    const padded = b.pad(node, {
      low: [0, 0, ...pairs.map(([low]) => low)],
      high: [0, 0, ...pairs.map(([, high]) => high)],
      interior: x.shape.map(() => 0),
      value: 0,
    });
    const none = counts.map(() => 0);
    const view = windowsOf(b, padded, { ...sliding, low: none, high: none }); // [N, C, …P, …K]
    const elementsFirst = b.permute(view, [0, 1, ...axes.map((axis) => axis + rank), ...axes]);
    return b.reshape(elementsFirst, [samples, channels * sizeOf(sliding.size), sizeOf(counts)]);
  });
}

/**
 * Columns laid back over the image, and added up where windows overlap; what falls on padding is
 * dropped. The adjoint of `im2col`, not its inverse: ⟨im2col(x), c⟩ = ⟨x, col2im(c)⟩, and
 * col2im(im2col(x)) is x times the number of windows that see each element. It takes ∇XC of (3.7) to
 * ∇X. columns [N, C · ∏ size, L], of a dtype of numbers, gives [N, C, …outputSize]. PyTorch's fold, in
 * any number of spatial dimensions. Differentiable to every order.
 *
 * @throws ShapeError if a window does not fit the padded output, or columns do not have one place for
 *   each element of a window and one column for each window; ArgumentError for options that are no such
 *   numbers.
 *
 * @example
 * const c = im2col(ones([1, 1, 3]), { size: 2 }); // [[[1, 1], [1, 1]]]
 * col2im(c, { size: 2, outputSize: [3] }); // [[[1, 2, 1]]]
 */
export function col2im(columns: Tensor, options: Col2imOptions): Tensor {
  const outputSize = perAxis(
    'col2im',
    'outputSize',
    options.outputSize,
    options.outputSize.length,
    0,
  );
  const { sliding, pairs, counts } = geometry('col2im', outputSize, options);
  const [elements, windows] = [sizeOf(sliding.size), sizeOf(counts)];
  const [samples, rows] = [columns.shape[0] ?? 0, columns.shape[1] ?? 0];
  if (columns.rank !== 3 || rows % elements !== 0 || columns.shape[2] !== windows) {
    throw new ShapeError(
      `col2im: columns have shape ${formatShape(columns.shape)}; windows of ` +
        `${formatShape(sliding.size)} over an output of ${formatShape(outputSize)} take ` +
        `[N, C · ${elements}, ${windows}].`,
    );
  }
  const { size, stride, dilation } = sliding;
  const rank = counts.length;
  const axes = counts.map((_, i) => 2 + i);
  return apply([columns], (b, node) => {
    const split = b.reshape(node, [samples, rows / elements, ...size, ...counts]);
    const view = b.permute(split, [0, 1, ...axes.map((axis) => axis + rank), ...axes]);
    const padded = axes.reduceRight((image, axis, i) => {
      const extent = outputSize[i]! + pairs[i]![0] + pairs[i]![1];
      const attrs = { axis, size: size[i]!, stride: stride[i]!, dilation: dilation[i]! };
      return overlapAdd(b, image, attrs, extent);
    }, view);
    return b.pad(padded, {
      low: [0, 0, ...pairs.map(([low]) => -low)],
      high: [0, 0, ...pairs.map(([, high]) => -high)],
      interior: padded.shape.map(() => 0),
      value: 0,
    });
  });
}

/** How windows lie on an image: their options, the padding, and how many there are along each axis. */
function geometry(op: string, input: readonly number[], options: Im2colOptions) {
  const rank = input.length;
  const sliding: Sliding = {
    input,
    size: perAxis(op, 'size', options.size, rank, 1),
    stride: perAxis(op, 'stride', options.stride ?? 1, rank, 1),
    dilation: perAxis(op, 'dilation', options.dilation ?? 1, rank, 1),
  };
  const pairs = paddingPairs(op, options.padding ?? 0, sliding);
  return { sliding, pairs, counts: input.map((_, i) => windowCount(op, i, sliding, pairs[i]!)) };
}
