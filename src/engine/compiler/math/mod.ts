import { i32 } from '../ir/builder.js';
import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { split64 } from './log64.js';
import { intLike, like, powerOfTwo64 } from './pieces.js';

/**
 * The remainder with the sign of the divisor, exact: C's fmod (a - b trunc(a / b) without rounding)
 * and then, where the signs differ, plus b. As PyTorch's `remainder`: a zero keeps the sign of the
 * dividend, and the sum rounds once.
 *
 * The quotient is taken some bits at a time, so that its product with b is exact: nearly always
 * once.
 */

/** y 2^n, exact where the result is; n is any difference of two exponents, not negative. */
function scaleUp(b: FuncBuilder, y: Val, n: Val): Val {
  const third = b.div(n, i32(3));
  const power = powerOfTwo64(b, third);
  const last = powerOfTwo64(b, b.sub(n, b.add(third, third)));
  return b.mul(b.mul(b.mul(y, power), power), last);
}

/** r - q d, exact, where q = trunc(r / d) has at most 25 bits, or d at most 24. */
function lessMultiple(b: FuncBuilder, r: Val, q: Val, d: Val, short: boolean): Val {
  if (short) return b.sub(r, b.mul(q, d));
  const low = b.loWord(d);
  const upper = b.fromWords(b.hiWord(d), b.bin('and', low, intLike(low, -(2 ** 26))));
  const most = b.mul(q, upper);
  const left = b.sub(r, most);
  const lost = b.sub(b.sub(r, left), most);
  return b.add(b.sub(left, b.mul(q, b.sub(d, upper))), lost);
}

/** fmod(a, d) for scalar f64; `short` if both are f32 in truth. */
function fmod64(b: FuncBuilder, a: Val, d: Val, short: boolean): Val {
  const step = short ? 28 : 23;
  const [size, divisor] = [b.un('abs', a), b.un('abs', d)];
  const zero = like(a, 0);
  const more = b.sub(b.sub(split64(b, size).e, split64(b, divisor).e), i32(1));
  const rounds = b.div(b.bin('max', more, i32(0)), i32(step));
  const r = b.declare(size);
  const scaled = b.declare(scaleUp(b, divisor, b.mul(rounds, i32(step))));
  b.for(i32(0), b.add(rounds, i32(1)), 1, () => {
    const [left, by] = [b.read(r), b.read(scaled)];
    const q = b.un('trunc', b.div(left, by));
    const next = lessMultiple(b, left, q, by, short);
    // The quotient may have been rounded up to the next integer.
    b.assign(r, b.select(b.cmp('lt', next, zero), b.add(next, by), next));
    b.assign(scaled, b.mul(by, like(by, 2 ** -step)));
  });
  const infinite = b.cmp('eq', divisor, like(a, Infinity));
  const signless = b.select(infinite, size, b.read(r));
  const valid = b.bin('and', b.cmp('gt', divisor, zero), b.cmp('lt', size, like(a, Infinity)));
  const signed = b.select(b.cmp('lt', b.hiWord(a), i32(0)), b.un('neg', signless), signless);
  return b.select(valid, signed, like(a, NaN));
}

function fmod32(b: FuncBuilder, a: Val, d: Val): Val {
  if (a.ty.lanes > 1) {
    const lanes = Array.from({ length: a.ty.lanes }, (_, k) => k);
    return b.pack(lanes.map((k) => fmod32(b, b.lane(a, k), b.lane(d, k))));
  }
  return b.convert('f32', fmod64(b, b.convert('f64', a), b.convert('f64', d), true));
}

/** The remainder of x by y with the sign of y; for i32, 0 where y = 0. */
export function mod(b: FuncBuilder, x: Val, y: Val): Val {
  const zero = like(x, 0);
  const { elem } = x.ty;
  const r =
    elem === 'i32' ? b.bin('rem', x, y) : elem === 'f32' ? fmod32(b, x, y) : fmod64(b, x, y, false);
  const differ = b.bin('xor', b.cmp('lt', r, zero), b.cmp('lt', y, zero));
  const wrong = b.bin('and', b.cmp('ne', r, zero), differ);
  return b.select(wrong, b.add(r, y), r);
}
