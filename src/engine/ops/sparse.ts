import type { DType } from '../core/dtype.js';
import { isFloat } from '../core/dtype.js';
import { ShapeError } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sameShape, sizeOf } from '../core/shape.js';
import type { SlotStructure, SparseStructure } from '../graph/builder.js';
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
  return entryOf(x, row, column, x.shape[1]!);
}

/** An element of a row of `width` elements, or 0 in a row that does not exist. */
function entryOf(x: RefArray, row: number, at: number, width: number): number {
  return row >= 0 && row < x.shape[0]! ? x.data[row * width + at]! : 0;
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

/** Throws unless the three are i32 vectors that fit each other; gives columns and slots. */
function checkSlots(
  op: string,
  index: Aval,
  tptr: Aval,
  tperm: Aval,
): { columns: number; slots: number } {
  const columns = checkPointers(op, tptr, 'tptr');
  checkDtype(op, index, ['i32'], 'index');
  checkDtype(op, tperm, ['i32'], 'tperm');
  if (index.shape.length !== 1 || !sameShape(index.shape, tperm.shape)) {
    throw new ShapeError(
      `${op}: index has shape ${formatShape(index.shape)} and tperm ${formatShape(tperm.shape)}; ` +
        'give vectors of one entry per slot.',
    );
  }
  return { columns, slots: index.shape[0]! };
}

/** Throws unless `x` has `rows` rows; gives its shape with `others` in their place. */
function withRows(op: string, x: Aval, rows: number, others: number): Shape {
  checkDtype(op, x, DTYPES);
  if (x.shape.length > 0 && x.shape[0] === rows) return [others, ...x.shape.slice(1)];
  throw new ShapeError(
    `${op}: x has shape ${formatShape(x.shape)}; the structure asks for [${rows}, …].`,
  );
}

const slotGather: OpRow<'slotGather'> = {
  name: 'slotGather',
  family: 'sparse',
  dtypes: DTYPES,
  infer(inputs) {
    const [x, index, tptr, tperm] = operands('slotGather', inputs, 4);
    const { columns, slots } = checkSlots('slotGather', index!, tptr!, tperm!);
    return { shape: withRows('slotGather', x!, columns, slots), dtype: x!.dtype };
  },
  reference([x, index], _attrs, out) {
    const width = sizeOf(out.shape.slice(1));
    return Float64Array.from({ length: sizeOf(out.shape) }, (_, i) =>
      entryOf(x!, index!.data[Math.floor(i / width)]!, i % width, width),
    );
  },
  gradient: (b, node, g) => [b.slotSum(g, slotsOf(node)), null, null, null],
};

const slotSum: OpRow<'slotSum'> = {
  name: 'slotSum',
  family: 'sparse',
  dtypes: DTYPES,
  infer(inputs) {
    const [x, index, tptr, tperm] = operands('slotSum', inputs, 4);
    const { columns, slots } = checkSlots('slotSum', index!, tptr!, tperm!);
    return { shape: withRows('slotSum', x!, slots, columns), dtype: x!.dtype };
  },
  reference([x, , tptr, tperm], _attrs, out) {
    const width = sizeOf(out.shape.slice(1));
    return Float64Array.from({ length: sizeOf(out.shape) }, (_, i) => {
      const [start, stop] = segmentRange(tptr!, Math.floor(i / width), tperm!.data.length);
      let total = 0;
      for (let k = start; k < stop; k++) {
        total = plus(total, 1, entryOf(x!, tperm!.data[k]!, i % width, width), out.dtype);
      }
      return total;
    });
  },
  gradient: (b, node, g) => [b.slotGather(g, slotsOf(node)), null, null, null],
};

function slotsOf(node: GraphNode): SlotStructure {
  return node.inputs.slice(1) as readonly GraphNode[] as SlotStructure;
}

export const SPARSE = { spmm, sddmm, slotGather, slotSum };
