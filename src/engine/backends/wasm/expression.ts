import type { Expr, Ty, Val } from '../../compiler/ir/ir.js';
import { formatTy } from '../../compiler/ir/ir.js';
import { invariant } from '../../core/errors.js';
import type { CodeWriter } from './encoder.js';
import { BIN, CMP, kindOf, lookup, UN } from './instructions.js';
import { emitByteShuffle, emitLane, emitPack, emitShuffle, emitSplat, laneOp } from './lanes.js';
import { emitLoad } from './memory.js';
import { Op, ValType } from './opcodes.js';
import { emitConst, type Held, type Of, type Scope } from './scope.js';

const LANE_NUMBERS = [0, 1, 2, 3] as const;

/** Prints an expression: leaves its value, of type `ty`, on the stack. */
export function emitExpr(s: Scope, ty: Ty, expr: Expr): void {
  kindOf(ty); // rejects types this backend has not
  switch (expr.op) {
    case 'un':
      return emitUn(s, expr);
    case 'bin':
      return emitBin(s, expr);
    case 'cmp':
      s.push(expr.a);
      s.push(expr.b);
      return s.code.op(lookup(CMP, kindOf(expr.a.ty), expr.fn));
    case 'mulAdd':
      return emitMulAdd(s, expr);
    case 'select':
      return emitSelect(s, expr);
    case 'convert':
      return emitConvert(s, ty, expr);
    case 'bitcast':
      return emitBitcast(s, ty, expr);
    case 'hiWord':
    case 'loWord':
    case 'fromWords':
      return emitWords(s, expr);
    case 'splat':
      return emitSplat(s, ty, expr);
    case 'lane':
      return emitLane(s, expr);
    case 'pack':
      return emitPack(s, ty, expr);
    case 'shuffle':
      return emitShuffle(s, ty, expr);
    case 'load':
      return emitLoad(s, ty, expr);
    case 'read':
      invariant(false, 'a variable was read out of order');
  }
}

function emitSelect(s: Scope, { cond, a, b }: Of<'select'>): void {
  const mask = cond.ty.lanes > 1;
  const fits = !mask || (cond.ty.elem === 'bool' && cond.ty.lanes === a.ty.lanes);
  invariant(fits, `loop IR selects ${formatTy(a.ty)} by ${formatTy(cond.ty)}`);
  s.push(a);
  s.push(b);
  s.push(cond);
  s.code.op(mask ? Op.v128Bitselect : Op.select);
}

function emitUn(s: Scope, { fn, a }: Of<'un'>): void {
  const kind = kindOf(a.ty);
  if (kind === 'i32' && fn === 'neg') {
    s.code.i32Const(0);
    s.push(a);
    s.code.op(Op.i32Sub);
  } else if (kind === 'i32' && fn === 'not') {
    s.push(a);
    s.code.i32Const(-1);
    s.code.op(Op.i32Xor);
  } else if (kind === 'i32' && fn === 'abs') {
    const x = s.hold(a);
    s.code.i32Const(0);
    x.get();
    s.code.op(Op.i32Sub);
    x.get();
    x.get();
    s.code.i32Const(0);
    s.code.op(Op.i32LtS);
    s.code.op(Op.select);
    x.done();
  } else {
    s.push(a);
    s.code.op(lookup(UN, kind, fn));
  }
}

function emitBin(s: Scope, expr: Of<'bin'>): void {
  const { fn, a, b } = expr;
  const kind = kindOf(a.ty);
  if (fn === 'div' || fn === 'rem') {
    if (kind === 'i32') return emitI32Division(s, expr);
    if (kind === 'i32x4') return emitI32x4Division(s, expr);
  }
  if (fn === 'min' || fn === 'max') {
    if (kind === 'i32') return emitI32MinMax(s, expr);
    if ((kind === 'f32x4' || kind === 'f64x2') && emitMinMaxWithConst(s, expr)) return;
  }
  if (fn === 'mulHiU') return emitMulHiU(s, expr);
  s.push(a);
  if (fn === 'shl' || fn === 'shrS' || fn === 'shrU') emitShiftCount(s, b);
  else s.push(b);
  s.code.op(lookup(BIN, kind, fn));
}

function emitShiftCount(s: Scope, count: Val): void {
  if (count.kind === 'const') return s.code.i32Const(count.value & 31);
  invariant(count.ty.lanes === 1, 'shift counts are scalars');
  s.push(count);
}

function emitI32MinMax(s: Scope, { fn, a, b }: Of<'bin'>): void {
  const x = s.hold(a);
  const y = s.hold(b);
  x.get();
  y.get();
  x.get();
  y.get();
  s.code.op(fn === 'min' ? Op.i32LtS : Op.i32GtS);
  s.code.op(Op.select);
  x.done();
  y.done();
}

/**
 * f32x4.min and max cost seven instructions on x64, for the sake of NaN and of the order of zeros;
 * pmin and pmax cost one and are the same where the second operand is a constant other than the
 * zero they would lose. max(x, 0) adds the zero back: -0 + 0 = 0.
 */
function emitMinMaxWithConst(s: Scope, { fn, a, b }: Of<'bin'>): boolean {
  const [x, c] = a.kind === 'const' ? [b, a] : [a, b];
  if (c.kind !== 'const' || Number.isNaN(c.value)) return false;
  if (fn === 'min' && Object.is(c.value, -0)) return false;
  const single = c.ty.elem === 'f32';
  s.push(x);
  s.push(c);
  if (fn === 'min') s.code.op(single ? Op.f32x4Pmin : Op.f64x2Pmin);
  else s.code.op(single ? Op.f32x4Pmax : Op.f64x2Pmax);
  if (fn === 'max' && Object.is(c.value, 0)) {
    s.push(c);
    s.code.op(single ? Op.f32x4Add : Op.f64x2Add);
  }
  return true;
}

function emitI32Division(s: Scope, { fn, a, b }: Of<'bin'>): void {
  if (b.kind === 'const') {
    s.push(a);
    return emitDivisionByConst(s.code, fn === 'rem', b.value | 0);
  }
  const x = s.hold(a);
  const y = s.hold(b);
  emitGuardedDivision(s, fn === 'rem', x, y);
  x.done();
  y.done();
}

/** With the dividend on the stack. */
function emitDivisionByConst(code: CodeWriter, rem: boolean, divisor: number): void {
  if (divisor === 0 || (rem && divisor === -1)) {
    code.op(Op.drop);
    code.i32Const(0);
  } else if (divisor === -1) {
    code.i32Const(-1);
    code.op(Op.i32Mul);
  } else {
    code.i32Const(divisor);
    code.op(rem ? Op.i32RemS : Op.i32DivS);
  }
}

/**
 * For divisors 0 and -1, which can trap, divides by 1 instead. The remainder is then 0, as it must
 * be; the quotient is replaced by divisor & -dividend.
 */
function emitGuardedDivision(s: Scope, rem: boolean, x: Held, y: Held): void {
  const { code } = s;
  const special = s.temp(ValType.i32);
  if (!rem) {
    y.get();
    code.i32Const(0);
    x.get();
    code.op(Op.i32Sub);
    code.op(Op.i32And);
  }
  x.get();
  code.i32Const(1);
  y.get();
  y.get();
  code.i32Const(1);
  code.op(Op.i32Add);
  code.i32Const(2);
  code.op(Op.i32LtU);
  code.localSet(special.index);
  code.localGet(special.index);
  code.op(Op.select);
  code.op(rem ? Op.i32RemS : Op.i32DivS);
  if (!rem) {
    code.localGet(special.index);
    code.op(Op.select);
  }
  special.free();
}

/** WebAssembly has no vector division of integers: lane by lane. */
function emitI32x4Division(s: Scope, { fn, a, b }: Of<'bin'>): void {
  const { code } = s;
  const rem = fn === 'rem';
  const x = s.hold(a);
  const y = b.kind === 'const' ? undefined : s.hold(b);
  const xl = s.temp(ValType.i32);
  const yl = s.temp(ValType.i32);
  const plain = (index: number): Held => ({
    get: () => code.localGet(index),
    done: () => undefined,
  });
  for (const lane of LANE_NUMBERS) {
    x.get();
    laneOp(code, Op.i32x4ExtractLane, lane);
    if (y) {
      code.localSet(xl.index);
      y.get();
      laneOp(code, Op.i32x4ExtractLane, lane);
      code.localSet(yl.index);
      emitGuardedDivision(s, rem, plain(xl.index), plain(yl.index));
    } else {
      emitDivisionByConst(code, rem, b.kind === 'const' ? b.value | 0 : 0);
    }
    if (lane === 0) code.op(Op.i32x4Splat);
    else laneOp(code, Op.i32x4ReplaceLane, lane);
  }
  xl.free();
  yl.free();
  x.done();
  y?.done();
}

function emitMulHiU(s: Scope, { a, b }: Of<'bin'>): void {
  const { code } = s;
  const kind = kindOf(a.ty);
  if (kind === 'i32') {
    s.push(a);
    code.op(Op.i64ExtendI32U);
    s.push(b);
    code.op(Op.i64ExtendI32U);
    code.op(Op.i64Mul);
    return emitHighHalf(code);
  }
  invariant(kind === 'i32x4', `loop IR applies mulHiU to ${kind}`);
  const x = s.hold(a);
  const y = s.hold(b);
  for (const op of [Op.i64x2ExtmulLowI32x4U, Op.i64x2ExtmulHighI32x4U]) {
    x.get();
    y.get();
    code.op(op);
  }
  x.done();
  y.done();
  emitByteShuffle(code, [1, 3, 5, 7], 4);
}

/** The high word of the i64 on the stack. */
function emitHighHalf(code: CodeWriter): void {
  code.i64Const(32n);
  code.op(Op.i64ShrU);
  code.op(Op.i32WrapI64);
}

const MUL_ADD = {
  i32: [Op.i32Mul, Op.i32Add],
  f32: [Op.f32Mul, Op.f32Add],
  f64: [Op.f64Mul, Op.f64Add],
  i32x4: [Op.i32x4Mul, Op.i32x4Add],
  f32x4: [Op.f32x4Mul, Op.f32x4Add],
  f64x2: [Op.f64x2Mul, Op.f64x2Add],
} as const;

/** Scalars take the vector instruction too, so that a tail is rounded as the lanes are. */
function emitMulAdd(s: Scope, { a, b, c }: Of<'mulAdd'>): void {
  const kind = kindOf(a.ty);
  invariant(kind in MUL_ADD, `loop IR applies mulAdd to ${kind}`);
  const { elem, lanes } = a.ty;
  if (s.relaxedSimd && elem !== 'i32') {
    const full = elem === 'f32' ? 4 : 2;
    for (const v of [a, b, c]) emitSplat(s, { elem, lanes: full }, { op: 'splat', a: v });
    s.code.op(elem === 'f32' ? Op.f32x4RelaxedMadd : Op.f64x2RelaxedMadd);
    if (lanes === 1) {
      laneOp(s.code, elem === 'f32' ? Op.f32x4ExtractLane : Op.f64x2ExtractLane, 0);
    }
    return;
  }
  const [mul, add] = MUL_ADD[kind as keyof typeof MUL_ADD];
  s.push(a);
  s.push(b);
  s.code.op(mul);
  s.push(c);
  s.code.op(add);
}

function emitConvert(s: Scope, ty: Ty, { a }: Of<'convert'>): void {
  const { code } = s;
  const from = kindOf(a.ty);
  const to = kindOf(ty);
  s.push(a);
  if (from === to) return;
  if (ty.elem === 'bool') {
    emitConst(code, a.ty, 0);
    return code.op(lookup(CMP, from, 'ne'));
  }
  if (a.ty.elem === 'bool' && a.ty.lanes > 1) {
    invariant(a.ty.lanes === ty.lanes, `loop IR converts ${from} to ${to}`);
    emitConst(code, ty, 1); // the bits of 1 under the mask
    return code.op(Op.v128And);
  }
  const op = CONVERT[`${from}>${to}`];
  invariant(op !== undefined, `loop IR converts ${from} to ${to}`);
  if (op !== 0) code.op(op);
}

/** 0 where the bits stay. */
const CONVERT: Partial<Record<string, number>> = {
  'f32>i32': Op.i32TruncSatF32S,
  'f64>i32': Op.i32TruncSatF64S,
  'i32>f32': Op.f32ConvertI32S,
  'i32>f64': Op.f64ConvertI32S,
  'f32>f64': Op.f64PromoteF32,
  'f64>f32': Op.f32DemoteF64,
  'bool>i32': 0,
  'bool>f32': Op.f32ConvertI32S,
  'bool>f64': Op.f64ConvertI32S,
  'f32x4>i32x4': Op.i32x4TruncSatF32x4S,
  'i32x4>f32x4': Op.f32x4ConvertI32x4S,
};

function emitBitcast(s: Scope, ty: Ty, { a }: Of<'bitcast'>): void {
  const from = kindOf(a.ty);
  const to = kindOf(ty);
  s.push(a);
  if (from === 'f32' && to === 'i32') s.code.op(Op.i32ReinterpretF32);
  else if (from === 'i32' && to === 'f32') s.code.op(Op.f32ReinterpretI32);
  else {
    const same = from === to || (from === 'f32x4' && to === 'i32x4');
    invariant(same || (from === 'i32x4' && to === 'f32x4'), `loop IR casts ${from} to ${to}`);
  }
}

function emitWords(s: Scope, expr: Of<'hiWord'> | Of<'loWord'> | Of<'fromWords'>): void {
  const { code } = s;
  if (expr.op === 'fromWords') {
    s.push(expr.hi);
    code.op(Op.i64ExtendI32U);
    code.i64Const(32n);
    code.op(Op.i64Shl);
    s.push(expr.lo);
    code.op(Op.i64ExtendI32U);
    code.op(Op.i64Or);
    code.op(Op.f64ReinterpretI64);
    return;
  }
  invariant(kindOf(expr.a.ty) === 'f64', `loop IR takes ${expr.op} of ${formatTy(expr.a.ty)}`);
  s.push(expr.a);
  code.op(Op.i64ReinterpretF64);
  if (expr.op === 'hiWord') emitHighHalf(code);
  else code.op(Op.i32WrapI64);
}
