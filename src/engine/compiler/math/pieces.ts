import { constant } from '../ir/builder.js';
import type { FuncBuilder } from '../ir/builder.js';
import { scalar } from '../ir/ir.js';
import type { Val } from '../ir/ir.js';

/**
 * What the expansions share. All of `math/` keeps to separate multiplications and additions: a
 * fused multiply-add would give each tier its own bits.
 */

/** `value` in the type of `like`. */
export function like(x: Val, value: number): Val {
  return constant(x.ty, value);
}

/** `value` as i32, in as many lanes as `x`. */
export function intLike(x: Val, value: number): Val {
  return constant({ elem: 'i32', lanes: x.ty.lanes }, value | 0);
}

/** c[0] + c[1] x + c[2] x² + … */
export function horner(b: FuncBuilder, x: Val, c: readonly number[]): Val {
  let sum = like(x, c[c.length - 1]!);
  for (let k = c.length - 2; k >= 0; k--) sum = b.add(b.mul(sum, x), like(x, c[k]!));
  return sum;
}

export function shift(b: FuncBuilder, fn: 'shl' | 'shrS' | 'shrU', x: Val, count: number): Val {
  return b.bin(fn, x, constant(scalar('i32'), count));
}

/** The magnitude of `size` (not negative) with the sign of `sign`; f32. */
export function copySign32(b: FuncBuilder, size: Val, sign: Val): Val {
  const bit = b.bin('and', b.bitcast('i32', sign), intLike(sign, -0x80000000));
  return b.bitcast('f32', b.bin('or', b.bitcast('i32', size), bit));
}

/** The magnitude of `size` (not negative) with the sign of `sign`; scalar f64. */
export function copySign64(b: FuncBuilder, size: Val, sign: Val): Val {
  const bit = b.bin('and', b.hiWord(sign), intLike(sign, -0x80000000));
  return b.fromWords(b.bin('or', b.hiWord(size), bit), b.loWord(size));
}

/** 2^n in scalar f64 for -1022 ≤ n ≤ 1023. */
export function powerOfTwo64(b: FuncBuilder, n: Val): Val {
  return b.fromWords(shift(b, 'shl', b.add(n, intLike(n, 1023)), 20), intLike(n, 0));
}

/** `y` where x > pole, -∞ at the pole, NaN below; ∞ and NaN are their own result. */
export function specialOfLog(b: FuncBuilder, x: Val, pole: number, y: Val): Val {
  const finite = b.select(b.cmp('lt', x, like(x, Infinity)), y, x);
  const out = b.select(b.cmp('eq', x, like(x, pole)), like(x, -Infinity), like(x, NaN));
  return b.select(b.cmp('gt', x, like(x, pole)), finite, out);
}

/** x held to [least, most]; NaN stays. */
export function hold(b: FuncBuilder, x: Val, least: number, most: number): Val {
  const raised = b.select(b.cmp('lt', x, like(x, least)), like(x, least), x);
  return b.select(b.cmp('gt', raised, like(x, most)), like(x, most), raised);
}
