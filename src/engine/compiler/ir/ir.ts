/**
 * The loop IR: structured, typed, explicitly vectorised code over one linear memory.
 *
 * Every backend for CPUs prints it: WebAssembly with four 32-bit lanes, C with as many as the
 * processor has. Values are in SSA form (`let`), except declared mutable variables. Addresses are
 * unsigned 32-bit byte offsets into the memory that all tensors share. A function has scalar i32
 * parameters and returns nothing.
 *
 * Semantics that both backends keep:
 * - i32 arithmetic wraps. `div` and `rem` of i32 truncate; by zero they give 0; MIN / -1 = MIN.
 * - `convert` from float to i32 truncates, saturates, and turns NaN into 0.
 * - `min` and `max` of floats return NaN when either operand is NaN.
 * - `mulAdd` is a·b + c, rounded once or twice as the backend prefers; anything else is exact IEEE.
 * - A scalar bool is an i32 of 0 or 1; a vector bool is a lane mask of all zeros or all ones.
 */

export type Elem = 'f32' | 'f64' | 'i32' | 'bool';

/**
 * Type of a value: `lanes` is 1 for a scalar, else the target's vector width for that element, or
 * half or a quarter of it, but no less than 4.
 */
export interface Ty {
  readonly elem: Elem;
  readonly lanes: number;
}

/** How an element lies in memory. u8 loads zero-extend to i32; i32 stores to u8 keep the low byte. */
export type MemElem = 'f32' | 'f64' | 'i32' | 'u8';

export type UnOp = 'neg' | 'abs' | 'sqrt' | 'floor' | 'ceil' | 'trunc' | 'nearest' | 'not';

export type BinOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'rem' // i32 only
  | 'min'
  | 'max'
  | 'and' // i32 and bool
  | 'or'
  | 'xor'
  | 'shl' // i32 only; the shift count is a scalar i32, of which 5 bits count
  | 'shrS'
  | 'shrU'
  | 'mulHiU'; // i32 only: the high word of the unsigned 64-bit product

/** Comparisons give bool with the operands' lanes. `ltU`/`geU` compare i32 as unsigned. */
export type CmpOp = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'ltU' | 'geU';

/** A constant (splat when vector) or a reference to a value. Constants need no statement. */
export type Val =
  | { readonly kind: 'const'; readonly ty: Ty; readonly value: number }
  | { readonly kind: 'ref'; readonly ty: Ty; readonly id: number };

export type Expr =
  | { readonly op: 'un'; readonly fn: UnOp; readonly a: Val }
  | { readonly op: 'bin'; readonly fn: BinOp; readonly a: Val; readonly b: Val }
  | { readonly op: 'cmp'; readonly fn: CmpOp; readonly a: Val; readonly b: Val }
  | { readonly op: 'mulAdd'; readonly a: Val; readonly b: Val; readonly c: Val }
  | { readonly op: 'select'; readonly cond: Val; readonly a: Val; readonly b: Val }
  | { readonly op: 'convert'; readonly a: Val } // to the statement's type, same lanes
  | { readonly op: 'bitcast'; readonly a: Val } // f32 <-> i32, same lanes
  | { readonly op: 'hiWord'; readonly a: Val } // scalar f64 to the high 32 bits of its encoding
  | { readonly op: 'loWord'; readonly a: Val }
  | { readonly op: 'fromWords'; readonly hi: Val; readonly lo: Val } // the reverse, to scalar f64
  | { readonly op: 'splat'; readonly a: Val }
  | { readonly op: 'lane'; readonly a: Val; readonly index: number }
  | { readonly op: 'pack'; readonly parts: readonly Val[] } // scalars to a vector
  | { readonly op: 'shuffle'; readonly a: Val; readonly b: Val; readonly lanes: readonly number[] }
  | { readonly op: 'load'; readonly mem: MemElem; readonly addr: Val; readonly offset: number }
  | { readonly op: 'read'; readonly variable: number };

export type Stmt =
  | { readonly kind: 'let'; readonly id: number; readonly ty: Ty; readonly expr: Expr }
  | { readonly kind: 'declare'; readonly id: number; readonly ty: Ty; readonly init: Val }
  | { readonly kind: 'assign'; readonly id: number; readonly value: Val }
  | {
      readonly kind: 'store';
      readonly mem: MemElem;
      readonly addr: Val;
      readonly offset: number;
      readonly value: Val;
    }
  | {
      /** for (id = from; id < to; id += step): signed i32, step a positive constant. */
      readonly kind: 'for';
      readonly id: number;
      readonly from: Val;
      readonly to: Val;
      readonly step: number;
      readonly body: readonly Stmt[];
    }
  | {
      readonly kind: 'if';
      readonly cond: Val; // scalar bool or i32
      readonly then: readonly Stmt[];
      readonly else: readonly Stmt[];
    }
  | { readonly kind: 'call'; readonly fn: string; readonly args: readonly Val[] }
  /** All threads of the program meet. `addr`: two i32 words (arrivals, generation). */
  | { readonly kind: 'barrier'; readonly addr: Val; readonly threads: Val };

export interface Func {
  readonly name: string;
  /** i32 parameters: their value ids, and names for the printers. */
  readonly params: readonly { readonly id: number; readonly name: string }[];
  readonly body: readonly Stmt[];
  /** One past the largest value id in use. */
  readonly ids: number;
  readonly exported: boolean;
}

/** A compilation unit: functions in an order in which callees come before callers. */
export interface Module {
  readonly functions: readonly Func[];
}

/** What a backend offers to the lowering. */
export interface Target {
  readonly name: string;
  /** Bytes of a vector register: 16, 32 or 64. 32-bit elements get vectorBytes / 4 lanes. */
  readonly vectorBytes: number;
  /** Rows and vectors of the contraction's register tile. */
  readonly tile: { readonly rows: number; readonly vectors: number };
  /**
   * Turns of short loops that lowering writes out, with the values of neighbouring results beside each
   * other; absent where the code generator would run out of registers.
   */
  readonly writtenOut?: number;
}

export const BYTES_OF: Record<MemElem, number> = { f32: 4, f64: 8, i32: 4, u8: 1 };

export function scalar(elem: Elem): Ty {
  return { elem, lanes: 1 };
}

export function formatTy(ty: Ty): string {
  return ty.lanes === 1 ? ty.elem : `${ty.elem}x${ty.lanes}`;
}
