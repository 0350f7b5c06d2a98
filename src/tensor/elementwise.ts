import type { DType } from '../engine/core/dtype.js';
import { isFloat } from '../engine/core/dtype.js';
import { broadcastShapes } from '../engine/core/shape.js';
import type { BinaryOp, CompareOp, GraphNode, UnaryOp } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { asFloat, asNumber, pair } from './coerce.js';
import { TensorValue } from './value.js';

/**
 * What works on each element alone. Operands broadcast by NumPy's rule: shapes are aligned at the
 * end, and extents of 1 repeat; shapes that do not fit throw a ShapeError. Dtypes promote in the
 * order bool < u8 < i32 < f32 < f64, bool to i32 in arithmetic; a number takes the tensor's dtype,
 * or f32 where that is an integer and the number has a fraction. Functions into the reals turn
 * integers into f32.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).mul(tensor([10, 100])).add(0.5); // [[10.5, 200.5], [30.5, 400.5]]
 */
export abstract class ElementwiseTensor<T extends ElementwiseTensor<T>> extends TensorValue<T> {
  /** x + y. */
  add(other: T | number): T {
    return this.binary('add', other);
  }
  /** x - y. */
  sub(other: T | number): T {
    return this.binary('sub', other);
  }
  /** x · y, element by element. */
  mul(other: T | number): T {
    return this.binary('mul', other);
  }
  /** x / y, a float: integers become f32 first. Division by zero gives ±∞, 0 / 0 NaN. */
  div(other: T | number): T {
    return this.binary('div', other, 'f32');
  }
  /** x - ⌊x / y⌋ · y, which has the sign of y. For y = 0: NaN for floats, 0 for integers. */
  remainder(other: T | number): T {
    return this.binary('mod', other);
  }
  /** As `remainder`. */
  mod(other: T | number): T {
    return this.binary('mod', other);
  }
  /** The larger of x and y; NaN if either is. At a tie each gets half of the gradient. */
  maximum(other: T | number): T {
    return this.binary('max', other);
  }
  /** The smaller of x and y; NaN if either is. At a tie each gets half of the gradient. */
  minimum(other: T | number): T {
    return this.binary('min', other);
  }

  /**
   * x^y. x^0 is 1. Integers stay integers for a number ≥ 0 without fraction as exponent, and become
   * f32 otherwise. The gradient is 0 where y = 0 at x = 0.
   */
  pow(exponent: T | number): T {
    if (typeof exponent !== 'number') return this.binary('pow', exponent, 'f32');
    const x = asNumber(this.node());
    const whole = Number.isInteger(exponent) && exponent > 0;
    if (whole && (exponent <= 3 || !isFloat(x.dtype))) return this.result(power(x, exponent));
    if (exponent === 0 && !isFloat(x.dtype)) return this.result(build.like(x, 1));
    const special = POWERS.get(exponent);
    if (special) return this.result(build.unary(special, asFloat(x)));
    return this.binary('pow', exponent, 'f32');
  }

  /** -x. */
  neg(): T {
    return this.unary('neg', asNumber);
  }
  /** |x|; the gradient at 0 is 0. */
  abs(): T {
    return this.unary('abs', asNumber);
  }
  /** -1, 0 or 1; 0 for NaN. The gradient is 0. */
  sign(): T {
    return this.unary('sign', asNumber);
  }
  /** e^x. */
  exp(): T {
    return this.unary('exp');
  }
  /** ln x; -∞ at 0, NaN below. */
  log(): T {
    return this.unary('log');
  }
  /** ln(1 + x), exact near 0. */
  log1p(): T {
    return this.unary('log1p');
  }
  /** e^x - 1, exact near 0. */
  expm1(): T {
    return this.unary('expm1');
  }
  /** √x; NaN below 0. The gradient at 0 is ∞. */
  sqrt(): T {
    return this.unary('sqrt');
  }
  /** 1 / √x; ∞ at 0, NaN below. */
  rsqrt(): T {
    return this.unary('rsqrt');
  }
  /** 1 / x. */
  reciprocal(): T {
    return this.unary('reciprocal');
  }
  /** The sine of an angle in radians. */
  sin(): T {
    return this.unary('sin');
  }
  /** The cosine of an angle in radians. */
  cos(): T {
    return this.unary('cos');
  }
  /** The hyperbolic tangent. */
  tanh(): T {
    return this.unary('tanh');
  }
  /** 1 / (1 + e^-x), without overflow. */
  sigmoid(): T {
    return this.unary('sigmoid');
  }
  /** The error function, 2/√π ∫₀ˣ e^(-t²) dt. */
  erf(): T {
    return this.unary('erf');
  }
  /** max(x, 0); the gradient at 0 is 0. */
  relu(): T {
    if (isFloat(this.dtype)) return this.unary('relu');
    const x = asNumber(this.node());
    return this.result(build.binary('max', x, build.like(x, 0)));
  }
  /** ⌊x⌋; integers stay. The gradient is 0. */
  floor(): T {
    return isFloat(this.dtype) ? this.unary('floor') : this.result(asNumber(this.node()));
  }
  /** ⌈x⌉; integers stay. The gradient is 0. */
  ceil(): T {
    return isFloat(this.dtype) ? this.unary('ceil') : this.result(asNumber(this.node()));
  }
  /** The nearest integer, halves to the even neighbour; integers stay. The gradient is 0. */
  round(): T {
    return isFloat(this.dtype) ? this.unary('round') : this.result(asNumber(this.node()));
  }

  /**
   * x limited to min … max. The gradient is 1 inside and at the limits, 0 outside; NaN stays.
   * A limit left undefined does not limit.
   */
  clamp(min?: T | number, max?: T | number): T {
    let x = this.node();
    if (min !== undefined) x = limited('lt', x, min);
    if (max !== undefined) x = limited('gt', x, max);
    return this.result(x, min, max);
  }

  /** Whether x = y, as bool; false if either is NaN. */
  eq(other: T | number): T {
    return this.compare('eq', other);
  }
  /** Whether x ≠ y, as bool; true if either is NaN. */
  ne(other: T | number): T {
    return this.compare('ne', other);
  }
  /** Whether x < y, as bool. */
  lt(other: T | number): T {
    return this.compare('lt', other);
  }
  /** Whether x ≤ y, as bool. */
  le(other: T | number): T {
    return this.compare('le', other);
  }
  /** Whether x > y, as bool. */
  gt(other: T | number): T {
    return this.compare('gt', other);
  }
  /** Whether x ≥ y, as bool. */
  ge(other: T | number): T {
    return this.compare('ge', other);
  }
  /** Whether both are other than 0, as bool. */
  logicalAnd(other: T): T {
    return this.logical('and', other);
  }
  /** Whether either is other than 0, as bool. */
  logicalOr(other: T): T {
    return this.logical('or', other);
  }
  /** Whether exactly one is other than 0, as bool. */
  logicalXor(other: T): T {
    return this.logical('xor', other);
  }
  /** Whether x is 0, as bool. */
  logicalNot(): T {
    return this.result(build.unary('not', build.cast(this.node(), 'bool')));
  }
  /** Whether x is NaN, as bool. */
  isNaN(): T {
    const x = this.node();
    return this.result(build.compare('ne', x, x));
  }
  /** Whether x is neither NaN nor infinite, as bool. */
  isFinite(): T {
    const x = this.node();
    if (!isFloat(x.dtype)) return this.result(build.constant(1, x.shape, 'bool'));
    return this.result(build.compare('lt', build.unary('abs', x), build.like(x, Infinity)));
  }

  /**
   * x where the condition, a bool tensor, holds, and `other` elsewhere. All three broadcast. The one
   * not chosen gets the gradient 0.
   */
  where(condition: T, other: T | number): T {
    return this.result(choose(condition.node(), this.node(), other), other);
  }

  /** The values in another dtype. Floats become integers by truncation, NaN becomes 0. */
  to(dtype: DType): T {
    return this.result(build.cast(this.node(), dtype));
  }
  /** The values as f32. */
  float(): T {
    return this.to('f32');
  }
  /** The values as f64. */
  double(): T {
    return this.to('f64');
  }
  /** The values as i32. */
  int(): T {
    return this.to('i32');
  }
  /** The values as bool: whether they are other than 0. */
  bool(): T {
    return this.to('bool');
  }

  private unary(op: UnaryOp, prepare: (x: GraphNode) => GraphNode = asFloat): T {
    return this.result(build.unary(op, prepare(this.node())));
  }

  private binary(op: BinaryOp, other: T | number, least: DType = 'u8'): T {
    const [x, y] = pair(PUBLIC_NAMES[op] ?? op, arithmetic(this), other, least);
    return this.result(build.binary(op, x, y), other);
  }

  private compare(op: CompareOp, other: T | number): T {
    const [x, y] = pair(op, this.node(), other, 'u8');
    return this.result(build.compare(op, x, y));
  }

  private logical(op: 'and' | 'or' | 'xor', other: T): T {
    const name = `logical${op[0]!.toUpperCase()}${op.slice(1)}`;
    const shape = broadcastShapes(name, this.shape, other.shape);
    const x = build.broadcastTo(build.cast(this.node(), 'bool'), shape);
    const y = build.broadcastTo(build.cast(other.node(), 'bool'), shape);
    return this.result(build.binary(op, x, y));
  }
}

/** The methods' names of primitives that are called otherwise. */
const PUBLIC_NAMES: { readonly [K in BinaryOp]?: string } = {
  max: 'maximum',
  min: 'minimum',
  mod: 'remainder',
};

const POWERS: ReadonlyMap<number, UnaryOp> = new Map([
  [0.5, 'sqrt'],
  [-0.5, 'rsqrt'],
  [-1, 'reciprocal'],
]);

function arithmetic<T>(x: TensorValue<T>): GraphNode {
  return asNumber(x.node());
}

/** x^n for an integer n ≥ 1, by squaring. */
function power(x: GraphNode, n: number): GraphNode {
  if (n === 1) return x;
  const half = power(x, Math.floor(n / 2));
  const square = build.mul(half, half);
  return n % 2 === 0 ? square : build.mul(square, x);
}

/** `limit` where x is beyond it, x elsewhere. */
function limited<T extends TensorValue<T>>(
  side: 'lt' | 'gt',
  node: GraphNode,
  limit: T | number,
): GraphNode {
  const [x, bound] = pair('clamp', asNumber(node), limit, 'u8');
  return build.where(build.compare(side, x, bound), bound, x);
}

/** The node of where(condition, x, other), broadcast and promoted. */
export function choose<T extends TensorValue<T>>(
  condition: GraphNode,
  chosen: GraphNode,
  other: T | number,
): GraphNode {
  const [x, y] = pair('where', chosen, other);
  const shape = broadcastShapes('where', condition.shape, x.shape);
  return build.where(
    build.broadcastTo(build.cast(condition, 'bool'), shape),
    build.broadcastTo(x, shape),
    build.broadcastTo(y, shape),
  );
}
