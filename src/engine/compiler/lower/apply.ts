import type { DType } from '../../core/dtype.js';
import { isFloat } from '../../core/dtype.js';
import { InternalError } from '../../core/errors.js';
import type { BinaryOp, CompareOp, UnaryOp } from '../../graph/node.js';
import type { FuncBuilder } from '../ir/builder.js';
import { constant, i32 } from '../ir/builder.js';
import type { BinOp, CmpOp, Elem, MemElem, Val } from '../ir/ir.js';
import { expandBinary, expandUnary } from '../math/index.js';
import type { ApplyOp } from '../kernel/types.js';

/** How a dtype's values are held while a kernel computes with them. */
export function elemOf(dtype: DType): Elem {
  return dtype === 'u8' ? 'i32' : dtype;
}

/** How a dtype lies in memory. */
export function memOf(dtype: DType): MemElem {
  return dtype === 'bool' ? 'u8' : dtype;
}

const COMPARE: Record<CompareOp, CmpOp> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'lt',
  le: 'le',
  gt: 'gt',
  ge: 'ge',
};

/** Emits one elementwise operation; `from` is the dtype of its first value operand. */
export function emitApply(
  b: FuncBuilder,
  op: ApplyOp,
  from: DType,
  to: DType,
  args: readonly Val[],
): Val {
  const [x, y, z] = args as [Val, Val, Val];
  if (op === 'where') return b.select(x, y, z);
  if (op === 'cast') return emitCast(b, x, from, to);
  if (op in COMPARE) return b.cmp(COMPARE[op as CompareOp], x, y);
  const value =
    args.length === 1
      ? emitUnary(b, op as UnaryOp, from, x)
      : emitBinary(b, op as BinaryOp, from, x, y);
  return from === 'u8' && WRAPS.has(op) ? lowByte(b, value) : value;
}

/** Operations whose result may leave 0…255 and has to wrap. */
const WRAPS: ReadonlySet<ApplyOp> = new Set<ApplyOp>(['neg', 'add', 'sub', 'mul', 'not', 'pow']);

/** A u8, held as i32, after arithmetic that may have left 0…255. */
export function lowByte(b: FuncBuilder, x: Val): Val {
  return b.bin('and', x, constant(x.ty, 255));
}

function emitCast(b: FuncBuilder, x: Val, from: DType, to: DType): Val {
  const converted = b.convert(elemOf(to), x);
  return to === 'u8' && from !== 'bool' ? lowByte(b, converted) : converted;
}

function emitUnary(b: FuncBuilder, op: UnaryOp, dtype: DType, x: Val): Val {
  switch (op) {
    case 'neg':
      return isFloat(dtype) ? b.un('neg', x) : b.sub(constant(x.ty, 0), x);
    case 'abs':
      return dtype === 'u8' ? x : b.un('abs', x);
    case 'sign':
      return emitSign(b, x);
    case 'relu':
      return b.bin('max', x, constant(x.ty, 0));
    case 'not':
      if (dtype === 'bool') return b.un('not', x);
      return b.bin('xor', x, constant(x.ty, -1));
    case 'sqrt':
    case 'floor':
    case 'ceil':
      return b.un(op, x);
    case 'round':
      return b.un('nearest', x);
    case 'exp':
    case 'log':
    case 'log1p':
    case 'expm1':
    case 'rsqrt':
    case 'reciprocal':
    case 'sin':
    case 'cos':
    case 'tanh':
    case 'sigmoid':
    case 'erf':
      return expandUnary(b, op, x);
  }
}

/** -1, 0 or 1; of NaN 0, as in PyTorch. */
function emitSign(b: FuncBuilder, x: Val): Val {
  const zero = constant(x.ty, 0);
  const negative = b.select(b.cmp('lt', x, zero), constant(x.ty, -1), zero);
  return b.select(b.cmp('gt', x, zero), constant(x.ty, 1), negative);
}

const DIRECT: Partial<Record<BinaryOp, BinOp>> = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  div: 'div',
  max: 'max',
  min: 'min',
  and: 'and',
  or: 'or',
  xor: 'xor',
};

function emitBinary(b: FuncBuilder, op: BinaryOp, dtype: DType, x: Val, y: Val): Val {
  const direct = DIRECT[op];
  if (direct) return b.bin(direct, x, y);
  if (op === 'pow' || op === 'mod') return expandBinary(b, op, x, y);
  if (op === 'shiftLeft' || op === 'shiftRight') {
    return emitShift(b, op === 'shiftLeft' ? 'shl' : 'shrU', x, y);
  }
  throw new InternalError(`internal: no code for ${op} of ${dtype}.`);
}

/** Vectors shift all lanes by one constant; other counts are shifted lane by lane. */
function emitShift(b: FuncBuilder, op: 'shl' | 'shrU', x: Val, y: Val): Val {
  if (y.kind === 'const') return b.bin(op, x, i32(y.value & 31));
  if (x.ty.lanes === 1) return b.bin(op, x, b.bin('and', y, i32(31)));
  const { lanes } = x.ty;
  return b.pack(
    Array.from({ length: lanes }, (_, l) => emitShift(b, op, b.lane(x, l), b.lane(y, l))),
  );
}
