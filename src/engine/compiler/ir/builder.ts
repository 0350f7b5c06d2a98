import { invariant } from '../../core/errors.js';
import type { BinOp, CmpOp, Elem, Expr, Func, MemElem, Stmt, Ty, UnOp, Val } from './ir.js';
import { scalar } from './ir.js';

/** A mutable variable of the function under construction. */
export interface Mut {
  readonly id: number;
  readonly ty: Ty;
}

const I32: Ty = scalar('i32');

export function i32(value: number): Val {
  return { kind: 'const', ty: I32, value: value | 0 };
}

export function constant(ty: Ty, value: number): Val {
  return { kind: 'const', ty, value };
}

function keyOf(v: Val): string {
  if (v.kind === 'ref') return `%${v.id}`;
  const text = Object.is(v.value, -0) ? '-0' : String(v.value);
  return `${text}:${v.ty.elem}${v.ty.lanes}`;
}

/**
 * Builds one function of loop IR. Pure expressions are shared within the scope that holds them
 * (local common-subexpression elimination), and i32 arithmetic on constants is folded, so that
 * index calculations may be written naively.
 */
export class FuncBuilder {
  private nextId = 0;
  private readonly params: { id: number; name: string }[] = [];
  private readonly root: Stmt[] = [];
  private scopes: { stmts: Stmt[]; memo: Map<string, Val> }[];

  constructor(readonly name: string) {
    this.scopes = [{ stmts: this.root, memo: new Map() }];
  }

  /** Declares the next i32 parameter. */
  param(name: string): Val {
    const id = this.nextId++;
    this.params.push({ id, name });
    return { kind: 'ref', ty: I32, id };
  }

  finish(exported = false): Func {
    invariant(this.scopes.length === 1, 'a scope of the loop IR was left open');
    return { name: this.name, params: this.params, body: this.root, ids: this.nextId, exported };
  }

  private push(stmt: Stmt): void {
    this.scopes[this.scopes.length - 1]!.stmts.push(stmt);
  }

  private emit(ty: Ty, expr: Expr, key?: string): Val {
    if (key !== undefined) {
      for (const scope of this.scopes) {
        const known = scope.memo.get(key);
        if (known) return known;
      }
    }
    const id = this.nextId++;
    this.push({ kind: 'let', id, ty, expr });
    const val: Val = { kind: 'ref', ty, id };
    if (key !== undefined) this.scopes[this.scopes.length - 1]!.memo.set(key, val);
    return val;
  }

  un(fn: UnOp, a: Val): Val {
    return this.emit(a.ty, { op: 'un', fn, a }, `${fn}(${keyOf(a)})`);
  }

  bin(fn: BinOp, a: Val, b: Val): Val {
    const folded = a.ty.lanes === 1 && a.ty.elem === 'i32' ? foldI32(fn, a, b) : undefined;
    if (folded) return folded;
    return this.emit(a.ty, { op: 'bin', fn, a, b }, `${fn}(${keyOf(a)},${keyOf(b)})`);
  }

  add(a: Val, b: Val): Val {
    return this.bin('add', a, b);
  }
  sub(a: Val, b: Val): Val {
    return this.bin('sub', a, b);
  }
  mul(a: Val, b: Val): Val {
    return this.bin('mul', a, b);
  }
  div(a: Val, b: Val): Val {
    return this.bin('div', a, b);
  }

  cmp(fn: CmpOp, a: Val, b: Val): Val {
    const ty: Ty = { elem: 'bool', lanes: a.ty.lanes };
    return this.emit(ty, { op: 'cmp', fn, a, b }, `${fn}(${keyOf(a)},${keyOf(b)})`);
  }

  mulAdd(a: Val, b: Val, c: Val): Val {
    return this.emit(a.ty, { op: 'mulAdd', a, b, c });
  }

  select(cond: Val, a: Val, b: Val): Val {
    return this.emit(
      a.ty,
      { op: 'select', cond, a, b },
      `select(${keyOf(cond)},${keyOf(a)},${keyOf(b)})`,
    );
  }

  convert(elem: Elem, a: Val): Val {
    if (a.ty.elem === elem) return a;
    const ty: Ty = { elem, lanes: a.ty.lanes };
    return this.emit(ty, { op: 'convert', a }, `convert:${elem}(${keyOf(a)})`);
  }

  bitcast(elem: Elem, a: Val): Val {
    if (a.ty.elem === elem) return a;
    const ty: Ty = { elem, lanes: a.ty.lanes };
    return this.emit(ty, { op: 'bitcast', a }, `bitcast:${elem}(${keyOf(a)})`);
  }

  hiWord(a: Val): Val {
    return this.emit(I32, { op: 'hiWord', a }, `hiWord(${keyOf(a)})`);
  }

  loWord(a: Val): Val {
    return this.emit(I32, { op: 'loWord', a }, `loWord(${keyOf(a)})`);
  }

  fromWords(hi: Val, lo: Val): Val {
    return this.emit(
      scalar('f64'),
      { op: 'fromWords', hi, lo },
      `words(${keyOf(hi)},${keyOf(lo)})`,
    );
  }

  splat(a: Val, lanes: number): Val {
    if (lanes === 1 || a.ty.lanes === lanes) return a;
    const ty: Ty = { elem: a.ty.elem, lanes };
    if (a.kind === 'const') return constant(ty, a.value);
    return this.emit(ty, { op: 'splat', a }, `splat${lanes}(${keyOf(a)})`);
  }

  lane(a: Val, index: number): Val {
    if (a.kind === 'const') return constant(scalar(a.ty.elem), a.value);
    return this.emit(scalar(a.ty.elem), { op: 'lane', a, index }, `lane${index}(${keyOf(a)})`);
  }

  pack(parts: readonly Val[]): Val {
    const ty: Ty = { elem: parts[0]!.ty.elem, lanes: parts.length };
    return this.emit(ty, { op: 'pack', parts }, `pack(${parts.map(keyOf).join()})`);
  }

  shuffle(a: Val, b: Val, lanes: readonly number[]): Val {
    return this.emit(
      a.ty,
      { op: 'shuffle', a, b, lanes },
      `shuffle(${keyOf(a)},${keyOf(b)},${lanes.join()})`,
    );
  }

  /** Loads are never shared: the memory may change between two of them. */
  load(mem: MemElem, lanes: number, addr: Val, offset = 0): Val {
    const ty: Ty = { elem: mem === 'u8' ? 'i32' : mem, lanes };
    return this.emit(ty, { op: 'load', mem, addr, offset });
  }

  store(mem: MemElem, addr: Val, value: Val, offset = 0): void {
    this.push({ kind: 'store', mem, addr, offset, value });
  }

  declare(init: Val): Mut {
    const id = this.nextId++;
    this.push({ kind: 'declare', id, ty: init.ty, init });
    return { id, ty: init.ty };
  }

  read(m: Mut): Val {
    return this.emit(m.ty, { op: 'read', variable: m.id });
  }

  assign(m: Mut, value: Val): void {
    this.push({ kind: 'assign', id: m.id, value });
  }

  for(from: Val, to: Val, step: number, body: (i: Val) => void): void {
    invariant(step > 0, 'a loop of the IR needs a positive step');
    const id = this.nextId++;
    const stmts = this.scope(() => body({ kind: 'ref', ty: I32, id }));
    if (stmts.length > 0) this.push({ kind: 'for', id, from, to, step, body: stmts });
  }

  if(cond: Val, then: () => void, otherwise: () => void = () => undefined): void {
    const a = this.scope(then);
    const b = this.scope(otherwise);
    this.push({ kind: 'if', cond, then: a, else: b });
  }

  call(fn: string, args: readonly Val[]): void {
    this.push({ kind: 'call', fn, args });
  }

  barrier(addr: Val, threads: Val): void {
    this.push({ kind: 'barrier', addr, threads });
  }

  private scope(body: () => void): Stmt[] {
    const stmts: Stmt[] = [];
    this.scopes.push({ stmts, memo: new Map() });
    body();
    this.scopes.pop();
    return stmts;
  }
}

function foldI32(fn: BinOp, a: Val, b: Val): Val | undefined {
  if (a.kind === 'const' && b.kind === 'const') {
    switch (fn) {
      case 'add':
        return i32(a.value + b.value);
      case 'sub':
        return i32(a.value - b.value);
      case 'mul':
        return i32(Math.imul(a.value, b.value));
      case 'min':
        return i32(Math.min(a.value, b.value));
      case 'max':
        return i32(Math.max(a.value, b.value));
      default:
        return undefined;
    }
  }
  if (b.kind === 'const') {
    if (b.value === 0 && (fn === 'add' || fn === 'sub')) return a;
    if (b.value === 1 && (fn === 'mul' || fn === 'div')) return a;
    if (b.value === 0 && fn === 'mul') return b;
    if (b.value === 1 && fn === 'rem') return i32(0);
  }
  if (a.kind === 'const') {
    if (a.value === 0 && fn === 'add') return b;
    if (a.value === 1 && fn === 'mul') return b;
    if (a.value === 0 && fn === 'mul') return a;
  }
  return undefined;
}
