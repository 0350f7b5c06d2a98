import { ShapeError } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sizeOf, stridesOf } from '../core/shape.js';
import type { Aval, OpAttrs } from '../graph/node.js';
import {
  ALL,
  checkAscendingAxes,
  checkAxis,
  checkPerAxis,
  checkSameDtype,
  operands,
  wantedShape,
} from './operands.js';
import type { OpRow } from './row.js';
import { at, inversePermutation, offsetsOf, pick } from './strided.js';

const reshape: OpRow<'reshape'> = {
  name: 'reshape',
  family: 'movement',
  dtypes: ALL,
  infer(inputs, _attrs, wanted) {
    const [x] = operands('reshape', inputs, 1);
    const shape = wantedShape('reshape', wanted);
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new ShapeError(
        `reshape: shape ${formatShape(x.shape)} has ${sizeOf(x.shape)} elements and ` +
          `${formatShape(shape)} has ${sizeOf(shape)}; the numbers must be equal.`,
      );
    }
    return { shape, dtype: x.dtype };
  },
  reference: ([x]) => x!.data.slice(),
  gradient: (b, node, g) => [b.reshape(g, node.inputs[0]!.shape)],
};

const permute: OpRow<'permute'> = {
  name: 'permute',
  family: 'movement',
  dtypes: ALL,
  infer(inputs, { axes }) {
    const [x] = operands('permute', inputs, 1);
    const rank = x.shape.length;
    if (axes.length !== rank || !x.shape.every((_, axis) => axes.includes(axis))) {
      throw new ShapeError(
        `permute: axes [${axes.join(', ')}] do not permute the ${rank} axes of shape ` +
          `${formatShape(x.shape)}; name each of ${rank === 0 ? 'none' : `0…${rank - 1}`} once.`,
      );
    }
    return { shape: at(x.shape, axes), dtype: x.dtype };
  },
  reference: ([x], { axes }, out) =>
    pick(x!.data, offsetsOf(out.shape, at(stridesOf(x!.shape), axes))),
  gradient: (b, node, g) => [b.permute(g, inversePermutation(node.attrs.axes))],
};

const broadcast: OpRow<'broadcast'> = {
  name: 'broadcast',
  family: 'movement',
  dtypes: ALL,
  infer(inputs, _attrs, wanted) {
    const [x] = operands('broadcast', inputs, 1);
    const shape = wantedShape('broadcast', wanted);
    const fits = x.shape.every((d, axis) => d === shape[axis] || d === 1);
    if (shape.length !== x.shape.length || !fits) {
      throw new ShapeError(
        `broadcast: shape ${formatShape(x.shape)} does not repeat to ${formatShape(shape)}; ` +
          `keep the rank, and make each extent equal or 1.`,
      );
    }
    return { shape, dtype: x.dtype };
  },
  reference: ([x], _attrs, out) => {
    const strides = stridesOf(x!.shape).map((s, axis) => (x!.shape[axis] === 1 ? 0 : s));
    return pick(x!.data, offsetsOf(out.shape, strides));
  },
  gradient: (b, node, g) => {
    const { shape } = node.inputs[0]!;
    const axes = shape.flatMap((d, axis) => (d !== g.shape[axis] ? [axis] : []));
    return [b.reduceKeep('sum', g, axes)];
  },
};

/** Extent of an axis after `pad`; negative where more is cut off than there is. */
function paddedExtent(extent: number, low: number, high: number, interior: number): number {
  return low + high + extent + Math.max(extent - 1, 0) * interior;
}

function inferPad(x: Aval, { low, high, interior }: OpAttrs['pad']): Shape {
  checkPerAxis('pad', 'low', low, x.shape);
  checkPerAxis('pad', 'high', high, x.shape);
  checkPerAxis('pad', 'interior', interior, x.shape, 0);
  return x.shape.map((extent, axis) => {
    const padded = paddedExtent(extent, low[axis]!, high[axis]!, interior[axis]!);
    if (padded >= 0) return padded;
    throw new ShapeError(
      `pad: axis ${axis} of shape ${formatShape(x.shape)} would get extent ${padded} from ` +
        `low ${low[axis]}, high ${high[axis]}, interior ${interior[axis]}; cut off less.`,
    );
  });
}

const pad: OpRow<'pad'> = {
  name: 'pad',
  family: 'movement',
  dtypes: ALL,
  infer(inputs, attrs) {
    const [x] = operands('pad', inputs, 1);
    return { shape: inferPad(x, attrs), dtype: x.dtype };
  },
  reference([x], { low, interior, value }, out) {
    const data = new Float64Array(sizeOf(out.shape)).fill(value);
    const steps = interior.map((n) => n + 1);
    // The elements that stay: 0 ≤ low + i · step < extent, as first i and count per axis.
    const first = steps.map((step, axis) => Math.max(0, Math.ceil(-low[axis]! / step)));
    const count = steps.map((step, axis) => {
      const end = Math.ceil((out.shape[axis]! - low[axis]!) / step);
      return Math.max(0, Math.min(x!.shape[axis]!, end) - first[axis]!);
    });
    const from = stridesOf(x!.shape);
    const to = stridesOf(out.shape);
    const base = first.reduce((sum, i, axis) => sum + i * from[axis]!, 0);
    const start = first.reduce((s, i, a) => s + (low[a]! + i * steps[a]!) * to[a]!, 0);
    const source = offsetsOf(count, from, base);
    const target = offsetsOf(
      count,
      to.map((s, axis) => s * steps[axis]!),
      start,
    );
    for (let k = 0; k < source.length; k++) data[target[k]!] = x!.data[source[k]!]!;
    return data;
  },
  // Undo the edges, which restores what was cut off as zeros, then step over the interior.
  gradient: (b, node, g) => {
    const { low, high, interior } = node.attrs;
    const zeros = low.map(() => 0);
    const edges = { low: low.map((v) => -v), high: high.map((v) => -v) };
    const whole = [...low, ...high].every((v) => v === 0)
      ? g
      : b.pad(g, { ...edges, interior: zeros, value: 0 });
    if (interior.every((v) => v === 0)) return [whole];
    const step = interior.map((v) => v + 1);
    return [b.slice(whole, { start: zeros, stop: whole.shape, step })];
  },
};

const slice: OpRow<'slice'> = {
  name: 'slice',
  family: 'movement',
  dtypes: ALL,
  infer(inputs, { start, stop, step }) {
    const [x] = operands('slice', inputs, 1);
    checkPerAxis('slice', 'start', start, x.shape, 0);
    checkPerAxis('slice', 'stop', stop, x.shape, 0);
    checkPerAxis('slice', 'step', step, x.shape, 1);
    const shape = x.shape.map((extent, axis) => {
      const from = start[axis]!;
      const to = stop[axis]!;
      if (from <= to && to <= extent) return Math.ceil((to - from) / step[axis]!);
      throw new ShapeError(
        `slice: ${from}…${to} does not lie within axis ${axis} of shape ` +
          `${formatShape(x.shape)}; use 0 ≤ start ≤ stop ≤ ${extent}.`,
      );
    });
    return { shape, dtype: x.dtype };
  },
  reference([x], { start, step }, out) {
    const strides = stridesOf(x!.shape);
    const base = start.reduce((sum, i, axis) => sum + i * strides[axis]!, 0);
    return pick(
      x!.data,
      offsetsOf(
        out.shape,
        strides.map((s, axis) => s * step[axis]!),
        base,
      ),
    );
  },
  gradient: (b, node, g) => {
    const { start, step } = node.attrs;
    const high = node.inputs[0]!.shape.map((extent, axis) => {
      const n = g.shape[axis]!;
      return extent - start[axis]! - (n === 0 ? 0 : (n - 1) * step[axis]! + 1);
    });
    return [b.pad(g, { low: start, high, interior: step.map((s) => s - 1), value: 0 })];
  },
};

const flip: OpRow<'flip'> = {
  name: 'flip',
  family: 'movement',
  dtypes: ALL,
  infer(inputs, { axes }) {
    const [x] = operands('flip', inputs, 1);
    checkAscendingAxes('flip', axes, x.shape);
    return { shape: x.shape, dtype: x.dtype };
  },
  reference([x], { axes }, out) {
    const strides = stridesOf(out.shape);
    const base = axes.reduce((sum, a) => sum + (out.shape[a]! - 1) * strides[a]!, 0);
    const signed = strides.map((s, axis) => (axes.includes(axis) ? -s : s));
    return pick(x!.data, offsetsOf(out.shape, signed, base));
  },
  gradient: (b, node, g) => [b.flip(g, node.attrs.axes)],
};

const concat: OpRow<'concat'> = {
  name: 'concat',
  family: 'movement',
  dtypes: ALL,
  infer(inputs, { axis }) {
    const [first, ...rest] = operands('concat', inputs, Math.max(inputs.length, 1));
    checkAxis('concat', axis, first!.shape);
    checkSameDtype('concat', inputs);
    const { shape, dtype } = first!;
    for (const x of rest) {
      const fits = x.shape.every((d, i) => i === axis || d === shape[i]);
      if (x.shape.length === shape.length && fits) continue;
      throw new ShapeError(
        `concat: shapes ${formatShape(shape)} and ${formatShape(x.shape)} differ elsewhere than ` +
          `in axis ${axis}; make all other extents equal.`,
      );
    }
    const extent = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
    return { shape: shape.map((d, i) => (i === axis ? extent : d)), dtype };
  },
  reference(inputs, { axis }, out) {
    const data = new Float64Array(sizeOf(out.shape));
    const strides = stridesOf(out.shape);
    let start = 0;
    for (const x of inputs) {
      const target = offsetsOf(x.shape, strides, start);
      for (let k = 0; k < target.length; k++) data[target[k]!] = x.data[k]!;
      start += x.shape[axis]! * strides[axis]!;
    }
    return data;
  },
  gradient: (b, node, g) => {
    const { axis } = node.attrs;
    const step = g.shape.map(() => 1);
    let from = 0;
    return node.inputs.map((x) => {
      const to = from + x.shape[axis]!;
      const start = g.shape.map((_, i) => (i === axis ? from : 0));
      const stop = g.shape.map((d, i) => (i === axis ? to : d));
      from = to;
      return b.slice(g, { start, stop, step });
    });
  },
};

export const MOVEMENT = { reshape, permute, broadcast, pad, slice, flip, concat };
