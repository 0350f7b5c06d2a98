import type { DType } from '../core/dtype.js';
import { isFloat, leastOf } from '../core/dtype.js';
import { ArgumentError, ShapeError } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sizeOf } from '../core/shape.js';
import type { Aval, SegmentOp } from '../graph/node.js';
import { ALL, NUMERIC, checkDtype, operands } from './operands.js';
import type { GradientRule, OpRow, RefArray } from './row.js';

/** Elements whose segments one unit of work finds; part of what decreasing pointers give. */
export const IDS_BLOCK = 1024;

/** Throws unless `ptr` is an i32 vector of at least one pointer; gives the number of segments. */
export function checkPointers(op: string, ptr: Aval, name = 'ptr'): number {
  checkDtype(op, ptr, ['i32'], name);
  if (ptr.shape.length === 1 && ptr.shape[0]! > 0) return ptr.shape[0]! - 1;
  throw new ShapeError(
    `${op}: ${name} has shape ${formatShape(ptr.shape)}; give a vector of one pointer more than ` +
      'there are segments.',
  );
}

/** The first element of segment v, and the one after its last, within 0 … size. */
export function segmentRange(ptr: RefArray, v: number, size: number): [number, number] {
  const clamp = (p: number): number => Math.min(size, Math.max(0, p));
  return [clamp(ptr.data[v]!), clamp(ptr.data[v + 1]!)];
}

/** The last of the segments 0 … count - 1 that begins at e or before; 0 if there is none. */
function lastSegmentFrom(ptr: RefArray, e: number, count: number): number {
  let [low, high] = [0, count];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ptr.data[middle]! <= e) low = middle;
    else high = middle;
  }
  return low;
}

/** The segment of each of `size` elements, or -1. */
export function segmentIdsOf(ptr: RefArray, size: number): Float64Array {
  const ids = new Float64Array(size).fill(-1);
  const count = ptr.data.length - 1;
  if (count === 0) return ids;
  for (let from = 0; from < size; from += IDS_BLOCK) {
    const to = Math.min(size, from + IDS_BLOCK);
    const last = lastSegmentFrom(ptr, to - 1, count);
    for (let v = lastSegmentFrom(ptr, from, count); v <= last; v++) {
      const [start, stop] = segmentRange(ptr, v, size);
      for (let e = Math.max(from, start); e < Math.min(to, stop); e++) ids[e] = v;
    }
  }
  return ids;
}

interface SegmentSpec<K extends SegmentOp> {
  readonly dtype?: DType;
  /** Reduces elements start … stop - 1, of which `at` gives the values. */
  readonly reduce: (at: (e: number) => number, start: number, stop: number, dtype: DType) => number;
  readonly gradient: OpRow<K>['gradient'];
}

function segment<K extends SegmentOp>(name: K, spec: SegmentSpec<K>): OpRow<K> {
  return {
    name,
    family: 'segment',
    dtypes: NUMERIC,
    infer(inputs) {
      const [x, ptr] = operands(name, inputs, 2);
      checkDtype(name, x, NUMERIC);
      const count = checkPointers(name, ptr);
      if (x.shape.length === 0) {
        throw new ShapeError(`${name}: a scalar has no elements to divide; give x [E, …].`);
      }
      return { shape: [count, ...x.shape.slice(1)], dtype: spec.dtype ?? x.dtype };
    },
    reference([x, ptr], _attrs, out) {
      const size = x!.shape[0]!;
      const width = sizeOf(x!.shape.slice(1));
      const result = new Float64Array(sizeOf(out.shape));
      for (let i = 0; i < result.length; i++) {
        const [start, stop] = segmentRange(ptr!, Math.floor(i / width), size);
        const at = (e: number): number => x!.data[e * width + (i % width)]!;
        result[i] = spec.reduce(at, start, stop, x!.dtype);
      }
      return result;
    },
    gradient: spec.gradient,
  };
}

/** The gradient of a maximum goes to the first element that attains it. */
const toFirstMaximum: GradientRule<'segmentMax'> = (b, node, g) => {
  const [x, ptr] = [node.inputs[0]!, node.inputs[1]!];
  const size = x.shape[0]!;
  const chosen = b.segmentGather(b.segment('segmentArgMax', x, ptr), ptr, size);
  const here = b.compare('eq', b.iota(x.shape, 0, 'i32'), chosen);
  return [b.where(here, b.segmentGather(g, ptr, size), b.like(x, 0)), null];
};

const segmentSum = segment('segmentSum', {
  reduce: (at, start, stop, dtype) => {
    let total = 0;
    for (let e = start; e < stop; e++) {
      total = isFloat(dtype) ? total + at(e) : (total + at(e)) | 0;
    }
    return total;
  },
  gradient: (b, node, g) => [b.segmentGather(g, node.inputs[1]!, node.inputs[0]!.shape[0]!), null],
});

const segmentMax = segment('segmentMax', {
  reduce: (at, start, stop, dtype) => {
    let best = leastOf(dtype);
    for (let e = start; e < stop; e++) best = Math.max(best, at(e));
    return best;
  },
  gradient: toFirstMaximum,
});

const segmentArgMax = segment('segmentArgMax', {
  dtype: 'i32',
  reduce: (at, start, stop) => {
    if (start >= stop) return -1;
    let found = start;
    for (let e = start + 1; e < stop; e++) {
      const [best, value] = [at(found), at(e)];
      if (!Number.isNaN(best) && (Number.isNaN(value) || value > best)) found = e;
    }
    return found;
  },
  gradient: { none: 'an index has no derivative' },
});

function checkSize(op: string, size: number): void {
  if (Number.isInteger(size) && size >= 0) return;
  throw new ArgumentError(`${op}: size is ${size}; use an integer ≥ 0.`);
}

const segmentGather: OpRow<'segmentGather'> = {
  name: 'segmentGather',
  family: 'segment',
  dtypes: ALL,
  infer(inputs, { size }) {
    const [y, ptr] = operands('segmentGather', inputs, 2);
    const count = checkPointers('segmentGather', ptr);
    checkSize('segmentGather', size);
    if (y.shape[0] !== count) {
      throw new ShapeError(
        `segmentGather: y ${formatShape(y.shape)} does not have one row for each of the ${count} ` +
          `segments of ptr ${formatShape(ptr.shape)}; make them as many.`,
      );
    }
    return { shape: [size, ...y.shape.slice(1)], dtype: y.dtype };
  },
  reference([y, ptr], { size }, out) {
    const width = sizeOf(y!.shape.slice(1));
    const ids = segmentIdsOf(ptr!, size);
    const result = new Float64Array(sizeOf(out.shape));
    for (let i = 0; i < result.length; i++) {
      const v = ids[Math.floor(i / width)]!;
      result[i] = v < 0 ? 0 : y!.data[v * width + (i % width)]!;
    }
    return result;
  },
  gradient: (b, node, g) => [b.segment('segmentSum', g, node.inputs[1]!), null],
};

const segmentIds: OpRow<'segmentIds'> = {
  name: 'segmentIds',
  family: 'segment',
  dtypes: ['i32'],
  infer(inputs, { size }) {
    const [ptr] = operands('segmentIds', inputs, 1);
    checkPointers('segmentIds', ptr);
    checkSize('segmentIds', size);
    return { shape: [size] as Shape, dtype: 'i32' };
  },
  reference: ([ptr], { size }) => segmentIdsOf(ptr!, size),
  gradient: { none: 'an index has no derivative' },
};

export const SEGMENT = { segmentSum, segmentMax, segmentArgMax, segmentGather, segmentIds };
