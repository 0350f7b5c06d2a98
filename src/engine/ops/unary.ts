import type { DType } from '../core/dtype.js';
import type { Builder } from '../graph/builder.js';
import type { GraphNode, UnaryOp } from '../graph/node.js';
import type { ElementwiseRow } from './elementwise.js';
import { elementwise, wrap } from './elementwise.js';
import { BITS, FLOATS, NUMERIC } from './operands.js';
import { erf, roundHalfToEven, sigmoid } from './special.js';

interface UnarySpec {
  readonly doc: string;
  readonly equation: string;
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
    doc: spec.doc,
    equation: spec.equation,
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
    doc: 'The negative; integers wrap.',
    equation: 'y = -x',
    dtypes: NUMERIC,
    scalar: (x, dtype) => wrap(dtype, -x),
    gradient: (b, g) => b.neg(g),
  }),
  abs: unary('abs', {
    doc: 'The absolute value; the gradient at 0 is 0. The smallest i32 stays as it is.',
    equation: 'y = |x|',
    dtypes: NUMERIC,
    scalar: (x, dtype) => wrap(dtype, Math.abs(x)),
    gradient: (b, g, x) => b.mul(g, b.unary('sign', x)),
  }),
  sign: unary('sign', {
    doc: '-1, 0 or 1; 0 for NaN, as in PyTorch.',
    equation: 'y = [x > 0] - [x < 0]',
    dtypes: NUMERIC,
    scalar: (x) => Number(x > 0) - Number(x < 0),
    gradient: PIECEWISE_CONSTANT,
  }),
  exp: unary('exp', {
    doc: 'The exponential.',
    equation: 'y = e^x',
    scalar: Math.exp,
    gradient: (b, g, _x, y) => b.mul(g, y),
  }),
  log: unary('log', {
    doc: 'The natural logarithm; -∞ at 0, NaN below.',
    equation: 'y = ln x',
    scalar: Math.log,
    gradient: (b, g, x) => b.div(g, x),
  }),
  log1p: unary('log1p', {
    doc: 'The logarithm of 1 + x, exact near x = 0; -∞ at -1, NaN below.',
    equation: 'y = ln(1 + x)',
    scalar: Math.log1p,
    gradient: (b, g, x) => b.div(g, b.add(x, b.like(x, 1))),
  }),
  expm1: unary('expm1', {
    doc: 'The exponential less 1, exact near x = 0.',
    equation: 'y = e^x - 1',
    scalar: Math.expm1,
    gradient: (b, g, _x, y) => b.mul(g, b.add(y, b.like(y, 1))),
  }),
  sqrt: unary('sqrt', {
    doc:
      'The square root; NaN below 0. As in PyTorch, the gradient at 0 is ∞, or NaN where a 0 ' +
      'flows back.',
    equation: 'y = √x',
    scalar: Math.sqrt,
    gradient: (b, g, _x, y) => b.div(g, b.mul(y, b.like(y, 2))),
  }),
  rsqrt: unary('rsqrt', {
    doc: 'The reciprocal square root; ∞ at 0, NaN below.',
    equation: 'y = 1 / √x',
    scalar: (x) => 1 / Math.sqrt(x),
    gradient: (b, g, _x, y) => b.mul(b.mul(g, b.like(y, -0.5)), b.mul(y, b.mul(y, y))),
  }),
  reciprocal: unary('reciprocal', {
    doc: 'One over x; ±∞ at ±0.',
    equation: 'y = 1 / x',
    scalar: (x) => 1 / x,
    gradient: (b, g, _x, y) => b.neg(b.mul(g, b.mul(y, y))),
  }),
  sin: unary('sin', {
    doc: 'The sine of an angle in radians.',
    equation: 'y = sin x',
    scalar: Math.sin,
    gradient: (b, g, x) => b.mul(g, b.unary('cos', x)),
  }),
  cos: unary('cos', {
    doc: 'The cosine of an angle in radians.',
    equation: 'y = cos x',
    scalar: Math.cos,
    gradient: (b, g, x) => b.neg(b.mul(g, b.unary('sin', x))),
  }),
  tanh: unary('tanh', {
    doc: 'The hyperbolic tangent.',
    equation: 'y = (e^x - e^-x) / (e^x + e^-x)',
    scalar: Math.tanh,
    gradient: (b, g, _x, y) => b.mul(g, b.sub(b.like(y, 1), b.mul(y, y))),
  }),
  sigmoid: unary('sigmoid', {
    doc: 'The logistic function, without overflow on either side.',
    equation: 'y = 1 / (1 + e^-x)',
    scalar: sigmoid,
    gradient: (b, g, _x, y) => b.mul(g, b.mul(y, b.sub(b.like(y, 1), y))),
  }),
  erf: unary('erf', {
    doc: 'The error function.',
    equation: 'y = 2/√π ∫₀ˣ e^(-t²) dt',
    scalar: erf,
    gradient: (b, g, x) => {
      const bell = b.unary('exp', b.neg(b.mul(x, x)));
      return b.mul(g, b.mul(bell, b.like(x, 2 / Math.sqrt(Math.PI))));
    },
  }),
  relu: unary('relu', {
    doc: 'The positive part; the gradient at 0 is 0. NaN stays NaN.',
    equation: 'y = max(x, 0)',
    scalar: (x) => (x <= 0 ? 0 : x),
    // In terms of the result, so that the operand need not be kept.
    gradient: (b, g, _x, y) => b.where(b.compare('le', y, b.like(y, 0)), b.like(g, 0), g),
  }),
  floor: unary('floor', {
    doc: 'The largest integer not above x.',
    equation: 'y = ⌊x⌋',
    scalar: Math.floor,
    gradient: PIECEWISE_CONSTANT,
  }),
  ceil: unary('ceil', {
    doc: 'The smallest integer not below x.',
    equation: 'y = ⌈x⌉',
    scalar: Math.ceil,
    gradient: PIECEWISE_CONSTANT,
  }),
  round: unary('round', {
    doc: 'The nearest integer; halves go to the even neighbour.',
    equation: 'y = round(x)',
    scalar: roundHalfToEven,
    gradient: PIECEWISE_CONSTANT,
  }),
  not: unary('not', {
    doc: 'Logical negation of bool, bitwise complement of i32 and u8.',
    equation: 'y = ¬x',
    dtypes: BITS,
    scalar: (x, dtype) => (dtype === 'bool' ? 1 - x : ~x),
    gradient: { none: 'bits have no derivative' },
  }),
};
