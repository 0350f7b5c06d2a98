import type { Shape } from '../../core/shape.js';

/** Axes before and after a reshape that hold the same elements in the same order. */
export interface AxisGroup {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * Splits a reshape into the smallest groups of neighbouring axes that are reshaped among themselves,
 * whatever the sizes: `from` and `to` are the shapes at each sample point. Undefined if there is no
 * such split.
 */
export function reshapeGroups(
  from: readonly Shape[],
  to: readonly Shape[],
): AxisGroup[] | undefined {
  const groups: AxisGroup[] = [];
  const [m, n] = [from[0]!.length, to[0]!.length];
  for (let i = 0, j = 0; i < m || j < n;) {
    const group = { from: [] as number[], to: [] as number[] };
    const take = (side: 'from' | 'to'): void => {
      if (side === 'from' && i < m) group.from.push(i++);
      if (side === 'to' && j < n) group.to.push(j++);
    };
    take('from');
    take('to');
    for (;;) {
      const [p, q] = [products(from, group.from), products(to, group.to)];
      if (p.every((v, k) => v === q[k])) break;
      const before = i + j;
      if (p[0]! <= q[0]!) take('from');
      if (p[0]! >= q[0]!) take('to');
      if (i + j === before) return undefined;
    }
    groups.push(group);
  }
  return groups;
}

function products(shapes: readonly Shape[], axes: readonly number[]): number[] {
  return shapes.map((shape) => axes.reduce((n, axis) => n * shape[axis]!, 1));
}
