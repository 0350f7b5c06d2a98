import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { horner, intLike, like, powerOfTwo64, shift, specialOfLog } from './pieces.js';

/**
 * log and log1p in scalar f64: x = 2^e (1 + f) as in f32, and s = f / (2 + f) for log(1 + f). The
 * errors stated are the largest in eight million random arguments.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** The high word of √½, roughly. */
const ROOT_HALF = 0x3fe6a09e;

/** ((log(1+s) - log(1-s)) / s - 2) / s² by powers of s²: 1.2e-18 of log(1+f) (`log64` of scripts/minimax.py). */
const LOG_TAIL = [
  0.6666666666666734, 0.39999999999416536, 0.28571428742067745, 0.22222198599688422,
  0.18183563187785026, 0.15314074933344915, 0.14795744199874944,
];

/** e ln 2 + log(1 + f) = e ln 2 + f - (f²/2 - s (f²/2 + R)), R = s² LOG_TAIL(s²) */
function combine(b: FuncBuilder, e: Val, f: Val): Val {
  const s = b.div(f, b.add(f, like(f, 2)));
  const z = b.mul(s, s);
  const half = b.mul(b.mul(f, f), like(f, 0.5));
  const tail = b.mul(s, b.add(half, b.mul(z, horner(b, z, LOG_TAIL))));
  const low = b.add(tail, b.mul(e, like(f, LN2_LOW)));
  return b.add(b.mul(e, like(f, LN2_HIGH)), b.sub(f, b.sub(half, low)));
}

/** A positive number as 2^e m with √½ ≤ m < √2, all but exactly; e is an i32. */
export function split64(
  b: FuncBuilder,
  x: Val,
  mayBeDenormal = true,
): { readonly e: Val; readonly m: Val } {
  const denormal = mayBeDenormal ? b.cmp('lt', x, like(x, 2 ** -1022)) : undefined;
  const scaled = denormal ? b.select(denormal, b.mul(x, like(x, 2 ** 54)), x) : x;
  const high = b.hiWord(scaled);
  const e = shift(b, 'shrS', b.sub(high, intLike(high, ROOT_HALF)), 20);
  const m = b.fromWords(b.sub(high, shift(b, 'shl', e, 20)), b.loWord(scaled));
  if (!denormal) return { e, m };
  return { e: b.sub(e, b.select(denormal, intLike(e, 54), intLike(e, 0))), m };
}

/** Natural logarithm in f64: 0.82 ulp. */
export function log64(b: FuncBuilder, x: Val): Val {
  const { e, m } = split64(b, x);
  const y = combine(b, b.convert('f64', e), b.sub(m, like(x, 1)));
  return specialOfLog(b, x, 0, y);
}

/** log(1 + x) in f64: e is that of 1 + x, and f = 2^-e x + (2^-e - 1). 1.38 ulp. */
export function log1p64(b: FuncBuilder, x: Val): Val {
  const high = b.hiWord(b.add(x, like(x, 1)));
  const e = shift(b, 'shrS', b.sub(high, intLike(high, ROOT_HALF)), 20);
  const power = powerOfTwo64(b, b.sub(intLike(e, 2), e));
  const quarter = like(x, 0.25);
  const scaled = b.mul(b.mul(power, x), quarter);
  const f = b.add(scaled, b.sub(b.mul(power, quarter), like(x, 1)));
  const y = specialOfLog(b, x, -1, combine(b, b.convert('f64', e), f));
  return b.select(b.cmp('eq', x, like(x, 0)), x, y);
}
