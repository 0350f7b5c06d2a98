import { isFloat } from '../core/dtype.js';
import { ArgumentError, ShapeError } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sizeOf, stridesOf } from '../core/shape.js';
import type { Aval } from '../graph/node.js';
import { ALL, NUMERIC, checkAxis, checkDtype, checkSameShape, operands } from './operands.js';
import type { OpRow, RefArray } from './row.js';
import { offsetsOf } from './strided.js';

/** Throws unless `x` and `index` agree in rank and in all extents but that of `axis`. */
function checkIndex(op: string, x: Aval, index: Aval, axis: number): void {
  checkDtype(op, index, ['i32'], 'index');
  checkAxis(op, axis, x.shape);
  const fits = x.shape.every((d, i) => i === axis || d === index.shape[i]);
  if (index.shape.length === x.shape.length && fits) return;
  throw new ShapeError(
    `${op}: operand ${formatShape(x.shape)} and index ${formatShape(index.shape)} differ ` +
      `elsewhere than in axis ${axis}; make all other extents equal.`,
  );
}

/**
 * For each element of `index`, the offset in a tensor of `shape` that it points at along `axis`,
 * or -1 where it is out of range.
 */
function targets(shape: Shape, index: RefArray, axis: number): Float64Array {
  const strides = stridesOf(shape);
  const along = strides[axis]!;
  const rest = offsetsOf(
    index.shape,
    strides.map((s, i) => (i === axis ? 0 : s)),
  );
  return rest.map((offset, k) => {
    const i = index.data[k]!;
    return i >= 0 && i < shape[axis]! ? offset + i * along : -1;
  });
}

const gather: OpRow<'gather'> = {
  name: 'gather',
  family: 'indexed',
  dtypes: ALL,
  infer(inputs, { axis }) {
    const [x, index] = operands('gather', inputs, 2);
    checkIndex('gather', x, index, axis);
    return { shape: index.shape, dtype: x.dtype };
  },
  reference([x, index], { axis }) {
    return targets(x!.shape, index!, axis).map((t) => (t < 0 ? 0 : x!.data[t]!));
  },
  gradient: (b, node, g) => {
    const [x, index] = [node.inputs[0]!, node.inputs[1]!];
    const { axis } = node.attrs;
    return [b.scatterAdd(g, index, axis, x.shape[axis]!), null];
  },
};

const scatterAdd: OpRow<'scatterAdd'> = {
  name: 'scatterAdd',
  family: 'indexed',
  dtypes: NUMERIC,
  infer(inputs, { axis, size }) {
    const [updates, index] = operands('scatterAdd', inputs, 2);
    checkDtype('scatterAdd', updates, NUMERIC, 'updates');
    checkDtype('scatterAdd', index, ['i32'], 'index');
    checkSameShape('scatterAdd', inputs);
    checkAxis('scatterAdd', axis, updates.shape);
    if (!Number.isInteger(size) || size < 0) {
      throw new ArgumentError(`scatterAdd: size is ${size}; use an integer ≥ 0.`);
    }
    const shape = updates.shape.map((d, i) => (i === axis ? size : d));
    return { shape, dtype: updates.dtype };
  },
  reference([updates, index], { axis }, out) {
    const data = new Float64Array(sizeOf(out.shape));
    const integer = !isFloat(out.dtype);
    targets(out.shape, index!, axis).forEach((t, k) => {
      if (t < 0) return;
      const total = data[t]! + updates!.data[k]!;
      data[t] = integer ? total | 0 : total;
    });
    return data;
  },
  gradient: (b, node, g) => [b.gather(g, node.inputs[1]!, node.attrs.axis), null],
};

export const INDEXED = { gather, scatterAdd };
