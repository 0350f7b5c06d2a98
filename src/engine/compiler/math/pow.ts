import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { exp64 } from './exp64.js';
import { split64 } from './log64.js';
import { hold, horner, intLike, like, powerOfTwo64 } from './pieces.js';

/**
 * x^y = 2^(y log₂ |x|), with the signs and special values of C99 (and PyTorch).
 *
 * The logarithm has to be good to far more digits than the result. For f32 each lane is computed in
 * f64, whose 53 bits are enough; for f64 the logarithm is a sum of two f64.
 */

/** log₂((1+s)/(1-s)) / s by powers of s²: 4.2e-12 of it (`log2pow32` of scripts/minimax.py). */
const LOG2_SERIES = [
  2.8853900817900864, 0.9617966733428601, 0.577083584712974, 0.411672733714522, 0.3407298558180751,
];
/** (2^r - 1) / r for |r| ≤ ½: 4.7e-11 of 2^r (`exp2pow32`). */
const EXP2_SERIES = [
  0.6931471807044514, 0.24022651066520206, 0.0555041036626011, 0.009618038138397775,
  0.001333393485522227, 0.0001546675425175111, 1.5196198002142487e-5,
];
/** (artanh s / s - 1 - s²/3 - s⁴/5) / s⁶ by powers of s²: 4.0e-17 of it (`logTail64`). */
const LOG_TAIL = [
  0.14285714285714285, 0.11111111111113423, 0.09090909089616117, 0.07692307973204107,
  0.06666636769508318, 0.05884057097016484, 0.05210769148418788, 0.05559504175325572,
];
const MAGIC = 6755399441055744;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** |x|^y of one f32 lane, 0 < |x| < ∞, in f64 and rounded at the end. */
function lanePower32(b: FuncBuilder, size: Val, y: Val): Val {
  const x = b.convert('f64', size);
  const one = like(x, 1);
  const { e, m } = split64(b, x, false);
  const s = b.div(b.sub(m, one), b.add(m, one));
  const log2 = b.add(b.mul(s, horner(b, b.mul(s, s), LOG2_SERIES)), b.convert('f64', e));
  const p = hold(b, b.mul(log2, b.convert('f64', y)), -200, 200);
  const t = b.add(p, like(x, MAGIC));
  const r = b.sub(p, b.sub(t, like(x, MAGIC)));
  const fraction = b.add(b.mul(r, horner(b, r, EXP2_SERIES)), one);
  return b.convert('f32', b.mul(fraction, powerOfTwo64(b, b.loWord(t))));
}

function power32(b: FuncBuilder, size: Val, y: Val): Val {
  const { lanes } = size.ty;
  if (lanes === 1) return lanePower32(b, size, y);
  return b.pack(
    Array.from({ length: lanes }, (_, k) => lanePower32(b, b.lane(size, k), b.lane(y, k))),
  );
}

/** An unevaluated sum of two f64, the second below half a unit in the last place of the first. */
type Pair = readonly [high: Val, low: Val];

/** a + c and what its rounding lost, where |a| ≥ |c|. */
function sum(b: FuncBuilder, a: Val, c: Val): Pair {
  const high = b.add(a, c);
  return [high, b.sub(c, b.sub(high, a))];
}

/** The upper 26 bits and the rest. */
function halves(b: FuncBuilder, a: Val): Pair {
  const low = b.loWord(a);
  const high = b.fromWords(b.hiWord(a), b.bin('and', low, intLike(low, -(2 ** 27))));
  return [high, b.sub(a, high)];
}

/** a c and what its rounding lost (Dekker 1971). */
function product(b: FuncBuilder, a: Val, c: Val): Pair {
  const high = b.mul(a, c);
  const [a1, a2] = halves(b, a);
  const [c1, c2] = halves(b, c);
  const cross = b.add(b.sub(b.mul(a1, c1), high), b.mul(a1, c2));
  return [high, b.add(b.add(cross, b.mul(a2, c1)), b.mul(a2, c2))];
}

function times(b: FuncBuilder, x: Pair, y: Pair): Pair {
  const [high, low] = product(b, x[0], y[0]);
  return sum(b, high, b.add(low, b.add(b.mul(x[0], y[1]), b.mul(x[1], y[0]))));
}

/** A constant pair plus a smaller pair. */
function plus(b: FuncBuilder, x: Pair, y: Pair): Pair {
  const [high, low] = sum(b, x[0], y[0]);
  return sum(b, high, b.add(low, b.add(x[1], y[1])));
}

/** log x to about 68 bits: 2 artanh s = 2 s (1 + z (1/3 + z (1/5 + z …))), z = s². */
function logPair(b: FuncBuilder, x: Val): Pair {
  const { e, m } = split64(b, x);
  const constant = (high: number, low: number): Pair => [like(x, high), like(x, low)];
  const above = b.sub(m, like(x, 1));
  const below = sum(b, like(x, 1), m);
  const s0 = b.div(above, below[0]);
  const [p, lost] = product(b, s0, below[0]);
  const rest = b.sub(b.sub(b.sub(above, p), lost), b.mul(s0, below[1]));
  const s = sum(b, s0, b.div(rest, below[0]));
  const z = times(b, s, s);
  const tail = b.mul(z[0], horner(b, z[0], LOG_TAIL));
  const fifth = plus(b, constant(0.2, -1.1102230246251566e-17), [tail, like(x, 0)]);
  const third = plus(b, constant(0.3333333333333333, 1.850371707708594e-17), times(b, z, fifth));
  const series = times(b, s, plus(b, constant(1, 0), times(b, z, third)));
  const log: Pair = [b.add(series[0], series[0]), b.add(series[1], series[1])];
  const n = b.convert('f64', e);
  const [high, low] = sum(b, b.mul(n, like(x, LN2_HIGH)), log[0]);
  const far: Pair = sum(b, high, b.add(low, b.add(log[1], b.mul(n, like(x, LN2_LOW)))));
  const none = b.cmp('eq', e, intLike(e, 0));
  return [b.select(none, log[0], far[0]), b.select(none, log[1], far[1])];
}

/** |x|^y in f64, 0 < |x| < ∞. */
function power64(b: FuncBuilder, size: Val, y: Val): Val {
  const log = logPair(b, size);
  const [high, low] = product(b, y, log[0]);
  const [p, rest] = sum(b, high, b.add(low, b.mul(y, log[1])));
  return exp64(b, p, rest);
}

/** True where the sign bit of x is set. */
function signBit(b: FuncBuilder, x: Val): Val {
  const bits = x.ty.elem === 'f32' ? b.bitcast('i32', x) : b.hiWord(x);
  return b.cmp('lt', bits, intLike(x, 0));
}

/** The powers that cost a multiplication or two, for a constant exponent. */
function simplePower(b: FuncBuilder, x: Val, exponent: number): Val | undefined {
  switch (exponent) {
    case 0:
      return like(x, 1);
    case 1:
      return x;
    case 2:
      return b.mul(x, x);
    case 3:
      return b.mul(b.mul(x, x), x);
    case -1:
      return b.div(like(x, 1), x);
    case 0.5: {
      const low = like(x, -Infinity);
      const root = b.un('sqrt', b.add(x, like(x, 0)));
      return b.select(b.cmp('eq', x, low), like(x, Infinity), root);
    }
    default:
      return undefined;
  }
}

/**
 * x^y for f32 in any number of lanes, and for scalar f64: 0.51 and 1.01 ulp. For a constant y of 0, 1,
 * 2, 3, -1 or ½ a few operations, right to 1.5 ulp.
 */
export function pow(b: FuncBuilder, x: Val, y: Val): Val {
  const simple = y.kind === 'const' ? simplePower(b, x, y.value) : undefined;
  if (simple) return simple;
  const [zero, one, infinity] = [like(x, 0), like(x, 1), like(x, Infinity)];
  const size = b.un('abs', x);
  const exponent = hold(b, y, -(2 ** 64), 2 ** 64);
  const power = x.ty.elem === 'f32' ? power32(b, size, exponent) : power64(b, size, exponent);
  // 0 and ∞: what y makes of them depends on its sign only.
  const edge = b.bin('or', b.cmp('eq', size, zero), b.cmp('eq', size, infinity));
  const falls = b.bin('xor', b.cmp('lt', size, one), b.cmp('lt', y, zero));
  const finite = b.select(edge, b.select(falls, zero, infinity), power);
  const half = b.mul(y, like(y, 0.5));
  const fractional = b.cmp('ne', b.un('trunc', y), y);
  const odd = b.bin('and', b.cmp('ne', b.un('trunc', half), half), b.un('not', fractional));
  const turned = b.select(b.bin('and', odd, signBit(b, x)), b.un('neg', finite), finite);
  const belowZero = b.bin('and', b.cmp('lt', x, zero), b.cmp('ne', size, infinity));
  const unknown = b.bin('or', b.cmp('ne', x, x), b.cmp('ne', y, y));
  const invalid = b.bin('or', unknown, b.bin('and', belowZero, fractional));
  const unit = b.bin('or', b.cmp('eq', y, zero), b.cmp('eq', x, one));
  return b.select(unit, one, b.select(invalid, like(x, NaN), turned));
}
