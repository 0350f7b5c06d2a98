import { isFloat } from '../core/dtype.js';
import type { DType } from '../core/dtype.js';
import { ArgumentError, ShapeError } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sizeOf, stridesOf } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { Aval, GraphNode, OpAttrs } from '../graph/node.js';
import { checkDtype, checkSameDtype, operands } from './operands.js';
import type { GradientRule, OpRow } from './row.js';
import { at, inversePermutation, offsetsOf, pick } from './strided.js';

export type ConvAttrs = OpAttrs['conv'];

const DTYPES: readonly DType[] = ['f32', 'f64', 'i32'];
/** Axes of the operands and of the result before the spatial ones. */
export const LEADING = 3;

/** The extent of an axis with `dilation` - 1 zeros between its elements. */
export function dilated(extent: number, dilation: number): number {
  return extent === 0 ? 0 : (extent - 1) * dilation + 1;
}

/** How often a window fits, 0 where it does not. */
export function windows(extent: number, window: number, stride: number): number {
  return extent < window ? 0 : Math.floor((extent - window) / stride) + 1;
}

function checkAttrs(x: Shape, w: Shape, attrs: ConvAttrs): void {
  const rank = x.length - LEADING;
  const both = `x [N, G, C, …] = ${formatShape(x)}, weight [G, O, C, …] = ${formatShape(w)}`;
  if (rank < 0 || w.length !== x.length) {
    throw new ShapeError(
      `conv: the operands have ${x.length} and ${w.length} axes (${both}); ` +
        `give both 3 and as many spatial ones.`,
    );
  }
  const misfit = [
    ['groups', 1, 0],
    ['channels', 2, 2],
  ] as const;
  for (const [what, xAxis, wAxis] of misfit) {
    if (x[xAxis] === w[wAxis]) continue;
    throw new ShapeError(
      `conv: x has ${x[xAxis]} ${what}, weight ${w[wAxis]} (${both}); make them equal.`,
    );
  }
  const lists = { stride: 1, inputDilation: 1, kernelDilation: 1, low: -Infinity, high: -Infinity };
  for (const [name, least] of Object.entries(lists)) {
    const list = attrs[name as keyof typeof lists];
    if (list.length === rank && list.every((v) => Number.isInteger(v) && v >= least)) continue;
    throw new ArgumentError(
      `conv: ${name} is [${list.join(', ')}]; give ${rank} integer${rank === 1 ? '' : 's'}` +
        `${least > 0 ? ` ≥ ${least}` : ''}, one per spatial axis.`,
    );
  }
  const empty = w.slice(LEADING).indexOf(0);
  if (empty >= 0) {
    throw new ShapeError(`conv: spatial axis ${empty} of the weight has extent 0 (${both}).`);
  }
  const sorted = [...attrs.order].sort((a, b) => a - b);
  if (sorted.length === x.length && sorted.every((axis, i) => axis === i)) return;
  throw new ArgumentError(`conv: order [${attrs.order.join(', ')}] does not permute the axes.`);
}

/** Extents of the result as [N, G, O, …P]. */
function naturalShape(x: Shape, w: Shape, attrs: ConvAttrs): number[] {
  const spatial = x.slice(LEADING).map((extent, i) => {
    const padded = dilated(extent, attrs.inputDilation[i]!) + attrs.low[i]! + attrs.high[i]!;
    const window = dilated(w[LEADING + i]!, attrs.kernelDilation[i]!);
    return windows(padded, window, attrs.stride[i]!);
  });
  return [x[0]!, x[1]!, w[1]!, ...spatial];
}

interface Held {
  readonly shape: Shape;
  readonly data: Float64Array;
}

function reference(x: Held, w: Held, attrs: ConvAttrs, out: Aval): Float64Array {
  const natural = naturalShape(x.shape, w.shape, attrs);
  const [, groups, outputs, ...spatial] = natural as [number, number, number, ...number[]];
  const channels = x.shape[2]!;
  const kernel = w.shape.slice(LEADING);
  const [xs, ws] = [stridesOf(x.shape), stridesOf(w.shape)];
  const zeros = kernel.map(() => 0);
  const taps = offsetsOf(kernel, ws.slice(LEADING));
  const tapAt = kernel.map((_, d) => offsetsOf(kernel, unit(zeros, d)));
  const placeAt = spatial.map((_, d) => offsetsOf(spatial, unit(zeros, d)));
  const places = sizeOf(spatial);
  const integer = !isFloat(out.dtype);
  const data = new Float64Array(sizeOf(natural));
  let to = 0;
  for (let n = 0; n < natural[0]!; n++) {
    for (let g = 0; g < groups; g++) {
      for (let o = 0; o < outputs; o++) {
        for (let p = 0; p < places; p++) {
          let total = 0;
          const from = sourcesOf(p);
          for (let c = 0; c < channels; c++) {
            const x0 = n * xs[0]! + g * xs[1]! + c * xs[2]!;
            const w0 = g * ws[0]! + o * ws[1]! + c * ws[2]!;
            for (let k = 0; k < taps.length; k++) {
              if (from[k]! < 0) continue;
              const [a, b] = [x.data[x0 + from[k]!]!, w.data[w0 + taps[k]!]!];
              total = integer ? (total + Math.imul(a, b)) | 0 : total + a * b;
            }
          }
          data[to++] = total;
        }
      }
    }
  }
  return pick(data, offsetsOf(out.shape, at(stridesOf(natural), attrs.order)));

  /** For each tap of window p the offset of the element it meets in a channel, or -1. */
  function sourcesOf(p: number): Float64Array {
    return taps.map((_, k) => {
      let offset = 0;
      for (let d = 0; d < spatial.length; d++) {
        const step = attrs.kernelDilation[d]!;
        const i = placeAt[d]![p]! * attrs.stride[d]! + tapAt[d]![k]! * step - attrs.low[d]!;
        const j = i / attrs.inputDilation[d]!;
        if (!Number.isInteger(j) || j < 0 || j >= x.shape[LEADING + d]!) return -1;
        offset += j * xs[LEADING + d]!;
      }
      return offset;
    });
  }
}

function unit(zeros: readonly number[], d: number): number[] {
  return zeros.map((_, i) => (i === d ? 1 : 0));
}

/** Everything the gradients are made from: in spatial axes, the result in its natural order. */
interface Parts {
  readonly x: GraphNode;
  readonly w: GraphNode;
  readonly g: GraphNode;
  readonly attrs: ConvAttrs;
  /** Extents of the input, the kernel and the result. */
  readonly s: readonly number[];
  readonly k: readonly number[];
  readonly p: readonly number[];
}

/** Axes of a tensor of the rank of `x`: the first three in the given order, the rest as they are. */
function swap(x: GraphNode, leading: readonly [number, number, number]): number[] {
  return x.shape.map((_, axis) => (axis < LEADING ? leading[axis]! : axis));
}

function spatialAxes(x: GraphNode): number[] {
  return x.shape.map((_, axis) => axis).slice(LEADING);
}

/**
 * ∂L/∂x: the gradient, spread by the stride, convolved with the turned kernel, inputs and outputs
 * exchanged.
 */
function inputGradient(b: Builder, { w, g, attrs, s, k, p }: Parts): GraphNode {
  const turned = b.flip(b.permute(w, swap(w, [0, 2, 1])), spatialAxes(w));
  const low = k.map((extent, i) => attrs.kernelDilation[i]! * (extent - 1) - attrs.low[i]!);
  const high = s.map((extent, i) => {
    return (
      dilated(extent, attrs.inputDilation[i]!) - dilated(p[i]!, attrs.stride[i]!) + attrs.low[i]!
    );
  });
  return b.conv(g, turned, {
    stride: attrs.inputDilation,
    low,
    high,
    inputDilation: attrs.stride,
    kernelDilation: attrs.kernelDilation,
    order: g.shape.map((_, axis) => axis),
  });
}

/** ∂L/∂w: the input convolved with the gradient, the batch in the place of the channels. */
function kernelGradient(b: Builder, parts: Parts): GraphNode {
  const { x, g, attrs, s, k, p } = parts;
  const dense = attrs.stride.every((v) => v === 1);
  if (dense && attrs.inputDilation.some((v) => v > 1)) return turnedKernelGradient(b, parts);
  const high = k.map((extent, i) => {
    const spread = dilated(s[i]!, attrs.inputDilation[i]!);
    const reach = dilated(extent, attrs.kernelDilation[i]!) + dilated(p[i]!, attrs.stride[i]!) - 1;
    return reach - spread - attrs.low[i]!;
  });
  return b.conv(b.permute(x, swap(x, [2, 1, 0])), b.permute(g, swap(g, [1, 2, 0])), {
    stride: attrs.kernelDilation,
    low: attrs.low,
    high,
    inputDilation: attrs.inputDilation,
    kernelDilation: attrs.stride,
    order: swap(x, [1, 2, 0]),
  });
}

/** The same of a transposed convolution: the gradient convolved with the input, without zeros. */
function turnedKernelGradient(b: Builder, { x, g, attrs, s, k, p }: Parts): GraphNode {
  const low = k.map((extent, i) => attrs.kernelDilation[i]! * (extent - 1) - attrs.low[i]!);
  const high = k.map((extent, i) => {
    const reach =
      dilated(extent, attrs.kernelDilation[i]!) + dilated(s[i]!, attrs.inputDilation[i]!) - 1;
    return reach - p[i]! - low[i]!;
  });
  const turned = b.conv(b.permute(g, swap(g, [2, 1, 0])), b.permute(x, swap(x, [1, 2, 0])), {
    stride: attrs.kernelDilation,
    low,
    high,
    inputDilation: attrs.stride,
    kernelDilation: attrs.inputDilation,
    order: swap(x, [1, 0, 2]),
  });
  return b.flip(turned, spatialAxes(x));
}

const gradient: GradientRule<'conv'> = (b, node, g) => {
  const [x, w] = [node.inputs[0]!, node.inputs[1]!];
  if ([x, w, node].some((v) => sizeOf(v.shape) === 0)) return [b.like(x, 0), b.like(w, 0)];
  const natural = b.permute(g, inversePermutation(node.attrs.order));
  const [s, k, p] = [x, w, natural].map((v) => v.shape.slice(LEADING)) as [
    number[],
    number[],
    number[],
  ];
  const parts: Parts = { x, w, g: natural, attrs: node.attrs, s, k, p };
  return [inputGradient(b, parts), kernelGradient(b, parts)];
};

export const conv: OpRow<'conv'> = {
  name: 'conv',
  family: 'contraction',
  dtypes: DTYPES,
  infer(inputs, attrs) {
    const [x, w] = operands('conv', inputs, 2);
    checkSameDtype('conv', inputs);
    checkDtype('conv', x, DTYPES);
    checkAttrs(x.shape, w.shape, attrs);
    return { shape: at(naturalShape(x.shape, w.shape, attrs), attrs.order), dtype: x.dtype };
  },
  reference: ([x, w], attrs, out) => reference(x!, w!, attrs, out),
  gradient,
};
