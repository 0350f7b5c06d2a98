import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { horner, intLike, like, shift, specialOfLog } from './pieces.js';

/** log and log1p in f32: x = 2^e (1 + f) with √½ ≤ 1 + f < √2, and log x = e ln 2 + log(1 + f). */

const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444170128554e-4;
const ROOT_HALF_BITS = 0x3f3504f3;

/** (log(1+f) - f + f²/2) / f³: 5.9e-9 of log(1+f) (`log32` of scripts/minimax.py). */
const LOG_TAIL = [
  0.3333333134651184, -0.250008225440979, 0.20001259446144104, -0.16623342037200928,
  0.1420106738805771, -0.13159586489200592, 0.12765775620937347, -0.07641109079122543,
];

/** e ln 2 + log(1 + f) */
function combine(b: FuncBuilder, e: Val, f: Val): Val {
  const square = b.mul(f, f);
  const cubic = b.mul(b.mul(square, f), horner(b, f, LOG_TAIL));
  const low = b.add(cubic, b.mul(e, like(e, LN2_LOW)));
  const rest = b.sub(low, b.mul(square, like(f, 0.5)));
  return b.add(b.add(f, rest), b.mul(e, like(e, LN2_HIGH)));
}

/** e, such that the positive number with these bits is 2^e (1 + f). */
function exponentOf(b: FuncBuilder, bits: Val): Val {
  return shift(b, 'shrS', b.sub(bits, intLike(bits, ROOT_HALF_BITS)), 23);
}

/** Natural logarithm in f32: at most 0.87 ulp. Denormals are scaled by 2²³ first. */
export function log32(b: FuncBuilder, x: Val): Val {
  const denormal = b.cmp('lt', x, like(x, 2 ** -126));
  const scaled = b.select(denormal, b.mul(x, like(x, 2 ** 23)), x);
  const bits = b.bitcast('i32', scaled);
  const e = exponentOf(b, bits);
  const mantissa = b.bitcast('f32', b.sub(bits, shift(b, 'shl', e, 23)));
  const shiftBy = b.select(denormal, like(x, 23), like(x, 0));
  const y = combine(b, b.sub(b.convert('f32', e), shiftBy), b.sub(mantissa, like(x, 1)));
  return specialOfLog(b, x, 0, y);
}

/**
 * log(1 + x) in f32. e is that of 1 + x; f = 2^-e x + (2^-e - 1) keeps the digits of x that the sum
 * would lose. The factor is 2^(2-e) / 4, since 2^-e may be denormal. At most 1.44 ulp.
 */
export function log1p32(b: FuncBuilder, x: Val): Val {
  const e = exponentOf(b, b.bitcast('i32', b.add(x, like(x, 1))));
  const power = b.bitcast('f32', shift(b, 'shl', b.sub(intLike(x, 129), e), 23));
  const quarter = like(x, 0.25);
  const scaled = b.mul(b.mul(power, x), quarter);
  const f = b.add(scaled, b.sub(b.mul(power, quarter), like(x, 1)));
  const y = specialOfLog(b, x, -1, combine(b, b.convert('f32', e), f));
  return b.select(b.cmp('eq', x, like(x, 0)), x, y);
}
