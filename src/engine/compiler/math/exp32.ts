import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { copySign32, horner, intLike, like, shift } from './pieces.js';

/**
 * exp and its relatives in f32: x = n ln 2 + r with |r| ≤ ln 2 / 2, and e^x = 2^n e^r.
 *
 * n is read off the low bits of x log₂e + 1.5·2²³: one rounding gives n as an integer and as a
 * float, with no conversion. n ln 2 is subtracted in two parts, the first with a short mantissa, so
 * that its product with n is exact.
 */

const LOG2E = 1.4426950216293335;
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444170128554e-4;
const MAGIC = 12582912;
const MAGIC_BITS = 0x4b400000;

/** (e^r - 1 - r) / r² for |r| ≤ ln 2 / 2: 1.4e-8 of e^r - 1 (`exp32` of scripts/minimax.py). */
const EXP_TAIL = [
  0.4999999701976776, 0.16666539013385773, 0.04166775196790695, 0.00836709700524807,
  0.0013837151927873492,
];

interface Reduced {
  /** bias + n in the low bits. */
  readonly bits: Val;
  /** e^r - 1 */
  readonly head: Val;
}

/** n is held to at most `maxN` (r then grows with x), and is not limited where that is absent. */
function reduce(b: FuncBuilder, x: Val, bias: number, maxN?: number, sign: 1 | -1 = 1): Reduced {
  const magic = like(x, MAGIC + bias);
  let bits = b.bitcast('i32', b.add(b.mul(x, like(x, sign * LOG2E)), magic));
  if (maxN !== undefined) bits = b.bin('min', bits, intLike(x, MAGIC_BITS + bias + maxN));
  const n = b.sub(b.bitcast('f32', bits), magic);
  const high = b.sub(x, b.mul(n, like(x, sign * LN2_HIGH)));
  const r = b.sub(high, b.mul(n, like(x, sign * LN2_LOW)));
  const tail = b.mul(b.mul(r, r), horner(b, r, EXP_TAIL));
  return { bits, head: b.add(r, tail) };
}

/** Two powers of 2 with product 2^n, where `bits` carry n + 254: n may be that of a denormal. */
function halfPowers(b: FuncBuilder, bits: Val): [Val, Val] {
  const power = (v: Val): Val => b.bitcast('f32', shift(b, 'shl', shift(b, 'shrU', v, 1), 23));
  return [power(bits), power(b.add(bits, intLike(bits, 1)))];
}

/** x, but not below `least`; NaN stays. */
function atLeast(b: FuncBuilder, x: Val, least: number): Val {
  return b.select(b.cmp('lt', x, like(x, least)), like(x, least), x);
}

/**
 * e^x in f32: at most 1.01 ulp over all arguments. Where it is 0, as in what a mask hides, nothing is
 * multiplied down to 0: processors take many times as long for a product that underflows.
 */
export function exp32(b: FuncBuilder, x: Val): Val {
  const none = b.cmp('lt', x, like(x, -104));
  const { bits, head } = reduce(b, b.select(none, like(x, 0), x), 254, 130);
  const [first, second] = halfPowers(b, bits);
  const y = b.mul(b.mul(b.add(head, like(x, 1)), first), second);
  return b.select(none, like(x, 0), y);
}

/**
 * e^x - 1 in f32. 2^n (e^r - 1) + (2^n - 1), halved until the end so that n = 128 does not overflow
 * early; ±0 and denormals, which halving would hurt, are their own result. At most 1.67 ulp.
 */
export function expm132(b: FuncBuilder, x: Val): Val {
  const { bits, head } = reduce(b, atLeast(b, x, -20), 126, 128);
  const half = b.bitcast('f32', shift(b, 'shl', bits, 23));
  const y = b.add(b.mul(half, head), b.sub(half, like(x, 0.5)));
  const tiny = b.cmp('lt', b.un('abs', x), like(x, 2 ** -25));
  return b.select(tiny, x, b.add(y, y));
}

/**
 * 1 / (1 + e^-x) in f32. With e^|x| = p / 2^n, σ(-|x|) = 2^n / (2^n + p), in which only the divisor
 * and the division round; σ(|x|) = 1 - σ(-|x|). The last scaling keeps denormals right. At most
 * 2.00 ulp.
 */
export function sigmoid32(b: FuncBuilder, x: Val): Val {
  const size = b.un('abs', x);
  const held = b.select(b.cmp('gt', size, like(x, 104)), like(x, 104), size);
  const { bits, head } = reduce(b, held, 254, undefined, -1);
  const [first, second] = halfPowers(b, bits);
  const one = like(x, 1);
  const divisor = b.add(one, b.add(head, b.mul(first, second)));
  const left = b.mul(b.div(first, divisor), second);
  return b.select(b.cmp('lt', x, like(x, 0)), left, b.sub(one, left));
}

/**
 * tanh in f32: (1 - E) / (1 + E) with E = e^-2|x| = 2^n + 2^n (e^r - 1), and the sign of x. At most
 * 1.95 ulp.
 */
export function tanh32(b: FuncBuilder, x: Val): Val {
  const size = b.un('abs', x);
  const held = b.select(b.cmp('gt', size, like(x, 10)), like(x, 10), size);
  const { bits, head } = reduce(b, b.mul(held, like(x, -2)), 127);
  const power = b.bitcast('f32', shift(b, 'shl', bits, 23));
  const one = like(x, 1);
  const rest = b.mul(power, head);
  const y = b.div(b.sub(b.sub(one, power), rest), b.add(b.add(one, power), rest));
  return copySign32(b, y, x);
}
