import type { DType } from '../../../src/engine/core/dtype.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import type { Aval, GraphNode, UnaryOp } from '../../../src/engine/graph/node.js';
import { build as b } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { Rng } from '../ops/rng.js';
import { regroup } from './regroup.js';

const EXTENTS = [0, 1, 1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 33];
/** Continuous ones: at a jump the last bit of an operand would decide. */
const UNARY: readonly UnaryOp[] = ['neg', 'abs', 'relu', 'tanh', 'sigmoid', 'exp', 'sqrt'];
/** Bounds the values, so that errors do not blow up through the graph. */
const LIMIT = 4;

export interface RandomGraph {
  readonly inputs: readonly RefArray[];
  /** Builds the graph over leaves with these inputs. */
  readonly build: (leaves: readonly GraphNode[]) => readonly GraphNode[];
}

/** A graph of `ops` random operations on a few random inputs, several of its values results. */
export function randomGraph(rng: Rng, ops: number, dtype: DType): RandomGraph {
  const inputs = Array.from({ length: rng.int(1, 3) }, () => drawInput(rng, dtype));
  const seed = rng.word();
  return { inputs, build: (leaves) => grow(leaves, ops, seed, rng) };
}

function drawInput(rng: Rng, dtype: DType): RefArray {
  const shape = Array.from({ length: rng.int(0, 3) }, () => rng.pick(EXTENTS));
  const data = Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(rng.uniform(-2, 2)));
  return { shape, dtype, data };
}

function grow(leaves: readonly GraphNode[], ops: number, seed: number, rng: Rng): GraphNode[] {
  const own = new (rng.constructor as new (seed: number) => Rng)(seed);
  const pool = [...leaves];
  for (let i = 0; i < ops; i++) {
    const next = step(own, own.pick(pool), pool);
    if (next && sizeOf(next.shape) <= 20000) pool.push(next);
  }
  const results = pool.slice(leaves.length);
  return results.length === 0 ? [b.neg(pool[0]!)] : pickSome(own, results);
}

function pickSome(rng: Rng, nodes: readonly GraphNode[]): GraphNode[] {
  const chosen = nodes.filter((_, i) => i === nodes.length - 1 || rng.chance(0.25));
  return chosen.slice(-5);
}

function bounded(x: GraphNode): GraphNode {
  const high = b.constant(LIMIT, x.shape, x.dtype);
  return b.binary('max', b.binary('min', x, high), b.neg(high));
}

function step(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode | undefined {
  const axes = x.shape.map((_, i) => i);
  switch (rng.int(0, 13)) {
    case 0:
    case 1: {
      const op = rng.pick(UNARY);
      // Away from 0, where the gradient of the root is not finite.
      const safe = op === 'sqrt' ? b.add(b.unary('abs', x), b.like(x, 0.5)) : x;
      return bounded(b.unary(op, safe));
    }
    case 2:
    case 3:
    case 4:
      return binary(rng, x, pool);
    case 5:
      return b.permute(x, rng.shuffle(axes));
    case 6:
      return b.reshape(x, regroup(rng, x.shape));
    case 7:
      return b.broadcastTo(x, [rng.int(1, 5), ...x.shape]);
    case 8: {
      const op = rng.pick(['sum', 'reduceMax', 'reduceMin'] as const);
      const some = axes.filter(() => rng.chance(0.5));
      if (op !== 'sum' && some.some((a) => x.shape[a] === 0)) return undefined;
      const keep = rng.chance(0.6);
      return bounded(keep ? repeat(b.reduceKeep(op, x, some), x) : b.reduce(op, x, some));
    }
    case 9:
      return dot(rng, x, pool);
    case 10:
      return pad(rng, x);
    case 11:
      return slice(rng, x);
    case 12:
      return b.flip(
        x,
        axes.filter(() => rng.chance(0.5)),
      );
    default:
      return axes.length === 0 ? undefined : indexed(rng, x);
  }
}

function repeat(x: GraphNode, like: Aval): GraphNode {
  return b.broadcast(x, like.shape);
}

function binary(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode {
  const same = pool.filter((p) => p.shape.join() === x.shape.join());
  const y = rng.pick(same);
  switch (rng.int(0, 4)) {
    case 0:
      return bounded(b.add(x, y));
    case 1:
      return bounded(b.mul(x, y));
    case 2:
      return b.binary('max', x, b.neg(y));
    case 3:
      return b.where(b.compare('lt', x, b.like(x, 0.12345)), b.sub(x, y), y);
    default:
      return b.add(x, b.like(x, 0.5));
  }
}

function dot(rng: Rng, x: GraphNode, pool: readonly GraphNode[]): GraphNode | undefined {
  if (x.shape.length === 0) return undefined;
  const axis = rng.int(0, x.shape.length - 1);
  for (const y of rng.shuffle([...pool])) {
    const other = y.shape.indexOf(x.shape[axis]!);
    if (other < 0 || sizeOf(x.shape) * sizeOf(y.shape) > 200000) continue;
    const scaled = b.mul(y, b.like(y, 0.25));
    return bounded(b.dot(x, scaled, { batch: [[], []], contract: [[axis], [other]] }));
  }
  return undefined;
}

function pad(rng: Rng, x: GraphNode): GraphNode {
  const draw = (): number[] => x.shape.map(() => rng.int(0, 2));
  const interior = x.shape.map((d) => (d > 0 && rng.chance(0.3) ? 1 : 0));
  return b.pad(x, { low: draw(), high: draw(), interior, value: 0.25 });
}

function slice(rng: Rng, x: GraphNode): GraphNode {
  const start = x.shape.map((d) => rng.int(0, Math.min(2, d)));
  const stop = x.shape.map((d, i) => rng.int(start[i]!, d));
  return b.slice(x, { start, stop, step: x.shape.map(() => rng.int(1, 2)) });
}

function indexed(rng: Rng, x: GraphNode): GraphNode {
  const axis = rng.int(0, x.shape.length - 1);
  const extent = x.shape[axis]!;
  // Some of the indices lie out of range on purpose: they read 0 and are dropped.
  const at = b.sub(b.iota(x.shape, axis, 'i32'), b.constant(1, x.shape, 'i32'));
  if (rng.chance(0.5)) return b.gather(x, at, axis);
  return bounded(b.scatterAdd(x, at, axis, extent + rng.int(0, 2)));
}
