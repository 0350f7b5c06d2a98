import { DTypeError, ShapeError } from '../engine/core/errors.js';
import type { DType, Shape, Tensor } from '../tensor/index.js';
import { apply, ones } from '../tensor/index.js';
import type { Csr } from './csr.js';

/**
 * The product of a sparse matrix and a dense one: y[v] = Σ_j values[j] · x[index[j]] over the slots j
 * of row v, in their order. A is [V, U] with values [E] in the order of its slots (default: ones), x
 * is [U, …], the result [V, …]; f32, f64 or i32, which wraps. Gradients flow to x and to the values.
 * Throws a ShapeError or DTypeError.
 *
 * @example
 * const a = Csr.fromEdges([0, 1, 1], [1, 0, 1], [2, 2]);
 * spmm(a, tensor([[1, 2], [3, 4]]), tensor([10, 1, 100])); // [[30, 40], [301, 402]]
 */
export function spmm(a: Csr, x: Tensor, values?: Tensor): Tensor {
  const [rows, columns] = a.shape;
  const weights = values ?? ones([a.slots], { dtype: x.dtype });
  if (x.rank === 0 || x.shape[0] !== columns) {
    throw new ShapeError(
      `spmm: A is [V, U] = [${rows}, ${columns}] and x [${x.shape.join(', ')}]; give x [U, …].`,
    );
  }
  checkValues(weights, a.slots);
  checkDtypes('spmm', x, weights);
  const features = x.shape.slice(1);
  const flat = x.reshape([columns, size(features)]);
  return apply([weights, flat, ...structure(a)], (b, w, y, ...s) =>
    b.spmm(w, y, s as unknown as Parameters<typeof b.spmm>[2]),
  ).reshape([rows, ...features]);
}

/**
 * The product of two dense matrices at the slots of a sparse one: z[j] = Σ_f x[v, f] · y[index[j], f]
 * for slot j of row v. A is [V, U], x [V, F], y [U, F], the result [E] in the order of A's slots; f32,
 * f64 or i32, which wraps. Gradients flow to x and y. Throws a ShapeError or DTypeError.
 *
 * @example
 * const a = Csr.fromEdges([0, 1], [1, 0], [2, 2]);
 * sddmm(a, tensor([[1, 2], [3, 4]]), tensor([[5, 6], [7, 8]])); // [23, 39]
 */
export function sddmm(a: Csr, x: Tensor, y: Tensor): Tensor {
  const [rows, columns] = a.shape;
  const fits = x.rank === 2 && y.rank === 2 && x.shape[0] === rows && y.shape[0] === columns;
  if (!fits || x.shape[1] !== y.shape[1]) {
    throw new ShapeError(
      `sddmm: A is [V, U] = [${rows}, ${columns}], x [${x.shape.join(', ')}], y ` +
        `[${y.shape.join(', ')}]; give x [V, F] and y [U, F].`,
    );
  }
  checkDtypes('sddmm', x, y);
  return apply([x, y, ...structure(a)], (b, p, q, ...s) =>
    b.sddmm(p, q, s as unknown as Parameters<typeof b.sddmm>[2]),
  );
}

function structure(a: Csr): Tensor[] {
  return [a.ptr, a.index, a.tptr, a.tindex, a.tperm, a.perm];
}

function size(shape: Shape): number {
  return shape.reduce((n, d) => n * d, 1);
}

function checkValues(values: Tensor, slots: number): void {
  if (values.rank === 1 && values.size === slots) return;
  throw new ShapeError(
    `spmm: values have shape [${values.shape.join(', ')}]; give one per slot, [${slots}].`,
  );
}

const DTYPES: readonly DType[] = ['f32', 'f64', 'i32'];

function checkDtypes(op: string, x: Tensor, y: Tensor): void {
  if (x.dtype === y.dtype && DTYPES.includes(x.dtype)) return;
  throw new DTypeError(
    `${op}: operands are ${x.dtype} and ${y.dtype}; cast both to one of ${DTYPES.join(', ')}.`,
  );
}
