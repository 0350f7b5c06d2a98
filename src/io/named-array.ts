import { allocate, type DType, type TypedArray } from '../engine/core/dtype.js';
import { DTypeError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sizeOf, type Shape } from '../engine/core/shape.js';

/** Values with the shape and dtype that give them meaning: a tensor outside the engine. */
export interface NamedArray {
  readonly dtype: DType;
  /** Extents, outermost first; `[]` for a scalar. */
  readonly shape: Shape;
  /** Row-major, `sizeOf(shape)` elements; one byte, 0 or 1, per element for `bool`. */
  readonly values: TypedArray;
}

/** Throws unless `values` has the type that `dtype` asks for and the length that `shape` does. */
export function checkArray(op: string, name: string, array: NamedArray): void {
  const { dtype, shape, values } = array;
  const wanted = allocate(dtype, 0).constructor.name;
  const found = ArrayBuffer.isView(values) ? values.constructor.name : typeof values;
  if (found !== wanted && !(wanted === 'Uint8Array' && values instanceof Uint8Array)) {
    throw new DTypeError(
      `${op}: '${name}' is declared ${dtype}, but its values are a ${found}; pass a ${wanted}.`,
    );
  }
  if (shape.some((d) => !Number.isInteger(d) || d < 0) || sizeOf(shape) !== values.length) {
    throw new ShapeError(
      `${op}: '${name}' has shape ${formatShape(shape)}, which is ${sizeOf(shape)} elements, ` +
        `but ${values.length} values; give a shape of integers ≥ 0 whose product is ` +
        `${values.length}.`,
    );
  }
}
