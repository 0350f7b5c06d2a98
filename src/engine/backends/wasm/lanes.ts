import type { Ty, Val } from '../../compiler/ir/ir.js';
import { formatTy } from '../../compiler/ir/ir.js';
import { invariant } from '../../core/errors.js';
import type { CodeWriter } from './encoder.js';
import { kindOf } from './instructions.js';
import { Op } from './opcodes.js';
import type { Load } from './plan.js';
import { emitConst, type Of, type Scope, vectorBytes } from './scope.js';

export function laneOp(code: CodeWriter, op: number, lane: number): void {
  code.op(op);
  code.byte(lane);
}

const SPLAT = { f32: Op.f32x4Splat, i32: Op.i32x4Splat, f64: Op.f64x2Splat, bool: 0 } as const;

export function emitSplat(s: Scope, ty: Ty, { a }: Of<'splat'>): void {
  const { code } = s;
  if (a.kind === 'const') return emitConst(code, ty, a.value);
  if (a.ty.lanes > 1) return s.push(a);
  if (a.ty.elem === 'bool') {
    s.push(a);
    return emitMaskSplat(code, ty.lanes);
  }
  const load = s.peek(a);
  if (load?.op === 'load' && load.mem !== 'u8') {
    s.take(a);
    const offset = s.pushAddress(load);
    const wide = load.mem === 'f64';
    return code.memory(wide ? Op.v128Load64Splat : Op.v128Load32Splat, wide ? 3 : 2, offset);
  }
  s.push(a);
  code.op(SPLAT[a.ty.elem]);
}

/** 0 or 1 on the stack to a mask. */
function emitMaskSplat(code: CodeWriter, lanes: number): void {
  if (lanes === 4) {
    code.op(Op.i32x4Splat);
    code.op(Op.i32x4Neg);
  } else {
    code.op(Op.i64ExtendI32U);
    code.op(Op.i64x2Splat);
    code.op(Op.i64x2Neg);
  }
}

const EXTRACT = {
  f32x4: Op.f32x4ExtractLane,
  i32x4: Op.i32x4ExtractLane,
  f64x2: Op.f64x2ExtractLane,
  boolx4: Op.i32x4ExtractLane,
  boolx2: Op.i64x2ExtractLane,
} as const;

export function emitLane(s: Scope, { a, index }: Of<'lane'>): void {
  const { code } = s;
  const kind = kindOf(a.ty);
  invariant(kind in EXTRACT && index < a.ty.lanes, `loop IR takes lane ${index} of ${kind}`);
  s.push(a);
  laneOp(code, EXTRACT[kind as keyof typeof EXTRACT], index);
  if (kind === 'boolx2') code.op(Op.i32WrapI64);
  if (a.ty.elem === 'bool') {
    code.i32Const(1);
    code.op(Op.i32And);
  }
}

const REPLACE = {
  f32: Op.f32x4ReplaceLane,
  i32: Op.i32x4ReplaceLane,
  f64: Op.f64x2ReplaceLane,
  bool: Op.i32x4ReplaceLane,
} as const;

export function emitPack(s: Scope, ty: Ty, { parts }: Of<'pack'>): void {
  const { code } = s;
  const constants = parts.flatMap((p) => (p.kind === 'const' ? [p.value] : []));
  if (constants.length === parts.length) {
    return code.v128Const(vectorBytes(ty.elem, constants));
  }
  if (emitGather(s, parts)) return;
  const mask = ty.elem === 'bool';
  const wideMask = mask && ty.lanes === 2;
  parts.forEach((part, lane) => {
    s.push(part);
    if (wideMask) code.op(Op.i64ExtendI32U);
    if (lane > 0) laneOp(code, wideMask ? Op.i64x2ReplaceLane : REPLACE[ty.elem], lane);
    else if (mask) code.op(wideMask ? Op.i64x2Splat : Op.i32x4Splat);
    else code.op(SPLAT[ty.elem]);
  });
  if (mask) code.op(wideMask ? Op.i64x2Neg : Op.i32x4Neg);
}

/** Loads that are only packed go straight into their lanes. */
function emitGather(s: Scope, parts: readonly Val[]): boolean {
  const loads: Load[] = [];
  for (const part of parts) {
    const expr = s.peek(part);
    if (expr?.op === 'load' && expr.mem !== 'u8') loads.push(expr);
  }
  if (loads.length !== parts.length) return false;
  parts.forEach((part) => s.take(part));
  const offsets = loads.map(() => 0);
  for (let lane = loads.length - 1; lane >= 0; lane--) {
    offsets[lane] = s.pushAddress(loads[lane]!);
  }
  const wide = loads[0]!.mem === 'f64';
  const align = wide ? 3 : 2;
  offsets.forEach((offset, lane) => {
    if (lane === 0) {
      s.code.memory(wide ? Op.v128Load64Zero : Op.v128Load32Zero, align, offset);
    } else {
      s.code.memory(wide ? Op.v128Load64Lane : Op.v128Load32Lane, align, offset);
      s.code.byte(lane);
    }
  });
  return true;
}

export function emitShuffle(s: Scope, ty: Ty, { a, b, lanes }: Of<'shuffle'>): void {
  const fits = lanes.length === ty.lanes && lanes.every((l) => l >= 0 && l < 2 * ty.lanes);
  invariant(fits && ty.lanes > 1, `loop IR shuffles ${formatTy(ty)} by ${lanes.join()}`);
  s.push(a);
  s.push(b);
  emitByteShuffle(s.code, lanes, 16 / ty.lanes);
}

export function emitByteShuffle(code: CodeWriter, lanes: readonly number[], width: number): void {
  code.op(Op.i8x16Shuffle);
  for (const lane of lanes) for (let k = 0; k < width; k++) code.byte(lane * width + k);
}
