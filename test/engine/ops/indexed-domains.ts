/** Domains of what picks, places or orders elements: indices, segments, sparse products, windows. */
import type { Shape } from '../../../src/engine/core/shape.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import type { SegmentOp } from '../../../src/engine/graph/node.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { Context, Domain } from './domain.js';
import { NO_ATTRS, UNIT } from './domain.js';
import { drawFilledPointers, drawPointers, structureOf } from './structure.js';
import type { Draw } from './values.js';
import { distinct, grid, tensor } from './values.js';

/** An index that now and then points outside 0 … size - 1. */
function indices(c: Context, shape: Shape, size: number): RefArray {
  const inside: Draw = (rng) => (size === 0 ? 0 : rng.int(0, size - 1));
  return tensor(c.rng, shape, 'i32', (rng) =>
    rng.chance(0.1) ? rng.pick([-1, -2, size, size + 1, 2147483647, -2147483648]) : inside(rng),
  );
}

export const gather: Domain<'gather'> = (c) => {
  const shape = c.shape(1);
  const axis = c.rng.int(0, shape.length - 1);
  const picked = shape.map((d, i) => (i === axis ? c.extent() : d));
  return { inputs: [c.tensor(shape), indices(c, picked, shape[axis]!)], attrs: { axis } };
};

export const scatterAdd: Domain<'scatterAdd'> = (c) => {
  const shape = c.shape(1);
  const axis = c.rng.int(0, shape.length - 1);
  const size = c.extent();
  return { inputs: [c.summand(shape), indices(c, shape, size)], attrs: { axis, size } };
};

/** x [E, …] or its like, and pointers of a few segments. */
export const segmentSum: Domain<SegmentOp> = (c) => {
  const shape = c.shape(1);
  const ptr = drawPointers(c.rng, c.extent(), shape[0]!, c.values !== 'smooth');
  return { inputs: [c.summand(shape), ptr], attrs: NO_ATTRS };
};

/** As `segmentSum`; the maximum of an empty segment, which is not finite, among special values. */
export const segmentMax: Domain<SegmentOp> = (c) => {
  const shape = c.shape(1);
  const smooth = c.values === 'smooth';
  const x = smooth ? distinct(c.rng, shape, c.dtype) : c.tensor(shape, grid);
  const [count, size] = [c.extent(), shape[0]!];
  const special = c.values === 'special';
  const ptr = special
    ? drawPointers(c.rng, count, size, true)
    : drawFilledPointers(c.rng, count, size);
  return { inputs: [x, ptr], attrs: NO_ATTRS };
};

export const segmentGather: Domain<'segmentGather'> = (c) => {
  const shape = c.shape(1);
  const size = c.rng.pick([0, 1, 3, 17, 1030]);
  const ptr = drawPointers(c.rng, shape[0]!, size, c.values !== 'smooth');
  return { inputs: [c.tensor(shape), ptr], attrs: { size } };
};

export const segmentIds: Domain<'segmentIds'> = (c) => {
  const size = c.rng.pick([0, 1, 5, 1024, 3001]);
  const count = c.rng.pick([0, 1, 2, 9, 2000]);
  return { inputs: [drawPointers(c.rng, count, size, true)], attrs: { size } };
};

/** A sparse matrix [V, U] of a few slots, and `features`. */
function sparse(c: Context): { structure: RefArray[]; sizes: [number, number, number, number] } {
  const [rows, columns, slots] = [c.extent(), c.extent(), c.rng.pick([0, 1, 3, 8, 20])];
  const features = c.rng.pick([0, 1, 2, 3, 4, 5, 16, 17]);
  const ptr = drawPointers(c.rng, rows, slots, c.values !== 'smooth');
  const structure = structureOf(ptr, indices(c, [slots], columns), columns);
  return { structure, sizes: [rows, columns, slots, features] };
}

export const spmm: Domain<'spmm'> = (c) => {
  const { structure, sizes } = sparse(c);
  const [, columns, slots, features] = sizes;
  const operands = [c.summand([slots]), c.summand([columns, features])];
  return { inputs: [...operands, ...structure], attrs: NO_ATTRS };
};

export const sddmm: Domain<'sddmm'> = (c) => {
  const { structure, sizes } = sparse(c);
  const [rows, columns, , features] = sizes;
  const operands = [c.summand([rows, features]), c.summand([columns, features])];
  return { inputs: [...operands, ...structure], attrs: NO_ATTRS };
};

export const slotGather: Domain<'slotGather'> = (c) => {
  const { slots, columns } = slotsOf(c);
  return { inputs: [c.tensor([columns, ...c.shape(0, 2)]), ...slots], attrs: NO_ATTRS };
};

export const slotSum: Domain<'slotSum'> = (c) => {
  const { slots, count } = slotsOf(c);
  return { inputs: [c.summand([count, ...c.shape(0, 2)]), ...slots], attrs: NO_ATTRS };
};

/** The columns of a few slots, and the slots by columns. */
function slotsOf(c: Context): { slots: RefArray[]; columns: number; count: number } {
  const [columns, count] = [c.extent(), c.rng.pick([0, 1, 3, 8, 20])];
  const whole: RefArray = { shape: [2], dtype: 'i32', data: Float64Array.of(0, count) };
  const drawn = structureOf(whole, indices(c, [count], columns), columns);
  const [, index, tptr, , tperm] = drawn;
  return { slots: [index!, tptr!, tperm!], columns, count };
}

export const argsort: Domain<'argsort'> = (c) => {
  const { rng } = c;
  const shape = c.shape(1);
  const axis = rng.int(0, shape.length - 1);
  // Lines longer than any other axis now and then: they are sorted in another way.
  if (rng.chance(0.3)) shape[axis] = rng.pick([64, 65, 97, 256]);
  while (sizeOf(shape) > 4000) shape[shape.findIndex((d, i) => i !== axis && d > 1)] = 1;
  const n = shape[axis]!;
  const count = rng.chance(0.5) ? n : rng.int(0, n);
  return {
    inputs: [c.tensor(shape, rng.chance(0.5) ? grid : UNIT)],
    attrs: { axis, descending: rng.chance(0.5), count },
  };
};

export const cumsum: Domain<'cumsum'> = (c) => {
  const shape = c.shape(1);
  const [reverse, exclusive] = [c.rng.chance(0.4), c.rng.chance(0.4)];
  const axis = c.rng.int(0, shape.length - 1);
  return { inputs: [c.summand(shape)], attrs: { axis, reverse, exclusive } };
};

/** A window's sizes, and where it begins: now and then such that it would stick out. */
function place(c: Context, shape: Shape): { sizes: number[]; start: RefArray } {
  const { rng } = c;
  const sizes = shape.map((d) => (rng.chance(0.3) ? d : rng.int(Math.min(1, d), d)));
  const start = shape.map((d, i) => {
    const room = d - sizes[i]!;
    return rng.chance(0.15)
      ? rng.pick([-1, room + 1, d, 2147483647, -2147483648])
      : rng.int(0, room);
  });
  return { sizes, start: { shape: [start.length], dtype: 'i32', data: Float64Array.from(start) } };
}

export const dynamicSlice: Domain<'dynamicSlice'> = (c) => {
  const shape = c.shape();
  const { sizes, start } = place(c, shape);
  return { inputs: [c.tensor(shape), start], attrs: { sizes } };
};

export const dynamicUpdate: Domain<'dynamicUpdate'> = (c) => {
  const shape = c.shape();
  const { sizes, start } = place(c, shape);
  return { inputs: [c.tensor(shape), c.tensor(sizes), start], attrs: NO_ATTRS };
};
