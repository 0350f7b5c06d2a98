import type { DType } from '../../../../src/engine/core/dtype.js';
import { isFloat } from '../../../../src/engine/core/dtype.js';
import type { Shape } from '../../../../src/engine/core/shape.js';
import { sameShape, sizeOf } from '../../../../src/engine/core/shape.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import type { Rng } from '../../ops/rng.js';
import type { Draw } from '../../ops/values.js';
import { evaluateNode, leafOf } from './graph.js';

/** Elements a value may have: graphs are many, and the reference is slow. */
const MAX_SIZE = 3000;
/** Values beyond are cut off, so that no sum overflows f32 in one order and not in another. */
const LIMIT = 1e4;

/** What a drawn operand holds: values between the two, and this far from 0 at least. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly gap: number;
}

/** The range of a draw, from a few samples. */
export function rangeOf(draw: Draw, rng: Rng, x: RefArray): Range {
  const samples = [...x.data, ...rng.list(24, () => draw(rng))].filter(Number.isFinite);
  return {
    low: Math.min(...samples),
    high: Math.max(...samples),
    gap: Math.min(...samples.map(Math.abs)),
  };
}

/** The values that a growing graph can go on from. Each is computed as soon as it is asked for. */
export class Pool {
  readonly nodes: GraphNode[] = [];
  readonly leaves = new Map<GraphNode, RefArray>();
  private readonly values = new Map<GraphNode, RefArray>();

  leaf(value: RefArray): GraphNode {
    const leaf = leafOf(value);
    this.leaves.set(leaf, value);
    this.values.set(leaf, value);
    return leaf;
  }

  value(node: GraphNode): RefArray {
    let value = this.values.get(node);
    if (!value) {
      value = evaluateNode(
        node,
        node.inputs.map((x) => this.value(x)),
      );
      this.values.set(node, value);
    }
    return value;
  }

  /** Takes a value in, unless it is too large or not finite. */
  add(node: GraphNode): boolean {
    if (sizeOf(node.shape) > MAX_SIZE || node.shape.length > 6) return false;
    let most = 0;
    for (const v of this.value(node).data) {
      if (!Number.isFinite(v)) return false;
      most = Math.max(most, Math.abs(v));
    }
    const tamed =
      isFloat(node.dtype) && most > LIMIT ? clamp(node, { low: -LIMIT, high: LIMIT }) : node;
    this.nodes.push(tamed);
    return true;
  }

  /** One of the values, mostly of the last few. */
  pick(rng: Rng): GraphNode {
    return rng.pick(rng.chance(0.6) ? this.nodes.slice(-3) : this.nodes);
  }

  /** One of the values made into one of this shape, dtype and range. */
  fit(rng: Rng, shape: Shape, dtype: DType, range?: Range): GraphNode {
    const alike = this.nodes.filter((n) => sameShape(n.shape, shape));
    const own = alike.filter((n) => n.dtype === dtype);
    const from = own.length > 0 && rng.chance(0.9) ? own : alike.length > 0 ? alike : this.nodes;
    const x = b.cast(reshaped(rng.pick(from.slice(-4)), shape), dtype);
    return range && dtype !== 'bool' ? this.within(x, range) : x;
  }

  private within(x: GraphNode, { low, high, gap }: Range): GraphNode {
    let [least, most, nearest] = [Infinity, -Infinity, Infinity];
    for (const v of this.value(x).data) {
      least = Math.min(least, v);
      most = Math.max(most, v);
      nearest = Math.min(nearest, Math.abs(v));
    }
    if (least > most) return x; // it is empty
    if (low < 0 && nearest < gap && x.dtype !== 'u8') {
      return clamp(b.unary('abs', x), { low: gap, high });
    }
    return clamp(x, { low: least < low ? low : -Infinity, high: most > high ? high : Infinity });
  }
}

function clamp(x: GraphNode, { low, high }: { low: number; high: number }): GraphNode {
  const above = low > -Infinity ? b.binary('max', x, b.like(x, low)) : x;
  return high < Infinity ? b.binary('min', above, b.like(x, high)) : above;
}

/** The elements of `x` in another shape: cut off, or repeated, where the sizes differ. */
export function reshaped(x: GraphNode, shape: Shape): GraphNode {
  if (sameShape(x.shape, shape)) return x;
  const [have, want] = [sizeOf(x.shape), sizeOf(shape)];
  let flat = b.reshape(x, [have]);
  if (have === 0 && want > 0) {
    return b.reshape(b.pad(flat, { low: [want], high: [0], interior: [0], value: 1 }), shape);
  }
  if (have < want) {
    const times = Math.ceil(want / have);
    flat = b.reshape(b.broadcastTo(flat, [times, have]), [times * have]);
  }
  const cut =
    flat.shape[0] === want ? flat : b.slice(flat, { start: [0], stop: [want], step: [1] });
  return b.reshape(cut, shape);
}
