/** Windows whose place is data: their sizes are fixed, where they begin is not. */
import { ShapeError } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, stridesOf } from '../core/shape.js';
import type { Aval } from '../graph/node.js';
import { ALL, checkDtype, checkPerAxis, checkSameDtype, operands } from './operands.js';
import type { OpRow, RefArray } from './row.js';
import { offsetsOf, pick } from './strided.js';

/** Throws unless `start` holds one i32 for each axis of `x`, and a window of `sizes` fits into it. */
function checkWindow(op: string, x: Aval, start: Aval, sizes: Shape): void {
  checkDtype(op, start, ['i32'], 'start');
  if (start.shape.length !== 1 || start.shape[0] !== x.shape.length) {
    throw new ShapeError(
      `${op}: start has shape ${formatShape(start.shape)} for an operand of shape ` +
        `${formatShape(x.shape)}; give a vector with one entry per axis (${x.shape.length}).`,
    );
  }
  if (sizes.length === x.shape.length && sizes.every((d, i) => d <= x.shape[i]!)) return;
  throw new ShapeError(
    `${op}: a window of ${formatShape(sizes)} does not fit into shape ${formatShape(x.shape)}; ` +
      'use the same rank, and extents not above those of the operand.',
  );
}

/** The offsets in `x` of a window's elements; it is moved to lie within. */
function windowOffsets(x: Shape, sizes: Shape, start: RefArray): Float64Array {
  const strides = stridesOf(x);
  const base = strides.reduce((sum, stride, axis) => {
    const last = x[axis]! - sizes[axis]!;
    return sum + Math.max(0, Math.min(start.data[axis]!, last)) * stride;
  }, 0);
  return offsetsOf(sizes, strides, base);
}

const dynamicSlice: OpRow<'dynamicSlice'> = {
  name: 'dynamicSlice',
  family: 'indexed',
  dtypes: ALL,
  infer(inputs, { sizes }) {
    const [x, start] = operands('dynamicSlice', inputs, 2);
    checkPerAxis('dynamicSlice', 'sizes', sizes, x.shape, 0);
    checkWindow('dynamicSlice', x, start, sizes);
    return { shape: sizes, dtype: x.dtype };
  },
  reference: ([x, start], { sizes }) => pick(x!.data, windowOffsets(x!.shape, sizes, start!)),
  gradient: (b, node, g) => {
    const [x, start] = [node.inputs[0]!, node.inputs[1]!];
    return [b.dynamicUpdate(b.like(x, 0), g, start), null];
  },
};

const dynamicUpdate: OpRow<'dynamicUpdate'> = {
  name: 'dynamicUpdate',
  family: 'indexed',
  dtypes: ALL,
  infer(inputs) {
    const [x, update, start] = operands('dynamicUpdate', inputs, 3) as [Aval, Aval, Aval];
    checkSameDtype('dynamicUpdate', [x, update]);
    checkWindow('dynamicUpdate', x, start, update.shape);
    return { shape: x.shape, dtype: x.dtype };
  },
  reference([x, update, start]) {
    const data = x!.data.slice();
    windowOffsets(x!.shape, update!.shape, start!).forEach((offset, k) => {
      data[offset] = update!.data[k]!;
    });
    return data;
  },
  gradient: (b, node, g) => {
    const [update, start] = [node.inputs[1]!, node.inputs[2]!];
    const outside = b.dynamicUpdate(g, b.like(update, 0), start);
    return [outside, b.dynamicSlice(g, start, update.shape), null];
  },
};

export const DYNAMIC = { dynamicSlice, dynamicUpdate };
