import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { copySign64, hold, horner, intLike, like, powerOfTwo64, shift } from './pieces.js';

/**
 * exp and its relatives in scalar f64: x = n ln 2 + r as in f32, with r carried in two parts. The
 * errors stated are the largest in eight million random arguments.
 */

const LOG2E = 1.4426950408889634;
/** ln 2 to 32 bits, whose products with n are exact, and the rest. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const MAGIC = 6755399441055744;

/** (e^r - 1 - r) / r² for |r| ≤ ln 2 / 2: 2.8e-19 of e^r - 1 (`exp64` of scripts/minimax.py). */
const EXP_TAIL = [
  0.5, 0.16666666666666677, 0.041666666666666685, 0.008333333333321806, 0.0013888888888894493,
  0.00019841269885311405, 2.4801587275965795e-5, 2.7557245180956287e-6, 2.7557333135950597e-7,
  2.510867879296241e-8, 2.0892530341549117e-9,
];

interface Reduced {
  /** n, an i32. */
  readonly n: Val;
  /** e^r - 1 */
  readonly head: Val;
}

/** Reduces x + low. */
function reduce(b: FuncBuilder, x: Val, low?: Val): Reduced {
  const t = b.add(b.mul(x, like(x, LOG2E)), like(x, MAGIC));
  const n = b.sub(t, like(x, MAGIC));
  const high = b.sub(x, b.mul(n, like(x, LN2_HIGH)));
  const less = b.mul(n, like(x, LN2_LOW));
  const rest = low ? b.sub(less, low) : less;
  const r = b.sub(high, rest);
  const lost = b.sub(b.sub(high, r), rest);
  // e^(r + lost) - 1 = r + (lost (1 + r) + r² …)
  const tail = b.mul(b.mul(r, r), horner(b, r, EXP_TAIL));
  const small = b.add(tail, b.add(lost, b.mul(lost, r)));
  return { n: b.loWord(t), head: b.add(r, small) };
}

/** y 2^n in two steps, so that denormals round once; |n| ≤ 2000. */
export function scale64(b: FuncBuilder, y: Val, n: Val): Val {
  const half = shift(b, 'shrS', n, 1);
  return b.mul(b.mul(y, powerOfTwo64(b, half)), powerOfTwo64(b, b.sub(n, half)));
}

/** e^(x + low) in f64, with low at most some units in the last place of x: 0.81 ulp. */
export function exp64(b: FuncBuilder, x: Val, low?: Val): Val {
  const held = hold(b, x, -750, 720);
  const rest = low && b.select(b.cmp('eq', held, x), low, like(x, 0));
  const { n, head } = reduce(b, held, rest);
  return scale64(b, b.add(head, like(x, 1)), n);
}

/** e^x - 1 in f64: 1.42 ulp. */
export function expm164(b: FuncBuilder, x: Val): Val {
  const { n, head } = reduce(b, hold(b, x, -50, 720));
  const half = powerOfTwo64(b, b.sub(n, intLike(n, 1)));
  const y = b.add(b.mul(half, head), b.sub(half, like(x, 0.5)));
  const over = b.cmp('gt', x, like(x, 709.7827128933841));
  const tiny = b.cmp('lt', b.un('abs', x), like(x, 2 ** -54));
  return b.select(tiny, x, b.select(over, like(x, Infinity), b.add(y, y)));
}

/** 1 / (1 + e^-x) in f64: σ(-|x|) = 2^n / (2^n + p) with e^|x| = p / 2^n. 2.00 ulp. */
export function sigmoid64(b: FuncBuilder, x: Val): Val {
  const one = like(x, 1);
  const { n, head } = reduce(b, hold(b, b.un('abs', x), 0, 750));
  const minus = b.sub(intLike(n, 0), n);
  const power = scale64(b, one, minus);
  const divisor = b.add(one, b.add(head, power));
  const left = scale64(b, b.div(one, divisor), minus);
  return b.select(b.cmp('lt', x, like(x, 0)), left, b.sub(one, left));
}

/** tanh in f64: (1 - E) / (1 + E) with E = e^-2|x|, and the sign of x. 1.92 ulp. */
export function tanh64(b: FuncBuilder, x: Val): Val {
  const one = like(x, 1);
  const { n, head } = reduce(b, b.mul(hold(b, b.un('abs', x), 0, 25), like(x, -2)));
  const power = powerOfTwo64(b, n);
  const rest = b.mul(power, head);
  const y = b.div(b.sub(b.sub(one, power), rest), b.add(b.add(one, power), rest));
  return copySign64(b, y, x);
}
