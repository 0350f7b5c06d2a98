import type { BinOp, CmpOp, Ty, UnOp } from '../../compiler/ir/ir.js';
import { formatTy } from '../../compiler/ir/ir.js';
import { invariant } from '../../core/errors.js';
import { Op, ValType, type ValTypeCode } from './opcodes.js';

/** The types this backend knows: vectors are 128 bits wide. */
export type Kind =
  | 'i32'
  | 'f32'
  | 'f64'
  | 'bool'
  | 'i32x4'
  | 'f32x4'
  | 'f64x2'
  | 'boolx4'
  | 'boolx2';

const VALUE_TYPES: Record<Kind, ValTypeCode> = {
  i32: ValType.i32,
  f32: ValType.f32,
  f64: ValType.f64,
  bool: ValType.i32,
  i32x4: ValType.v128,
  f32x4: ValType.v128,
  f64x2: ValType.v128,
  boolx4: ValType.v128,
  boolx2: ValType.v128, // the mask of an f64x2
};

export function kindOf(ty: Ty): Kind {
  const kind = formatTy(ty);
  invariant(kind in VALUE_TYPES, `the WASM backend has no type ${kind}`);
  return kind as Kind;
}

export function valueType(ty: Ty): ValTypeCode {
  return VALUE_TYPES[kindOf(ty)];
}

type Table<K extends string> = Partial<Record<Kind, Partial<Record<K, number>>>>;

/** Operations that are one instruction on operands pushed in order. */
export const UN: Table<UnOp> = {
  f32: {
    neg: Op.f32Neg,
    abs: Op.f32Abs,
    sqrt: Op.f32Sqrt,
    floor: Op.f32Floor,
    ceil: Op.f32Ceil,
    trunc: Op.f32Trunc,
    nearest: Op.f32Nearest,
  },
  f64: {
    neg: Op.f64Neg,
    abs: Op.f64Abs,
    sqrt: Op.f64Sqrt,
    floor: Op.f64Floor,
    ceil: Op.f64Ceil,
    trunc: Op.f64Trunc,
    nearest: Op.f64Nearest,
  },
  f32x4: {
    neg: Op.f32x4Neg,
    abs: Op.f32x4Abs,
    sqrt: Op.f32x4Sqrt,
    floor: Op.f32x4Floor,
    ceil: Op.f32x4Ceil,
    trunc: Op.f32x4Trunc,
    nearest: Op.f32x4Nearest,
  },
  f64x2: {
    neg: Op.f64x2Neg,
    abs: Op.f64x2Abs,
    sqrt: Op.f64x2Sqrt,
    floor: Op.f64x2Floor,
    ceil: Op.f64x2Ceil,
    trunc: Op.f64x2Trunc,
    nearest: Op.f64x2Nearest,
  },
  i32x4: { neg: Op.i32x4Neg, abs: Op.i32x4Abs, not: Op.v128Not },
  bool: { not: Op.i32Eqz },
  boolx4: { not: Op.v128Not },
  boolx2: { not: Op.v128Not },
};

const MASK: Partial<Record<BinOp, number>> = { and: Op.v128And, or: Op.v128Or, xor: Op.v128Xor };

export const BIN: Table<BinOp> = {
  i32: {
    add: Op.i32Add,
    sub: Op.i32Sub,
    mul: Op.i32Mul,
    and: Op.i32And,
    or: Op.i32Or,
    xor: Op.i32Xor,
    shl: Op.i32Shl,
    shrS: Op.i32ShrS,
    shrU: Op.i32ShrU,
  },
  f32: {
    add: Op.f32Add,
    sub: Op.f32Sub,
    mul: Op.f32Mul,
    div: Op.f32Div,
    min: Op.f32Min,
    max: Op.f32Max,
  },
  f64: {
    add: Op.f64Add,
    sub: Op.f64Sub,
    mul: Op.f64Mul,
    div: Op.f64Div,
    min: Op.f64Min,
    max: Op.f64Max,
  },
  i32x4: {
    ...MASK,
    add: Op.i32x4Add,
    sub: Op.i32x4Sub,
    mul: Op.i32x4Mul,
    min: Op.i32x4MinS,
    max: Op.i32x4MaxS,
    shl: Op.i32x4Shl,
    shrS: Op.i32x4ShrS,
    shrU: Op.i32x4ShrU,
  },
  f32x4: {
    add: Op.f32x4Add,
    sub: Op.f32x4Sub,
    mul: Op.f32x4Mul,
    div: Op.f32x4Div,
    min: Op.f32x4Min,
    max: Op.f32x4Max,
  },
  f64x2: {
    add: Op.f64x2Add,
    sub: Op.f64x2Sub,
    mul: Op.f64x2Mul,
    div: Op.f64x2Div,
    min: Op.f64x2Min,
    max: Op.f64x2Max,
  },
  bool: { and: Op.i32And, or: Op.i32Or, xor: Op.i32Xor },
  boolx4: MASK,
  boolx2: MASK,
};

export const CMP: Table<CmpOp> = {
  i32: {
    eq: Op.i32Eq,
    ne: Op.i32Ne,
    lt: Op.i32LtS,
    le: Op.i32LeS,
    gt: Op.i32GtS,
    ge: Op.i32GeS,
    ltU: Op.i32LtU,
    geU: Op.i32GeU,
  },
  f32: { eq: Op.f32Eq, ne: Op.f32Ne, lt: Op.f32Lt, le: Op.f32Le, gt: Op.f32Gt, ge: Op.f32Ge },
  f64: { eq: Op.f64Eq, ne: Op.f64Ne, lt: Op.f64Lt, le: Op.f64Le, gt: Op.f64Gt, ge: Op.f64Ge },
  i32x4: {
    eq: Op.i32x4Eq,
    ne: Op.i32x4Ne,
    lt: Op.i32x4LtS,
    le: Op.i32x4LeS,
    gt: Op.i32x4GtS,
    ge: Op.i32x4GeS,
    ltU: Op.i32x4LtU,
    geU: Op.i32x4GeU,
  },
  f32x4: {
    eq: Op.f32x4Eq,
    ne: Op.f32x4Ne,
    lt: Op.f32x4Lt,
    le: Op.f32x4Le,
    gt: Op.f32x4Gt,
    ge: Op.f32x4Ge,
  },
  f64x2: {
    eq: Op.f64x2Eq,
    ne: Op.f64x2Ne,
    lt: Op.f64x2Lt,
    le: Op.f64x2Le,
    gt: Op.f64x2Gt,
    ge: Op.f64x2Ge,
  },
  bool: { eq: Op.i32Eq, ne: Op.i32Ne },
  boolx4: { eq: Op.i32x4Eq, ne: Op.i32x4Ne },
  boolx2: { eq: Op.i64x2Eq, ne: Op.i64x2Ne },
};

/** The instruction of an operation on operands of a type; a missing one is a defect upstream. */
export function lookup<K extends string>(table: Table<K>, kind: Kind, fn: K): number {
  const code = table[kind]?.[fn];
  invariant(code !== undefined, `loop IR applies ${fn} to ${kind}`);
  return code;
}
