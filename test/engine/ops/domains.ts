/**
 * How to draw operands and attributes for each primitive: the one place that a new primitive adds
 * to for its gradient check and for the comparison of every backend with the interpreter.
 */
import type { DType } from '../../../src/engine/core/dtype.js';
import { DTYPES } from '../../../src/engine/core/dtype.js';
import type { Shape } from '../../../src/engine/core/shape.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import type {
  BinaryOp,
  CompareOp,
  GraphNode,
  OpName,
  UnaryOp,
} from '../../../src/engine/graph/node.js';
import { OPS, OP_NAMES, build } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { Domain, DrawnOp, OpCase, Values } from './domain.js';
import { NO_ATTRS, UNIT } from './domain.js';
import {
  gather,
  scatterAdd,
  segmentSum,
  segmentMax,
  segmentGather,
  segmentIds,
  spmm,
  sddmm,
  slotGather,
  slotSum,
  argsort,
  cumsum,
  dynamicSlice,
  dynamicUpdate,
} from './indexed-domains.js';
import type { Rng } from './rng.js';
import type { Draw } from './values.js';
import {
  awayFromZero,
  between,
  distinct,
  drawExtent,
  drawShape,
  grid,
  nonzeroGrid,
  plain,
  special,
  tensor,
} from './values.js';

export type { DrawnOp, OpCase, Values } from './domain.js';

const isDrawn = (op: OpName): op is DrawnOp => !['leaf', 'scan', 'scanResult'].includes(op);

export const DRAWN_OPS: readonly DrawnOp[] = OP_NAMES.filter(isDrawn);

function unary(floats: Draw, smooth: Draw = floats): Domain<UnaryOp> {
  return (c) => ({ inputs: [c.tensor(c.shape(), floats, smooth)], attrs: NO_ATTRS });
}

function pair(x: Draw, y: Draw = x, smooth?: { x: Draw; y: Draw }): Domain<BinaryOp | CompareOp> {
  return (c) => {
    const shape = c.shape();
    const inputs = [c.tensor(shape, x, smooth?.x ?? x), c.tensor(shape, y, smooth?.y ?? y)];
    return { inputs, attrs: NO_ATTRS };
  };
}

/** Two operands that never come close to each other where the test is smooth. */
const apart: Domain<'max' | 'min'> = (c) => {
  if (c.values !== 'smooth') return pair(grid)(c);
  const x = c.tensor(c.shape(), UNIT);
  const gap = awayFromZero(0.1, 2);
  const y = { ...x, data: x.data.map((v) => v + gap(c.rng)) };
  return { inputs: [x, y], attrs: NO_ATTRS };
};

/** x = (n + fraction) · y, the fraction away from 0 and 1 where the test is smooth. */
const mod: Domain<'mod'> = (c) => {
  if (c.values !== 'smooth') return pair(grid, nonzeroGrid)(c);
  const y = c.tensor(c.shape(), awayFromZero(0.5, 2));
  const x = { ...y, data: y.data.map((v) => (c.rng.int(-3, 3) + c.rng.uniform(0.2, 0.8)) * v) };
  return { inputs: [x, y], attrs: NO_ATTRS };
};

const pow: Domain<'pow'> = (c) => {
  const shape = c.shape();
  if (c.values === 'plain' && c.rng.chance(0.3)) {
    const whole: Draw = (rng) => rng.int(-3, 4);
    return { inputs: [c.tensor(shape, nonzeroGrid), c.tensor(shape, whole)], attrs: NO_ATTRS };
  }
  const base = between(0.2, 4);
  return { inputs: [c.tensor(shape, base), c.tensor(shape, between(-3, 3))], attrs: NO_ATTRS };
};

const shift: Domain<'shiftLeft' | 'shiftRight'> = (c) => {
  const shape = c.shape();
  const x = tensor(c.rng, shape, 'i32', (rng) => rng.word() | 0);
  const y = tensor(c.rng, shape, 'i32', (rng) =>
    c.values === 'special' ? rng.int(-40, 70) : rng.int(0, 31),
  );
  return { inputs: [x, y], attrs: NO_ATTRS };
};

function reduction(sums: boolean): Domain<'sum' | 'prod' | 'reduceMax' | 'reduceMin'> {
  return (c) => {
    const shape = c.shape(1, 4, sums);
    const axes = c.rng.subset(
      shape.map((_, i) => i),
      1,
    );
    if (sums) return { inputs: [c.summand(shape, UNIT)], attrs: { axes } };
    const smooth = c.values === 'smooth';
    return {
      inputs: [smooth ? distinct(c.rng, shape, c.dtype) : c.tensor(shape, grid)],
      attrs: { axes },
    };
  };
}

/** Magnitudes around 1, and now and then a zero or two. */
const factor: Draw = (rng) => (rng.chance(0.1) ? 0 : awayFromZero(0.5, 1.5)(rng));

const prod: Domain<'prod'> = (c) => {
  const drawn = reduction(true)(c);
  return { ...drawn, inputs: [c.summand(drawn.inputs[0]!.shape, factor)] };
};

const arg: Domain<'argMax' | 'argMin'> = (c) => {
  const shape = c.shape(1, 4, false);
  return { inputs: [c.tensor(shape, grid)], attrs: { axis: c.rng.int(0, shape.length - 1) } };
};

/** Operands whose axes stand in any order, 0–2 of each kind. */
const dot: Domain<'dot'> = (c) => {
  const { rng } = c;
  const kinds = rng.list(4, () => rng.int(0, rng.chance(0.2) ? 2 : 1));
  const [batch, contract, left, right] = kinds.map((n) => rng.list(n, () => c.extent()));
  const place = (mine: readonly number[]): { shape: number[]; axes: number[] } => {
    const all = [...batch!, ...contract!, ...mine];
    const order = rng.shuffle(all.map((_, i) => i));
    return { shape: order.map((i) => all[i]!), axes: all.map((_, i) => order.indexOf(i)) };
  };
  const [x, y] = [place(left!), place(right!)];
  const [n, k] = [batch!.length, contract!.length];
  return {
    inputs: [c.summand(x.shape, UNIT), c.summand(y.shape, UNIT)],
    attrs: {
      batch: [x.axes.slice(0, n), y.axes.slice(0, n)],
      contract: [x.axes.slice(n, n + k), y.axes.slice(n, n + k)],
    },
  };
};

/** Up to three spatial dimensions, attributes of any kind, the axes of the result now and then permuted. */
const conv: Domain<'conv'> = (c) => {
  const { rng } = c;
  const rank = rng.int(0, c.values === 'smooth' ? 2 : 3);
  const few = rank > 1 ? 6 : 12;
  const spatial = rng.list(rank, () => rng.int(1, few));
  const kernel = rng.list(rank, () => rng.int(1, rng.chance(0.2) ? 5 : 3));
  const [n, g, o, ch] = rng.list(4, () => rng.int(1, rng.chance(0.2) ? 9 : 3));
  const some = (p: number, most: number): number[] =>
    rng.list(rank, () => (rng.chance(p) ? rng.int(1, most) : 1));
  const inputDilation = some(0.3, 3);
  const kernelDilation = some(0.3, 3);
  const low = rng.list(rank, () => (rng.chance(0.5) ? rng.int(-1, 3) : 0));
  // Padded until the window fits, mostly.
  const high = spatial.map((extent, i) => {
    const spread = (extent - 1) * inputDilation[i]! + 1 + low[i]!;
    const window = (kernel[i]! - 1) * kernelDilation[i]! + 1;
    return Math.max(rng.chance(0.5) ? rng.int(-1, 3) : 0, rng.chance(0.95) ? window - spread : -1);
  });
  const axes = Array.from({ length: 3 + rank }, (_, axis) => axis);
  const x = c.summand([rng.chance(0.05) ? 0 : n!, g!, ch!, ...spatial], UNIT);
  const w = c.summand([g!, o!, ch!, ...kernel], UNIT);
  const order = rng.chance(0.3) ? rng.shuffle(axes) : axes;
  const attrs = { stride: some(0.4, 3), low, high, inputDilation, kernelDilation, order };
  return { inputs: [x, w], attrs };
};

/** Another shape with as many elements: axes merged, ones put in. */
const reshape: Domain<'reshape'> = (c) => {
  const shape = c.shape();
  const merged: number[] = [];
  for (const d of shape) {
    if (merged.length > 0 && c.rng.chance(0.4)) merged[merged.length - 1]! *= d;
    else merged.push(d);
    if (merged.length < 4 && c.rng.chance(0.2)) merged.push(1);
  }
  const [from, to] = c.rng.chance(0.5) ? [shape, merged] : [merged, shape];
  return { inputs: [c.tensor(from)], attrs: NO_ATTRS, wanted: { shape: to } };
};

const permute: Domain<'permute'> = (c) => {
  const shape = c.shape();
  return {
    inputs: [c.tensor(shape)],
    attrs: { axes: c.rng.shuffle(shape.map((_, i) => i)) },
  };
};

const broadcast: Domain<'broadcast'> = (c) => {
  const shape = c.shape();
  const from = shape.map((d) => (c.rng.chance(0.4) ? 1 : d));
  return { inputs: [c.tensor(from)], attrs: NO_ATTRS, wanted: { shape } };
};

const pad: Domain<'pad'> = (c) => {
  const { rng } = c;
  const shape = c.shape(1, 3);
  const interior = shape.map(() => (rng.chance(0.3) ? rng.int(1, 2) : 0));
  const low = shape.map(() => rng.int(-2, 3));
  const high = shape.map((d, i) => {
    const needed = -(low[i]! + d + Math.max(d - 1, 0) * interior[i]!);
    return Math.max(rng.int(-2, 3), needed);
  });
  const value = rng.pick([0, 0, 1]);
  return { inputs: [c.tensor(shape)], attrs: { low, high, interior, value } };
};

const slice: Domain<'slice'> = (c) => {
  const { rng } = c;
  const shape = c.shape();
  // Mostly a few elements off the front; now and then all of them.
  const start = shape.map((d) =>
    rng.int(0, rng.chance(0.95) ? Math.max(0, Math.min(d - 1, 2)) : d),
  );
  const stop = shape.map((d, i) => (rng.chance(0.5) ? d : rng.int(Math.min(start[i]! + 1, d), d)));
  const step = shape.map(() => rng.pick([1, 1, 2, 3]));
  return { inputs: [c.tensor(shape)], attrs: { start, stop, step } };
};

const flip: Domain<'flip'> = (c) => {
  const shape = c.shape(1);
  const axes = c.rng.subset(
    shape.map((_, i) => i),
    1,
  );
  return { inputs: [c.tensor(shape)], attrs: { axes } };
};

const concat: Domain<'concat'> = (c) => {
  const shape = c.shape(1);
  const axis = c.rng.int(0, shape.length - 1);
  const inputs = c.rng.list(c.rng.int(1, 4), () =>
    c.tensor(shape.map((d, i) => (i === axis ? c.extent() : d))),
  );
  return { inputs, attrs: { axis } };
};

const window: Domain<'window'> = (c) => {
  const { rng } = c;
  const shape = c.shape(1, 3);
  const axis = rng.int(0, shape.length - 1);
  const size = rng.int(1, Math.max(1, Math.min(4, shape[axis]!)));
  const attrs = { axis, size, stride: rng.int(1, 3), dilation: rng.chance(0.3) ? 2 : 1 };
  return { inputs: [c.tensor(shape)], attrs };
};

/** One or two axes, mostly windows that fit; smooth ones have no two values alike. */
const windows = (sums: boolean): Domain<'windowSum' | 'windowMax' | 'argMaxWindow'> => {
  return (c) => {
    const { rng } = c;
    const rank = rng.int(1, 2);
    const shape = [...c.shape(0, 2), ...rng.list(rank, () => rng.int(1, rank > 1 ? 9 : 20))];
    const some = (most: number): number[] => rng.list(rank, () => rng.int(1, most));
    const [size, stride] = [some(3), some(3)];
    // Finite maxima need an element in every window.
    const dense = c.values !== 'special' && !sums;
    const dilation = rng.list(rank, () => (!dense && rng.chance(0.3) ? 2 : 1));
    const [least, most] = [dense ? 0 : -1, (k: number): number => (dense ? k - 1 : 3)];
    const low = size.map((k) => (rng.chance(0.5) ? rng.int(least, most(k)) : 0));
    const high = size.map((k, i) => {
      const missing = (k - 1) * dilation[i]! + 1 - shape[shape.length - rank + i]! - low[i]!;
      const some = rng.chance(0.5) ? rng.int(least, most(k)) : 0;
      return Math.max(some, rng.chance(0.95) || dense ? missing : -1);
    });
    const attrs = { size, stride, dilation, low, high };
    if (sums) return { inputs: [c.summand(shape, UNIT)], attrs };
    const smooth = c.values === 'smooth';
    return { inputs: [smooth ? distinct(rng, shape, c.dtype) : c.tensor(shape, grid)], attrs };
  };
};

const where: Domain<'where'> = (c) => {
  const shape = c.shape();
  const cond = tensor(c.rng, shape, 'bool', (rng) => rng.int(0, 1));
  return { inputs: [cond, c.tensor(shape), c.tensor(shape)], attrs: NO_ATTRS };
};

const cast: Domain<'cast'> = (c) => {
  const from = c.values === 'smooth' ? 'f64' : c.rng.pick(DTYPES);
  const draw = (c.values === 'special' ? special : plain)(from, between(-300, 300));
  const x = tensor(c.rng, c.shape(), from, draw);
  return { inputs: [x], attrs: NO_ATTRS, wanted: { dtype: c.dtype } };
};

const constant: Domain<'constant'> = (c) => ({
  inputs: [],
  attrs: { value: c.tensor([]).data[0]! },
  wanted: { shape: c.shape(), dtype: c.dtype },
});

const iota: Domain<'iota'> = (c) => {
  const shape = c.shape(1);
  const axis = c.rng.int(0, shape.length - 1);
  return { inputs: [], attrs: { axis }, wanted: { shape, dtype: c.dtype } };
};

const randomBits: Domain<'randomBits'> = (c) => ({
  inputs: [tensor(c.rng, [4], 'i32', (rng) => rng.word() | 0)],
  attrs: { offset: c.rng.pick([0, 1, c.rng.word(), 8589934592 + c.rng.word()]) },
  wanted: { shape: c.shape() },
});

const bits = pair(grid);

const DOMAINS: { readonly [K in DrawnOp]: Domain<K> } = {
  constant,
  iota,
  randomBits,
  neg: unary(between(-9, 9)),
  abs: unary(grid, awayFromZero(0.1, 2)),
  sign: unary(grid, awayFromZero(0.1, 2)),
  exp: unary(between(-20, 20), UNIT),
  log: unary(between(1e-3, 1e3), between(0.3, 3)),
  log1p: unary(between(-0.9, 9), between(-0.7, 3)),
  expm1: unary(between(-5, 5), UNIT),
  sqrt: unary(between(0, 1e3), between(0.3, 3)),
  rsqrt: unary(between(1e-3, 1e3), between(0.3, 3)),
  reciprocal: unary(awayFromZero(1e-2, 1e2), awayFromZero(0.3, 3)),
  sin: unary(between(-40, 40), UNIT),
  cos: unary(between(-40, 40), UNIT),
  tanh: unary(between(-12, 12), UNIT),
  sigmoid: unary(between(-30, 30), UNIT),
  erf: unary(between(-5, 5), UNIT),
  relu: unary(grid, awayFromZero(0.1, 2)),
  floor: unary(grid),
  ceil: unary(grid),
  round: unary(grid),
  not: unary(grid),
  add: pair(UNIT),
  sub: pair(UNIT),
  mul: pair(UNIT),
  div: pair(between(-9, 9), awayFromZero(0.1, 9), { x: UNIT, y: awayFromZero(0.5, 2) }),
  pow,
  max: apart,
  min: apart,
  mod,
  and: bits,
  or: bits,
  xor: bits,
  shiftLeft: shift,
  shiftRight: shift,
  eq: pair(grid),
  ne: pair(grid),
  lt: pair(grid),
  le: pair(grid),
  gt: pair(grid),
  ge: pair(grid),
  where,
  cast,
  reshape,
  permute,
  broadcast,
  pad,
  slice,
  flip,
  concat,
  window,
  windowSum: windows(true),
  windowMax: windows(false),
  argMaxWindow: windows(false),
  sum: reduction(true),
  prod,
  reduceMax: reduction(false),
  reduceMin: reduction(false),
  argMax: arg,
  argMin: arg,
  dot,
  conv,
  gather,
  scatterAdd,
  segmentSum,
  segmentMax,
  segmentArgMax: segmentMax,
  segmentGather,
  segmentIds,
  spmm,
  sddmm,
  slotGather,
  slotSum,
  argsort,
  cumsum,
  dynamicSlice,
  dynamicUpdate,
};

/** Dtypes to test an operation in: of its value operands; of its result where it has none. */
export function supportedDtypes(op: DrawnOp): readonly DType[] {
  return OPS[op].dtypes;
}

export interface DrawOptions {
  /** Drawn from `supportedDtypes` unless given; smooth cases are f64. */
  readonly dtype?: DType;
  readonly values?: Values;
  /** Draws shapes in place of the domain, which falls back to its own where this gives none. */
  readonly shape?: (least: number, most: number, empty: boolean) => number[] | undefined;
  /** Draws extents in place of the domain. */
  readonly extent?: () => number;
  /** Is told of each operand that may hold other values of the same draw. */
  readonly onTensor?: (x: RefArray, draw: Draw) => void;
}

/** Operands and attributes for `op`; operands hold values of their dtype, exactly. */
export function drawCase<K extends DrawnOp>(op: K, rng: Rng, options: DrawOptions = {}): OpCase<K> {
  const { values = 'plain' } = options;
  const small = values === 'smooth';
  const dtype = small ? 'f64' : (options.dtype ?? rng.pick(supportedDtypes(op)));
  const valueOf = (floats: Draw, smooth: Draw): Draw => {
    if (small) return smooth;
    return (values === 'special' ? special : plain)(dtype, floats);
  };
  const fill = (shape: Shape, draw: Draw): RefArray => {
    const x = tensor(rng, shape, dtype, draw);
    options.onTensor?.(x, draw);
    return x;
  };
  const drawn = (DOMAINS[op] as Domain<K>)({
    rng,
    dtype,
    values,
    shape: (least = 0, most = 4, empty = true) =>
      options.shape?.(least, most, empty) ?? drawShape(rng, { least, most, empty, small }),
    extent: options.extent ?? (() => drawExtent(rng, { small: true })),
    tensor: (shape, floats = between(-9, 9), smooth = floats) =>
      fill(shape, valueOf(floats, smooth)),
    summand: (shape, floats = UNIT) => fill(shape, plain(dtype, floats)),
  });
  return { op, inputs: drawn.inputs, attrs: drawn.attrs, wanted: drawn.wanted ?? {} };
}

/** A drawn case as a graph of one node over leaves, and the values of those. */
export interface CaseGraph {
  readonly node: GraphNode;
  readonly leaves: readonly GraphNode[];
  readonly bind: (leaf: GraphNode<'leaf'>) => RefArray;
}

export function graphOf<K extends DrawnOp>(drawn: OpCase<K>): CaseGraph {
  const leaves = drawn.inputs.map((x) => build.leaf({ kind: 'input' }, x.shape, x.dtype));
  const values = new Map<GraphNode, RefArray>(leaves.map((leaf, i) => [leaf, drawn.inputs[i]!]));
  const node = build.node(drawn.op, leaves, drawn.attrs, drawn.wanted);
  return { node, leaves, bind: (leaf) => values.get(leaf)! };
}

/** One line about a case, for the message of a failing test. */
export function describeCase({ op, inputs, attrs, wanted }: OpCase): string {
  const operands = inputs.map((x) => `${x.dtype}[${x.shape.join(', ')}]`).join(', ');
  return `${op}(${operands}) ${JSON.stringify(attrs)} ${JSON.stringify(wanted)}`;
}

/** Elements of the largest operand or result, to choose cases by. */
export function sizeOfCase({ inputs, wanted }: OpCase): number {
  return Math.max(0, ...inputs.map((x) => sizeOf(x.shape)), sizeOf(wanted.shape ?? [0]));
}
