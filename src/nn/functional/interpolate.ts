import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sizeOf } from '../../engine/core/shape.js';
import type { PerAxis, Tensor } from '../../tensor/index.js';
import { fromData } from '../../tensor/index.js';
import { perAxis } from '../../tensor/spatial.js';
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from './adaptive-pool.js';
import { requireFloat } from './spatial-input.js';

/** How values between the elements are found; 'linear', 'bilinear', 'trilinear' are for 1, 2, 3 axes. */
export type InterpolateMode =
  | 'nearest'
  | 'nearest-exact'
  | 'linear'
  | 'bilinear'
  | 'trilinear'
  | 'bicubic'
  | 'area';

/** Options of `interpolate` and `Upsample`: one of `size` and `scaleFactor`. */
export interface InterpolateOptions {
  /** The spatial extents of the result: one for all axes, or one for each. */
  readonly size?: PerAxis;
  /** The extents of the result as multiples of those of the input, rounded down. */
  readonly scaleFactor?: PerAxis;
  /** Default 'nearest'. */
  readonly mode?: InterpolateMode;
  /**
   * The centres of the first and last elements stay where they are, and not their outer edges; not for
   * 'nearest', 'nearest-exact' and 'area'. Default false.
   */
  readonly alignCorners?: boolean;
}

/** A weighted sum of elements: for each place of the result, where they lie along the axis, and how much. */
interface Tap {
  readonly index: Int32Array;
  readonly weight: Float64Array | null;
}

/** One axis, and what is wanted of it. */
interface Axis {
  readonly from: number;
  readonly to: number;
  /** Elements of the input per element of the result. */
  readonly step: number;
  readonly alignCorners: boolean;
}

const SMOOTH: Readonly<Record<string, number>> = {
  linear: 1,
  bilinear: 2,
  trilinear: 3,
  bicubic: 2,
};
const AREA = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d];

/**
 * x resampled to other spatial extents. Place i of an axis lies at s = (i + ½) · S / P - ½ of the input,
 * or with `alignCorners` at i · (S - 1) / (P - 1), and takes
 * - 'nearest': element ⌊i · S / P⌋; 'nearest-exact': ⌊(i + ½) · S / P⌋, which shifts
 *   nothing;
 * - 'linear', 'bilinear', 'trilinear': the two neighbours of s along each axis, weighted by closeness;
 * - 'bicubic': four neighbours, by the cubic convolution of Keys, 1981, with a = -0.75, which may overshoot;
 * - 'area': the mean of what it covers, `adaptiveAvgPool2d` and the like.
 *
 * Beyond the edge lies the edge. With `scaleFactor` S / P is 1 / scaleFactor, even where P was rounded.
 * PyTorch's interpolate.
 *
 * @param x [N, C, …S] with 1 to 3 spatial axes, f32 or f64.
 * @returns [N, C, …P].
 * @throws ShapeError for another number of axes than the mode has, or empty ones; ArgumentError for options
 *   that do not go together, or would leave nothing; DTypeError.
 *
 * @example
 * interpolate(tensor([[[1, 2]]]), { scaleFactor: 2 }).array(); // [[[1, 1, 2, 2]]]
 * interpolate(rand([8, 3, 7, 7]), { size: 28, mode: 'bilinear' }); // [8, 3, 28, 28]
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  const { mode = 'nearest', alignCorners = false } = options;
  checkInterpolation('interpolate', options);
  requireFloat('interpolate', x);
  const space = x.shape.slice(2);
  const dims = SMOOTH[mode];
  if (space.length < 1 || space.length > 3 || (dims ?? space.length) !== space.length) {
    throw new ShapeError(
      `interpolate: input is ${formatShape(x.shape)}, and mode '${mode}' takes [N, C, …] with ` +
        `${dims ?? '1 to 3'} spatial axes.`,
    );
  }
  if (sizeOf(space) === 0) {
    throw new ShapeError(
      `interpolate: input is ${formatShape(x.shape)}; give one whose spatial axes are not empty.`,
    );
  }
  const axes = axesOf(space, options, alignCorners);
  if (mode === 'area') {
    return AREA[space.length - 1]!(
      x,
      axes.map(({ to }) => to),
    );
  }
  return axes.reduce((y, axis, i) => resample(y, 2 + i, axis, mode), x);
}

/** Throws an ArgumentError unless one of size and scaleFactor is there, and mode one that goes with it. */
export function checkInterpolation(op: string, options: InterpolateOptions): void {
  const { size, scaleFactor, mode = 'nearest', alignCorners = false } = options;
  if ((size === undefined) === (scaleFactor === undefined)) {
    const given =
      size === undefined ? 'neither size nor scaleFactor is' : 'size and scaleFactor are';
    throw new ArgumentError(`${op}: ${given} given; give one of them.`);
  }
  const smooth = Object.hasOwn(SMOOTH, mode);
  if (!smooth && !['nearest', 'nearest-exact', 'area'].includes(mode)) {
    throw new ArgumentError(
      `${op}: mode is '${mode}'; use nearest, nearest-exact, ${Object.keys(SMOOTH).join(', ')} or area.`,
    );
  }
  if (!alignCorners || smooth) return;
  throw new ArgumentError(
    `${op}: mode '${mode}' has no corners to align; leave alignCorners out, or use bilinear.`,
  );
}

function axesOf(
  space: readonly number[],
  { size, scaleFactor }: InterpolateOptions,
  alignCorners: boolean,
): Axis[] {
  const op = 'interpolate';
  if (size !== undefined) {
    const list = perAxis(op, 'size', size, space.length, 1);
    return space.map((from, i) => ({ from, to: list[i]!, step: from / list[i]!, alignCorners }));
  }
  const factors = typeof scaleFactor === 'number' ? space.map(() => scaleFactor) : scaleFactor!;
  if (factors.length !== space.length || !factors.every((f) => f > 0 && f < Infinity)) {
    throw new ArgumentError(
      `${op}: scaleFactor is ${JSON.stringify(scaleFactor)}; give a number above 0, or ` +
        `${space.length} of them, one per spatial axis.`,
    );
  }
  return space.map((from, i) => {
    const to = Math.floor(from * factors[i]!);
    if (to > 0) return { from, to, step: 1 / factors[i]!, alignCorners };
    throw new ArgumentError(
      `${op}: nothing is left along spatial axis ${i}: ⌊${from} · ${factors[i]}⌋ = 0; use a larger ` +
        'scaleFactor.',
    );
  });
}

function resample(x: Tensor, at: number, axis: Axis, mode: InterpolateMode): Tensor {
  const places = Array.from({ length: axis.to }, (_, i) => i);
  if (mode === 'nearest' || mode === 'nearest-exact') {
    const shift = mode === 'nearest' ? 0 : 0.5;
    // In single precision, as PyTorch: where the product is near a whole number it decides.
    const step = Math.fround(axis.step);
    const index = places.map((i) => Math.floor(Math.fround((i + shift) * step)));
    return pick(x, at, clamped(index, axis.from));
  }
  const sources = places.map((i) => sourceOf(i, axis, mode === 'bicubic'));
  const taps = mode === 'bicubic' ? cubicTaps(sources, axis.from) : linearTaps(sources, axis.from);
  const along = x.shape.map((_, a) => (a === at ? axis.to : 1));
  return taps
    .map(({ index, weight }) => {
      const values = x.dtype === 'f32' ? Float32Array.from(weight!) : weight!;
      return pick(x, at, index).mul(fromData(values, along));
    })
    .reduce((sum, part) => sum.add(part));
}

function sourceOf(i: number, { from, to, step, alignCorners }: Axis, beyond: boolean): number {
  if (alignCorners) return to > 1 ? i * ((from - 1) / (to - 1)) : 0;
  const at = (i + 0.5) * step - 0.5;
  return beyond ? at : Math.max(0, at);
}

function linearTaps(sources: readonly number[], extent: number): Tap[] {
  const low = sources.map((s) => Math.min(Math.floor(s), extent - 1));
  const share = sources.map((s, i) => Math.min(Math.max(s - low[i]!, 0), 1));
  return [0, 1].map((k) => ({
    index: clamped(
      low.map((i) => i + k),
      extent,
    ),
    weight: Float64Array.from(share, (t) => (k === 0 ? 1 - t : t)),
  }));
}

function cubicTaps(sources: readonly number[], extent: number): Tap[] {
  const a = -0.75;
  const kernel = (distance: number): number => {
    const d = Math.abs(distance);
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  };
  return [-1, 0, 1, 2].map((k) => ({
    index: clamped(
      sources.map((s) => Math.floor(s) + k),
      extent,
    ),
    weight: Float64Array.from(sources, (s) => kernel(s - Math.floor(s) - k)),
  }));
}

function clamped(index: readonly number[], extent: number): Int32Array {
  return Int32Array.from(index, (i) => Math.min(Math.max(i, 0), extent - 1));
}

/** The elements of an axis at `index`; where each is repeated equally often, without a gather. */
function pick(x: Tensor, axis: number, index: Int32Array): Tensor {
  const n = x.shape[axis]!;
  const times = index.length / n;
  if (!Number.isInteger(times) || !index.every((at, i) => at === Math.floor(i / times))) {
    return x.indexSelect(axis, fromData(index, [index.length]));
  }
  if (times === 1) return x;
  const split = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
  const repeated = split.map((d, i) => (i === axis + 1 ? times : d));
  const shape = x.shape.map((d, i) => (i === axis ? n * times : d));
  return x.reshape(split).broadcastTo(repeated).reshape(shape);
}
