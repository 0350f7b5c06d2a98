import type { DType } from '../core/dtype.js';
import { isFloat } from '../core/dtype.js';
import { ShapeError } from '../core/errors.js';
import { formatShape } from '../core/shape.js';
import type { SparseStructure } from '../graph/builder.js';
import type { Aval, GraphNode } from '../graph/node.js';
import { checkDtype, checkSameDtype, operands } from './operands.js';
import type { OpRow, RefArray } from './row.js';
import { checkPointers, segmentIdsOf, segmentRange } from './segment.js';

const DTYPES: readonly DType[] = ['f32', 'f64', 'i32'];

/** The structure of the transposed matrix: no work. */
function transposed(s: SparseStructure): SparseStructure {
  const [ptr, index, tptr, tindex, tperm, perm] = s;
  return [tptr, tindex, ptr, index, perm, tperm];
}

function structureOf(node: GraphNode): SparseStructure {
  return node.inputs.slice(2) as readonly GraphNode[] as SparseStructure;
}

/** Throws unless the six are i32 vectors that fit each other; gives rows, columns and slots. */
function checkStructure(
  op: string,
  [ptr, index, tptr, ...others]: readonly Aval[],
): { rows: number; columns: number; slots: number } {
  const rows = checkPointers(op, ptr!);
  const columns = checkPointers(op, tptr!, 'tptr');
  const names = ['index', 'tindex', 'tperm', 'perm'];
  [index!, ...others].forEach((x, i) => {
    checkDtype(op, x, ['i32'], names[i]);
    if (x.shape.length === 1 && x.shape[0] === index!.shape[0]) return;
    throw new ShapeError(
      `${op}: ${names[i]} has shape ${formatShape(x.shape)} and index ` +
        `${formatShape(index!.shape)}; give vectors of one entry per slot.`,
    );
  });
  return { rows, columns, slots: index!.shape[0]! };
}

/** Throws unless `x` has `rank` axes, the first of extent `extent`. */
function checkOperand(op: string, x: Aval, what: string, extent: number, rank: number): void {
  if (x.shape.length === rank && x.shape[0] === extent) return;
  throw new ShapeError(
    `${op}: ${what} has shape ${formatShape(x.shape)}; the structure asks for ` +
      `[${extent}${rank === 2 ? ', F' : ''}].`,
  );
}

/** x · y + total, as `dtype` adds. */
function plus(total: number, x: number, y: number, dtype: DType): number {
  return isFloat(dtype) ? total + x * y : (total + Math.imul(x, y)) | 0;
}

/** The element of a matrix, or 0 in a row that does not exist. */
function entry(x: RefArray, row: number, column: number): number {
  return row >= 0 && row < x.shape[0]! ? x.data[row * x.shape[1]! + column]! : 0;
}

const spmm: OpRow<'spmm'> = {
  name: 'spmm',
  family: 'sparse',
  dtypes: DTYPES,
  infer(inputs) {
    const [values, x, ...structure] = operands('spmm', inputs, 8);
    checkSameDtype('spmm', [values!, x!]);
    checkDtype('spmm', x!, DTYPES);
    const { rows, columns, slots } = checkStructure('spmm', structure);
    checkOperand('spmm', values!, 'values', slots, 1);
    checkOperand('spmm', x!, 'x', columns, 2);
    return { shape: [rows, x!.shape[1]!], dtype: x!.dtype };
  },
  reference([values, x, ptr, index], _attrs, out) {
    const [rows, width] = [out.shape[0]!, out.shape[1]!];
    const result = new Float64Array(rows * width);
    for (let v = 0; v < rows; v++) {
      const [start, stop] = segmentRange(ptr!, v, index!.data.length);
      for (let f = 0; f < width; f++) {
        let total = 0;
        for (let j = start; j < stop; j++) {
          total = plus(total, values!.data[j]!, entry(x!, index!.data[j]!, f), out.dtype);
        }
        result[v * width + f] = total;
      }
    }
    return result;
  },
  gradient: (b, node, g) => {
    const [values, x] = [node.inputs[0]!, node.inputs[1]!];
    const s = structureOf(node);
    const none = s.map(() => null);
    return [b.sddmm(g, x, s), b.spmm(b.gather(values, s[4], 0), g, transposed(s)), ...none];
  },
};

const sddmm: OpRow<'sddmm'> = {
  name: 'sddmm',
  family: 'sparse',
  dtypes: DTYPES,
  infer(inputs) {
    const [x, y, ...structure] = operands('sddmm', inputs, 8);
    checkSameDtype('sddmm', [x!, y!]);
    checkDtype('sddmm', x!, DTYPES);
    const { rows, columns, slots } = checkStructure('sddmm', structure);
    checkOperand('sddmm', x!, 'x', rows, 2);
    checkOperand('sddmm', y!, 'y', columns, 2);
    if (x!.shape[1] !== y!.shape[1]) {
      throw new ShapeError(
        `sddmm: x ${formatShape(x!.shape)} and y ${formatShape(y!.shape)} differ in their ` +
          'features; make axis 1 equal.',
      );
    }
    return { shape: [slots], dtype: x!.dtype };
  },
  reference([x, y, ptr, index], _attrs, out) {
    const slots = index!.data.length;
    const ids = segmentIdsOf(ptr!, slots);
    return Float64Array.from({ length: slots }, (_, j) => {
      let total = 0;
      for (let f = 0; f < x!.shape[1]!; f++) {
        total = plus(total, entry(x!, ids[j]!, f), entry(y!, index!.data[j]!, f), out.dtype);
      }
      return total;
    });
  },
  gradient: (b, node, g) => {
    const [x, y] = [node.inputs[0]!, node.inputs[1]!];
    const s = structureOf(node);
    const none = s.map(() => null);
    return [b.spmm(g, y, s), b.spmm(b.gather(g, s[4], 0), x, transposed(s)), ...none];
  },
};

export const SPARSE = { spmm, sddmm };
