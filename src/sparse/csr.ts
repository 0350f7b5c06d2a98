import { ArgumentError, IndexError, ShapeError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import { fromData } from '../tensor/index.js';

/** The slots of a sparse matrix: for each row or column where they begin, and what is in them. */
interface Sorted {
  readonly ptr: Int32Array;
  /** Of each slot in the sorted order, the place it had before. */
  readonly order: Int32Array;
}

/**
 * Where the values of a sparse matrix [V, U] are: compressed rows, and what its transpose needs. The
 * values themselves are a tensor [E] in the order of the slots: row by row. A place may have several
 * slots, whose values add up. Made in time O(E + V + U).
 *
 * @example
 * const a = Csr.fromEdges([0, 2, 0], [1, 0, 2], [3, 3]);
 * spmm(a, tensor([[1], [2], [4]])); // [[6], [0], [1]]
 */
export class Csr {
  /** Number of rows, V, and of columns, U. */
  readonly shape: readonly [rows: number, columns: number];
  /** i32 [V + 1]: row v has the slots ptr[v] to ptr[v + 1] - 1. */
  readonly ptr: Tensor;
  /** i32 [E]: the column of each slot. */
  readonly index: Tensor;
  /** i32 [E]: the edge behind each slot, in the order in which edges were given. */
  readonly order: Tensor;
  /** @internal As `ptr` and `index`, of the transpose. */
  readonly tptr: Tensor;
  /** @internal */
  readonly tindex: Tensor;
  /** i32 [E]: of each slot of the transpose, the slot here. */
  readonly tperm: Tensor;
  /** @internal The reverse. */
  readonly perm: Tensor;

  private constructor(parts: Pick<Csr, keyof Csr & ('shape' | Part)>) {
    this.shape = parts.shape;
    this.ptr = parts.ptr;
    this.index = parts.index;
    this.order = parts.order;
    this.tptr = parts.tptr;
    this.tindex = parts.tindex;
    this.tperm = parts.tperm;
    this.perm = parts.perm;
  }

  /** Number of slots, E. */
  get slots(): number {
    return this.index.size;
  }

  /**
   * The matrix with a slot at (rows[e], columns[e]) for each edge e. Slots of one row keep the order
   * of the edges. Throws an IndexError for an edge beyond `shape`, and a ShapeError if there are not
   * as many columns as rows.
   */
  static fromEdges(
    rows: ArrayLike<number>,
    columns: ArrayLike<number>,
    shape: readonly [rows: number, columns: number],
  ): Csr {
    checkSizes('Csr.fromEdges', shape);
    if (rows.length !== columns.length) {
      throw new ShapeError(
        `Csr.fromEdges: ${rows.length} rows and ${columns.length} columns are given; give one of ` +
          'each per edge.',
      );
    }
    for (let e = 0; e < rows.length; e++) {
      if (isWithin(rows[e]!, shape[0]) && isWithin(columns[e]!, shape[1])) continue;
      throw new IndexError(
        `Csr.fromEdges: edge ${e} is at row ${rows[e]}, column ${columns[e]} of a matrix ` +
          `[${shape.join(', ')}]; use rows 0…${shape[0] - 1} and columns 0…${shape[1] - 1}.`,
      );
    }
    const { ptr, order } = countingSort(rows, shape[0]);
    return Csr.make(shape, ptr, picked(columns, order), order);
  }

  /**
   * The matrix of compressed rows: ptr [V + 1] from 0 to E, not decreasing, and the column of each
   * slot, index [E]. Throws an IndexError for pointers that are not such, or a column beyond
   * `columns`.
   */
  static fromRows(ptr: ArrayLike<number>, index: ArrayLike<number>, columns: number): Csr {
    const shape = [ptr.length - 1, columns] as const;
    checkSizes('Csr.fromRows', shape);
    for (let v = 0; v < ptr.length; v++) {
      const [p, least] = [ptr[v]!, v === 0 ? 0 : ptr[v - 1]!];
      const ends = v === ptr.length - 1 ? p === index.length : p <= index.length;
      if (Number.isInteger(p) && p >= least && ends && (v > 0 || p === 0)) continue;
      throw new IndexError(
        `Csr.fromRows: ptr[${v}] = ${p} after ${least} with ${index.length} slots; pointers begin ` +
          `at 0, do not decrease, and end at ${index.length}.`,
      );
    }
    for (let j = 0; j < index.length; j++) {
      if (isWithin(index[j]!, columns)) continue;
      throw new IndexError(
        `Csr.fromRows: index[${j}] = ${index[j]} is out of range for ${columns} columns; use ` +
          `0…${columns - 1}.`,
      );
    }
    const order = Int32Array.from({ length: index.length }, (_, j) => j);
    return Csr.make(shape, Int32Array.from(ptr), Int32Array.from(index), order);
  }

  private static make(
    shape: readonly [number, number],
    ptr: Int32Array,
    index: Int32Array,
    order: Int32Array,
  ): Csr {
    const row = new Int32Array(index.length);
    for (let v = 0; v < shape[0]; v++) row.fill(v, ptr[v], ptr[v + 1]);
    const transposed = countingSort(index, shape[1]);
    const perm = new Int32Array(index.length);
    transposed.order.forEach((j, k) => (perm[j] = k));
    return new Csr({
      shape,
      ptr: vector(ptr),
      index: vector(index),
      order: vector(order),
      tptr: vector(transposed.ptr),
      tindex: vector(picked(row, transposed.order)),
      tperm: vector(transposed.order),
      perm: vector(perm),
    });
  }

  /**
   * The transposed matrix; no work but for `order`. Values in the order of this matrix's slots become
   * those of the transpose by `values.indexSelect(0, this.tperm)`.
   */
  transpose(): Csr {
    return new Csr({
      shape: [this.shape[1], this.shape[0]],
      ptr: this.tptr,
      index: this.tindex,
      order: this.order.indexSelect(0, this.tperm),
      tptr: this.ptr,
      tindex: this.index,
      tperm: this.perm,
      perm: this.tperm,
    });
  }
}

type Part = 'ptr' | 'index' | 'order' | 'tptr' | 'tindex' | 'tperm' | 'perm';

function vector(data: Int32Array): Tensor {
  return fromData(data, [data.length]);
}

function isWithin(i: number, size: number): boolean {
  return Number.isInteger(i) && i >= 0 && i < size;
}

function checkSizes(op: string, shape: readonly [number, number]): void {
  if (shape.every((d) => Number.isInteger(d) && d >= 0)) return;
  throw new ArgumentError(
    `${op}: a matrix of ${shape[0]} rows and ${shape[1]} columns; give integers ≥ 0` +
      (shape[0] < 0 ? ', and at least one pointer.' : '.'),
  );
}

function picked(values: ArrayLike<number>, order: Int32Array): Int32Array {
  return order.map((at) => values[at]!);
}

/** Sorts by key, keeping the order of equal ones. */
function countingSort(keys: ArrayLike<number>, count: number): Sorted {
  const ptr = new Int32Array(count + 1);
  for (let e = 0; e < keys.length; e++) ptr[keys[e]! + 1]!++;
  for (let v = 0; v < count; v++) ptr[v + 1]! += ptr[v]!;
  const next = ptr.slice();
  const order = new Int32Array(keys.length);
  for (let e = 0; e < keys.length; e++) order[next[keys[e]!]!++] = e;
  return { ptr, order };
}
