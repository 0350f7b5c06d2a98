import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { Group, Member } from '../fuse/group.js';
import { FuncBuilder, i32 } from '../ir/builder.js';
import type { Func, Target, Val } from '../ir/ir.js';
import { coefficient, isPure } from '../kernel/affine.js';
import { childrenOf, walk } from '../kernel/expr.js';
import type { KernelExpr } from '../kernel/types.js';
import type { FunctionContext, Lanes } from './emitter.js';
import { Emitter, NO_LANES, rowContext } from './emitter.js';
import { Reduction, chainsOf, VIRTUAL_LANES } from './reduction.js';
import type { Part } from './split.js';
import { splitLoop } from './split.js';
import type { Loop } from './space.js';
import { allIndices, everyIndex, mergeLoops, nestLoops } from './space.js';
import { overlapOf, runsOf, widthsFor } from './widths.js';

/** Outputs computed by one pass over the reduced loops, and elements per unit of a flat map. */
const BLOCK = 16;
const FLAT_BLOCK = 64;
/** Reductions of so few elements, over outputs whose operands lie so near, have lanes along these. */
const SHORT_ROWS = 64;
const SHORT_COLUMN = 4;
const NEAR = 4;
/** The shortest vector of 32-bit lanes. */
const LEAST_LANES = 4;
/** Outputs whose rows are summed side by side. */
const MOST_BESIDE = 4;

/** The parameter row of a kernel: an optional element count, then addresses. */
export interface RowLayout {
  /** Values in memory that the kernel touches, in the order of their words. */
  readonly buffers: readonly GraphNode[];
  /** Word 0 holds the number of elements: kernels of any size share the code. */
  readonly counted: boolean;
}

export interface LoweredLoops {
  readonly func: Func;
  /** Units of work, to be split between threads. */
  readonly extent: number;
  readonly row: RowLayout;
  /** How the loops were arranged, in a few words. */
  readonly plan: string;
}

/** Lowers a map or a row-wise chain of reductions and maps to one function (p, lo, hi). */
export function lowerLoops(
  group: Group,
  stored: ReadonlySet<GraphNode>,
  buffers: readonly GraphNode[],
  target: Target,
  name: string,
): LoweredLoops {
  return new LoopKernel(group, stored, buffers, target, name).lower();
}

class LoopKernel {
  private readonly b: FuncBuilder;
  private readonly outer: readonly Loop[];
  private readonly inner: readonly Loop[];
  private readonly lanes: number;
  /** Lanes run along the last inner loop and are combined at its end, or along outputs. */
  private readonly rowwise: boolean;
  /** Turns of short loops that are written out, if the target asks for it. */
  private readonly mostTurns: number;
  /** The reduced loops are few turns, written out one after the other. */
  private readonly writesOut: boolean;
  private readonly counted: boolean;
  private readonly p: Val;
  private readonly range: readonly [Val, Val];
  private readonly context: FunctionContext;
  private beside = { dim: -1, count: 1 };

  constructor(
    private readonly group: Group,
    private readonly stored: ReadonlySet<GraphNode>,
    private readonly buffers: readonly GraphNode[],
    target: Target,
    name: string,
  ) {
    const exprs = group.members.map((m) => m.expr);
    const indices = allIndices(
      exprs,
      group.members.map((m) => m.index),
    );
    this.outer = mergeLoops(group.outerDims(), group.extents, indices);
    this.inner = mergeLoops(group.reduced, group.extents, indices);
    this.rowwise = this.chooseRowwise(exprs);
    this.lanes = this.chooseLanes(exprs, target);
    this.mostTurns = target.writtenOut ?? 0;
    const turns = sizeOf(this.inner.map((l) => l.extent));
    this.writesOut = !this.rowwise && this.inner.length > 0 && turns <= this.mostTurns;
    this.counted = isFlat(group, this.outer, exprs);
    this.b = new FuncBuilder(name);
    this.p = this.b.param('p');
    this.range = [this.b.param('lo'), this.b.param('hi')];
    this.context = rowContext(this.b, this.p, this.buffers, this.counted ? 1 : 0);
  }

  private chooseRowwise(exprs: readonly KernelExpr[]): boolean {
    const row = this.inner[this.inner.length - 1];
    const column = this.outer[this.outer.length - 1];
    if (!row) return false;
    if (!column) return true;
    const loads = walk(exprs).filter((e) => e.kind === 'load');
    // Windows and other short rows: most lanes would stay empty, and neighbours are near.
    const near = loads.every((e) => coefficient(e.index, column.dim) <= NEAR);
    const length = this.inner.reduce((n, l) => n * l.extent, 1);
    const isLong = (l: Loop): boolean => l.extent >= VIRTUAL_LANES;
    const across =
      column.extent >= SHORT_COLUMN || (row.extent < LEAST_LANES && this.outer.some(isLong));
    if (near && across && length <= SHORT_ROWS) return false;
    const inner = this.inner.reduce((m, l) => m | l.mask, 0);
    let score = 0;
    for (const e of loads) {
      // What is the same all along the row is read once, ahead of it.
      if ((e.dims & inner) === 0) continue;
      if (coefficient(e.index, row.dim) === 1) score++;
      if (coefficient(e.index, column.dim) === 1) score--;
    }
    return score >= 0;
  }

  private chooseLanes(exprs: readonly KernelExpr[], target: Target): number {
    const wide = walk(exprs).some((e) => e.dtype === 'f64');
    const arg = this.group.members.some((m) => m.node.op === 'argMax' || m.node.op === 'argMin');
    return wide || (arg && this.rowwise) ? 1 : target.vectorBytes / 4;
  }

  lower(): LoweredLoops {
    const extent = this.emitUnits(...this.range);
    return {
      func: this.b.finish(),
      extent,
      row: { buffers: this.buffers, counted: this.counted },
      plan: this.describe(),
    };
  }

  private describe(): string {
    const loops = (l: readonly Loop[]): string => l.map((x) => x.extent).join('×') || '1';
    if (this.inner.length === 0 && this.group.reduced.length === 0)
      return `map ${loops(this.outer)}`;
    const way = this.rowwise ? 'lanes along the row' : 'lanes along outputs';
    return `rows ${loops(this.outer)}, reduce ${loops(this.inner)}, ${way}`;
  }

  /**
   * The loop of outputs that lanes run along: the last, unless that is shorter than a vector and in
   * another one more of what is read and written lies side by side, or it is shorter than any vector.
   */
  private chooseAlong(): Loop | undefined {
    const last = this.outer[this.outer.length - 1];
    if (this.rowwise || !last || last.extent >= this.lanes) return this.rowwise ? undefined : last;
    const { members } = this.group;
    const loads = walk(members.map((m) => m.expr)).filter((e) => e.kind === 'load');
    const stores = members.filter((m) => this.kept(m) && m.role !== 'full');
    const places = [...loads.map((e) => e.index), ...stores.map((m) => m.index)];
    const score = (l: Loop): number => {
      const steps = places.map((index) => Math.abs(coefficient(index, l.dim)));
      const near = steps.filter((step) => step === 1 || step === 2).length;
      return near - steps.filter((step) => step > 2).length;
    };
    const least = last.extent < LEAST_LANES ? -Infinity : score(last);
    const long = this.outer.filter((l) => l.extent >= this.lanes && score(l) > least);
    return long.reduce((best, l) => (score(l) >= score(best) ? l : best), long[0] ?? last);
  }

  /** Emits the loop over units lo…hi; returns how many units there are. */
  private emitUnits(lo: Val, hi: Val): number {
    const lanesLoop = this.chooseAlong();
    const others = this.outer.filter((l) => l !== lanesLoop);
    const rows = sizeOf(others.map((l) => l.extent));
    if (lanesLoop && others.length === 0) {
      const block = this.inner.length > 0 ? BLOCK : FLAT_BLOCK;
      const count = this.counted ? this.b.load('i32', 1, this.p, 0) : i32(lanesLoop.extent);
      const end = this.b.bin('min', this.b.mul(hi, i32(block)), count);
      this.emitAlong(new Map(), lanesLoop, this.b.mul(lo, i32(block)), end);
      return Math.ceil(lanesLoop.extent / block);
    }
    this.beside = this.chooseBeside(lanesLoop);
    const { dim, count } = this.beside;
    const units = others.map((l) => (l.dim === dim ? { ...l, extent: l.extent / count } : l));
    this.b.for(lo, hi, 1, (unit) => {
      const dims = this.decode(unit, units);
      const first = dims.get(dim);
      if (first) dims.set(dim, this.b.mul(first, i32(count)));
      if (lanesLoop) this.emitAlong(dims, lanesLoop, i32(0), i32(lanesLoop.extent));
      else
        this.emitPhases(
          this.places().map((p) => new Emitter(this.context, dims, { ...NO_LANES, ...p })),
        );
    });
    return rows / count;
  }

  /**
   * How many results along a loop a unit computes beside each other, as they share what is read: of a
   * row-wise kernel those of a short loop, such as the taps of a window; where windows are written out,
   * those of neighbouring windows.
   */
  private chooseBeside(lanesLoop: Loop | undefined): { dim: number; count: number } {
    const last = this.outer.filter((l) => l !== lanesLoop).pop();
    const inner = this.inner.reduce((m, l) => m | l.mask, 0);
    const none = { dim: -1, count: 1 };
    if (
      this.mostTurns === 0 ||
      !last ||
      inner === 0 ||
      this.group.members.some((m) => m.role === 'full')
    )
      return none;
    const loads = walk(this.group.members.map((m) => m.expr)).filter((e) => e.kind === 'load');
    if (!this.rowwise) {
      const shared = loads.some((e) => (e.dims & last.mask) !== 0 && (e.dims & inner) !== 0);
      const count = [4, 3, 2].find((n) => last.extent % n === 0);
      return this.writesOut && shared && count ? { dim: last.dim, count } : none;
    }
    const shared = loads.some((e) => (e.dims & inner) !== 0 && (e.dims & last.mask) === 0);
    const few = this.outer.length > 1 && last.extent <= MOST_BESIDE;
    return few && shared ? { dim: last.dim, count: last.extent } : none;
  }

  /** Where a unit's results lie beside each other. */
  private places(): Pick<Lanes, 'beside'>[] {
    const { dim, count } = this.beside;
    return Array.from({ length: count }, (_, by) => (count > 1 ? { beside: { dim, by } } : {}));
  }

  /** Splits a unit's number into the indices of `loops`. */
  private decode(unit: Val, loops: readonly Loop[]): Map<number, Val> {
    const dims = new Map<number, Val>();
    let left = unit;
    for (let i = loops.length - 1; i >= 0; i--) {
      const { dim, extent } = loops[i]!;
      dims.set(dim, i === 0 ? left : this.b.bin('rem', left, i32(extent)));
      if (i > 0) left = this.b.bin('div', left, i32(extent));
    }
    return dims;
  }

  /** Elements from…to of `loop`, one after the other in the parts in which conditions stay. */
  private emitAlong(dims: ReadonlyMap<number, Val>, loop: Loop, from: Val, to: Val): void {
    const parts = splitLoop(
      loop,
      this.group.members.map((m) => m.expr),
    );
    for (const part of parts) {
      const [first, last] = [
        part.start === 0 ? from : this.b.bin('max', from, i32(part.start)),
        part.end === loop.extent ? to : this.b.bin('min', to, i32(part.end)),
      ];
      this.emitPart(dims, loop, part, [first, last]);
    }
  }

  /**
   * In blocks of vectors, then vectors, narrower ones at the end of a row, then one by one; a short row
   * in two vectors that overlap, where those are fewer.
   */
  private emitPart(
    dims: ReadonlyMap<number, Val>,
    loop: Loop,
    part: Part,
    [from, to]: readonly [Val, Val],
  ): void {
    const { b, lanes } = this;
    const vectors = this.inner.length > 0 ? Math.max(1, BLOCK / lanes) : 1;
    const length = part.end - part.start;
    // A loop whose elements are the units is cut anywhere, and long.
    const isWhole = this.outer.length > 1;
    const widths = isWhole ? widthsFor(lanes, length) : [...new Set([lanes, 1])];
    const sizes = [...new Set([lanes * vectors, ...widths])].filter((s) => s === 1 || s <= length);
    const start = b.declare(from);
    const around = this.aroundLoop(dims, loop);
    const emittersAt = (firsts: readonly Val[], width: number, multiple: number): Emitter[] => {
      const { facts } = part;
      const here = { dim: loop.dim, mask: loop.mask, lanes: width, multiple, facts };
      return this.places().flatMap((place) => {
        const along: Lanes = { ...here, ...place };
        return firsts.map((first) => {
          if (around) return around.inner(new Map([[loop.dim, first]]), along);
          return new Emitter(this.context, new Map([...dims, [loop.dim, first]]), along);
        });
      });
    };
    const overlapping = isWhole ? overlapOf(lanes, length) : undefined;
    if (overlapping !== undefined) {
      const second = length - overlapping;
      const multiple = Math.min(powerIn(part.start), powerIn(part.start + second));
      const firsts = [from, b.add(from, i32(second))];
      this.emitPhases(emittersAt(firsts, overlapping, multiple));
      return;
    }
    for (const size of sizes) {
      const width = Math.min(size, lanes);
      const at = b.read(start);
      const room = b.sub(to, at);
      const last = b.add(at, b.mul(b.bin('div', room, i32(size)), i32(size)));
      b.for(at, last, size, (i) => {
        const firsts = Array.from({ length: size / width }, (_, v) => b.add(i, i32(v * width)));
        const multiple = isWhole ? Math.min(powerIn(part.start), width) : 1;
        this.emitPhases(emittersAt(firsts, width, multiple));
      });
      if (size > 1) b.assign(start, b.bin('max', at, last));
    }
  }

  /** Of a map: what stays the same along `loop`, computed ahead of it. */
  private aroundLoop(dims: ReadonlyMap<number, Val>, loop: Loop): Emitter | undefined {
    if (this.group.reduced.length > 0) return undefined;
    const around = new Emitter(this.context, dims, NO_LANES);
    for (const m of this.group.members) {
      if (!this.kept(m)) continue;
      around.hoist(m.expr, loop.mask);
      around.hoistIndex(m.index, loop.mask);
    }
    return around;
  }

  /** All members for the points of the outer space that `emitters` stand at. */
  private emitPhases(emitters: readonly Emitter[]): void {
    for (const phase of phasesOf(this.group)) {
      const looped = (m: Member): boolean =>
        m.role === 'reduce' || (this.group.reduced.length > 0 && m.role === 'full' && this.kept(m));
      const inner = phase.filter(looped);
      if (inner.length > 0) this.emitInner(emitters, inner);
      const here = phase.filter((m) => this.kept(m) && !inner.includes(m));
      const reduced = phase.filter((m) => this.kept(m) && m.role === 'reduce');
      // A store may overwrite a variable that another member, or a vector beside, has yet to read.
      const values = emitters.map((e) => here.map((m) => e.emit(m.expr)));
      emitters.forEach((e, which) => {
        for (const m of reduced) e.store(m.node, m.index, e.result(m.node)!);
        here.forEach((m, i) => e.store(m.node, m.index, values[which]![i]!));
      });
    }
  }

  private kept(m: Member): boolean {
    return this.stored.has(m.node);
  }

  /** One pass over the reduced loops: reductions and stores of one phase. */
  private emitInner(emitters: readonly Emitter[], members: readonly Member[]): void {
    const mask = this.inner.reduce((m, l) => m | l.mask, 0);
    for (const e of emitters) for (const m of members) e.hoist(m.expr, mask);
    const row = this.inner[this.inner.length - 1];
    const chains = this.rowwise ? chainsOf(this.lanes, row?.extent ?? 1) : undefined;
    const reductions = emitters.map((e) =>
      members
        .filter((m) => m.role === 'reduce')
        .map((m) => new Reduction(this.b, m.node, e.lanes, chains)),
    );
    const visit = (here: readonly Emitter[], slot: number, which = 0): void => {
      let r = 0;
      for (const m of members) {
        if (m.role === 'reduce') reductions[which]![r++]!.add(here, m.expr, slot);
        else for (const e of here) e.store(m.node, m.index, e.emit(m.expr));
      }
    };
    if (this.rowwise) this.emitRow(emitters, visit);
    else {
      const visitAt = (dims: ReadonlyMap<number, Val>): void => {
        emitters.forEach((e, which) => visit([e.inner(dims)], 0, which));
      };
      if (this.writesOut) everyIndex(this.inner).forEach(visitAt);
      else nestLoops(this.b, this.inner, new Map(), visitAt);
    }
    emitters.forEach((e, which) => {
      for (const r of reductions[which]!) e.setResult(r.node, r.finish());
    });
  }

  /**
   * The row's elements: whole groups of 16 virtual lanes, whole vectors, then together what is left;
   * where they are fewer than 16, in vectors of a chain's width each.
   */
  private emitRow(
    outer: readonly Emitter[],
    visit: (here: readonly Emitter[], slot: number, which: number) => void,
  ): void {
    const { b, lanes } = this;
    const row = this.inner[this.inner.length - 1];
    if (!row) {
      outer.forEach((e, which) => visit([e.inner(new Map())], 0, which));
      return;
    }
    nestLoops(this.b, this.inner.slice(0, -1), new Map(), (dims) => {
      const emitterAt = (e: Emitter, i: Val, width: number): Emitter => {
        // What is not constant is a step of whole vectors.
        const multiple = i.kind === 'const' ? powerIn(i.value) : width;
        const along: Lanes = { ...e.besides, dim: row.dim, mask: row.mask, lanes: width, multiple };
        return e.inner(new Map([...dims, [row.dim, i]]), along);
      };
      const visitAt = (i: Val, width: number, slot: number): void => {
        outer.forEach((e, which) => visit([emitterAt(e, i, width)], slot, which));
      };
      if (lanes > 1 && row.extent < VIRTUAL_LANES) {
        const runs = runsOf(lanes, row.extent);
        runs.forEach(({ start, width }, slot) => visitAt(i32(start), width, slot));
        return;
      }
      const step = lanes === 1 ? 1 : VIRTUAL_LANES;
      const whole = row.extent - (row.extent % step);
      b.for(i32(0), i32(whole), step, (i) => {
        for (let s = 0; s * lanes < step; s++) visitAt(b.add(i, i32(s * lanes)), lanes, s);
      });
      let done = whole;
      for (let s = 0; done + lanes <= row.extent; s++, done += lanes) visitAt(i32(done), lanes, s);
      const left = runsOf(lanes, row.extent - done);
      if (left.length === 0) return;
      outer.forEach((e, which) => {
        const parts = left.map(({ start, width }) => emitterAt(e, i32(done + start), width));
        visit(parts, (done - whole) / lanes, which);
      });
    });
  }
}

/** The largest power of two that divides n. */
function powerIn(n: number): number {
  return n === 0 ? 2 ** 30 : n & -n;
}

/** A map over one contiguous run of elements: its extent is data, not code. */
function isFlat(group: Group, outer: readonly Loop[], exprs: readonly KernelExpr[]): boolean {
  if (group.reduced.length > 0 || outer.length !== 1) return false;
  const { dim } = outer[0]!;
  return walk(exprs).every((e) => {
    if (e.kind === 'choose' || e.kind === 'iota' || e.kind === 'random') return false;
    if (e.kind !== 'load') return true;
    const { terms, offset } = e.index;
    return (
      offset === 0 && (terms.length === 0 || coefficient(e.index, dim) === 1) && isPure(e.index)
    );
  });
}

/** Members in passes: a pass uses only results of the passes before it. */
function phasesOf(group: Group): Member[][] {
  const level = new Map<GraphNode, number>();
  const needs = new Map<KernelExpr, number>();
  const levelOf = (e: KernelExpr): number => {
    const known = needs.get(e);
    if (known !== undefined) return known;
    let n = e.kind === 'result' ? level.get(e.of)! + 1 : 0;
    for (const c of childrenOf(e)) n = Math.max(n, levelOf(c));
    needs.set(e, n);
    return n;
  };
  const phases: Member[][] = [];
  for (const m of group.members) {
    let n = levelOf(m.expr);
    // A value of the kept dimensions is stored at the end of the pass that completes it.
    if (m.role === 'outer') n = Math.max(0, n - 1);
    level.set(m.node, n);
    while (phases.length <= n) phases.push([]);
    phases[n]!.push(m);
  }
  return phases;
}
