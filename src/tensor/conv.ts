import { ArgumentError, DTypeError, ShapeError } from '../engine/core/errors.js';
import { isFloat } from '../engine/core/dtype.js';
import { formatShape } from '../engine/core/shape.js';
import type { Builder } from '../engine/graph/builder.js';
import type { GraphNode } from '../engine/graph/node.js';
import { apply } from './apply.js';
import type { Padding, PerAxis } from './spatial.js';
import { paddingPairs, perAxis, windowCount } from './spatial.js';
import type { Tensor } from './tensor.js';

/** Options of `conv`: one number for all spatial axes, or one for each. */
export interface ConvOptions {
  /** Distance between neighbouring windows. Default 1. */
  readonly stride?: PerAxis;
  /**
   * Zeros beside the input: a number for both ends of every axis, a number or [low, high] for each
   * axis, 'valid' for none, or 'same' for as many as keep ⌈S / stride⌉ outputs, the odd one at the
   * high end. Default 0.
   */
  readonly padding?: Padding;
  /** Distance between neighbouring taps of the kernel. Default 1. */
  readonly dilation?: PerAxis;
  /** Parts of the channels that are convolved separately. Default 1. */
  readonly groups?: number;
}

/** Options of `convTranspose`. */
export interface ConvTransposeOptions {
  /** Distance at which neighbouring elements of the input lie in the output. Default 1. */
  readonly stride?: PerAxis;
  /** Cut off both ends of the output, of every axis or of each. Default 0. */
  readonly padding?: PerAxis;
  /** Added to the high end of the output, less than stride or dilation. Default 0. */
  readonly outputPadding?: PerAxis;
  /** Distance between neighbouring taps of the kernel. Default 1. */
  readonly dilation?: PerAxis;
  /** Parts of the channels that are convolved separately. Default 1. */
  readonly groups?: number;
}

/**
 * Cross-correlation in any number of spatial dimensions, as PyTorch's conv1d, conv2d and conv3d:
 * y[n, o, p] = Σ_c Σ_k x[n, c, stride · p + dilation · k - low] · w[o, c, k], c running over the
 * channels of o's group. x is [N, C, …S], weight [O, C / groups, …K], the result [N, O, …P] with
 * P = ⌊(S + low + high - dilation · (K - 1) - 1) / stride⌋ + 1. Both operands f32 or f64.
 * Differentiable to every order.
 *
 * @throws ShapeError if channels or groups do not fit, or the kernel is larger than the padded input;
 *   ArgumentError for options that are no such numbers; DTypeError.
 *
 * @example
 * const y = conv(rand([8, 3, 32, 32]), randn([16, 3, 3, 3]), { padding: 1 }); // [8, 16, 32, 32]
 */
export function conv(x: Tensor, weight: Tensor, options: ConvOptions = {}): Tensor {
  const { groups = 1 } = options;
  const rank = checkOperands('conv', x, weight);
  checkGroups('conv', groups, weight.shape[0]!, 'output channels');
  const [channels, expected] = [x.shape[1]!, weight.shape[1]! * groups];
  if (channels !== expected) {
    throw new ShapeError(
      `conv: x has ${channels} channels, weight expects ${expected} (x [N, C, …] = ` +
        `${formatShape(x.shape)}, weight [O, C / groups, …] = ${formatShape(weight.shape)}, groups ` +
        `${groups}); pass a weight with ${channels / groups} in dim 1.`,
    );
  }
  const kernel = weight.shape.slice(2);
  const input = x.shape.slice(2);
  const stride = perAxis('conv', 'stride', options.stride ?? 1, rank, 1);
  const dilation = perAxis('conv', 'dilation', options.dilation ?? 1, rank, 1);
  const window = { input, size: kernel, stride, dilation };
  const pairs = paddingPairs('conv', options.padding ?? 0, window);
  input.forEach((_, i) => windowCount('conv', i, window, pairs[i]!));
  const ones = input.map(() => 1);
  return apply([x, weight], (b, xNode, wNode) => {
    const y = b.conv(splitChannels(b, xNode, 1, groups), splitChannels(b, wNode, 0, groups), {
      stride,
      low: pairs.map(([low]) => low),
      high: pairs.map(([, high]) => high),
      inputDilation: ones,
      kernelDilation: dilation,
      order: [0, 1, 2, ...ones.map((_, i) => i + 3)],
    });
    return joinChannels(b, y);
  });
}

/**
 * Transposed convolution, the adjoint of `conv`: ⟨conv(x, w), y⟩ = ⟨x, convTranspose(y, w)⟩ for the
 * same options. x is [N, C, …S], weight [C, O / groups, …K], the result [N, O, …P] with
 * P = stride · (S - 1) + dilation · (K - 1) + 1 - 2 · padding + outputPadding. PyTorch's
 * conv_transpose1d to 3d.
 *
 * @throws ShapeError if channels or groups do not fit or nothing would be left of the output;
 *   ArgumentError for options that are no such numbers; DTypeError.
 *
 * @example
 * const y = convTranspose(rand([8, 16, 7, 7]), randn([16, 3, 4, 4]), { stride: 2, padding: 1 });
 * y.shape; // [8, 3, 14, 14]
 */
export function convTranspose(
  x: Tensor,
  weight: Tensor,
  options: ConvTransposeOptions = {},
): Tensor {
  const { groups = 1 } = options;
  const op = 'convTranspose';
  const rank = checkOperands(op, x, weight);
  if (x.shape[1] !== weight.shape[0]) {
    throw new ShapeError(
      `${op}: x has ${x.shape[1]} channels, weight expects ${weight.shape[0]} (x [N, C, …] = ` +
        `${formatShape(x.shape)}, weight [C, O / groups, …] = ${formatShape(weight.shape)}); pass a ` +
        `weight with ${x.shape[1]} in dim 0.`,
    );
  }
  checkGroups(op, groups, weight.shape[0]!, 'channels');
  const stride = perAxis(op, 'stride', options.stride ?? 1, rank, 1);
  const dilation = perAxis(op, 'dilation', options.dilation ?? 1, rank, 1);
  const padding = perAxis(op, 'padding', options.padding ?? 0, rank, 0);
  const more = perAxis(op, 'outputPadding', options.outputPadding ?? 0, rank, 0);
  more.forEach((extra, i) => {
    if (extra < Math.max(stride[i]!, dilation[i]!)) return;
    throw new ArgumentError(
      `${op}: outputPadding ${extra} along spatial axis ${i} is not less than the larger of stride ` +
        `${stride[i]} and dilation ${dilation[i]}; use less.`,
    );
  });
  const kernel = weight.shape.slice(2);
  const reach = kernel.map((k, i) => dilation[i]! * (k - 1));
  x.shape.slice(2).forEach((s, i) => {
    const [step, cut] = [stride[i]!, 2 * padding[i]!];
    const extent = step * (s - 1) + reach[i]! + 1 - cut + more[i]!;
    if (s > 0 && extent > 0) return;
    throw new ShapeError(
      `${op}: nothing is left along spatial axis ${i}: ${step} · (${s} - 1) + ${dilation[i]} · ` +
        `(${kernel[i]} - 1) + 1 - ${cut} + ${more[i]} = ${extent}; use less padding.`,
    );
  });
  return apply([x, weight], (b, xNode, wNode) => {
    const split = splitChannels(b, wNode, 0, groups); // [G, C / G, O / G, …K]
    const axes = split.shape.map((_, i) => i);
    const exchanged = b.permute(split, [0, 2, 1, ...axes.slice(3)]);
    const y = b.conv(splitChannels(b, xNode, 1, groups), b.flip(exchanged, axes.slice(3)), {
      stride: kernel.map(() => 1),
      low: reach.map((r, i) => r - padding[i]!),
      high: reach.map((r, i) => r - padding[i]! + more[i]!),
      inputDilation: stride,
      kernelDilation: dilation,
      order: axes,
    });
    return joinChannels(b, y);
  });
}

/** Checks ranks and dtypes; returns the number of spatial axes. */
function checkOperands(op: string, x: Tensor, weight: Tensor): number {
  for (const [what, t] of [
    ['x', x],
    ['weight', weight],
  ] as const) {
    if (isFloat(t.dtype)) continue;
    throw new DTypeError(`${op}: ${what} is ${t.dtype}; use f32 or f64.`);
  }
  if (x.dtype !== weight.dtype) {
    throw new DTypeError(`${op}: x is ${x.dtype}, weight ${weight.dtype}; cast one to the other.`);
  }
  if (x.rank >= 2 && x.rank === weight.rank) return x.rank - 2;
  throw new ShapeError(
    `${op}: x has shape ${formatShape(x.shape)} and weight ${formatShape(weight.shape)}; give both ` +
      'two axes (batch and channels of x, channels of the weight) and as many spatial ones.',
  );
}

function checkGroups(op: string, groups: number, channels: number, what: string): void {
  if (Number.isInteger(groups) && groups >= 1 && channels % groups === 0) return;
  throw new ArgumentError(
    `${op}: groups is ${groups}, and the weight has ${channels} ${what}; use a positive divisor.`,
  );
}

/** Axis `axis` as [groups, part of it]. */
function splitChannels(b: Builder, x: GraphNode, axis: number, groups: number): GraphNode {
  const { shape } = x;
  const parts = [groups, shape[axis]! / groups];
  return b.reshape(x, [...shape.slice(0, axis), ...parts, ...shape.slice(axis + 1)]);
}

function joinChannels(b: Builder, y: GraphNode): GraphNode {
  const [n, g, o, ...rest] = y.shape as [number, number, number, ...number[]];
  return b.reshape(y, [n, g * o, ...rest]);
}
