import type { DType } from '../core/dtype.js';
import { isFloat } from '../core/dtype.js';
import type { Builder } from '../graph/builder.js';
import type { BinaryOp, GraphNode } from '../graph/node.js';
import { isOp } from '../graph/node.js';
import type { ElementwiseRow } from './elementwise.js';
import { elementwise, wrap } from './elementwise.js';
import { BITS, FLOATS, NUMERIC } from './operands.js';
import { floorMod, pow } from './special.js';

interface BinarySpec {
  readonly dtypes: readonly DType[];
  readonly scalar: (x: number, y: number, dtype: DType) => number;
  /** Gradients with respect to x and y, from that with respect to z = f(x, y). */
  readonly gradient:
    | ((
        b: Builder,
        g: GraphNode,
        x: GraphNode,
        y: GraphNode,
        z: GraphNode,
      ) => readonly [GraphNode, GraphNode])
    | { readonly none: string };
}

function binary<K extends BinaryOp>(name: K, spec: BinarySpec): ElementwiseRow<K> {
  const { gradient } = spec;
  return elementwise(name, 2, {
    dtypes: spec.dtypes,
    scalar: (dtype, x, y) => spec.scalar(x!, y!, dtype),
    gradient:
      typeof gradient === 'function'
        ? (b, node, g) => gradient(b, g, node.inputs[0]!, node.inputs[1]!, node)
        : gradient,
  });
}

const BITWISE = { none: 'bits have no derivative' } as const;

/** Gradients of max and min: all to the operand chosen, half to each at a tie. */
function shareBetween(
  b: Builder,
  g: GraphNode,
  x: GraphNode,
  y: GraphNode,
  chosen: 'max' | 'min',
): readonly [GraphNode, GraphNode] {
  const zero = b.like(g, 0);
  const tie = b.compare('eq', x, y);
  const share = b.where(tie, b.mul(g, b.like(g, 0.5)), g);
  const xLoses = b.compare(chosen === 'max' ? 'lt' : 'gt', x, y);
  const yLoses = b.compare(chosen === 'max' ? 'lt' : 'gt', y, x);
  return [b.where(xLoses, zero, share), b.where(yLoses, zero, share)];
}

/** y · x^(y-1), where 0^0 has the gradient 0 and none of its derivatives is 0 · ∞. */
function powerRule(b: Builder, x: GraphNode, y: GraphNode): GraphNode {
  const less = b.sub(y, b.like(y, 1));
  if (isOp(y, 'constant') && y.attrs.value !== 0) return b.mul(y, b.binary('pow', x, less));
  const zero = b.like(x, 0);
  const bothZero = b.binary('and', b.compare('eq', x, zero), b.compare('eq', y, zero));
  const base = b.where(bothZero, b.like(x, 1), x);
  return b.mul(y, b.binary('pow', base, less));
}

/** z · ln x, and 0 where the base is 0 and the exponent is not negative. */
function exponentRule(b: Builder, x: GraphNode, y: GraphNode, z: GraphNode): GraphNode {
  const zero = b.like(x, 0);
  const flat = b.binary('and', b.compare('eq', x, zero), b.compare('ge', y, zero));
  const log = b.unary('log', b.where(flat, b.like(x, 1), x));
  return b.where(flat, zero, b.mul(z, log));
}

export const BINARY: { readonly [K in BinaryOp]: ElementwiseRow<K> } = {
  add: binary('add', {
    dtypes: NUMERIC,
    scalar: (x, y, dtype) => wrap(dtype, x + y),
    gradient: (_b, g) => [g, g],
  }),
  sub: binary('sub', {
    dtypes: NUMERIC,
    scalar: (x, y, dtype) => wrap(dtype, x - y),
    gradient: (b, g) => [g, b.neg(g)],
  }),
  mul: binary('mul', {
    dtypes: NUMERIC,
    scalar: (x, y, dtype) => (isFloat(dtype) ? x * y : Math.imul(x, y)),
    gradient: (b, g, x, y) => [b.mul(g, y), b.mul(g, x)],
  }),
  div: binary('div', {
    dtypes: NUMERIC,
    scalar: (x, y, dtype) => (isFloat(dtype) ? x / y : y === 0 ? 0 : (x / y) | 0),
    gradient: (b, g, _x, y, z) => {
      const dx = b.div(g, y);
      return [dx, b.neg(b.mul(dx, z))];
    },
  }),
  pow: binary('pow', {
    dtypes: FLOATS,
    scalar: (x, y) => pow(x, y),
    gradient: (b, g, x, y, z) => [b.mul(g, powerRule(b, x, y)), b.mul(g, exponentRule(b, x, y, z))],
  }),
  max: binary('max', {
    dtypes: NUMERIC,
    scalar: (x, y) => Math.max(x, y),
    gradient: (b, g, x, y) => shareBetween(b, g, x, y, 'max'),
  }),
  min: binary('min', {
    dtypes: NUMERIC,
    scalar: (x, y) => Math.min(x, y),
    gradient: (b, g, x, y) => shareBetween(b, g, x, y, 'min'),
  }),
  mod: binary('mod', {
    dtypes: NUMERIC,
    scalar: (x, y, dtype) => (isFloat(dtype) || y !== 0 ? floorMod(x, y) : 0),
    gradient: (b, g, x, y) => [g, b.neg(b.mul(g, b.unary('floor', b.div(x, y))))],
  }),
  and: binary('and', {
    dtypes: BITS,
    scalar: (x, y) => x & y,
    gradient: BITWISE,
  }),
  or: binary('or', {
    dtypes: BITS,
    scalar: (x, y) => x | y,
    gradient: BITWISE,
  }),
  xor: binary('xor', {
    dtypes: BITS,
    scalar: (x, y) => x ^ y,
    gradient: BITWISE,
  }),
  shiftLeft: binary('shiftLeft', {
    dtypes: ['i32'],
    scalar: (x, y) => x << y,
    gradient: BITWISE,
  }),
  shiftRight: binary('shiftRight', {
    dtypes: ['i32'],
    scalar: (x, y) => (x >>> y) | 0,
    gradient: BITWISE,
  }),
};
