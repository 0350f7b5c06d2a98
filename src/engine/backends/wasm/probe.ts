import { assembleModule, CodeWriter, type WasmFunction } from './encoder.js';
import { Op, ValType } from './opcodes.js';

/** Whether this engine accepts 128-bit vectors, which the WASM tier cannot do without. */
export function supportsSimd(): boolean {
  if (typeof WebAssembly === 'undefined') return false; // some engines leave it out when locked down
  return WebAssembly.validate(assembleModule(undefined, [vectorFunction(Op.f32x4Mul, 2)]));
}

/** Whether this engine accepts relaxed multiply-add, as it stands now: flags can change it. */
export function supportsRelaxedSimd(): boolean {
  return WebAssembly.validate(assembleModule(undefined, [vectorFunction(Op.f32x4RelaxedMadd, 3)]));
}

/** Whether this engine accepts atomics on a shared memory, and lets one be made here. */
export function supportsSharedMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  const memory = { shared: true, initialPages: 1, maxPages: 1 };
  const code = new CodeWriter();
  code.i32Const(0);
  code.memory(Op.i32AtomicLoad, 2, 0);
  code.op(Op.drop);
  const load: WasmFunction = { params: [], results: [], locals: [], code: code.finish() };
  return WebAssembly.validate(assembleModule(memory, [load]));
}

/** Applies an instruction to vector constants. */
function vectorFunction(op: number, operands: number): WasmFunction {
  const code = new CodeWriter();
  for (let i = 0; i < operands; i++) code.v128Const(new Uint8Array(16));
  code.op(op);
  return { params: [], results: [ValType.v128], locals: [], code: code.finish() };
}
