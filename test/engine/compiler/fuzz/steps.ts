/**
 * How a random graph grows. Every row of the op table is a step by itself, through its sampling
 * domain: a new primitive needs nothing here. `COMPOSITIONS` adds patterns of several operations
 * that drawing them one by one would hardly ever hit.
 */
import type { DType } from '../../../../src/engine/core/dtype.js';
import { DTYPES, isFloat } from '../../../../src/engine/core/dtype.js';
import { sizeOf } from '../../../../src/engine/core/shape.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import type { DrawnOp } from '../../ops/domains.js';
import { DRAWN_OPS, drawCase, supportedDtypes } from '../../ops/domains.js';
import { Rng } from '../../ops/rng.js';
import type { Draw } from '../../ops/values.js';
import { tensor } from '../../ops/values.js';
import type { FuzzGraph } from './graph.js';
import type { Range } from './pool.js';
import { Pool, rangeOf } from './pool.js';

const EXTENTS = [0, 1, 1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33];

/** A value that goes on from the pool's; undefined where none of them suits. */
type Step = (rng: Rng, pool: Pool, x: GraphNode) => GraphNode | undefined;

/**
 * Operands that may hold any values although their domain does not say so: indices, which are
 * looked at only for whether they are in range.
 */
const ANY_VALUES: Partial<Record<DrawnOp, readonly number[]>> = {
  where: [0],
  shiftLeft: [0, 1],
  shiftRight: [0, 1],
  cast: [0],
  gather: [1],
  scatterAdd: [1],
};

/** A case of the operation's domain, most of its operands replaced by values of the pool. */
function drawn(op: DrawnOp): Step {
  return (rng, pool, x) => {
    const dtypes = supportedDtypes(op);
    const dtype = dtypes.includes(x.dtype) && rng.chance(0.85) ? x.dtype : rng.pick(dtypes);
    const free = new Map<RefArray, Draw>();
    const shapes = pool.nodes.map((n) => n.shape);
    const drawnCase = drawCase(op, rng, {
      dtype,
      onTensor: (operand, draw) => free.set(operand, draw),
      shape: (least, most, empty) => {
        const fits = (s: readonly number[]): boolean =>
          s.length >= least && s.length <= most && (empty || sizeOf(s) > 0);
        if (fits(x.shape) && rng.chance(0.7)) return [...x.shape];
        const others = shapes.filter(fits);
        return others.length > 0 && rng.chance(0.5) ? [...rng.pick(others)] : undefined;
      },
      extent: () => {
        const own = x.shape.filter((d) => d < 20);
        return own.length > 0 && rng.chance(0.4) ? rng.pick(own) : rng.pick(EXTENTS.slice(0, 10));
      },
    });
    const sampler = new Rng(rng.word());
    const operands = drawnCase.inputs.map((operand, i) => {
      const draw = free.get(operand);
      const any = ANY_VALUES[op]?.includes(i) ?? false;
      if ((!draw && !any) || rng.chance(0.15)) return pool.leaf(operand);
      return pool.fit(rng, operand.shape, operand.dtype, rangeFor(op, operand, draw, sampler));
    });
    return b.node(op, operands, drawnCase.attrs, drawnCase.wanted);
  };
}

/** What the operand's values have to lie in; indices mostly near their range. */
function rangeFor(op: DrawnOp, x: RefArray, draw: Draw | undefined, rng: Rng): Range | undefined {
  if (draw) return isFloat(x.dtype) ? rangeOf(draw, rng, x) : undefined;
  if (x.dtype !== 'i32' || rng.chance(0.2)) return undefined;
  return op === 'gather' || op === 'scatterAdd' ? { low: -2, high: 9, gap: 0 } : undefined;
}

/** A reduction brought back to the shape of its operand, as in softmax and in normalisation. */
const normalize: Step = (rng, _pool, x) => {
  if (!isFloat(x.dtype)) return undefined;
  const axes = rng.subset(
    x.shape.map((_, i) => i),
    1,
  );
  if (axes.length === 0 || sizeOf(x.shape) === 0) return undefined;
  const op = rng.pick(['sum', 'reduceMax', 'reduceMin'] as const);
  const wide = b.broadcast(b.reduceKeep(op, x, axes), x.shape);
  const y = b.sub(x, wide);
  return rng.chance(0.5) ? y : b.unary(rng.pick(['tanh', 'sigmoid', 'relu', 'abs']), y);
};

const softmax: Step = (rng, _pool, x) => {
  if (!isFloat(x.dtype) || x.shape.length === 0 || sizeOf(x.shape) === 0) return undefined;
  const axis = [rng.int(0, x.shape.length - 1)];
  const shifted = b.sub(x, b.broadcast(b.reduceKeep('reduceMax', x, axis), x.shape));
  const e = b.unary('exp', shifted);
  return b.div(e, b.broadcast(b.reduceKeep('sum', e, axis), x.shape));
};

/** A product of two values of the pool over axes of equal extent, and what often follows. */
const product: Step = (rng, pool, x) => {
  if (x.shape.length === 0 || !isFloat(x.dtype)) return undefined;
  const axis = rng.int(0, x.shape.length - 1);
  for (const y of rng.shuffle(pool.nodes.filter((n) => n.dtype === x.dtype))) {
    const other = y.shape.indexOf(x.shape[axis]!);
    if (other < 0 || sizeOf(x.shape) * sizeOf(y.shape) > 100_000) continue;
    const scaled = b.mul(y, b.like(y, 0.25));
    const z = b.dot(x, scaled, { batch: [[], []], contract: [[axis], [other]] });
    if (rng.chance(0.5)) return z;
    const bias = pool.fit(rng, z.shape.slice(-1), z.dtype);
    return b.unary(rng.pick(['relu', 'tanh', 'neg']), b.add(z, b.broadcastTo(bias, z.shape)));
  }
  return undefined;
};

/** An elementwise value, read by several others: what fusion has to keep or compute again. */
const shared: Step = (rng, pool, x) => {
  if (!isFloat(x.dtype)) return undefined;
  const costly = b.unary('tanh', x);
  pool.add(b.mul(costly, costly));
  return b.sub(b.like(x, 1), rng.chance(0.5) ? costly : b.mul(costly, x));
};

const counted: Step = (rng, _pool, x) => {
  if (x.shape.length === 0 || x.dtype === 'bool') return undefined;
  return b.binary('sub', x, b.iota(x.shape, rng.int(0, x.shape.length - 1), x.dtype));
};

export const COMPOSITIONS: readonly Step[] = [
  normalize,
  normalize,
  softmax,
  product,
  product,
  shared,
  counted,
];

const OP_STEPS = new Map<DrawnOp, Step>(DRAWN_OPS.map((op) => [op, drawn(op)]));

/** Integers, and multiples of a quarter in floats: sums of them are exact in any order. */
function startValue(rng: Rng, dtype: DType, exact: boolean): RefArray {
  const shape = rng.list(rng.int(0, 3), () => rng.pick(EXTENTS));
  while (sizeOf(shape) > 1000) shape.pop();
  return tensor(rng, shape, dtype, (r) => {
    if (dtype === 'bool') return r.int(0, 1);
    if (!isFloat(dtype)) return r.chance(0.1) ? r.word() | 0 : r.int(-9, 9);
    return exact ? r.int(-16, 16) / 4 : r.uniform(-2, 2);
  });
}

/**
 * A graph of some 1–40 operations, the same for the same seed. Operations take turns at being the
 * one that is certain to be tried, so that no run leaves one out.
 */
export function fuzzGraph(seed: number): FuzzGraph {
  const rng = new Rng(seed);
  const pool = new Pool();
  const main: DType = rng.chance(0.5) ? 'f32' : rng.pick(DTYPES);
  const exact = rng.chance(0.5);
  rng.list(rng.int(1, 3), () => {
    const dtype = rng.chance(0.7) ? main : rng.pick(DTYPES);
    pool.nodes.push(pool.leaf(startValue(rng, dtype, exact)));
  });
  const given = pool.nodes.length;
  const steps = rng.int(1, rng.chance(0.5) ? 6 : 20);
  for (let i = 0; i < steps; i++) {
    const x = pool.pick(rng);
    const turn = DRAWN_OPS[seed % DRAWN_OPS.length]!;
    const op = i === 0 ? turn : rng.pick(DRAWN_OPS);
    const step = i > 0 && rng.chance(0.25) ? rng.pick(COMPOSITIONS) : OP_STEPS.get(op)!;
    const next = step(rng, pool, x);
    if (next) pool.add(next);
  }
  const results = pool.nodes.slice(given);
  const chosen = results.filter((_, i) => i === results.length - 1 || rng.chance(0.3)).slice(-5);
  if (chosen.length === 0) chosen.push(b.node('cast', [pool.nodes[0]!], {}, { dtype: main }));
  return { outputs: chosen, values: pool.leaves };
}
