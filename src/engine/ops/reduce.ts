import type { DType } from '../core/dtype.js';
import { isFloat } from '../core/dtype.js';
import { ShapeError } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sizeOf } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { Aval, GraphNode, ReduceOp } from '../graph/node.js';
import { NUMERIC, checkAscendingAxes, checkAxis, checkDtype, operands } from './operands.js';
import type { GradientRule, OpRow, RefArray } from './row.js';
import { at, inversePermutation, offsetsAlong, otherAxes } from './strided.js';

interface ReduceSpec<K extends ReduceOp> {
  /** The result over no elements; `null` where there is none. */
  readonly empty: number | null;
  readonly combine: (a: number, x: number, dtype: DType) => number;
  readonly gradient: GradientRule<K>;
}

function reduce<K extends ReduceOp>(name: K, spec: ReduceSpec<K>): OpRow<K> {
  return {
    name,
    family: 'reduce',
    dtypes: NUMERIC,
    infer(inputs, { axes }) {
      const [x] = operands(name, inputs, 1);
      checkDtype(name, x, NUMERIC);
      checkAscendingAxes(name, axes, x.shape);
      if (spec.empty === null) checkNotEmpty(name, x, axes);
      return { shape: at(x.shape, otherAxes(x.shape.length, axes)), dtype: x.dtype };
    },
    reference([x], { axes }) {
      const reduced = offsetsAlong(x!.shape, axes);
      return mapKept(x!, axes, (base) => {
        let a = spec.empty ?? x!.data[base]!;
        for (const offset of reduced) a = spec.combine(a, x!.data[base + offset]!, x!.dtype);
        return a;
      });
    },
    gradient: spec.gradient,
  };
}

function checkNotEmpty(op: string, x: Aval, axes: readonly number[]): void {
  if (sizeOf(at(x.shape, axes)) > 0) return;
  throw new ShapeError(
    `${op}: axis ${axes.find((a) => x.shape[a] === 0)} of shape ${formatShape(x.shape)} is empty ` +
      `and there is no ${op} of nothing; reduce an axis with at least one element.`,
  );
}

/** `value` of the offset of each element of the kept axes, in row-major order. */
function mapKept(
  x: RefArray,
  axes: readonly number[],
  value: (base: number) => number,
): Float64Array {
  return offsetsAlong(x.shape, otherAxes(x.shape.length, axes)).map((base) => value(base));
}

/** A reduced value repeated over the axes it was reduced over. */
function repeatOver(b: Builder, y: GraphNode, shape: Shape, axes: readonly number[]): GraphNode {
  const kept = shape.map((d, axis) => (axes.includes(axis) ? 1 : d));
  return b.broadcast(b.reshape(y, kept), shape);
}

/** The gradient of a maximum or minimum, in equal parts to the elements that attain it. */
const shareAmongTies: GradientRule<'reduceMax' | 'reduceMin'> = (b, node, g) => {
  const x = node.inputs[0]!;
  const { axes } = node.attrs;
  const attains = b.compare('eq', x, repeatOver(b, node, x.shape, axes));
  const share = b.div(g, b.sum(b.cast(attains, g.dtype), axes));
  return [b.where(attains, repeatOver(b, share, x.shape, axes), b.like(x, 0))];
};

/**
 * The product of all elements before (direction 1) or after (-1) each element of a row, by
 * doubling: ⌈log2 n⌉ products of a row with itself shifted, ones moving in.
 */
function productBefore(b: Builder, rows: GraphNode, direction: 1 | -1): GraphNode {
  const shift = (x: GraphNode, by: number): GraphNode =>
    b.pad(x, {
      low: [0, direction * by],
      high: [0, -direction * by],
      interior: [0, 0],
      value: 1,
    });
  let product = shift(rows, 1);
  for (let by = 1; by < rows.shape[1]!; by *= 2) product = b.mul(product, shift(product, by));
  return product;
}

/** The product of all other elements, exact with zeros and differentiable to every order. */
function productOfOthers(b: Builder, x: GraphNode, axes: readonly number[]): GraphNode {
  const order = [...otherAxes(x.shape.length, axes), ...axes];
  const moved = b.permute(x, order);
  const n = sizeOf(at(x.shape, axes));
  const outer = sizeOf(at(x.shape, otherAxes(x.shape.length, axes)));
  const rows = b.reshape(moved, [outer, n]);
  const others = b.mul(productBefore(b, rows, 1), productBefore(b, rows, -1));
  return b.permute(b.reshape(others, moved.shape), inversePermutation(order));
}

const sum = reduce('sum', {
  empty: 0,
  combine: (a, x, dtype) => (isFloat(dtype) ? a + x : (a + x) | 0),
  gradient: (b, node, g) => [repeatOver(b, g, node.inputs[0]!.shape, node.attrs.axes)],
});

const prod = reduce('prod', {
  empty: 1,
  combine: (a, x, dtype) => (isFloat(dtype) ? a * x : Math.imul(a, x)),
  gradient: (b, node, g) => {
    const x = node.inputs[0]!;
    const { axes } = node.attrs;
    return [b.mul(repeatOver(b, g, x.shape, axes), productOfOthers(b, x, axes))];
  },
});

const reduceMax = reduce('reduceMax', {
  empty: null,
  combine: (a, x) => Math.max(a, x),
  gradient: shareAmongTies,
});

const reduceMin = reduce('reduceMin', {
  empty: null,
  combine: (a, x) => Math.min(a, x),
  gradient: shareAmongTies,
});

function arg<K extends 'argMax' | 'argMin'>(
  name: K,
  word: string,
  beats: (x: number, best: number) => boolean,
): OpRow<K> {
  return {
    name,
    family: 'reduce',
    dtypes: NUMERIC,
    infer(inputs, { axis }) {
      const [x] = operands(name, inputs, 1);
      checkDtype(name, x, NUMERIC);
      checkAxis(name, axis, x.shape);
      checkNotEmpty(name, x, [axis]);
      return { shape: at(x.shape, otherAxes(x.shape.length, [axis])), dtype: 'i32' };
    },
    reference([x], { axis }) {
      const along = offsetsAlong(x!.shape, [axis]);
      return mapKept(x!, [axis], (base) => {
        let found = 0;
        for (let i = 1; i < along.length; i++) {
          const best = x!.data[base + along[found]!]!;
          const value = x!.data[base + along[i]!]!;
          if (!Number.isNaN(best) && (Number.isNaN(value) || beats(value, best))) found = i;
        }
        return found;
      });
    },
    gradient: { none: 'an index has no derivative' },
  };
}

const argMax = arg('argMax', 'maximum', (x, best) => x > best);
const argMin = arg('argMin', 'minimum', (x, best) => x < best);

export const REDUCE = { sum, prod, reduceMax, reduceMin, argMax, argMin };
