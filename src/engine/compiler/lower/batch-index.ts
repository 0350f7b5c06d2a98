import { type FuncBuilder, i32 } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';

export interface BatchExtent {
  readonly extent: number;
}

/**
 * Splits an index over dimensions of which all but the first are given, the last running fastest.
 */
export function splitIndex(b: FuncBuilder, index: Val, inner: readonly number[]): Val[] {
  const parts: Val[] = [];
  let rest = index;
  for (let i = inner.length - 1; i >= 0; i--) {
    const extent = i32(inner[i]!);
    parts.unshift(b.bin('rem', rest, extent));
    rest = b.div(rest, extent);
  }
  return [rest, ...parts];
}

export function batchOffset(
  b: FuncBuilder,
  index: readonly Val[],
  strides: readonly number[],
  bytes: number,
): Val {
  return index.reduce<Val>((sum, i, d) => b.add(sum, b.mul(i, i32(strides[d]! * bytes))), i32(0));
}
