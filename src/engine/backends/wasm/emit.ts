import type { Func, Module, Stmt } from '../../compiler/ir/ir.js';
import { invariant } from '../../core/errors.js';
import { barrierFunction } from './barrier.js';
import { assembleModule, type WasmFunction } from './encoder.js';
import { emitFunction } from './function.js';

export interface EmitOptions {
  /** Whether the imported memory is shared. Where it is not, barriers print nothing. */
  readonly sharedMemory: boolean;
  /** Of a shared memory: at least what the memory itself declares. */
  readonly maxPages: number;
  readonly initialPages: number;
  /** Whether threads that wait long at a barrier sleep. Default: true; the main one of a page may not. */
  readonly sleep?: boolean;
  /** Prints `mulAdd` as a relaxed multiply-add: see `supportsRelaxedSimd`. */
  readonly relaxedSimd: boolean;
}

/**
 * Prints loop IR as a WebAssembly module that imports ("env", "memory") and exports its exported
 * functions by name.
 *
 * A constant ≥ 0 added to an address moves into the instruction. Hence a value that an address is
 * made of, a parameter above all, may not itself be an address that wrapped below zero.
 *
 * V8 compiles the memory accesses of a basic block in the order printed, but up to Node 22 it is
 * free to put all loads of the block before all arithmetic, and then spills. Code with many live
 * vectors is fast when each step that loads stands in a block of its own, say behind the test that
 * an unrolled step is wanted at all.
 */
export function emitModule(module: Module, options: EmitOptions): Uint8Array<ArrayBuffer> {
  const { sharedMemory, initialPages, maxPages, relaxedSimd } = options;
  const barriers = sharedMemory && module.functions.some((f) => hasBarrier(f.body));
  const barrier = barriers ? module.functions.length : undefined;
  const known = new Map<string, { index: number; params: number }>();
  const functions: WasmFunction[] = module.functions.map((func: Func, index) => {
    invariant(!known.has(func.name), `loop IR has two functions ${func.name}`);
    const printed = emitFunction(func, { relaxedSimd, barrier, functions: known });
    known.set(func.name, { index, params: func.params.length });
    return printed;
  });
  if (barriers) functions.push(barrierFunction(options.sleep));
  const memory = { shared: sharedMemory, initialPages };
  return assembleModule(sharedMemory ? { ...memory, maxPages } : memory, functions);
}

function hasBarrier(block: readonly Stmt[]): boolean {
  return block.some((stmt) => {
    if (stmt.kind === 'for') return hasBarrier(stmt.body);
    if (stmt.kind === 'if') return hasBarrier(stmt.then) || hasBarrier(stmt.else);
    return stmt.kind === 'barrier';
  });
}
