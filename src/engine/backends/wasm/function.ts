import type { Expr, Func, Stmt, Ty, Val } from '../../compiler/ir/ir.js';
import { formatTy } from '../../compiler/ir/ir.js';
import { invariant } from '../../core/errors.js';
import { CodeWriter, type WasmFunction } from './encoder.js';
import { emitExpr } from './expression.js';
import { valueType } from './instructions.js';
import { emitStore } from './memory.js';
import { Op, ValType, type ValTypeCode, VOID_BLOCK } from './opcodes.js';
import { type Block, type Effects, type LetStmt, type Load, Plan, type Store } from './plan.js';
import { emitConst, type Held, type Scope } from './scope.js';

/** What a function can refer to outside itself. */
export interface Environment {
  readonly relaxedSimd: boolean;
  /** Index of the barrier function; undefined where barriers print nothing. */
  readonly barrier: number | undefined;
  readonly functions: ReadonlyMap<string, { readonly index: number; readonly params: number }>;
}

/** A value used once, not printed yet: it will stand where it is used. */
interface Pending {
  readonly stmt: LetStmt;
  readonly loads: boolean;
  /** Another pending value uses it and prints it along. */
  absorbed: boolean;
}

interface Slot {
  readonly index: number;
  /** Number of loops around the definition. */
  readonly depth: number;
}

const UNUSED: Held = { get: () => undefined, done: () => undefined };

/**
 * Prints one function. Values used once become operands on the stack at their use, unless a
 * statement between might change what they load; other values get a local, freed after the last
 * use. Reading a variable costs nothing until the variable is assigned.
 */
class FunctionEmitter implements Scope {
  readonly code = new CodeWriter();
  readonly relaxedSimd: boolean;
  private readonly plan: Plan;
  private readonly remaining: Int32Array;
  private readonly slots = new Map<number, Slot>();
  private readonly pending = new Map<number, Pending>();
  /** Values that are a variable's present content. */
  private readonly aliases = new Map<number, number>();
  private readonly locals: ValTypeCode[] = [];
  private readonly free = new Map<ValTypeCode, number[]>();
  /** For each open loop, the locals to free at its end. */
  private readonly loops: number[][] = [];

  constructor(
    private readonly func: Func,
    private readonly env: Environment,
  ) {
    this.relaxedSimd = env.relaxedSimd;
    this.plan = new Plan(func, env.barrier !== undefined);
    this.remaining = this.plan.uses.slice();
    func.params.forEach((p, index) => this.slots.set(p.id, { index, depth: 0 }));
  }

  emit(): WasmFunction {
    this.emitBlock(this.func.body);
    const body = {
      params: this.func.params.map(() => ValType.i32),
      results: [],
      locals: this.locals,
      code: this.code.finish(),
    };
    return this.func.exported ? { ...body, exportName: this.func.name } : body;
  }

  // Locals

  private allocate(type: ValTypeCode): number {
    const reused = this.free.get(type)?.pop();
    if (reused !== undefined) return reused;
    this.locals.push(type);
    return this.func.params.length + this.locals.length - 1;
  }

  /** A value from outside the present loops is needed again in their next round. */
  private release(slot: Slot): void {
    const loop = this.loops[slot.depth];
    if (loop) loop.push(slot.index);
    else this.freeNow(slot.index);
  }

  private freeNow(index: number): void {
    const type = this.locals[index - this.func.params.length];
    if (type === undefined) return; // a parameter
    const list = this.free.get(type);
    if (list) list.push(index);
    else this.free.set(type, [index]);
  }

  temp(type: ValTypeCode): { readonly index: number; free(): void } {
    const index = this.allocate(type);
    return { index, free: () => this.freeNow(index) };
  }

  private define(id: number, ty: Ty): number {
    const index = this.allocate(valueType(ty));
    this.slots.set(id, { index, depth: this.loops.length });
    return index;
  }

  private slotOf(id: number): Slot {
    const slot = this.slots.get(this.aliases.get(id) ?? id);
    invariant(slot !== undefined, `value %${id} is used where it is not defined`);
    return slot;
  }

  private consume(id: number): void {
    if (--this.remaining[id]! > 0) return;
    if (this.aliases.delete(id)) return;
    const slot = this.slots.get(id);
    if (!slot) return;
    this.release(slot);
    this.slots.delete(id);
  }

  // Values

  push(v: Val): void {
    if (v.kind === 'const') return emitConst(this.code, v.ty, v.value);
    const waiting = this.pending.get(v.id);
    if (waiting) {
      this.take(v);
      return emitExpr(this, waiting.stmt.ty, waiting.stmt.expr);
    }
    this.code.localGet(this.slotOf(v.id).index);
    this.consume(v.id);
  }

  peek(v: Val): Expr | undefined {
    return v.kind === 'ref' ? this.pending.get(v.id)?.stmt.expr : undefined;
  }

  take(v: Val): void {
    invariant(v.kind === 'ref' && this.pending.delete(v.id), 'took a value that does not wait');
    this.remaining[v.id]!--;
  }

  hold(v: Val): Held {
    if (v.kind === 'const') {
      return { ...UNUSED, get: () => emitConst(this.code, v.ty, v.value) };
    }
    if (this.pending.has(v.id)) {
      const temp = this.temp(valueType(v.ty));
      this.push(v);
      this.code.localSet(temp.index);
      return { get: () => this.code.localGet(temp.index), done: () => temp.free() };
    }
    const { index } = this.slotOf(v.id);
    return { get: () => this.code.localGet(index), done: () => this.consume(v.id) };
  }

  pushAddress(node: Load | Store): number {
    const { terms, offset } = this.plan.addressOf(node);
    terms.forEach((term, i) => {
      this.push(term);
      if (i > 0) this.code.op(Op.i32Add);
    });
    return offset;
  }

  private materialise(id: number, { stmt }: Pending): void {
    this.pending.delete(id);
    emitExpr(this, stmt.ty, stmt.expr);
    this.code.localSet(this.define(id, stmt.ty));
  }

  /** Before an effect: fixes what was read before it and is used after it. */
  private settle({ writesMemory, assigned }: Effects): void {
    if (writesMemory) {
      for (const [id, waiting] of this.pending) {
        if (waiting.loads && !waiting.absorbed) this.materialise(id, waiting);
      }
    }
    if (assigned.size === 0) return;
    for (const [id, variable] of this.aliases) {
      if (!assigned.has(variable)) continue;
      const { index } = this.slotOf(variable);
      this.aliases.delete(id);
      const copy = this.allocate(this.locals[index - this.func.params.length]!);
      this.slots.set(id, { index: copy, depth: this.loops.length });
      this.code.localGet(index);
      this.code.localSet(copy);
    }
  }

  // Statements

  private emitBlock(block: Block): void {
    const declared: number[] = [];
    for (const stmt of block) {
      if (stmt.kind === 'declare') declared.push(stmt.id);
      this.emitStmt(stmt, block);
    }
    for (const id of declared) {
      this.release(this.slotOf(id));
      this.slots.delete(id);
    }
  }

  private emitStmt(stmt: Stmt, block: Block): void {
    switch (stmt.kind) {
      case 'let':
        return this.emitLet(stmt, block);
      case 'declare':
        this.push(stmt.init);
        return this.code.localSet(this.define(stmt.id, stmt.ty));
      case 'assign':
        this.push(stmt.value);
        this.settle(this.plan.effectsOf(stmt));
        return this.code.localSet(this.slotOf(stmt.id).index);
      case 'store':
        return emitStore(this, stmt, () => this.settle(this.plan.effectsOf(stmt)));
      case 'for':
        return this.emitFor(stmt);
      case 'if':
        return this.emitIf(stmt);
      case 'call':
        return this.emitCall(stmt);
      case 'barrier':
        return this.emitBarrier(stmt);
    }
  }

  private emitLet(stmt: LetStmt, block: Block): void {
    const { id, ty, expr } = stmt;
    if (this.remaining[id] === 0) return;
    if (expr.op === 'read') {
      this.aliases.set(id, expr.variable);
      return;
    }
    if (!this.plan.isLocalSingleUse(id, block)) {
      emitExpr(this, ty, expr);
      return this.code.localSet(this.define(id, ty));
    }
    let loads = expr.op === 'load';
    for (const v of this.plan.operands(expr)) {
      const inner = v.kind === 'ref' ? this.pending.get(v.id) : undefined;
      if (!inner) continue;
      inner.absorbed = true;
      loads ||= inner.loads;
    }
    this.pending.set(id, { stmt, loads, absorbed: false });
  }

  private emitIf(stmt: Extract<Stmt, { kind: 'if' }>): void {
    const { cond } = stmt;
    invariant(cond.ty.lanes === 1, `loop IR branches on ${formatTy(cond.ty)}`);
    if (cond.kind === 'const') return this.emitBlock(cond.value !== 0 ? stmt.then : stmt.else);
    const inverted = stmt.then.length === 0;
    if (inverted && stmt.else.length === 0) return;
    this.push(cond);
    if (inverted) this.code.op(Op.i32Eqz);
    this.settle(this.plan.effectsOf(stmt));
    this.code.block(Op.if, VOID_BLOCK);
    this.emitBlock(inverted ? stmt.else : stmt.then);
    if (!inverted && stmt.else.length > 0) {
      this.code.op(Op.else);
      this.emitBlock(stmt.else);
    }
    this.code.op(Op.end);
  }

  /** A loop tested at its end, inside a test that it runs at all. */
  private emitFor(stmt: Extract<Stmt, { kind: 'for' }>): void {
    const { code } = this;
    const { from, to, step } = stmt;
    const known = from.kind === 'const' && to.kind === 'const';
    if (known && from.value >= to.value) return;
    const once = known && from.value + step >= to.value;
    this.settle(this.plan.effectsOf(stmt));
    this.push(from);
    const i = this.define(stmt.id, { elem: 'i32', lanes: 1 });
    code.localSet(i);
    const end = this.hold(to);
    if (!known) {
      code.localGet(i);
      end.get();
      code.op(Op.i32LtS);
      code.block(Op.if, VOID_BLOCK);
    }
    if (!once) code.block(Op.loop, VOID_BLOCK);
    const freed: number[] = [];
    this.remaining[stmt.id]!++; // the step
    this.loops.push(freed);
    this.emitBlock(stmt.body);
    this.loops.pop();
    if (!once) {
      code.localGet(i);
      code.i32Const(step);
      code.op(Op.i32Add);
      code.localSet(i);
      code.localGet(i);
      end.get();
      code.op(Op.i32LtS);
      code.branch(Op.brIf, 0);
      code.op(Op.end);
    }
    if (!known) code.op(Op.end);
    freed.forEach((index) => this.freeNow(index));
    this.consume(stmt.id);
    end.done();
  }

  private emitCall(stmt: Extract<Stmt, { kind: 'call' }>): void {
    const callee = this.env.functions.get(stmt.fn);
    invariant(callee !== undefined, `loop IR calls ${stmt.fn}, which comes later or nowhere`);
    const fits = callee.params === stmt.args.length;
    invariant(fits, `${stmt.fn} takes ${callee.params} arguments, got ${stmt.args.length}`);
    stmt.args.forEach((arg) => this.push(arg));
    this.settle(this.plan.effectsOf(stmt));
    this.code.call(callee.index);
  }

  private emitBarrier(stmt: Extract<Stmt, { kind: 'barrier' }>): void {
    if (this.env.barrier === undefined) return;
    this.push(stmt.addr);
    this.push(stmt.threads);
    this.settle(this.plan.effectsOf(stmt));
    this.code.call(this.env.barrier);
  }
}

export function emitFunction(func: Func, env: Environment): WasmFunction {
  return new FunctionEmitter(func, env).emit();
}
