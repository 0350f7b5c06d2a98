import { byteSize } from '../../core/dtype.js';
import { invariant } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { FuncBuilder } from '../ir/builder.js';
import { constant, i32 } from '../ir/builder.js';
import type { Ty, Val } from '../ir/ir.js';
import { scalar } from '../ir/ir.js';
import { childrenOf, dataOf, walk } from '../kernel/expr.js';
import type { Affine, KernelExpr, Within } from '../kernel/types.js';
import { elemOf, emitApply, lowByte, memOf } from './apply.js';
import { emitPhilox, loadPhilox } from './random.js';

/** How the lanes of a vector lie in the loops: `lanes` consecutive values of dimension `dim`. */
export interface Lanes {
  readonly dim: number;
  /** Every dimension that was merged into `dim`, as a mask. */
  readonly mask: number;
  readonly lanes: number;
  /** What the index of the first lane is known to be a multiple of. Default: 1. */
  readonly multiple?: number;
  /** Conditions that hold, or do not hold, all along this part of the loop. */
  readonly facts?: ReadonlyMap<Within, boolean>;
  /** Of several vectors beside each other: how far this one is from the first along another dimension. */
  readonly beside?: { readonly dim: number; readonly by: number };
}

export const NO_LANES: Lanes = { dim: -1, mask: 0, lanes: 1 };

/** What all emitters of one function share. */
export interface FunctionContext {
  readonly b: FuncBuilder;
  /** Byte address of a value in memory. */
  address(buffer: GraphNode): Val;
}

/** Addresses read from the parameter row at `p`, from word `first` on; loaded where this is called. */
export function rowContext(
  b: FuncBuilder,
  p: Val,
  buffers: readonly GraphNode[],
  first: number,
): FunctionContext {
  const known = new Map<GraphNode, Val>();
  buffers.forEach((n, i) => known.set(n, b.load('i32', 1, p, 4 * (first + i))));
  return {
    b,
    address(buffer) {
      const address = known.get(buffer);
      invariant(address !== undefined, `a kernel has no address of ${buffer.op}`);
      return address;
    },
  };
}

/**
 * Emits expressions at one place of a kernel's loops: for one element, or for as many consecutive
 * ones as a vector holds. Values that do not vary along the lanes stay scalar.
 */
export class Emitter {
  private readonly memo = new Map<KernelExpr, Val>();
  private readonly results: Map<GraphNode, Val>;

  constructor(
    private readonly f: FunctionContext,
    /** Value of each loop dimension; of the lanes' dimension, that of the first lane. */
    private readonly dims: ReadonlyMap<number, Val>,
    private readonly along: Lanes,
    private readonly parent?: Emitter,
    /** Conditions under which this code's values count. */
    private readonly guard?: { readonly holds: (lane: number) => Val; readonly varies: boolean },
  ) {
    this.results = parent?.results ?? new Map<GraphNode, Val>();
  }

  /** Where it stands beside others. */
  get besides(): Pick<Lanes, 'beside'> {
    const { beside } = this.along;
    return beside ? { beside } : {};
  }

  get lanes(): number {
    return this.along.lanes;
  }

  /** An emitter inside further loops: what it needs from here is not computed again. */
  inner(dims: ReadonlyMap<number, Val>, along: Lanes = this.along): Emitter {
    return new Emitter(this.f, new Map([...this.dims, ...dims]), along, this);
  }

  setResult(node: GraphNode, value: Val): void {
    this.results.set(node, value);
  }

  result(node: GraphNode): Val | undefined {
    return this.results.get(node);
  }

  /** Computes here whatever part of `e` does not depend on the dimensions of `loops`. */
  hoist(e: KernelExpr, loops: number): void {
    this.hoistOnce(e, loops, new Set());
  }

  /** Computes what an index reads of memory here, where that depends on none of `loops`. */
  hoistIndex(index: Affine, loops: number): void {
    for (const e of dataOf(index)) this.hoist(e, loops);
  }

  private hoistOnce(e: KernelExpr, loops: number, seen: Set<KernelExpr>): void {
    if (e.kind === 'constant' || seen.has(e)) return;
    seen.add(e);
    if (e.kind === 'choose') {
      // What decides is computed in any case; what is chosen, only where it is.
      for (const w of e.when) for (const c of dataOf(w.index)) this.hoistOnce(c, loops, seen);
      return;
    }
    if ((e.dims & loops) === 0 && this.available(e)) this.emit(e);
    else for (const c of childrenOf(e)) this.hoistOnce(c, loops, seen);
  }

  private available(e: KernelExpr): boolean {
    return walk([e]).every((c) => c.kind !== 'result' || this.results.has(c.of));
  }

  /** The value of `e`: a vector if it varies along the lanes, else a scalar. */
  emit(e: KernelExpr): Val {
    const known = this.lookup(e);
    if (known) return known;
    const value = this.compute(e);
    this.memo.set(e, value);
    return value;
  }

  /** The value of `e` in every lane. */
  vector(e: KernelExpr): Val {
    return this.f.b.splat(this.emit(e), this.lanes);
  }

  private lookup(e: KernelExpr): Val | undefined {
    // An outer emitter only ever computed what does not change inside these loops, and one without
    // this guard what holds with it.
    return this.memo.get(e) ?? this.parent?.lookup(e);
  }

  private varies(x: { readonly dims: number }): boolean {
    return this.lanes > 1 && (x.dims & this.along.mask) !== 0;
  }

  /** Lanes in which the guard fails have read nothing that the index could be computed from. */
  private unread(index: Affine): boolean {
    return this.guard?.varies === true && readsElsewhere(index);
  }

  /** Whether an index may differ between the lanes. */
  private differs(index: Affine): boolean {
    return this.varies(index) || this.unread(index);
  }

  private compute(e: KernelExpr): Val {
    const { b } = this.f;
    switch (e.kind) {
      case 'constant':
        return constant(scalar(elemOf(e.dtype)), e.value);
      case 'result': {
        const value = this.results.get(e.of);
        invariant(value !== undefined, 'a result is used before it is known');
        return value;
      }
      case 'iota': {
        const index = b.convert(elemOf(e.dtype), this.indexVector(e.index));
        return e.dtype === 'u8' ? lowByte(b, index) : index;
      }
      case 'random': {
        const state = loadPhilox(b, this.f.address(e.state), e.offset);
        return emitPhilox(b, state, this.indexVector(e.index));
      }
      case 'load':
        return this.load(e.buffer, e.index);
      case 'apply':
        return this.apply(e);
      case 'choose': {
        const { facts } = this.along;
        if (e.when.some((w) => facts?.get(w) === false)) return this.emit(e.outside);
        const open = e.when.filter((w) => !facts?.has(w));
        if (open.length === 0) return this.emit(e.inside);
        const varies = e.dtype === 'bool' || open.some((w) => this.differs(w.index));
        return varies ? this.choose(open, e.inside, e.outside) : this.branch(open, e);
      }
    }
  }

  private apply(e: KernelExpr & { readonly kind: 'apply' }): Val {
    const args = e.args.map((a) => this.emit(a));
    const lanes = Math.max(...args.map((a) => a.ty.lanes));
    const wide = args.map((a) => this.f.b.splat(a, lanes));
    const from = e.args[e.op === 'where' ? 1 : 0]!.dtype;
    return emitApply(this.f.b, e.op, from, e.dtype, wide);
  }

  /** The one or the other, where one condition decides for all lanes. */
  private branch(when: readonly Within[], e: KernelExpr & { readonly kind: 'choose' }): Val {
    const { b } = this.f;
    // Under a guard that differs between lanes, what is read is a vector in any case.
    const wide = this.varies(e) || (this.lanes > 1 && this.guard?.varies === true);
    const ty: Ty = { elem: elemOf(e.dtype), lanes: wide ? this.lanes : 1 };
    const result = b.declare(constant(ty, 0));
    const side = (of: KernelExpr) => (): void => {
      const here = new Emitter(this.f, this.dims, this.along, this, this.guard);
      b.assign(result, b.splat(here.emit(of), ty.lanes));
    };
    b.if(this.within(when, 0), side(e.inside), side(e.outside));
    return b.read(result);
  }

  private within(when: readonly Within[], lane: number): Val {
    const { b } = this.f;
    return when
      .map((w) => {
        const at = this.index(w.index, lane);
        return b.cmp('ltU', b.sub(at, i32(w.low)), i32(w.high - w.low));
      })
      .reduce((all, one) => b.bin('and', all, one));
  }

  private choose(when: readonly Within[], inside: KernelExpr, outside: KernelExpr): Val {
    const { b } = this.f;
    const varies = when.some((w) => this.differs(w.index));
    // Here, and not where they are first asked for: that may be inside a branch.
    const each = Array.from({ length: varies ? this.lanes : 1 }, (_, l) => this.within(when, l));
    const own = (lane: number): Val => each[varies ? lane : 0]!;
    const outer = this.guard;
    const holds = (lane: number): Val =>
      outer ? b.bin('and', outer.holds(lane), own(lane)) : own(lane);
    const guard = { holds, varies: varies || (outer?.varies ?? false) };
    const here = new Emitter(this.f, this.dims, this.along, this, guard);
    const value = here.emit(inside);
    const other = this.emit(outside);
    const lanes = varies ? this.lanes : Math.max(value.ty.lanes, other.ty.lanes);
    let cond: Val;
    if (varies) {
      const bits = each.map((one) => b.convert('i32', one));
      cond = b.cmp('ne', b.pack(bits), constant({ elem: 'i32', lanes: this.lanes }, 0));
    } else cond = own(0);
    return b.select(cond, b.splat(value, lanes), b.splat(other, lanes));
  }

  private load(buffer: GraphNode, index: Affine): Val {
    const { b } = this.f;
    const mem = memOf(buffer.dtype);
    const read = (lanes: number, lane: number, back = 0): Val => {
      const { addr, offset } = this.place(buffer, index, lane, back);
      return b.load(mem, lanes, addr, offset);
    };
    const finish = (v: Val): Val =>
      buffer.dtype === 'bool' ? b.cmp('ne', v, constant(v.ty, 0)) : v;
    const stride = this.strideOf(index);
    if (isFixed(buffer, index)) return finish(read(1, 0));
    if (!this.guard?.varies) {
      if (stride === 0) return finish(read(1, 0));
      if (stride === 1) return finish(read(this.lanes, 0));
      if (stride === -1) {
        const v = read(this.lanes, 0, this.lanes - 1);
        const reversed = Array.from({ length: this.lanes }, (_, l) => this.lanes - 1 - l);
        return finish(b.shuffle(v, v, reversed));
      }
      if (stride === 2 && this.lanes > 1) return finish(this.everySecond(read));
      const times = this.repetition(index);
      if (times !== undefined) {
        const v = read(this.lanes, 0);
        const repeated = Array.from({ length: this.lanes }, (_, l) => Math.floor(l / times));
        return finish(b.shuffle(v, v, repeated));
      }
    }
    return finish(b.pack(Array.from({ length: this.lanes }, (_, l) => read(1, l))));
  }

  /**
   * How many lanes share each element, where the index is that of the lane divided by as many: a
   * vector of which the last elements are not used may reach beyond the buffer, but not far.
   */
  private repetition(index: Affine): number | undefined {
    const { lanes } = this;
    const { dim, multiple = 1 } = this.along;
    if (lanes === 1 || this.unread(index)) return undefined;
    const moving = index.terms.filter(({ atom }) => {
      if (atom.kind === 'dim') return atom.dim === dim;
      return this.varies(atom.kind === 'data' ? atom.expr : atom.of);
    });
    const [term] = moving;
    if (moving.length !== 1 || term!.coef !== 1 || term!.atom.kind !== 'div') return undefined;
    const { of, by } = term!.atom;
    const [lane] = of.terms;
    const isLane = lane?.atom.kind === 'dim' && lane.atom.dim === dim && lane.coef === 1;
    const fits = of.offset % by === 0 && multiple % by === 0 && lanes % by === 0;
    return isLane && of.terms.length === 1 && fits ? by : undefined;
  }

  /** Every second element, out of two vectors that overlap: nothing behind the last one is read. */
  private everySecond(read: (lanes: number, lane: number, back: number) => Val): Val {
    const { lanes } = this;
    const ahead = lanes - 1;
    const [first, second] = [read(lanes, 0, 0), read(lanes, 0, -ahead)];
    const picked = Array.from({ length: lanes }, (_, l) => {
      return 2 * l < lanes ? 2 * l : lanes + 2 * l - ahead;
    });
    return this.f.b.shuffle(first, second, picked);
  }

  /** Elements between neighbouring lanes, or undefined if that is not constant. */
  private strideOf(index: Affine): number | undefined {
    if (this.unread(index)) return undefined;
    if (!this.varies(index)) return 0;
    let stride = 0;
    for (const t of index.terms) {
      if (t.atom.kind === 'dim') {
        if (t.atom.dim === this.along.dim) stride += t.coef;
      } else if (this.varies(t.atom.kind === 'data' ? t.atom.expr : t.atom.of)) return undefined;
    }
    return stride;
  }

  /** Byte address and constant offset of the element at `index` in lane `lane`, minus `back`. */
  private place(
    buffer: GraphNode,
    index: Affine,
    lane: number,
    back = 0,
  ): { addr: Val; offset: number } {
    const { b } = this.f;
    const size = byteSize(buffer.dtype);
    const step = lane === 0 ? 0 : this.laneOffset(index, lane);
    const base = this.f.address(buffer);
    if (this.guard && !isFixed(buffer, index)) {
      // Where the guard fails the index may lie anywhere: read the first element instead.
      const at = b.add(this.index(index, step === undefined ? lane : 0), i32((step ?? 0) - back));
      const safe = b.select(this.guard.holds(lane), at, i32(0));
      return { addr: b.add(base, b.mul(safe, i32(size))), offset: 0 };
    }
    const shift = (step ?? 0) - back;
    const fixed = step === undefined ? 0 : this.fixedPart(index);
    const at = step === undefined ? this.index(index, lane, false) : this.movingPart(index);
    const offset = (index.offset + fixed + shift) * size;
    // Addresses are unsigned: only a sum of parts that are never negative may use an immediate.
    const rising = index.min >= index.offset && offset >= 0;
    if (rising) return { addr: b.add(base, b.mul(at, i32(size))), offset };
    return { addr: b.add(base, b.add(b.mul(at, i32(size)), i32(offset))), offset: 0 };
  }

  private laneOffset(index: Affine, lane: number): number | undefined {
    const stride = this.strideOf(index);
    return stride === undefined ? undefined : stride * lane;
  }

  /** The index in lane `lane`, as a scalar; without its constant part if `withOffset` is false. */
  index(index: Affine, lane: number, withOffset = true): Val {
    const { b } = this.f;
    let sum = i32(withOffset ? index.offset : 0);
    for (const t of index.terms) sum = b.add(sum, b.mul(this.atom(t.atom, lane), i32(t.coef)));
    return sum;
  }

  /** What constant places of dimensions add to an index, where that is nothing negative. */
  private fixedPart(index: Affine): number {
    return index.terms.reduce((sum, { atom, coef }) => {
      return atom.kind === 'dim' && coef >= 0 ? sum + coef * this.fixedPlace(atom.dim) : sum;
    }, 0);
  }

  /** The rest of it, as a scalar, in the first lane. */
  private movingPart(index: Affine): Val {
    const { b } = this.f;
    let sum: Val = i32(0);
    for (const { atom, coef } of index.terms) {
      const moves = atom.kind === 'dim' && coef >= 0;
      const at = moves ? this.movingPlace(atom.dim) : this.atom(atom, 0);
      sum = b.add(sum, b.mul(at, i32(coef)));
    }
    return sum;
  }

  private fixedPlace(dim: number): number {
    const { beside } = this.along;
    const at = this.dims.get(dim);
    return (at?.kind === 'const' ? at.value : 0) + (beside?.dim === dim ? beside.by : 0);
  }

  private movingPlace(dim: number): Val {
    const at = this.dims.get(dim);
    return at === undefined || at.kind === 'const' ? i32(0) : at;
  }

  private atom(atom: Affine['terms'][number]['atom'], lane: number): Val {
    const { b } = this.f;
    if (atom.kind === 'dim') {
      const at = b.add(this.movingPlace(atom.dim), i32(this.fixedPlace(atom.dim)));
      return atom.dim === this.along.dim && this.lanes > 1 ? b.add(at, i32(lane)) : at;
    }
    if (atom.kind === 'data') {
      const value = this.emit(atom.expr);
      return value.ty.lanes > 1 ? b.lane(value, lane) : value;
    }
    const of = this.index(atom.of, lane);
    return b.bin(atom.kind === 'div' ? 'div' : 'rem', of, i32(atom.by));
  }

  /** The index in all lanes. */
  private indexVector(index: Affine): Val {
    const { b } = this.f;
    const stride = this.strideOf(index);
    const { lanes } = this;
    const first = this.index(index, 0);
    if (stride === 0) return first;
    const each = (l: number): Val =>
      stride === undefined ? this.index(index, l) : i32(stride * l);
    const parts = b.pack(Array.from({ length: lanes }, (_, l) => each(l)));
    return stride === undefined ? parts : b.add(b.splat(first, lanes), parts);
  }

  /** Adds the value of `e` to what `buffer` holds at `index`. */
  accumulate(buffer: GraphNode, index: Affine, e: KernelExpr): void {
    const { b } = this.f;
    const value = this.vector(e);
    const { addr, offset } = this.place(buffer, index, 0);
    const mem = memOf(buffer.dtype);
    b.store(mem, addr, b.add(b.load(mem, this.lanes, addr, offset), value), offset);
  }

  /** Writes `value` to `buffer` at `index`. */
  store(buffer: GraphNode, index: Affine, result: Val): void {
    const { b } = this.f;
    const mem = memOf(buffer.dtype);
    const value = result.ty.elem === 'bool' ? b.convert('i32', result) : result;
    const stride = this.strideOf(index);
    if (this.lanes === 1 || stride === 1) {
      const { addr, offset } = this.place(buffer, index, 0);
      b.store(mem, addr, b.splat(value, this.lanes), offset);
      return;
    }
    invariant(stride !== 0, 'lanes store to one place');
    const wide = b.splat(value, this.lanes);
    for (let l = 0; l < this.lanes; l++) {
      const { addr, offset } = this.place(buffer, index, l);
      b.store(mem, addr, b.lane(wide, l), offset);
    }
  }
}

/** One element, and one that is there: it may be read whatever guards the code. */
function isFixed(buffer: GraphNode, index: Affine): boolean {
  return index.terms.length === 0 && index.offset >= 0 && index.offset < sizeOf(buffer.shape);
}

/** Whether an index is computed from values in memory that a guard may keep from being read. */
function readsElsewhere(index: Affine): boolean {
  const reads = walk(dataOf(index));
  return reads.some((e) => e.kind === 'load' && !isFixed(e.buffer, e.index));
}
