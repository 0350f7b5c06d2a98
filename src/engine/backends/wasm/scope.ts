import type { Elem, Expr, Ty, Val } from '../../compiler/ir/ir.js';
import type { CodeWriter } from './encoder.js';
import { kindOf } from './instructions.js';
import type { ValTypeCode } from './opcodes.js';
import type { Load, Store } from './plan.js';

/** A value that can be pushed as often as needed, until `done`. */
export interface Held {
  get(): void;
  done(): void;
}

/** What printing an expression needs of the function that holds it. */
export interface Scope {
  readonly code: CodeWriter;
  readonly relaxedSimd: boolean;
  push(v: Val): void;
  hold(v: Val): Held;
  /** The expression that `push` would print for this value, where its place is still open. */
  peek(v: Val): Expr | undefined;
  /** Marks a peeked expression as printed by the caller. */
  take(v: Val): void;
  /** Pushes the address and returns the constant offset for the instruction. */
  pushAddress(node: Load | Store): number;
  temp(type: ValTypeCode): { readonly index: number; free(): void };
}

export type Of<O extends Expr['op']> = Extract<Expr, { op: O }>;

export function emitConst(code: CodeWriter, ty: Ty, value: number): void {
  if (ty.lanes === 1) {
    if (ty.elem === 'f32') code.f32Const(value);
    else if (ty.elem === 'f64') code.f64Const(value);
    else code.i32Const(ty.elem === 'bool' ? Number(value !== 0) : value | 0);
    return;
  }
  kindOf(ty);
  code.v128Const(vectorBytes(ty.elem, Array<number>(ty.lanes).fill(value)));
}

/** A vector constant of the given lanes. */
export function vectorBytes(elem: Elem, lanes: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  const width = 16 / lanes.length;
  lanes.forEach((value, i) => {
    const at = i * width;
    if (elem === 'f32') view.setFloat32(at, value, true);
    else if (elem === 'f64') view.setFloat64(at, value, true);
    else if (elem === 'i32') view.setInt32(at, value, true);
    else for (let k = 0; k < width; k++) view.setUint8(at + k, value !== 0 ? 0xff : 0);
  });
  return new Uint8Array(view.buffer);
}
