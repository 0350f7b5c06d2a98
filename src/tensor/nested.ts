import type { TypedArray } from '../engine/core/dtype.js';
import { ShapeError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import { sizeOf } from '../engine/core/shape.js';

/** Numbers or truth values in arrays in arrays … */
export type NestedArray = number | boolean | readonly NestedArray[];

/** Shape and row-major elements of nested arrays. Throws a ShapeError where lengths differ. */
export function flattenNested(values: NestedArray): {
  readonly shape: number[];
  readonly flat: (number | boolean)[];
} {
  const shape: number[] = [];
  for (let at: NestedArray | undefined = values; typeof at === 'object'; at = at[0]) {
    shape.push(at.length);
  }
  const flat: (number | boolean)[] = [];
  const visit = (value: NestedArray, depth: number): void => {
    const isArray = typeof value === 'object';
    if (isArray !== depth < shape.length || (isArray && value.length !== shape[depth])) {
      const found = isArray ? `an array of ${value.length}` : 'a number';
      const expected = depth < shape.length ? `an array of ${shape[depth]}` : 'a number';
      throw new ShapeError(
        `tensor: at depth ${depth} of the nested arrays stands ${found}, where the first entry ` +
          `has ${expected}; give all arrays of a depth the same length.`,
      );
    }
    if (isArray) for (const part of value) visit(part, depth + 1);
    else flat.push(value);
  };
  visit(values, 0);
  return { shape, flat };
}

/** Row-major values as nested arrays; bool gives truth values. */
export function toNested(values: TypedArray, shape: Shape, isBool: boolean): NestedArray {
  const build = (axis: number, start: number, size: number): NestedArray => {
    if (axis === shape.length) return isBool ? values[start] !== 0 : values[start]!;
    const n = shape[axis]!;
    const step = n === 0 ? 0 : size / n;
    return Array.from({ length: n }, (_, i) => build(axis + 1, start + i * step, step));
  };
  return build(0, 0, sizeOf(shape));
}
