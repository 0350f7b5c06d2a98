import { emitModule } from '../../../src/engine/backends/wasm/emit.js';
import { FuncBuilder, i32 } from '../../../src/engine/compiler/ir/builder.js';
import type { Val } from '../../../src/engine/compiler/ir/ir.js';
import type { ThreadMainFunction } from '../../../src/engine/runtime/thread-main.js';
import type { ThreadedStep } from '../../../src/engine/runtime/thread-pool.js';

export const TABLE = 128;
/** Where each thread counts its steps, and notes those it has seen of the others. */
const COUNTS = 1024;
const FAULTS = 2048;
const PAGES = 16;
/** An address outside the memory. */
const NOWHERE = -64;

export interface CountingProgram {
  step(threads: number): ThreadedStep;
  readonly words: Int32Array;
  counts(threads: number): number[];
  faults(threads: number): number[];
  /** From now on this thread traps. */
  trap(thread: number): void;
}

/**
 * A program in which each thread adds 1 to its count, meets the others, and adds to its faults the
 * counts that are not its own; then all meet again.
 */
export function countingProgram(): CountingProgram {
  const f = new FuncBuilder('main');
  const [table, thread, threads] = ['table', 'thread', 'threads'].map((n) => f.param(n)) as [
    Val,
    Val,
    Val,
  ];
  const at = (base: number, t: Val): Val => f.add(i32(base), f.mul(t, i32(64)));
  const raise = (address: Val, by: Val): void =>
    f.store('i32', address, f.add(f.load('i32', 1, address), by));
  // The word behind those that threads meet on: who traps, plus 1.
  const trapping = f.load('i32', 1, table, 12);
  f.if(f.cmp('eq', trapping, f.add(thread, i32(1))), () => {
    f.store('i32', f.sub(i32(NOWHERE), thread), i32(1));
  });
  raise(at(COUNTS, thread), i32(1));
  f.barrier(table, threads);
  const own = f.load('i32', 1, at(COUNTS, thread));
  f.for(i32(0), threads, 1, (other) => {
    const seen = f.load('i32', 1, at(COUNTS, other));
    raise(at(FAULTS, thread), f.convert('i32', f.cmp('ne', seen, own)));
  });
  f.barrier(table, threads);
  const bytes = emitModule(
    { functions: [f.finish(true)] },
    { sharedMemory: true, initialPages: PAGES, maxPages: PAGES, relaxedSimd: false },
  );
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const code = new WebAssembly.Module(bytes);
  const main = new WebAssembly.Instance(code, { env: { memory } }).exports[
    'main'
  ] as ThreadMainFunction;
  const program = { code, entry: 'main', memory };
  const words = new Int32Array(memory.buffer);
  const column = (base: number, count: number): number[] =>
    Array.from({ length: count }, (_, t) => words[base / 4 + 16 * t]!);
  return {
    step: (count) => ({ program, main, table: TABLE, threads: count }),
    words,
    counts: (count) => column(COUNTS, count),
    faults: (count) => column(FAULTS, count),
    trap: (t) => void (words[TABLE / 4 + 3] = t + 1),
  };
}
