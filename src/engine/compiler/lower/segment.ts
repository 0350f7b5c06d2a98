import type { GraphNode } from '../../graph/node.js';
import type { Group, Member } from '../fuse/group.js';
import { FuncBuilder, constant, i32 } from '../ir/builder.js';
import type { Func, Target, Val } from '../ir/ir.js';
import { walk } from '../kernel/expr.js';
import type { FunctionContext, Lanes } from './emitter.js';
import { Emitter, NO_LANES, rowContext } from './emitter.js';
import { Reduction } from './reduction.js';
import type { Loop } from './space.js';
import { allIndices, mergeLoops, nestLoops } from './space.js';

/** Features reduced by one pass over a segment's elements: a line of the cache, of f32 or f64. */
const BLOCK = 16;
const WIDE_BLOCK = 8;
const SEGMENT = 0;
const ELEMENT = 1;

/**
 * Lowers reductions over segments, and what is computed from their results, to one function
 * (p, lo, hi) over segments. Lanes run along the features; each result is one ascending chain.
 */
export function lowerSegment(
  group: Group,
  stored: ReadonlySet<GraphNode>,
  buffers: readonly GraphNode[],
  target: Target,
  name: string,
): { readonly func: Func; readonly extent: number; readonly plan: string } {
  return new SegmentKernel(group, stored, buffers, target, name).lower();
}

/** Lanes that start `at` places after the first feature of a block. */
interface Part {
  readonly at: number;
  readonly lanes: number;
}

class SegmentKernel {
  private readonly b: FuncBuilder;
  private readonly context: FunctionContext;
  private readonly range: readonly [Val, Val];
  private readonly features: readonly Loop[];
  private readonly lanes: number;
  private readonly block: number;
  private readonly reductions: readonly Member[];

  constructor(
    private readonly group: Group,
    private readonly stored: ReadonlySet<GraphNode>,
    buffers: readonly GraphNode[],
    target: Target,
    name: string,
  ) {
    const exprs = group.members.map((m) => m.expr);
    const indices = allIndices(
      exprs,
      group.members.map((m) => m.index),
    );
    const dims = group.outerDims().filter((d) => d !== SEGMENT);
    this.features = mergeLoops(dims, group.extents, indices);
    this.reductions = group.members.filter((m) => m.role === 'reduce');
    const wide = walk(exprs).some((e) => e.dtype === 'f64');
    this.lanes = wide ? 1 : target.vectorBytes / 4;
    // Several reductions share the registers.
    const share = 2 ** Math.ceil(Math.log2(Math.max(1, this.reductions.length)));
    const block = (wide ? WIDE_BLOCK : BLOCK) / share;
    this.block = Math.max(this.lanes, block);
    this.b = new FuncBuilder(name);
    const p = this.b.param('p');
    this.range = [this.b.param('lo'), this.b.param('hi')];
    this.context = rowContext(this.b, p, buffers, 0);
  }

  lower(): { func: Func; extent: number; plan: string } {
    const { b } = this;
    const [segments, elements] = this.group.extents as [number, number];
    b.for(...this.range, 1, (v) => {
      const bound = (at: Val): Val => {
        const e = new Emitter(this.context, new Map([[SEGMENT, at]]), NO_LANES);
        const pointer = e.emit(this.group.pointer!);
        return b.bin('max', i32(0), b.bin('min', i32(elements), pointer));
      };
      const range = [bound(v), bound(b.add(v, i32(1)))] as const;
      nestLoops(this.b, this.features.slice(0, -1), new Map([[SEGMENT, v]]), (dims) => {
        this.emitFeatures(dims, range);
      });
    });
    const width = this.features.map((l) => l.extent).join('×') || '1';
    return {
      func: b.finish(),
      extent: segments,
      plan: `segments ${segments} of ${elements} × ${width}`,
    };
  }

  /**
   * All features in blocks. The last takes up to two blocks' worth, so that a few features more than
   * whole blocks need no pass of their own.
   */
  private emitFeatures(dims: ReadonlyMap<number, Val>, range: readonly [Val, Val]): void {
    const loop = this.features[this.features.length - 1];
    if (!loop) {
      this.emitBlock(dims, range, [{ at: 0, lanes: 1 }]);
      return;
    }
    const { block } = this;
    const rest = loop.extent % block === 0 ? 0 : block + (loop.extent % block);
    const whole = Math.max(0, loop.extent - rest);
    const parts = (size: number): Part[] => {
      const vectors = Math.floor(size / this.lanes);
      const single = Array.from({ length: size % this.lanes }, (_, i) => ({
        at: vectors * this.lanes + i,
        lanes: 1,
      }));
      const wide = Array.from({ length: vectors }, (_, i) => ({
        at: i * this.lanes,
        lanes: this.lanes,
      }));
      return [...wide, ...single];
    };
    const emit = (first: Val, size: number): void =>
      this.emitBlock(new Map([...dims, [loop.dim, first]]), range, parts(size), loop);
    if (whole > 0) this.b.for(i32(0), i32(whole), block, (first) => emit(first, block));
    if (whole < loop.extent) emit(i32(whole), loop.extent - whole);
  }

  /** One pass over the segment for some neighbouring features, then what follows from it. */
  private emitBlock(
    dims: ReadonlyMap<number, Val>,
    [start, stop]: readonly [Val, Val],
    parts: readonly Part[],
    loop?: Loop,
  ): void {
    const { b } = this;
    const placed = parts.map((part) => {
      const along: Lanes = loop
        ? { dim: loop.dim, mask: loop.mask, lanes: part.lanes }
        : { ...NO_LANES };
      const at = loop ? [[loop.dim, b.add(dims.get(loop.dim)!, i32(part.at))] as const] : [];
      const here = new Map([...dims, ...at]);
      const reductions = this.reductions.map((m) => new Reduction(b, m.node, part.lanes));
      return { along, here, reductions };
    });
    const varying = this.features.reduce((mask, l) => mask | l.mask, 0);
    b.for(start, stop, 1, (e) => {
      // What is the same for all features, indices above all, is computed once.
      const element = new Emitter(this.context, new Map([...dims, [ELEMENT, e]]), NO_LANES);
      for (const m of this.reductions) element.hoist(m.expr, varying);
      for (const { along, here, reductions } of placed) {
        const at = element.inner(here, along);
        reductions.forEach((r, i) => r.add([at], this.reductions[i]!.expr, 0));
      }
    });
    for (const { along, here, reductions } of placed) {
      const at = new Emitter(this.context, here, along);
      for (const r of reductions) at.setResult(r.node, this.finish(r, start, stop));
      this.emitResults(at);
    }
  }

  /** The result of a reduction; a position counts from the first element of all, and -1 is none. */
  private finish(r: Reduction, start: Val, stop: Val): Val {
    const { b } = this;
    const value = r.finish();
    if (r.node.op !== 'segmentArgMax') return value;
    const { lanes } = value.ty;
    const place = b.add(b.splat(start, lanes), value);
    const some = b.splat(b.cmp('lt', start, stop), lanes);
    return b.select(some, place, constant(value.ty, -1));
  }

  private emitResults(at: Emitter): void {
    const kept = this.group.members.filter((m) => this.stored.has(m.node));
    const values = kept.map((m) => (m.role === 'reduce' ? at.result(m.node)! : at.emit(m.expr)));
    kept.forEach((m, i) => at.store(m.node, m.index, values[i]!));
  }
}
