import { greatestOf, isFloat, leastOf } from '../../core/dtype.js';
import type { GraphNode, SegmentOp } from '../../graph/node.js';
import type { BoundContext, BoundRule } from './rule.js';
import type { Size } from './size.js';
import { isFixed } from './size.js';

/** A pointer behind all elements. */
const LAST = 2147483647;

const gather: BoundRule<'gather'> = {
  // An index out of range reads 0, also where it is below the bound.
  needs: (_c, { attrs }) => [{ operand: 0, axes: [attrs.axis], value: 0 }],
};

const scatterAdd: BoundRule<'scatterAdd'> = {
  varying: ['size'],
  // Updates beyond their number go nowhere.
  needs: (_c, { attrs }) => [{ operand: 1, axes: [attrs.axis], value: -1 }],
};

/** Pointers that end no later than the open extent of what they point into. */
function clamped(c: BoundContext, ptr: GraphNode, elements: Size): GraphNode {
  if (isFixed(elements)) return ptr;
  return c.b.binary('min', ptr, c.b.broadcastTo(c.extent(elements), ptr.shape));
}

function segment<K extends SegmentOp>(op: K): BoundRule<K> {
  return {
    build: (c, node, [x, ptr]) => {
      return c.b.segment(op, x!, clamped(c, ptr!, c.sizesOf(node.inputs[0]!)[0]!));
    },
  };
}

const segmentGather: BoundRule<'segmentGather'> = {
  varying: ['size'],
  // Segments beyond their number are those of no element that is in another one, and hold 0.
  needs: () => [
    { operand: 0, axes: [0], value: 0 },
    { operand: 1, axes: [0], value: LAST },
  ],
};

const segmentIds: BoundRule<'segmentIds'> = {
  varying: ['size'],
  needs: () => [{ operand: 0, axes: [0], value: LAST }],
  build: (c, node, [ptr]) => {
    const ids = c.b.node('segmentIds', [ptr!], node.attrs);
    const pointers = c.sizesOf(node.inputs[0]!)[0]!;
    if (isFixed(pointers)) return ids;
    const count = c.extent({ ...pointers, base: pointers.base - 1 });
    const within = c.b.compare('lt', ids, c.b.broadcastTo(count, ids.shape));
    return c.b.where(within, ids, c.b.like(ids, -1));
  },
};

const spmm: BoundRule<'spmm'> = {
  // A column out of range reads 0, also where it is below the bound.
  needs: () => [{ operand: 1, axes: [0], value: 0 }],
  build: (c, node, [values, x, ptr, ...structure]) => {
    const rows = clamped(c, ptr!, c.sizesOf(node.inputs[0]!)[0]!);
    return c.b.node('spmm', [values!, x!, rows, ...structure], {});
  },
};

const sddmm: BoundRule<'sddmm'> = {
  needs: () => [
    { operand: 0, axes: [0, 1], value: 0 },
    { operand: 1, axes: [0, 1], value: 0 },
    { operand: 2, axes: [0], value: LAST },
  ],
};

const slotGather: BoundRule<'slotGather'> = {
  // A column out of range reads 0, also where it is below the bound.
  needs: () => [{ operand: 0, axes: [0], value: 0 }],
};

const slotSum: BoundRule<'slotSum'> = {
  needs: () => [{ operand: 0, axes: [0], value: 0 }],
  build: (c, node, [x, index, tptr, tperm]) => {
    const columns = clamped(c, tptr!, c.sizesOf(node.inputs[0]!)[0]!);
    return c.b.node('slotSum', [x!, index!, columns, tperm!], {});
  },
};

const argsort: BoundRule<'argsort'> = {
  varying: ['count'],
  // What comes last, and behind what is equal to it; NaN is the largest.
  needs: (_c, { attrs, inputs }) => {
    const { dtype } = inputs[0]!;
    const largest = isFloat(dtype) ? NaN : greatestOf(dtype);
    return [{ operand: 0, axes: [attrs.axis], value: attrs.descending ? leastOf(dtype) : largest }];
  },
};

const cumsum: BoundRule<'cumsum'> = {
  needs: (_c, { attrs }) => {
    return attrs.reverse ? [{ operand: 0, axes: [attrs.axis], value: 0 }] : [];
  },
};

/** What reads and writes by index, segment or order. */
export const INDEXED_RULES = {
  gather,
  scatterAdd,
  segmentSum: segment('segmentSum'),
  segmentMax: segment('segmentMax'),
  segmentArgMax: segment('segmentArgMax'),
  segmentGather,
  segmentIds,
  spmm,
  sddmm,
  slotGather,
  slotSum,
  argsort,
  cumsum,
};
