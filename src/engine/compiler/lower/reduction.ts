import { greatestOf, leastOf } from '../../core/dtype.js';
import { InternalError } from '../../core/errors.js';
import type { GraphNode, SegmentOp } from '../../graph/node.js';
import type { FuncBuilder, Mut } from '../ir/builder.js';
import { constant } from '../ir/builder.js';
import type { Ty, Val } from '../ir/ir.js';
import type { KernelExpr } from '../kernel/types.js';
import { elemOf } from './apply.js';
import type { Emitter } from './emitter.js';
import { runsOf } from './widths.js';

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
 * The vectors that hold the virtual lanes of a row, by their widths: all 16 of them, or where the row
 * is shorter one for each of its elements. A single chain where vectors are of one lane.
 */
export function chainsOf(lanes: number, row: number): readonly number[] {
  if (lanes === 1) return [1];
  if (row < VIRTUAL_LANES) return runsOf(lanes, Math.max(1, row)).map((run) => run.width);
  return Array.from({ length: VIRTUAL_LANES / lanes }, () => lanes);
}

/**
 * A reduction under way. Along outputs each lane holds an output of its own: one ascending chain.
 * Along a row, for which `chains` are given, element i goes to virtual lane i mod 16; the lanes are
 * combined in halves at the end.
 */
export class Reduction {
  private readonly kind: Kind;
  private readonly accumulators: Mut[];
  private readonly positions: Mut[];
  private readonly count: Mut | undefined;
  private readonly ty: Ty;
  private readonly alongRow: boolean;

  constructor(
    private readonly b: FuncBuilder,
    readonly node: GraphNode,
    lanes: number,
    chains?: readonly number[],
  ) {
    this.kind = OVER_SEGMENTS[node.op as SegmentOp] ?? (node.op as Kind);
    const { dtype } = node.inputs[0]!;
    this.alongRow = chains !== undefined;
    const widths = chains ?? [lanes];
    const width = widths[0] ?? 1;
    this.ty = { elem: elemOf(dtype), lanes: width };
    this.accumulators = widths.map((w) => b.declare(this.nothing(w)));
    const arg = this.kind === 'argMax' || this.kind === 'argMin';
    const index = constant({ elem: 'i32', lanes: width }, 0);
    this.positions = arg ? [b.declare(index)] : [];
    this.count = arg ? b.declare(constant({ elem: 'i32', lanes: 1 }, 0)) : undefined;
  }

  /** What changes nothing, in so many lanes. */
  private nothing(lanes: number): Val {
    return constant({ elem: this.ty.elem, lanes }, this.identity());
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

  /**
   * Takes in the value of `e` here, into the chains of a slot: where the emitter stands, or of several
   * emitters one after the other, for the first lanes.
   */
  add(emitters: readonly Emitter[], e: KernelExpr, slot: number): void {
    const { b } = this;
    const acc = this.accumulators[slot]!;
    const { lanes } = acc.ty;
    const values = emitters.map((emitter) => emitter.emit(e));
    const isPart = emitters.length > 1 || emitters[0]!.lanes < lanes;
    const value = isPart ? this.joined(values, emitters, lanes) : b.splat(values[0]!, lanes);
    if (this.count) this.addArg(acc, value);
    else b.assign(acc, this.combine(b.read(acc), value));
  }

  /** Vectors one after the other as one of so many lanes, with what changes nothing in the rest. */
  private joined(values: readonly Val[], emitters: readonly Emitter[], lanes: number): Val {
    const { b } = this;
    const parts = values.flatMap((v, i) => {
      return Array.from({ length: emitters[i]!.lanes }, (_, l) => {
        return v.ty.lanes === 1 ? v : b.lane(v, l);
      });
    });
    return b.pack(Array.from({ length: lanes }, (_, l) => parts[l] ?? this.nothing(1)));
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
    if (!this.alongRow) return this.wrap(vectors[0]!);
    const held = vectors.reduce((sum, v) => sum + v.ty.lanes, 0);
    while (held === VIRTUAL_LANES && vectors.length > 1) {
      const half = vectors.length / 2;
      vectors = vectors.slice(0, half).map((v, i) => this.combine(v, vectors[half + i]!));
    }
    let parts = vectors.flatMap((v) => {
      const { lanes } = v.ty;
      return lanes === 1 ? [v] : Array.from({ length: lanes }, (_, l) => b.lane(v, l));
    });
    while (held > 1 && held < VIRTUAL_LANES && parts.length < VIRTUAL_LANES) {
      parts.push(this.nothing(1));
    }
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
