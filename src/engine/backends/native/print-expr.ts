import { invariant } from '../../core/errors.js';
import type { BinOp, CmpOp, Expr, Ty, UnOp, Val } from '../../compiler/ir/ir.js';
import { formatTy } from '../../compiler/ir/ir.js';
import { loadBytesHelper } from './byte-helpers.js';
import {
  bitsHelper,
  minMaxHelper,
  mulAddHelper,
  roundHelper,
  sqrtHelper,
  toIntHelper,
} from './float-helpers.js';
import { divHelper, mulHiHelper, selectHelper, shuffleHelper, splatHelper } from './int-helpers.js';
import type { Prelude } from './prelude.js';
import { intOf, literal } from './prelude.js';

const ARITHMETIC: Partial<Record<BinOp, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  and: '&',
  or: '|',
  xor: '^',
};
const COMPARE: Record<CmpOp, string> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  ltU: '<',
  geU: '>=',
};

type Name = (v: Val) => string;

/** A constant of the IR; a vector of them is a splat, and true is a mask of ones. */
export function constantText(p: Prelude, ty: Ty, value: number): string {
  if (ty.lanes === 1) return literal(ty.elem, value);
  if (ty.elem === 'bool') {
    return `${splatHelper(p, p.maskElem(ty.lanes), ty.lanes)}(${value !== 0 ? -1 : 0})`;
  }
  return `${splatHelper(p, ty.elem, ty.lanes)}(${literal(ty.elem, value)})`;
}

/** The C expression of `expr`, whose value has type `ty`. */
export function exprText(
  p: Prelude,
  expr: Expr,
  ty: Ty,
  val: Name,
  variable: (id: number) => string,
): string {
  switch (expr.op) {
    case 'un':
      return unary(p, expr.fn, ty, val(expr.a));
    case 'bin':
      return binary(p, expr.fn, ty, val(expr.a), val(expr.b), expr.b);
    case 'cmp':
      return compare(p, expr.fn, expr.a.ty, val(expr.a), val(expr.b));
    case 'mulAdd': {
      if (ty.elem === 'i32') return `${val(expr.a)} * ${val(expr.b)} + ${val(expr.c)}`;
      invariant(ty.elem !== 'bool', `mulAdd of ${formatTy(ty)}`);
      const fn = mulAddHelper(p, ty.elem, ty.lanes);
      return `${fn}(${val(expr.a)}, ${val(expr.b)}, ${val(expr.c)})`;
    }
    case 'select':
      return select(p, expr.cond, ty, val, expr.a, expr.b);
    case 'convert':
      return convert(p, expr.a.ty, ty, val(expr.a));
    case 'bitcast':
      return bitcast(p, expr.a.ty, ty, val(expr.a));
    case 'hiWord':
      return `(i32)(${bitsHelper(p, 'f64', 'u64')}(${val(expr.a)}) >> 32)`;
    case 'loWord':
      return `(i32)${bitsHelper(p, 'f64', 'u64')}(${val(expr.a)})`;
    case 'fromWords': {
      const words = `(u64)(u32)${val(expr.hi)} << 32 | (u32)${val(expr.lo)}`;
      return `${bitsHelper(p, 'u64', 'f64')}(${words})`;
    }
    case 'load':
      return load(p, expr, ty, val);
    case 'read':
      return variable(expr.variable);
    default:
      return lanewise(p, expr, ty, val);
  }
}

/** Expressions that move lanes. */
function lanewise(
  p: Prelude,
  expr: Extract<Expr, { op: 'splat' | 'lane' | 'pack' | 'shuffle' }>,
  ty: Ty,
  val: Name,
): string {
  const mask = ty.elem === 'bool';
  switch (expr.op) {
    case 'splat': {
      if (ty.lanes === 1) return val(expr.a);
      const elem = ty.elem === 'bool' ? p.maskElem(ty.lanes) : ty.elem;
      return `${splatHelper(p, elem, ty.lanes)}(${mask ? '-' : ''}${val(expr.a)})`;
    }
    case 'lane': {
      // A constant vector prints as a call, which C does not subscript in every compiler.
      if (expr.a.kind === 'const') return constantText(p, ty, expr.a.value);
      if (expr.a.ty.lanes === 1) return val(expr.a);
      return mask ? `(i32)(${val(expr.a)}[${expr.index}] & 1)` : `${val(expr.a)}[${expr.index}]`;
    }
    case 'pack': {
      if (ty.lanes === 1) return val(expr.parts[0]!);
      invariant(expr.parts.length === ty.lanes, `pack of ${expr.parts.length} lanes`);
      return `(${p.type(ty)}){${expr.parts.map((v) => (mask ? '-' : '') + val(v)).join(', ')}}`;
    }
    case 'shuffle': {
      invariant(expr.lanes.length === ty.lanes, `shuffle of ${expr.lanes.length} lanes`);
      const elem = ty.elem === 'bool' ? p.maskElem(ty.lanes) : intOf(ty.elem);
      const index = p.vec(elem, ty.lanes);
      const operands = `${val(expr.a)}, ${val(expr.b)}, ${expr.lanes.join(', ')}`;
      return `${shuffleHelper(p)}(${index}, ${operands})`;
    }
  }
}

function unary(p: Prelude, fn: UnOp, ty: Ty, a: string): string {
  const { elem, lanes } = ty;
  if (fn === 'not') {
    invariant(elem === 'i32' || elem === 'bool', `not of ${formatTy(ty)}`);
    return elem === 'bool' && lanes === 1 ? `!${a}` : `~${a}`;
  }
  invariant(elem !== 'bool', `${fn} of ${formatTy(ty)}`);
  const minus = a.startsWith('-') ? `-(${a})` : `-${a}`;
  if (fn === 'neg') return minus;
  if (elem === 'i32') {
    invariant(fn === 'abs', `${fn} of ${formatTy(ty)}`);
    return lanes === 1 ? `${a} < 0 ? ${minus} : ${a}` : `(${a} ^ (${a} >> 31)) - (${a} >> 31)`;
  }
  if (fn === 'sqrt') return `${sqrtHelper(p, elem, lanes)}(${a})`;
  if (fn !== 'abs') return `${roundHelper(p, fn, elem, lanes)}(${a})`;
  if (lanes === 1) return `__builtin_fabs${elem === 'f32' ? 'f' : ''}(${a})`;
  const bits = elem === 'f32' ? '0x7fffffff' : '0x7fffffffffffffffll';
  return `(${p.type(ty)})((${p.vec(intOf(elem), lanes)})${a} & ${bits})`;
}

function binary(p: Prelude, fn: BinOp, ty: Ty, a: string, b: string, count: Val): string {
  const { elem, lanes } = ty;
  const isFloat = elem === 'f32' || elem === 'f64';
  const bitwise = fn === 'and' || fn === 'or' || fn === 'xor';
  invariant(bitwise ? !isFloat : elem !== 'bool', `${fn} of ${formatTy(ty)}`);
  const operator = ARITHMETIC[fn];
  if (operator) return `${a} ${operator} ${b}`;
  if (isFloat) {
    if (fn === 'div') return `${a} / ${b}`;
    invariant(fn === 'min' || fn === 'max', `${fn} of ${formatTy(ty)}`);
    return `${minMaxHelper(p, fn, elem, lanes)}(${a}, ${b})`;
  }
  switch (fn) {
    case 'div':
    case 'rem':
      return `${divHelper(p, fn, lanes)}(${a}, ${b})`;
    case 'mulHiU':
      return `${mulHiHelper(p, lanes)}(${a}, ${b})`;
    case 'min':
    case 'max': {
      const less = `${a} ${fn === 'min' ? '<' : '>'} ${b}`;
      return lanes === 1
        ? `${less} ? ${a} : ${b}`
        : `${selectHelper(p, 'i32', lanes)}(${less}, ${a}, ${b})`;
    }
    default: {
      invariant(count.ty.lanes === 1, 'shift counts are scalars');
      const n = count.kind === 'const' ? count.value & 31 : `(${b} & 31)`;
      if (fn === 'shrU') return `(${p.type(ty)})((${p.vec('u32', lanes)})${a} >> ${n})`;
      return `${a} ${fn === 'shl' ? '<<' : '>>'} ${n}`;
    }
  }
}

function compare(p: Prelude, fn: CmpOp, ty: Ty, a: string, b: string): string {
  const { elem, lanes } = ty;
  const unsigned = fn === 'ltU' || fn === 'geU';
  invariant(!unsigned || elem === 'i32', `${fn} of ${formatTy(ty)}`);
  invariant(elem !== 'bool' || fn === 'eq' || fn === 'ne', `${fn} of ${formatTy(ty)}`);
  const cast = unsigned ? `(${p.vec('u32', lanes)})` : '';
  const test = `${cast}${a} ${COMPARE[fn]} ${cast}${b}`;
  if (lanes === 1) return test;
  const from = elem === 'bool' ? p.maskElem(lanes) : intOf(elem);
  return maskTo(p, `(${p.vec(from, lanes)})(${test})`, from, p.maskElem(lanes), lanes);
}

/** The mask in lanes of another size. */
function maskTo(
  p: Prelude,
  mask: string,
  from: 'i32' | 'i64',
  to: 'i32' | 'i64',
  lanes: number,
): string {
  return from === to ? mask : `__builtin_convertvector(${mask}, ${p.vec(to, lanes)})`;
}

function select(p: Prelude, cond: Val, ty: Ty, val: Name, a: Val, b: Val): string {
  const { lanes } = ty;
  if (cond.ty.lanes === 1) return `${val(cond)} ? ${val(a)} : ${val(b)}`;
  const elem = ty.elem === 'bool' ? p.maskElem(lanes) : ty.elem;
  const mask = maskTo(p, val(cond), p.maskElem(lanes), intOf(elem), lanes);
  return `${selectHelper(p, elem, lanes)}(${mask}, ${val(a)}, ${val(b)})`;
}

function convert(p: Prelude, from: Ty, to: Ty, a: string): string {
  const { lanes } = to;
  if (from.elem === to.elem) return a;
  if (lanes === 1) {
    if (to.elem === 'bool') return `${a} != 0`;
    if (to.elem === 'i32' && from.elem !== 'bool') {
      return `${toIntHelper(p, from.elem === 'f32' ? 'f32' : 'f64', 1)}(${a})`;
    }
    return `(${to.elem})${a}`;
  }
  if (to.elem === 'bool') {
    const elem = intOf(from.elem === 'bool' ? 'i32' : from.elem);
    return maskTo(p, `(${p.vec(elem, lanes)})(${a} != 0)`, elem, p.maskElem(lanes), lanes);
  }
  if (from.elem === 'bool') {
    const ints = `(${maskTo(p, a, p.maskElem(lanes), intOf(to.elem), lanes)})`;
    if (to.elem === 'i32') return `${ints} & 1`;
    const one = splatHelper(p, to.elem, lanes);
    return `(${p.type(to)})(${ints} & (${p.vec(intOf(to.elem), lanes)})${one}(1))`;
  }
  if (to.elem === 'i32')
    return `${toIntHelper(p, from.elem === 'f32' ? 'f32' : 'f64', lanes)}(${a})`;
  return `__builtin_convertvector(${a}, ${p.type(to)})`;
}

function bitcast(p: Prelude, from: Ty, to: Ty, a: string): string {
  const pair = new Set([from.elem, to.elem]);
  invariant(pair.has('f32') && pair.has('i32'), `bitcast of ${formatTy(from)} to ${formatTy(to)}`);
  if (to.lanes > 1) return `(${p.type(to)})${a}`;
  return `${bitsHelper(p, from.elem, to.elem)}(${a})`;
}

function load(p: Prelude, expr: Extract<Expr, { op: 'load' }>, ty: Ty, val: Name): string {
  const { lanes } = ty;
  invariant(ty.elem === (expr.mem === 'u8' ? 'i32' : expr.mem), `a load of ${expr.mem} memory`);
  invariant(expr.offset >= 0, 'a load of the loop IR has a negative offset');
  if (expr.mem === 'u8' && lanes > 1) {
    return `${loadBytesHelper(p, lanes)}(&AT(const char, ${val(expr.addr)}, ${expr.offset}))`;
  }
  return `AT(const ${p.unaligned(expr.mem, lanes)}, ${val(expr.addr)}, ${expr.offset})`;
}
