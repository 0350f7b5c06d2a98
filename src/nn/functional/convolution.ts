import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { ConvOptions, Tensor } from '../../tensor/index.js';
import { conv, convolve } from '../../tensor/index.js';
import { paddingPairs, perAxis, windowCount } from '../../tensor/spatial.js';
import type { PadMode } from './pad.js';
import { pad } from './pad.js';
import { KERNEL, overBatch, requireFloat } from './spatial-input.js';

/** What a convolution meets beside its input. */
export type PaddingMode = 'zeros' | Exclude<PadMode, 'constant'>;

/** Options of `conv1d` to `conv3d`: one number for all spatial axes, or one for each. */
export interface ConvFunctionOptions extends ConvOptions {
  /** What lies in the padding: 'zeros', or what `pad` puts there. Default 'zeros'. */
  readonly paddingMode?: PaddingMode;
  /**
   * Turn the kernel by 180° before it slides: convolution as (3.1) has it, where deep learning means
   * cross-correlation. Default false.
   */
  readonly flipKernel?: boolean;
}

/**
 * Cross-correlation along one axis, and with `flipKernel` convolution in the sense of (3.1):
 * y[n, o, p] = b[o] + Σ_c Σ_k x[n, c, stride · p + dilation · k - low] · w[o, c, k], or with
 * w[o, c, K - 1 - k]; c runs over the channels of o's group. PyTorch's conv1d.
 *
 * @param x [N, C, L], or [C, L] for a single sample; f32 or f64.
 * @param weight [O, C / groups, K], of the dtype of x. With K = 1 each position is a dense layer of
 *   its own; with groups = C each channel has kernels of its own ("depthwise").
 * @param bias [O], or null for none.
 * @param options.padding 'same' keeps ⌈L / stride⌉ outputs, the odd element at the end; PyTorch has it
 *   for stride 1 only.
 * @returns [N, O, P] or [O, P], P = ⌊(L + low + high - dilation · (K - 1) - 1) / stride⌋ + 1.
 * @throws ShapeError where channels do not fit, or the window does not fit into the padded input;
 *   ArgumentError for options that are no such numbers, and groups that do not divide the channels;
 *   DTypeError.
 * @equation (3.1)
 *
 * @example
 * conv1d(rand([8, 3, 50]), randn([16, 3, 5]), null, { padding: 'same' }); // [8, 16, 50]
 * const product = conv1d(tensor([[1, 2, 3]]), tensor([[[1, 10]]]), null, { padding: 1, flipKernel: true });
 * product.array(); // [[1, 12, 23, 30]]
 */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvFunctionOptions = {},
): Tensor {
  return convolution('conv1d', 1, x, weight, bias, options);
}

/**
 * Cross-correlation over two spatial axes, each as in `conv1d`. PyTorch's conv2d.
 *
 * @param x [N, C, H, W], or [C, H, W] for a single sample; f32 or f64.
 * @param weight [O, C / groups, kH, kW], of the dtype of x.
 * @param bias [O], or null for none.
 * @returns [N, O, P, Q] or [O, P, Q].
 * @throws As `conv1d`.
 * @equation (3.1)
 *
 * @example
 * const options = { stride: 2, padding: 1, paddingMode: 'reflect' } as const;
 * conv2d(rand([8, 3, 32, 32]), randn([16, 3, 3, 3]), zeros([16]), options); // [8, 16, 16, 16]
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvFunctionOptions = {},
): Tensor {
  return convolution('conv2d', 2, x, weight, bias, options);
}

/**
 * Cross-correlation over three spatial axes, each as in `conv1d`. PyTorch's conv3d.
 *
 * @param x [N, C, D, H, W], or [C, D, H, W] for a single sample; f32 or f64.
 * @param weight [O, C / groups, kD, kH, kW], of the dtype of x.
 * @param bias [O], or null for none.
 * @returns [N, O, P, Q, R] or [O, P, Q, R].
 * @throws As `conv1d`.
 * @equation (3.1)
 *
 * @example
 * conv3d(rand([2, 1, 8, 16, 16]), randn([4, 1, 3, 3, 3])); // [2, 4, 6, 14, 14]
 */
export function conv3d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvFunctionOptions = {},
): Tensor {
  return convolution('conv3d', 3, x, weight, bias, options);
}

function convolution(
  op: string,
  dims: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvFunctionOptions,
): Tensor {
  return overBatch(op, x, dims, (batch) => {
    const { groups = 1, paddingMode = 'zeros', flipKernel = false } = options;
    checkOperands(op, batch, weight, bias, `[O, C / groups, ${KERNEL[dims]}]`);
    checkChannels(op, batch, weight, groups);
    const window = {
      input: batch.shape.slice(2),
      size: weight.shape.slice(2),
      stride: perAxis(op, 'stride', options.stride ?? 1, dims, 1),
      dilation: perAxis(op, 'dilation', options.dilation ?? 1, dims, 1),
    };
    const pairs = paddingPairs(op, options.padding ?? 0, window);
    pairs.forEach((pair, i) => windowCount(op, i, window, pair));
    const zeros = paddingMode === 'zeros';
    const { stride, dilation } = window;
    const padded = zeros ? batch : pad(batch, pairs, { mode: paddingMode });
    const slide = flipKernel ? convolve : conv;
    const y = slide(padded, weight, { stride, dilation, groups, padding: zeros ? pairs : 0 });
    return addBias(op, y, bias);
  });
}

/** Throws unless x, weight and bias are floats of one dtype, and weight has the rank of `layout`. */
export function checkOperands(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  layout: string,
): void {
  requireFloat(op, x);
  if (weight.rank !== x.rank) {
    throw new ShapeError(`${op}: weight is ${formatShape(weight.shape)}; give one ${layout}.`);
  }
  for (const [name, t] of [['weight', weight] as const, ['bias', bias] as const]) {
    if (!t || t.dtype === x.dtype) continue;
    throw new DTypeError(
      `${op}: input is ${x.dtype}, ${name} ${t.dtype}; convert one, as with to('${t.dtype}').`,
    );
  }
}

/** y [N, O, …] + bias [O], where there is one. */
export function addBias(op: string, y: Tensor, bias: Tensor | null): Tensor {
  if (!bias) return y;
  if (bias.rank !== 1 || bias.shape[0] !== y.shape[1]) {
    throw new ShapeError(
      `${op}: bias is ${formatShape(bias.shape)}, and there are ${y.shape[1]} output channels; ` +
        `give a bias [${y.shape[1]}].`,
    );
  }
  return y.add(bias.reshape(y.shape.map((d, axis) => (axis === 1 ? d : 1))));
}

function checkChannels(op: string, x: Tensor, weight: Tensor, groups: number): void {
  const [outputs, perGroup] = weight.shape as [number, number];
  const channels = x.shape[1]!;
  const whole = Number.isInteger(groups) && groups >= 1;
  if (!whole || channels % groups !== 0 || outputs % groups !== 0) {
    throw new ArgumentError(
      `${op}: groups is ${groups}, and there are ${channels} input and ${outputs} output ` +
        'channels; use a positive divisor of both.',
    );
  }
  if (channels === perGroup * groups) return;
  throw new ShapeError(
    `${op}: input has ${channels} channels, weight expects ${perGroup * groups} (input ` +
      `[N, C, …] = ${formatShape(x.shape)}, weight [O, C / groups, …] = ` +
      `${formatShape(weight.shape)}, groups ${groups}); pass a weight with ${channels / groups} in ` +
      'dim 1.',
  );
}
