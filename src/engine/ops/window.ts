import { isFloat, leastOf } from '../core/dtype.js';
import { ArgumentError, ShapeError } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sizeOf, stridesOf } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { Aval, GraphNode, OpAttrs } from '../graph/node.js';
import { dilated, windows } from './conv.js';
import { ALL, NUMERIC, checkAxis, checkDtype, operands } from './operands.js';
import type { OpRow, RefArray } from './row.js';
import { offsetsOf, pick } from './strided.js';

/** The sliding view: movement, so that reductions over windows read them where they lie. */
const window: OpRow<'window'> = {
  name: 'window',
  family: 'movement',
  dtypes: ALL,
  infer(inputs, { axis, size, stride, dilation }) {
    const [x] = operands('window', inputs, 1);
    checkAxis('window', axis, x.shape);
    for (const [name, v] of Object.entries({ size, stride, dilation })) {
      if (Number.isInteger(v) && v >= 1) continue;
      throw new ArgumentError(`window: ${name} is ${v}; use an integer ≥ 1.`);
    }
    const count = windows(x.shape[axis]!, dilated(size, dilation), stride);
    return { shape: [...x.shape.map((d, i) => (i === axis ? count : d)), size], dtype: x.dtype };
  },
  reference([x], { axis, stride, dilation }, out) {
    const strides = stridesOf(x!.shape);
    const along = strides[axis]!;
    const own = strides.map((s, i) => (i === axis ? s * stride : s));
    return pick(x!.data, offsetsOf(out.shape, [...own, along * dilation]));
  },
  gradient: (b, node, g) => {
    const x = node.inputs[0]!;
    return [overlapAdd(b, g, node.attrs, x.shape[node.attrs.axis]!)];
  },
};

/**
 * The adjoint of `window`: the windows `g` laid over an axis of `extent` elements, and added where they
 * overlap. Each place within the windows by itself: what it read gets its part.
 */
export function overlapAdd(
  b: Builder,
  g: GraphNode,
  { axis, size, stride, dilation }: OpAttrs['window'],
  extent: number,
): GraphNode {
  const last = g.shape.length - 1;
  const shape = g.shape.slice(0, last).map((d, i) => (i === axis ? extent : d));
  if (sizeOf(g.shape) === 0) return b.constant(0, shape, g.dtype);
  const count = g.shape[axis]!;
  const parts = Array.from({ length: size }, (_, k) => {
    const part = b.slice(g, {
      start: g.shape.map((_d, i) => (i === last ? k : 0)),
      stop: g.shape.map((d, i) => (i === last ? k + 1 : d)),
      step: g.shape.map(() => 1),
    });
    const at = (value: number): number[] => shape.map((_d, i) => (i === axis ? value : 0));
    const covered = k * dilation + dilated(count, stride);
    return b.pad(b.reshape(part, part.shape.slice(0, -1)), {
      low: at(k * dilation),
      high: at(extent - covered),
      interior: at(stride - 1),
      value: 0,
    });
  });
  return parts.reduce((sum, part) => b.add(sum, part));
}

type WindowAttrs = OpAttrs['windowMax'];
type WindowOp = 'windowSum' | 'windowMax' | 'argMaxWindow';

function inferWindows(op: WindowOp, x: Aval, attrs: WindowAttrs): Shape {
  checkDtype(op, x, NUMERIC);
  const rank = attrs.size.length;
  if (rank > x.shape.length) {
    throw new ShapeError(
      `${op}: a window of ${rank} axes over shape ${formatShape(x.shape)}; use no more axes than ` +
        'there are.',
    );
  }
  const least = { size: 1, stride: 1, dilation: 1, low: -Infinity, high: -Infinity };
  for (const [name, from] of Object.entries(least)) {
    const list = attrs[name as keyof typeof least];
    if (list.length === rank && list.every((v) => Number.isInteger(v) && v >= from)) continue;
    throw new ArgumentError(
      `${op}: ${name} is [${list.join(', ')}]; give ${rank} integers` +
        `${from > 0 ? ` ≥ ${from}` : ''}, one per axis of the window.`,
    );
  }
  const lead = x.shape.length - rank;
  const counts = attrs.size.map((size, i) => {
    const padded = x.shape[lead + i]! + attrs.low[i]! + attrs.high[i]!;
    return windows(padded, dilated(size, attrs.dilation[i]!), attrs.stride[i]!);
  });
  return [...x.shape.slice(0, lead), ...counts];
}

/** Calls `visit` for each window with the values and flat positions of the elements within. */
function mapWindows(
  x: RefArray,
  attrs: WindowAttrs,
  out: Aval,
  value: (data: Float64Array, positions: readonly number[]) => number,
): Float64Array {
  const rank = attrs.size.length;
  const spatial = x.shape.slice(x.shape.length - rank);
  const counts = out.shape.slice(out.shape.length - rank);
  const plane = sizeOf(spatial);
  const strides = stridesOf(spatial);
  const unit = (d: number): number[] => spatial.map((_, i) => (i === d ? 1 : 0));
  const starts = counts.map((_, d) => offsetsOf(counts, unit(d)));
  const taps = spatial.map((_, d) => offsetsOf(attrs.size, unit(d)));
  const places = Array.from({ length: sizeOf(counts) }, (_, p) => {
    const found: number[] = [];
    for (let k = 0; k < sizeOf(attrs.size); k++) {
      let flat = 0;
      for (let d = 0; d < rank; d++) {
        const i =
          starts[d]![p]! * attrs.stride[d]! + taps[d]![k]! * attrs.dilation[d]! - attrs.low[d]!;
        flat = i >= 0 && i < spatial[d]! ? flat + i * strides[d]! : -Infinity;
      }
      if (flat >= 0) found.push(flat);
    }
    return found;
  });
  const data = new Float64Array(sizeOf(out.shape));
  for (let at = 0; at < data.length; at++) {
    const start = Math.floor(at / places.length) * plane;
    data[at] = value(x.data.subarray(start, start + plane), places[at % places.length]!);
  }
  return data;
}

/** Whether windows lie side by side: each element is in one at most. */
function liesApart({ size, stride, dilation }: WindowAttrs): boolean {
  return size.every((k, i) => stride[i] === k && dilation[i] === 1);
}

/** Windows that lie side by side as axes of their own, [lead, P, K, Q, L], and back to [lead, S, R]. */
class Apart {
  private readonly lead: number;
  /** Axes within the windows. */
  readonly within: readonly number[];
  private readonly split: readonly number[];
  private readonly merged: readonly number[];

  constructor(
    private readonly b: Builder,
    private readonly x: GraphNode,
    out: Aval,
    private readonly attrs: WindowAttrs,
  ) {
    this.lead = x.shape.length - attrs.size.length;
    const lead = x.shape.slice(0, this.lead);
    const counts = out.shape.slice(this.lead);
    this.split = [...lead, ...attrs.size.flatMap((k, i) => [counts[i]!, k])];
    this.merged = [...lead, ...attrs.size.map((k, i) => counts[i]! * k)];
    this.within = attrs.size.map((_, i) => this.lead + 2 * i + 1);
  }

  /** The windows beside each other, [lead, P · K, Q · L]. */
  merge(y: GraphNode): GraphNode {
    return this.b.reshape(y, this.merged);
  }

  /** What is merged in the shape of x: where there is no window lies 0. */
  close(y: GraphNode): GraphNode {
    const low = this.perAxis((i) => -this.attrs.low[i]!);
    const high = low.map((v, axis) => this.x.shape[axis]! - v - this.merged[axis]!);
    const interior = low.map(() => 0);
    return this.b.pad(y, { low, high, interior, value: 0 });
  }

  /** Each element repeated over its window. */
  repeat(y: GraphNode): GraphNode {
    const single = this.split.map((d, axis) => (this.within.includes(axis) ? 1 : d));
    return this.b.broadcast(this.b.reshape(y, single), this.split);
  }

  /** The position within the window, in row-major order. */
  positions(): GraphNode {
    const { b, split, within } = this;
    const strides = stridesOf(this.attrs.size);
    return within
      .map((axis, i) => {
        const index = b.iota(split, axis, 'i32');
        return strides[i] === 1 ? index : b.mul(index, b.like(index, strides[i]!));
      })
      .reduce((sum, part) => b.add(sum, part));
  }

  private perAxis(of: (i: number) => number): number[] {
    return this.x.shape.map((_, axis) => (axis < this.lead ? 0 : of(axis - this.lead)));
  }
}

const windowSum: OpRow<'windowSum'> = {
  name: 'windowSum',
  family: 'window',
  dtypes: NUMERIC,
  infer(inputs, attrs) {
    const [x] = operands('windowSum', inputs, 1);
    return { shape: inferWindows('windowSum', x, attrs), dtype: x.dtype };
  },
  reference([x], attrs, out) {
    const float = isFloat(out.dtype);
    return mapWindows(x!, attrs, out, (data, positions) =>
      positions.reduce((sum, at) => (float ? sum + data[at]! : (sum + data[at]!) | 0), 0),
    );
  },
  gradient: (b, node, g) => {
    const x = node.inputs[0]!;
    const { size, stride, dilation, low } = node.attrs;
    if (sizeOf(g.shape) === 0 || sizeOf(x.shape) === 0) return [b.like(x, 0)];
    if (liesApart(node.attrs)) {
      const windows = new Apart(b, x, g, node.attrs);
      return [windows.close(windows.merge(windows.repeat(g)))];
    }
    const lead = x.shape.slice(0, x.shape.length - size.length).map(() => 0);
    const zeros = g.shape.map(() => 0);
    const interior = [...lead, ...stride.map((s) => s - 1)];
    const spread = interior.some((v) => v > 0)
      ? b.pad(g, { low: zeros, high: zeros, interior, value: 0 })
      : g;
    const attrs = {
      size,
      stride: size.map(() => 1),
      dilation,
      low: size.map((k, i) => dilation[i]! * (k - 1) - low[i]!),
      high: size.map((_, i) => {
        const axis = lead.length + i;
        return x.shape[axis]! - spread.shape[axis]! + low[i]!;
      }),
    };
    return [b.windowSum(spread, attrs)];
  },
};

/** Whether all windows have elements only, and no padding. */
function staysWithin(x: Aval, { shape, attrs }: GraphNode<'windowMax'>): boolean {
  const lead = shape.length - attrs.size.length;
  return attrs.size.every((k, i) => {
    const end = shape[lead + i]! * k - attrs.low[i]!;
    return attrs.low[i]! <= 0 && end <= x.shape[lead + i]!;
  });
}

/** Of windows side by side: the gradient where an element is the first that is the maximum. */
function toFirstMaximum(b: Builder, node: GraphNode<'windowMax'>, g: GraphNode): GraphNode {
  const windows = new Apart(b, node.inputs[0]!, node, node.attrs);
  const first = firstMaximum(b, node);
  // Merged ahead of the choice: should it lie in memory, its rows are those of the images.
  const positions = windows.merge(windows.positions());
  const isFirst = b.compare('eq', positions, windows.merge(windows.repeat(first)));
  const spread = windows.merge(windows.repeat(g));
  return windows.close(b.where(isFirst, spread, b.like(spread, 0)));
}

/**
 * For each window the position within it of its first maximum, in row-major order: a reduction over
 * the same view as the maximum itself, so that both can be one kernel.
 */
function firstMaximum(b: Builder, node: GraphNode<'windowMax'>): GraphNode {
  const { attrs } = node;
  const x = node.inputs[0]!;
  const lead = x.shape.length - attrs.size.length;
  const cut = x.shape.map((_, axis) => (axis < lead ? 0 : -attrs.low[axis - lead]!));
  const step = x.shape.map(() => 1);
  const view = windowsOf(b, b.slice(x, { start: cut, stop: x.shape, step }), attrs);
  const axes = attrs.size.map((_, i) => node.shape.length + i);
  const single = [...node.shape, ...attrs.size.map(() => 1)];
  const maximum = b.broadcast(b.reshape(node, single), view.shape);
  const isMaximum = b.binary(
    'or',
    b.compare('eq', view, maximum),
    b.compare('ne', view, view), // NaN is the maximum
  );
  const strides = stridesOf(attrs.size);
  const position = axes
    .map((axis, i) =>
      b.mul(b.iota(view.shape, axis, 'i32'), b.constant(strides[i]!, view.shape, 'i32')),
    )
    .reduce((sum, part) => b.add(sum, part));
  const none = b.like(position, sizeOf(attrs.size));
  return b.reduce('reduceMin', b.where(isMaximum, position, none), axes);
}

const windowMax: OpRow<'windowMax'> = {
  name: 'windowMax',
  family: 'window',
  dtypes: NUMERIC,
  infer(inputs, attrs) {
    const [x] = operands('windowMax', inputs, 1);
    return { shape: inferWindows('windowMax', x, attrs), dtype: x.dtype };
  },
  reference: ([x], attrs, out) =>
    mapWindows(x!, attrs, out, (data, positions) =>
      positions.reduce((most, at) => Math.max(most, data[at]!), leastOf(out.dtype)),
    ),
  gradient: (b, node, g) => {
    const x = node.inputs[0]!;
    if (liesApart(node.attrs) && staysWithin(x, node)) return [toFirstMaximum(b, node, g)];
    const rank = node.attrs.size.length;
    const lead = sizeOf(x.shape.slice(0, x.shape.length - rank));
    const plane = sizeOf(x.shape.slice(x.shape.length - rank));
    const flat = [lead, sizeOf(g.shape.slice(g.shape.length - rank))];
    const index = b.reshape(b.argMaxWindow(x, node.attrs), flat);
    return [b.reshape(b.scatterAdd(b.reshape(g, flat), index, 1, plane), x.shape)];
  },
};

const argMaxWindow: OpRow<'argMaxWindow'> = {
  name: 'argMaxWindow',
  family: 'window',
  dtypes: NUMERIC,
  infer(inputs, attrs) {
    const [x] = operands('argMaxWindow', inputs, 1);
    return { shape: inferWindows('argMaxWindow', x, attrs), dtype: 'i32' };
  },
  reference: ([x], attrs, out) =>
    mapWindows(x!, attrs, out, (data, positions) => {
      let best = -1;
      for (const at of positions) {
        if (best < 0 || data[at]! > data[best]!) best = at;
        else if (Number.isNaN(data[at]!) && !Number.isNaN(data[best]!)) best = at;
      }
      return best;
    }),
  gradient: { none: 'an index has no derivative' },
};

/** x as [lead, …] with the window operation's axes last, as a view of windows [..., …P, …K]. */
export function windowsOf(b: Builder, x: GraphNode, attrs: WindowAttrs): GraphNode {
  const lead = x.shape.length - attrs.size.length;
  return attrs.size.reduce((view, size, i) => {
    const [stride, dilation] = [attrs.stride[i]!, attrs.dilation[i]!];
    return b.window(view, { axis: lead + i, size, stride, dilation });
  }, x);
}

export const WINDOW = { window, windowSum, windowMax, argMaxWindow };
