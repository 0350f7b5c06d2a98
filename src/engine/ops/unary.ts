import type { DType } from '../core/dtype.js';
import type { Builder } from '../graph/builder.js';
import type { GraphNode, UnaryOp } from '../graph/node.js';
import type { ElementwiseRow } from './elementwise.js';
import { elementwise, wrap } from './elementwise.js';
import { BITS, FLOATS, NUMERIC } from './operands.js';
import { erf, roundHalfToEven, sigmoid } from './special.js';

interface UnarySpec {
  /** Floats only, unless given. */
  readonly dtypes?: readonly DType[];
  readonly scalar: (x: number, dtype: DType) => number;
  /** The gradient with respect to x, from that with respect to y = f(x); or why there is none. */
  readonly gradient:
    | ((b: Builder, g: GraphNode, x: GraphNode, y: GraphNode) => GraphNode)
    | { readonly none: string };
}

function unary<K extends UnaryOp>(name: K, spec: UnarySpec): ElementwiseRow<K> {
  const { gradient } = spec;
  return elementwise(name, 1, {
    dtypes: spec.dtypes ?? FLOATS,
    scalar: (dtype, x) => spec.scalar(x!, dtype),
    gradient:
      typeof gradient === 'function'
        ? (b, node, g) => [gradient(b, g, node.inputs[0]!, node)]
        : gradient,
  });
}

const PIECEWISE_CONSTANT = {
  none: 'constant between its jumps: the gradient is zero, and the tensor layer fills it in',
} as const;

export const UNARY: { readonly [K in UnaryOp]: ElementwiseRow<K> } = {
  neg: unary('neg', {
    dtypes: NUMERIC,
    scalar: (x, dtype) => wrap(dtype, -x),
    gradient: (b, g) => b.neg(g),
  }),
  abs: unary('abs', {
    dtypes: NUMERIC,
    scalar: (x, dtype) => wrap(dtype, Math.abs(x)),
    gradient: (b, g, x) => b.mul(g, b.unary('sign', x)),
  }),
  sign: unary('sign', {
    dtypes: NUMERIC,
    scalar: (x) => Number(x > 0) - Number(x < 0),
    gradient: PIECEWISE_CONSTANT,
  }),
  exp: unary('exp', {
    scalar: Math.exp,
    gradient: (b, g, _x, y) => b.mul(g, y),
  }),
  log: unary('log', {
    scalar: Math.log,
    gradient: (b, g, x) => b.div(g, x),
  }),
  log1p: unary('log1p', {
    scalar: Math.log1p,
    gradient: (b, g, x) => b.div(g, b.add(x, b.like(x, 1))),
  }),
  expm1: unary('expm1', {
    scalar: Math.expm1,
    gradient: (b, g, _x, y) => b.mul(g, b.add(y, b.like(y, 1))),
  }),
  sqrt: unary('sqrt', {
    scalar: Math.sqrt,
    gradient: (b, g, _x, y) => b.div(g, b.mul(y, b.like(y, 2))),
  }),
  rsqrt: unary('rsqrt', {
    scalar: (x) => 1 / Math.sqrt(x),
    gradient: (b, g, _x, y) => b.mul(b.mul(g, b.like(y, -0.5)), b.mul(y, b.mul(y, y))),
  }),
  reciprocal: unary('reciprocal', {
    scalar: (x) => 1 / x,
    gradient: (b, g, _x, y) => b.neg(b.mul(g, b.mul(y, y))),
  }),
  sin: unary('sin', {
    scalar: Math.sin,
    gradient: (b, g, x) => b.mul(g, b.unary('cos', x)),
  }),
  cos: unary('cos', {
    scalar: Math.cos,
    gradient: (b, g, x) => b.neg(b.mul(g, b.unary('sin', x))),
  }),
  tanh: unary('tanh', {
    scalar: Math.tanh,
    gradient: (b, g, _x, y) => b.mul(g, b.sub(b.like(y, 1), b.mul(y, y))),
  }),
  sigmoid: unary('sigmoid', {
    scalar: sigmoid,
    gradient: (b, g, _x, y) => b.mul(g, b.mul(y, b.sub(b.like(y, 1), y))),
  }),
  erf: unary('erf', {
    scalar: erf,
    gradient: (b, g, x) => {
      const bell = b.unary('exp', b.neg(b.mul(x, x)));
      return b.mul(g, b.mul(bell, b.like(x, 2 / Math.sqrt(Math.PI))));
    },
  }),
  relu: unary('relu', {
    scalar: (x) => (x <= 0 ? 0 : x),
    // In terms of the result, so that the operand need not be kept.
    gradient: (b, g, _x, y) => b.where(b.compare('le', y, b.like(y, 0)), b.like(g, 0), g),
  }),
  floor: unary('floor', {
    scalar: Math.floor,
    gradient: PIECEWISE_CONSTANT,
  }),
  ceil: unary('ceil', {
    scalar: Math.ceil,
    gradient: PIECEWISE_CONSTANT,
  }),
  round: unary('round', {
    scalar: roundHalfToEven,
    gradient: PIECEWISE_CONSTANT,
  }),
  not: unary('not', {
    dtypes: BITS,
    scalar: (x, dtype) => (dtype === 'bool' ? 1 - x : ~x),
    gradient: { none: 'bits have no derivative' },
  }),
};
