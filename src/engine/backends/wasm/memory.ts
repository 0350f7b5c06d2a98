import type { Ty } from '../../compiler/ir/ir.js';
import { formatTy } from '../../compiler/ir/ir.js';
import { invariant } from '../../core/errors.js';
import { kindOf } from './instructions.js';
import { emitByteShuffle } from './lanes.js';
import { Op } from './opcodes.js';
import type { Load, Store } from './plan.js';
import { emitConst, type Scope } from './scope.js';

export function emitLoad(s: Scope, ty: Ty, load: Load): void {
  const elem = load.mem === 'u8' ? 'i32' : load.mem;
  invariant(ty.elem === elem, `loop IR loads ${load.mem} as ${formatTy(ty)}`);
  const { code } = s;
  const offset = s.pushAddress(load);
  const vector = ty.lanes > 1;
  switch (load.mem) {
    case 'f32':
      return code.memory(vector ? Op.v128Load : Op.f32Load, 2, offset);
    case 'i32':
      return code.memory(vector ? Op.v128Load : Op.i32Load, 2, offset);
    case 'f64':
      return code.memory(vector ? Op.v128Load : Op.f64Load, 3, offset);
    case 'u8':
      if (!vector) return code.memory(Op.i32Load8U, 0, offset);
      code.memory(Op.v128Load32Zero, 0, offset);
      code.op(Op.i16x8ExtendLowI8x16U);
      code.op(Op.i32x4ExtendLowI16x8U);
  }
}

/** Prints a store; `settle` is called when its operands are on the stack. */
export function emitStore(s: Scope, store: Store, settle: () => void): void {
  const { code } = s;
  const { mem, value } = store;
  const kind = kindOf(value.ty);
  const { elem, lanes } = value.ty;
  const fits = mem === 'u8' ? elem === 'i32' || kind === 'bool' || kind === 'boolx4' : elem === mem;
  invariant(fits, `loop IR stores ${kind} as ${mem}`);
  if (mem === 'u8' && lanes > 1) return emitNarrowStore(s, store, settle);
  const align = ALIGN[mem];
  const lane = mem === 'u8' ? undefined : s.peek(value);
  if (lane?.op === 'lane' && lane.a.ty.elem === mem) {
    s.take(value);
    const offset = s.pushAddress(store);
    s.push(lane.a);
    settle();
    code.memory(mem === 'f64' ? Op.v128Store64Lane : Op.v128Store32Lane, align, offset);
    return code.byte(lane.index);
  }
  const offset = s.pushAddress(store);
  s.push(value);
  settle();
  code.memory(lanes > 1 ? Op.v128Store : STORE[mem], align, offset);
}

const ALIGN = { f32: 2, f64: 3, i32: 2, u8: 0 } as const;
const STORE = { f32: Op.f32Store, f64: Op.f64Store, i32: Op.i32Store, u8: Op.i32Store8 } as const;

/** Four lanes to four bytes: the low byte of each, or 0 and 1 for a mask. */
function emitNarrowStore(s: Scope, store: Store, settle: () => void): void {
  const { code } = s;
  const x = s.hold(store.value);
  const offset = s.pushAddress(store);
  x.get();
  x.get();
  emitByteShuffle(code, [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12], 1);
  if (store.value.ty.elem === 'bool') {
    emitConst(code, { elem: 'i32', lanes: 4 }, 0x01010101);
    code.op(Op.v128And);
  }
  settle();
  code.memory(Op.v128Store32Lane, 0, offset);
  code.byte(0);
  x.done();
}
