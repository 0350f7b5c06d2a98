import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';

/**
 * Transposes a square of as many vectors as they have lanes (a power of two): lane i of result j
 * is lane j of input i. A perfect shuffle per bit, of interleavings only, each one instruction.
 */
export function transposeLanes(b: FuncBuilder, rows: readonly Val[]): Val[] {
  const n = rows.length;
  const half = n / 2;
  const low = Array.from({ length: n }, (_, i) => (i >> 1) + (i & 1) * n);
  const high = low.map((lane) => lane + half);
  let now = [...rows];
  for (let width = 1; width < n; width *= 2) {
    const next: Val[] = [];
    for (let i = 0; i < half; i++) {
      const [x, y] = [now[i]!, now[i + half]!];
      next.push(b.shuffle(x, y, low), b.shuffle(x, y, high));
    }
    now = next;
  }
  return now;
}
