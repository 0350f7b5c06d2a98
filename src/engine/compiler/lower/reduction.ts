import { greatestOf, leastOf } from '../../core/dtype.js';
import { InternalError } from '../../core/errors.js';
import type { GraphNode, SegmentOp } from '../../graph/node.js';
import type { FuncBuilder, Mut } from '../ir/builder.js';
import { constant } from '../ir/builder.js';
import type { Ty, Val } from '../ir/ir.js';
import type { KernelExpr } from '../kernel/types.js';
import { elemOf } from './apply.js';
import type { Emitter } from './emitter.js';

/** Sums along vectors are kept in this many chains on every tier, so that all round alike. */
export const VIRTUAL_LANES = 16;

type Kind = 'sum' | 'prod' | 'reduceMax' | 'reduceMin' | 'argMax' | 'argMin';

/** Reductions over segments are taken in as others are. */
const OVER_SEGMENTS: Record<SegmentOp, Kind> = {
  segmentSum: 'sum',
  segmentMax: 'reduceMax',
  segmentArgMax: 'argMax',
};

/**
 * A reduction under way. Along outputs (`across` = 0) each lane holds an output of its own: one
 * ascending chain. Along a row, element i goes to virtual lane i mod 16; the lanes are combined
 * in halves at the end.
 */
export class Reduction {
  private readonly kind: Kind;
  private readonly accumulators: Mut[];
  private readonly positions: Mut[];
  private readonly count: Mut | undefined;
  private readonly ty: Ty;

  constructor(
    private readonly b: FuncBuilder,
    readonly node: GraphNode,
    lanes: number,
    private readonly across: number,
  ) {
    this.kind = OVER_SEGMENTS[node.op as SegmentOp] ?? (node.op as Kind);
    const { dtype } = node.inputs[0]!;
    const width = across > 0 ? across : lanes;
    this.ty = { elem: elemOf(dtype), lanes: width };
    const slots = across > 1 ? VIRTUAL_LANES / across : 1;
    const first = constant(this.ty, this.identity());
    this.accumulators = Array.from({ length: slots }, () => b.declare(first));
    const arg = this.kind === 'argMax' || this.kind === 'argMin';
    const index = constant({ elem: 'i32', lanes: width }, 0);
    this.positions = arg ? [b.declare(index)] : [];
    this.count = arg ? b.declare(constant({ elem: 'i32', lanes: 1 }, 0)) : undefined;
  }

  private identity(): number {
    const { dtype } = this.node.inputs[0]!;
    switch (this.kind) {
      case 'sum':
        return 0;
      case 'prod':
        return 1;
      case 'reduceMax':
      case 'argMax':
        return leastOf(dtype);
      case 'reduceMin':
      case 'argMin':
        return greatestOf(dtype);
    }
  }

  /** Takes in the value of `e` here. `tail`: a single element for that lane of the slot. */
  add(emitter: Emitter, e: KernelExpr, slot: number, tail?: number): void {
    const { b } = this;
    const { lanes } = this.ty;
    let value: Val;
    if (tail !== undefined && lanes > 1) {
      const single = emitter.emit(e);
      const rest = constant({ elem: this.ty.elem, lanes: 1 }, this.identity());
      value = b.pack(Array.from({ length: lanes }, (_, l) => (l === tail ? single : rest)));
    } else value = b.splat(emitter.emit(e), lanes);
    const acc = this.accumulators[slot]!;
    if (this.count) this.addArg(acc, value);
    else b.assign(acc, this.combine(b.read(acc), value));
  }

  private addArg(acc: Mut, value: Val): void {
    const { b } = this;
    const best = b.read(acc);
    const position = this.positions[0]!;
    const at = b.read(this.count!);
    const better = b.cmp(this.kind === 'argMax' ? 'gt' : 'lt', value, best);
    // The first element always counts, and the first NaN beats all that follow.
    const first = b.splat(b.cmp('eq', at, constant(at.ty, 0)), this.ty.lanes);
    let take = b.bin('or', better, first);
    if (this.ty.elem === 'f32' || this.ty.elem === 'f64') {
      const nan = b.bin('and', b.cmp('ne', value, value), b.cmp('eq', best, best));
      take = b.bin('or', take, nan);
    }
    b.assign(acc, b.select(take, value, best));
    b.assign(position, b.select(take, b.splat(at, this.ty.lanes), b.read(position)));
    b.assign(this.count!, b.add(at, constant(at.ty, 1)));
  }

  private combine(x: Val, y: Val): Val {
    const { b } = this;
    switch (this.kind) {
      case 'sum':
        return b.add(x, y);
      case 'prod':
        return b.mul(x, y);
      case 'reduceMax':
        return b.bin('max', x, y);
      case 'reduceMin':
        return b.bin('min', x, y);
      case 'argMax':
      case 'argMin':
        throw new InternalError('internal: positions are not combined.');
    }
  }

  /** The result; of a row, a scalar. */
  finish(): Val {
    const { b } = this;
    if (this.count) return b.read(this.positions[0]!);
    let vectors = this.accumulators.map((a) => b.read(a));
    if (this.across <= 1) return this.wrap(vectors[0]!);
    while (vectors.length > 1) {
      const half = vectors.length / 2;
      vectors = vectors.slice(0, half).map((v, i) => this.combine(v, vectors[half + i]!));
    }
    let parts = Array.from({ length: this.ty.lanes }, (_, l) => b.lane(vectors[0]!, l));
    while (parts.length > 1) {
      const half = parts.length / 2;
      parts = parts.slice(0, half).map((v, i) => this.combine(v, parts[half + i]!));
    }
    return this.wrap(parts[0]!);
  }

  /** Sums and products of u8 wrap as its arithmetic does. */
  private wrap(v: Val): Val {
    return this.node.dtype === 'u8' ? this.b.bin('and', v, constant(v.ty, 255)) : v;
  }
}
