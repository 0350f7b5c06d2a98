import { ShapeError } from './errors.js';

/** Extents of a tensor, outermost first. A scalar has shape []. */
export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let n = 1;
  for (const d of shape) n *= d;
  return n;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let s = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = s;
    s *= shape[i]!;
  }
  return strides;
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The common shape of two operands under NumPy's rule, or a ShapeError that names `op`. */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 0; i < rank; i++) {
    const da = a[a.length - rank + i] ?? 1;
    const db = b[b.length - rank + i] ?? 1;
    if (da !== db && da !== 1 && db !== 1) {
      throw new ShapeError(
        `${op}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast ` +
          `(dim ${i - rank} is ${da} and ${db}); the sizes must be equal or one of them 1.`,
      );
    }
    out[i] = da === 1 ? db : da;
  }
  return out;
}

/** `axis` counted from the front; negative axes count from the end. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || a < 0 || a >= rank) {
    throw new ShapeError(
      `${op}: axis ${axis} is out of range for a tensor of rank ${rank}; ` +
        (rank === 0 ? 'a scalar has no axes.' : `use ${-rank}…${rank - 1}.`),
    );
  }
  return a;
}

/** Distinct axes in ascending order; `undefined` means all of them. */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = (typeof axes === 'number' ? [axes] : [...axes]).map((a) =>
    normalizeAxis(op, a, rank),
  );
  list.sort((x, y) => x - y);
  const twice = list.find((a, i) => a === list[i + 1]);
  if (twice !== undefined) throw new ShapeError(`${op}: axis ${twice} is given twice.`);
  return list;
}

/** Throws unless every extent is a non-negative integer and the size stays addressable. */
export function checkShape(op: string, shape: Shape): void {
  for (const d of shape) {
    if (!Number.isInteger(d) || d < 0) {
      throw new ShapeError(
        `${op}: shape ${formatShape(shape)} has an extent of ${d}; extents are integers ≥ 0.`,
      );
    }
  }
  if (sizeOf(shape) > 2 ** 31 - 1) {
    throw new ShapeError(
      `${op}: shape ${formatShape(shape)} has ${sizeOf(shape)} elements; the limit is 2^31 - 1.`,
    );
  }
}
