import type { DType, TypedArray } from '../../../../src/engine/core/dtype.js';
import { DTYPES, allocate, isFloat } from '../../../../src/engine/core/dtype.js';
import { sizeOf } from '../../../../src/engine/core/shape.js';
import { bindLeaf } from '../../../../src/engine/backends/interpreter/device.js';
import type { BinaryOp, GraphNode, UnaryOp } from '../../../../src/engine/graph/node.js';
import { isOp, topological } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import type { ProgramSpec } from '../../../../src/engine/runtime/device.js';
import { InputSource, Variable } from '../../../../src/engine/runtime/storage.js';
import { Rng } from '../../ops/rng.js';
import type { FuzzGraph } from './graph.js';
import { regroup } from '../regroup.js';

const EXTENTS = [0, 1, 1, 2, 3, 4, 5, 7, 8, 16, 17, 33];
/** Floats are integers of at most this size, so that every sum is exact in any order. */
const LIMIT = 100;
const MAX_SIZE = 4000;

const UNARY: Record<DType, readonly UnaryOp[]> = {
  f32: ['neg', 'abs', 'sign', 'relu', 'floor', 'ceil', 'round'],
  f64: ['neg', 'abs', 'sign', 'relu', 'floor', 'ceil', 'round'],
  i32: ['neg', 'abs', 'sign', 'not'],
  u8: ['neg', 'abs', 'sign', 'not'],
  bool: ['not'],
};
const ARITHMETIC: readonly BinaryOp[] = ['add', 'sub', 'mul', 'max', 'min'];
const BITS: readonly BinaryOp[] = ['and', 'or', 'xor'];
const BINARY: Record<DType, readonly BinaryOp[]> = {
  f32: ARITHMETIC,
  f64: ARITHMETIC,
  i32: [...ARITHMETIC, ...BITS, 'div', 'mod', 'shiftLeft', 'shiftRight'],
  u8: [...ARITHMETIC, ...BITS, 'div', 'mod'],
  bool: BITS,
};

export interface ExactProgram {
  readonly spec: ProgramSpec;
  readonly inputs: readonly TypedArray[];
  readonly variables: readonly Variable[];
}

/**
 * A random program over all dtypes, with variables it assigns, whose every value is exact: any
 * device has to give the interpreter's bits. Equal seeds give equal programs with variables of
 * their own.
 */
export function exactProgram(seed: number): ExactProgram {
  const rng = new Rng(seed);
  const sources = Array.from({ length: rng.int(1, 4) }, () => {
    const shape = rng.list(rng.int(0, 3), () => rng.pick(EXTENTS));
    return { shape, dtype: rng.pick(DTYPES) };
  });
  const values = sources.map(({ shape, dtype }) => drawValues(rng, dtype, sizeOf(shape)));
  const [inputs, variables]: [TypedArray[], Variable[]] = [[], []];
  const targets: GraphNode[] = [];
  const leaves = sources.map(({ shape, dtype }, i) => {
    if (rng.chance(0.5)) return b.leaf(new InputSource(inputs.push(values[i]!) - 1), shape, dtype);
    const variable = new Variable(shape, dtype, values[i]!);
    variables.push(variable);
    targets.push(b.leaf(variable, shape, dtype));
    return targets[targets.length - 1]!;
  });
  const state = new Variable([4], 'i32', Int32Array.of(seed, 2, -1, 3));
  variables.push(state);
  const counter = b.leaf(state, [4], 'i32');
  const pool = grow(rng, leaves, counter, rng.int(1, 30));
  const assigns = targets.flatMap((leaf) => {
    if (rng.chance(0.3)) return [];
    return [{ target: (leaf.attrs as { source: Variable }).source, value: fit(rng, leaf, pool) }];
  });
  if (rng.chance(0.5)) {
    assigns.push({ target: state, value: b.add(counter, b.constant(1, [4], 'i32')) });
  }
  const outputs = pool.filter((_, i) => i === pool.length - 1 || rng.chance(0.15)).slice(-6);
  const spec: ProgramSpec = {
    inputs: leaves
      .filter((n) => (n.attrs as { source: object }).source instanceof InputSource)
      .map(({ shape, dtype }) => ({ shape, dtype })),
    outputs,
    assigns,
  };
  return { spec, inputs, variables };
}

/** What the program computes in its first step, without variables. */
export function graphOf({ spec, inputs }: ExactProgram): FuzzGraph {
  const outputs = [...spec.outputs, ...spec.assigns.map((a) => a.value)];
  const values = new Map<GraphNode, RefArray>();
  for (const leaf of topological(outputs)) {
    if (isOp(leaf, 'leaf')) values.set(leaf, bindLeaf(leaf, inputs));
  }
  return { outputs, values };
}

function drawValues(rng: Rng, dtype: DType, length: number): TypedArray {
  const values = allocate(dtype, length);
  const special = [0, 1, -1, 2147483647, -2147483648, 31, 32];
  for (let i = 0; i < length; i++) {
    if (dtype === 'bool') values[i] = rng.int(0, 1);
    else if (isFloat(dtype)) values[i] = rng.int(-9, 9);
    else values[i] = rng.chance(0.3) ? rng.pick(special) : rng.word();
  }
  return values;
}

/** A value for a variable: one of the pool, cast, or something that moves its own elements. */
function fit(rng: Rng, leaf: GraphNode, pool: readonly GraphNode[]): GraphNode {
  if (rng.chance(0.2)) {
    const written = dynamicWindow(rng, leaf, [...pool, leaf]);
    if (written?.shape.join() === leaf.shape.join()) return written;
  }
  const same = pool.filter((n) => sizeOf(n.shape) === sizeOf(leaf.shape));
  const value = convert(rng.pick([...same, leaf]), leaf.dtype);
  const shaped = b.reshape(value, leaf.shape);
  const axes = leaf.shape.map((_, i) => i);
  return rng.chance(0.2) ? b.flip(shaped, axes) : shaped;
}

function convert(x: GraphNode, dtype: DType): GraphNode {
  const y = b.cast(x, dtype);
  return isFloat(dtype) && y !== x ? bounded(y) : y;
}

function bounded(x: GraphNode): GraphNode {
  if (!isFloat(x.dtype)) return x;
  return b.binary('max', b.binary('min', x, b.like(x, LIMIT)), b.like(x, -LIMIT));
}

function grow(rng: Rng, leaves: readonly GraphNode[], state: GraphNode, ops: number): GraphNode[] {
  const pool = [...leaves];
  for (let i = 0; i < ops; i++) {
    const x = rng.chance(0.6) ? pool[pool.length - 1]! : rng.pick(pool);
    const next = rng.pick(STEPS)(rng, x, pool, state);
    if (next && sizeOf(next.shape) <= MAX_SIZE) pool.push(next);
  }
  const results = pool.slice(leaves.length);
  return results.length > 0 ? results : [b.cast(pool[0]!, 'i32')];
}

type Step = (
  rng: Rng,
  x: GraphNode,
  pool: readonly GraphNode[],
  state: GraphNode,
) => GraphNode | undefined;

/** Something of the pool in the shape and dtype of `x`. */
function partner(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode {
  const same = pool.filter((p) => p.shape.join() === x.shape.join());
  return convert(rng.pick(same), x.dtype);
}

function truth(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode {
  if (x.dtype === 'bool') return b.compare(rng.pick(['eq', 'ne']), x, partner(rng, x, pool));
  return b.compare(rng.pick(['lt', 'le', 'gt', 'ge', 'eq', 'ne']), x, partner(rng, x, pool));
}

const STEPS: readonly Step[] = [
  (rng, x) => b.unary(rng.pick(UNARY[x.dtype]), x),
  binary,
  binary,
  binary,
  (rng, x, pool) => truth(rng, x, pool),
  (rng, x, pool) => b.where(truth(rng, x, pool), x, partner(rng, x, pool)),
  (rng, x) => convert(x, rng.pick(DTYPES)),
  (rng, x) => b.permute(x, rng.shuffle(x.shape.map((_, i) => i))),
  (rng, x) => b.reshape(x, regroup(rng, x.shape)),
  (rng, x) => b.broadcastTo(x, [rng.int(1, 4), ...x.shape]),
  pad,
  slice,
  (rng, x) => b.flip(x, rng.subset(x.shape.map((_, i) => i))),
  concat,
  reduce,
  reduce,
  arg,
  dot,
  gather,
  scatter,
  ordered,
  dynamicWindow,
  (rng, x) => {
    if (x.shape.length === 0 || x.dtype === 'bool') return undefined;
    const count = b.iota(x.shape, rng.int(0, x.shape.length - 1), x.dtype);
    return bounded(b.binary('sub', x, bounded(count)));
  },
  (rng, x, _pool, state) => {
    const bits = b.randomBits(state, x.shape, rng.int(0, 3));
    return rng.chance(0.5) ? bits : convert(b.binary('and', bits, b.like(bits, 7)), x.dtype);
  },
];

function binary(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode {
  const y = partner(rng, x, pool);
  return bounded(b.binary(rng.pick(BINARY[x.dtype]), x, rng.chance(0.2) ? b.like(y, 2) : y));
}

function pad(rng: Rng, x: GraphNode): GraphNode | undefined {
  if (x.shape.length > 5) return undefined; // it could become enormous
  const interior = x.shape.map((d) => (d > 0 && rng.chance(0.3) ? rng.int(1, 2) : 0));
  const low = x.shape.map((d) => rng.int(-Math.min(2, d >> 1), 2));
  const high = x.shape.map((d) => rng.int(-Math.min(2, d >> 1), 2));
  return b.pad(x, { low, high, interior, value: rng.int(0, 1) });
}

function slice(rng: Rng, x: GraphNode): GraphNode {
  const start = x.shape.map((d) => rng.int(0, Math.min(2, d)));
  const stop = x.shape.map((d, i) => rng.int(start[i]!, d));
  return b.slice(x, { start, stop, step: x.shape.map(() => rng.int(1, 3)) });
}

function concat(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode | undefined {
  if (x.shape.length === 0) return undefined;
  const axis = rng.int(0, x.shape.length - 1);
  const fits = pool.filter(
    (p) =>
      p.shape.length === x.shape.length && p.shape.every((d, i) => i === axis || d === x.shape[i]),
  );
  const parts = rng.list(rng.int(1, 3), () => convert(rng.pick(fits), x.dtype));
  return b.concat([x, ...parts], axis);
}

function reduce(rng: Rng, x: GraphNode): GraphNode | undefined {
  if (x.dtype === 'bool') return undefined;
  const axes = rng.subset(x.shape.map((_, i) => i));
  const ops = isFloat(x.dtype) ? (['sum'] as const) : (['sum', 'prod'] as const);
  const empty = axes.some((a) => x.shape[a] === 0);
  const op = empty ? rng.pick(ops) : rng.pick([...ops, 'reduceMax', 'reduceMin'] as const);
  if (rng.chance(0.4)) return bounded(b.reduce(op, x, axes));
  return bounded(b.broadcast(b.reduceKeep(op, x, axes), x.shape));
}

function arg(rng: Rng, x: GraphNode): GraphNode | undefined {
  if (x.dtype === 'bool' || x.shape.length === 0) return undefined;
  const axis = rng.int(0, x.shape.length - 1);
  if (x.shape[axis] === 0) return undefined;
  const at = b.arg(rng.pick(['argMax', 'argMin']), x, axis);
  if (rng.chance(0.5)) return at;
  const kept = x.shape.map((d, i) => (i === axis ? 1 : d));
  const wide = b.broadcast(b.reshape(at, kept), x.shape);
  return rng.chance(0.5) ? wide : convert(wide, x.dtype);
}

/** With batch axes, and up to two contracted ones. */
function dot(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode | undefined {
  const y = rng.pick(pool);
  const dtype = rng.pick(['f32', 'f64', 'i32'] as const);
  const pairs: [number, number][] = [];
  x.shape.forEach((d, i) => {
    const at = y.shape.findIndex((e, j) => e === d && !pairs.some(([, q]) => q === j));
    if (at >= 0 && rng.chance(0.7)) pairs.push([i, at]);
  });
  const cut = rng.int(0, pairs.length);
  const side = (list: readonly [number, number][], s: 0 | 1): number[] => list.map((p) => p[s]);
  const [batch, contract] = [pairs.slice(0, cut), pairs.slice(cut)];
  const work =
    (sizeOf(x.shape) * sizeOf(y.shape)) / Math.max(1, sizeOf(pairs.map(([i]) => x.shape[i]!)));
  if (contract.length > 2 || work > 100_000) return undefined;
  const result = b.dot(convert(x, dtype), convert(y, dtype), {
    batch: [side(batch, 0), side(batch, 1)],
    contract: [side(contract, 0), side(contract, 1)],
  });
  return bounded(result);
}

/** Indices near the range of `extent`, some of them outside it. */
function indices(rng: Rng, x: GraphNode, extent: number): GraphNode {
  const whole = convert(x, 'i32');
  if (rng.chance(0.2)) return whole;
  const small = b.binary('mod', whole, b.like(whole, extent + 3));
  return b.sub(small, b.like(small, 1));
}

function gather(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode | undefined {
  if (x.shape.length === 0) return undefined;
  const axis = rng.int(0, x.shape.length - 1);
  return b.gather(x, indices(rng, partner(rng, x, pool), x.shape[axis]!), axis);
}

function scatter(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode | undefined {
  if (x.shape.length === 0 || x.dtype === 'bool') return undefined;
  const axis = rng.int(0, x.shape.length - 1);
  const size = rng.pick([0, 1, x.shape[axis]!, x.shape[axis]! + 2]);
  return bounded(b.scatterAdd(x, indices(rng, partner(rng, x, pool), size), axis, size));
}

/** Positions in order, or cumulative sums of values small enough. */
function ordered(rng: Rng, x: GraphNode): GraphNode | undefined {
  if (x.shape.length === 0 || x.dtype === 'bool') return undefined;
  const axis = rng.int(0, x.shape.length - 1);
  if (rng.chance(0.5)) {
    const count = rng.chance(0.5) ? x.shape[axis]! : rng.int(0, x.shape[axis]!);
    return b.argsort(x, { axis, descending: rng.chance(0.5), count });
  }
  return bounded(b.cumsum(x, { axis, reverse: rng.chance(0.4), exclusive: rng.chance(0.4) }));
}

/** A window read or written, at a place that is computed: now and then beyond the ends. */
function dynamicWindow(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode | undefined {
  const sizes = x.shape.map((d) => (rng.chance(0.3) ? d : rng.int(0, d)));
  const rank = x.shape.length;
  const sources = pool.filter((p) => sizeOf(p.shape) >= rank);
  if (sources.length === 0) return undefined;
  const source = rng.pick(sources);
  const flat = b.reshape(convert(source, 'i32'), [sizeOf(source.shape)]);
  const few = b.slice(flat, { start: [0], stop: [rank], step: [1] });
  const start = rng.chance(0.2) ? few : b.binary('mod', few, b.like(few, rng.pick([2, 5, 17])));
  if (rng.chance(0.5)) return b.dynamicSlice(x, start, sizes);
  const y = partner(rng, x, pool);
  const corner = b.slice(y, { start: sizes.map(() => 0), stop: sizes, step: sizes.map(() => 1) });
  return b.dynamicUpdate(x, corner, start);
}
