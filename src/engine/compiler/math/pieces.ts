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
