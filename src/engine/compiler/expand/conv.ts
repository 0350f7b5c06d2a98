import type { Shape } from '../../core/shape.js';
import { sizeOf } from '../../core/shape.js';
import type { Builder } from '../../graph/builder.js';
import type { GraphNode, OpAttrs } from '../../graph/node.js';
import type { Target } from '../ir/ir.js';
import { isOp } from '../../graph/node.js';
import { LEADING, dilated, windows, windowsOf } from '../../ops/index.js';

type ConvAttrs = OpAttrs['conv'];

/**
 * A convolution as its kernel carries it out: without input dilation, and without padding but for, in
 * some, that along the first axis. What is padded is padded in memory, once for all that read it; a
 * dilated input is taken apart where stride and kernel allow it, so that nothing is multiplied by the
 * zeros between its elements.
 */
export function expandConv(
  b: Builder,
  node: GraphNode<'conv'>,
  target: Pick<Target, 'writtenOut'>,
): GraphNode {
  const [x, w] = node.inputs as [GraphNode, GraphNode];
  const attrs = withoutIdleSteps(node, x.shape, w.shape);
  const phased = attrs.inputDilation.findIndex((d, i) => {
    return d > 1 && attrs.stride[i] === 1 && attrs.kernelDilation[i] === 1;
  });
  if (sizeOf(node.shape) === 0) return b.constant(0, node.shape, node.dtype);
  if (x.shape.slice(LEADING).every((d) => d === 1)) return ofPoints(b, node, attrs);
  if (phased >= 0) return inPhases(b, node, attrs, phased, target);
  return dense(b, x, w, attrs, target);
}

/** Steps over a single element are as good as steps of 1; what no window reaches is not there. */
function withoutIdleSteps(node: GraphNode<'conv'>, x: Shape, w: Shape): ConvAttrs {
  const { attrs } = node;
  const at = (shape: Shape, i: number): number => shape[LEADING + i]!;
  const outputs = (i: number): number => node.shape[attrs.order.indexOf(LEADING + i)]!;
  const only = (list: readonly number[], count: (i: number) => number): number[] =>
    list.map((v, i) => (count(i) <= 1 ? 1 : v));
  const stride = only(attrs.stride, outputs);
  const inputDilation = only(attrs.inputDilation, (i) => at(x, i));
  const kernelDilation = only(attrs.kernelDilation, (i) => at(w, i));
  const high = attrs.high.map((given, i) => {
    if (outputs(i) === 0) return given;
    const needed = (outputs(i) - 1) * stride[i]! + dilated(at(w, i), kernelDilation[i]!);
    return needed - attrs.low[i]! - dilated(at(x, i), inputDilation[i]!);
  });
  return { ...attrs, stride, high, inputDilation, kernelDilation };
}

/** Cuts off and pads what the windows do not and do need. */
function dense(
  b: Builder,
  x: GraphNode,
  w: GraphNode,
  attrs: ConvAttrs,
  target: Pick<Target, 'writtenOut'>,
): GraphNode {
  const leading = new Array<number>(LEADING).fill(0);
  const thin = isThin(x.shape, w.shape, target);
  const kept = { low: attrs.low.map(() => 0), high: attrs.low.map(() => 0) };
  if (!thin && leavesFirstAxis(x.shape, w.shape, attrs)) {
    kept.low[0] = Math.max(0, attrs.low[0]!);
    kept.high[0] = Math.max(0, attrs.high[0]!);
  }
  const padded = resized(b, x, {
    low: [...leading, ...attrs.low.map((v, i) => v - kept.low[i]!)],
    high: [...leading, ...attrs.high.map((v, i) => v - kept.high[i]!)],
    interior: [...leading, ...attrs.inputDilation.map((d) => d - 1)],
  });
  if (thin) return asReduction(b, padded, w, attrs);
  return b.conv(padded, w, { ...attrs, ...kept, inputDilation: attrs.low.map(() => 1) });
}

/** Taps of a window that lanes run across, from output to output. */
const MOST_TAPS = 64;

/**
 * Whether long sums make few results, and nothing is multiplied twice: the gradient of a depthwise
 * convolution's weight. A register tile would be all edge. So it is in a depthwise convolution itself,
 * but only where windows are written out is a kernel of loops better.
 */
function isThin(
  [batch, , channels]: Shape,
  [, outputs, , ...kernel]: Shape,
  { writtenOut = 0 }: Pick<Target, 'writtenOut'>,
): boolean {
  const small = writtenOut > 0 && sizeOf(kernel) <= MOST_TAPS;
  return outputs === 1 && (channels === 1 ? small : batch === 1);
}

/** Σ_c Σ_k over a view of the windows: one kernel of loops, like a pooling. */
function asReduction(b: Builder, x: GraphNode, w: GraphNode, attrs: ConvAttrs): GraphNode {
  const kernel = w.shape.slice(LEADING);
  const none = kernel.map(() => 0);
  const { stride, kernelDilation: dilation } = attrs;
  const view = windowsOf(b, x, { size: kernel, stride, dilation, low: none, high: none });
  const [g, , c] = w.shape as [number, number, number];
  const places = none.map(() => 1);
  const factors = b.broadcastTo(b.reshape(w, [1, g, c, ...places, ...kernel]), view.shape);
  const taps = view.shape.map((_, axis) => axis).slice(x.shape.length);
  const sums = b.sum(b.mul(view, factors), [2, ...taps]);
  const [n, , ...rest] = sums.shape as [number, number, ...number[]];
  return b.permute(b.reshape(sums, [n, g, 1, ...rest]), attrs.order);
}

/** Share of the products with padding above which it is worth to count taps, row by row. */
const IDLE = 0.1;

/**
 * Whether the kernel itself should leave out the padding along the first of several spatial axes,
 * because too many of its products would be with zeros: in a small image, or where the gradient of
 * a layer without padding has it all around.
 */
function leavesFirstAxis(x: Shape, w: Shape, attrs: ConvAttrs): boolean {
  const [extent, taps] = [x[LEADING]!, w[LEADING]!];
  if (attrs.low.length < 2 || attrs.inputDilation[0] !== 1 || taps === 1) return false;
  const [low, high] = [Math.max(0, attrs.low[0]!), Math.max(0, attrs.high[0]!)];
  const [stride, dilation] = [attrs.stride[0]!, attrs.kernelDilation[0]!];
  const cut = Math.max(0, -attrs.low[0]!) + Math.max(0, -attrs.high[0]!);
  const inside = extent - cut;
  const outputs = windows(low + inside + high, dilated(taps, dilation), stride);
  let there = 0;
  for (let p = 0; p < outputs; p++) {
    for (let k = 0; k < taps; k++) {
      const at = p * stride + k * dilation - low;
      if (at >= 0 && at < inside) there++;
    }
  }
  return outputs > 1 && there < (1 - IDLE) * outputs * taps;
}

type Ends = Omit<OpAttrs['pad'], 'value'>;

/**
 * x cut off, as a view, where `low` and `high` are negative, and padded with zeros. What is permuted
 * is padded first: of what is padded once, all permuted forms are views.
 */
function resized(b: Builder, x: GraphNode, ends: Ends): GraphNode {
  if (isOp(x, 'permute')) {
    const { axes } = x.attrs;
    const own = (list: readonly number[]): number[] => list.map((_, a) => list[axes.indexOf(a)]!);
    const { low, high, interior } = ends;
    const of = { low: own(low), high: own(high), interior: own(interior) };
    return b.permute(resized(b, x.inputs[0]!, of), axes);
  }
  const extents = x.shape.map((d, i) => dilated(d, ends.interior[i]! + 1));
  if (extents.some((d, i) => -ends.low[i]! >= d || -ends.high[i]! >= d)) {
    // Nothing of x is left, only what it is padded with.
    return b.constant(
      0,
      extents.map((d, i) => ends.low[i]! + d + ends.high[i]!),
      x.dtype,
    );
  }
  const { low, high, interior } = ends;
  const spread = interior.some((v) => v > 0);
  const cut = (v: number): number => (spread ? 0 : Math.max(0, -v));
  let y = x;
  if ([...low, ...high].some((v) => cut(v) > 0)) {
    const stop = x.shape.map((d, i) => d - cut(high[i]!));
    y = b.slice(y, { start: low.map(cut), stop, step: low.map(() => 1) });
  }
  const left = { low: low.map((v) => v + cut(v)), high: high.map((v) => v + cut(v)) };
  const changes = spread || [...left.low, ...left.high].some((v) => v !== 0);
  return changes ? b.pad(y, { ...left, interior, value: 0 }) : y;
}

/**
 * With stride 1 over an input that is dilated by d, output p = d · q + r meets only the taps
 * k ≡ low - r (mod d) of an axis: the outputs of each r are a convolution with those taps of the
 * input as it is. They are computed one r after the other and put together.
 */
function inPhases(
  b: Builder,
  node: GraphNode<'conv'>,
  attrs: ConvAttrs,
  axis: number,
  target: Pick<Target, 'writtenOut'>,
): GraphNode {
  const [x, w] = node.inputs as [GraphNode, GraphNode];
  const d = attrs.inputDilation[axis]!;
  const low = attrs.low[axis]!;
  const at = attrs.order.indexOf(LEADING + axis);
  const outputs = node.shape[at]!;
  const each = Math.ceil(outputs / d);
  const taps = w.shape[LEADING + axis]!;
  const extent = x.shape[LEADING + axis]!;
  const set = (list: readonly number[], value: number): number[] =>
    list.map((v, i) => (i === axis ? value : v));
  const phases = Array.from({ length: d }, (_, r) => {
    const first = (((low - r) % d) + d) % d;
    if (first >= taps) return undefined;
    const some = every(b, w, LEADING + axis, first, d);
    const own = (low - r - first) / d;
    const high = each - 1 + some.shape[LEADING + axis]! - extent - own;
    const phase = b.conv(x, some, {
      ...attrs,
      low: set(attrs.low, own),
      high: set(attrs.high, high),
      inputDilation: set(attrs.inputDilation, 1),
    });
    return expandConv(b, phase as GraphNode<'conv'>, target);
  });
  const shape = node.shape.map((extentOf, i) => (i === at ? each : extentOf));
  const interleaved = interleave(b, phases, shape, at, node);
  return b.slice(interleaved, {
    start: shape.map(() => 0),
    stop: node.shape,
    step: shape.map(() => 1),
  });
}

/**
 * Where the input is a single point, output p meets the one tap k with dilation · k = low - stride ·
 * p: a product of matrices. The gradient of a layer whose kernel covers its whole input is such.
 */
function ofPoints(b: Builder, node: GraphNode<'conv'>, attrs: ConvAttrs): GraphNode {
  const [x, w] = node.inputs as [GraphNode, GraphNode];
  let taps = w;
  x.shape.slice(LEADING).forEach((_, i) => {
    const axis = LEADING + i;
    const outputs = node.shape[attrs.order.indexOf(axis)]!;
    taps = tapsMet(
      b,
      taps,
      { axis, outputs, at: (p) => attrs.low[i]! - attrs.stride[i]! * p },
      attrs.kernelDilation[i]!,
    );
  });
  const [n, g, c] = x.shape as [number, number, number];
  const product = b.dot(b.reshape(x, [n, g, c]), taps, {
    batch: [[1], [0]],
    contract: [[2], [2]],
  });
  // [G, N, O, …P] in the order of [N, G, O, …P], then in that of the result.
  const natural = b.permute(product, exchange(product, 0, 1));
  return b.permute(natural, attrs.order);
}

function exchange(x: GraphNode, i: number, j: number): number[] {
  return x.shape.map((_, axis) => (axis === i ? j : axis === j ? i : axis));
}

/** Along an axis of the weight, for each output the tap that it meets, 0 where it meets none. */
function tapsMet(
  b: Builder,
  w: GraphNode,
  of: { axis: number; outputs: number; at: (p: number) => number },
  dilation: number,
): GraphNode {
  const { axis, outputs, at } = of;
  const spread = (value: number, other: number): number[] =>
    w.shape.map((_, i) => (i === axis ? value : other));
  // Positions at(p) fall by a constant step: turned, and cut out of the weight as it is spread.
  const first = at(outputs - 1);
  const last = at(0);
  const extent = dilated(w.shape[axis]!, dilation);
  const padded = b.pad(w, {
    low: spread(-first, 0),
    high: spread(last + 1 - extent, 0),
    interior: spread(dilation - 1, 0),
    value: 0,
  });
  const step = outputs > 1 ? at(0) - at(1) : 1;
  const met = b.slice(padded, {
    start: spread(0, 0),
    stop: padded.shape,
    step: spread(step, 1),
  });
  return b.flip(met, [axis]);
}

/** Elements first, first + step, … along an axis. */
function every(b: Builder, x: GraphNode, axis: number, first: number, step: number): GraphNode {
  return b.slice(x, {
    start: x.shape.map((_, i) => (i === axis ? first : 0)),
    stop: x.shape,
    step: x.shape.map((_, i) => (i === axis ? step : 1)),
  });
}

/** Element d · q + r along `axis` is element q of part r; a part that is missing is zeros. */
function interleave(
  b: Builder,
  parts: readonly (GraphNode | undefined)[],
  shape: Shape,
  axis: number,
  like: GraphNode,
): GraphNode {
  const single = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const columns = parts.map((part) => {
    return part ? b.reshape(part, single) : b.constant(0, single, like.dtype);
  });
  const merged = shape.map((d, i) => (i === axis ? d * parts.length : d));
  return b.reshape(b.concat(columns, axis + 1), merged);
}
