import { CodeWriter, type WasmFunction } from './encoder.js';
import { Op, ValType, VOID_BLOCK } from './opcodes.js';

/** Byte offsets from the barrier's address. */
export const BARRIER = { arrivals: 0, generation: 4, abort: 8 } as const;

/**
 * About 80 µs of looking before a thread lies down: more than waking it takes, 7 to 45 µs. With less,
 * whoever wakes another sleeps by the time that one has come to the next barrier, and so on for ever.
 */
const SPINS = 1 << 15;

/** A sleeping thread looks at the abort word this often. */
const WAIT_NANOSECONDS = 10_000_000n;

const ADDR = 0;
const THREADS = 1;
const GENERATION = 2;
const SPIN = 3;

/**
 * The function (addr, threads) in which all threads meet. The last to arrive resets the count and
 * begins a new generation; the others look for that a bounded number of times, then sleep, if they
 * may. Who finds the abort word set traps, so that no thread waits for one that is gone.
 */
export function barrierFunction(sleep = true): WasmFunction {
  const c = new CodeWriter();
  const word = (code: number, offset: number): void => c.memory(code, 2, offset);

  c.localGet(THREADS);
  c.i32Const(1);
  c.op(Op.i32LeS);
  returnIf(c);
  trapOnAbort(c);
  loadWord(c, BARRIER.generation);
  c.localSet(GENERATION);

  c.localGet(ADDR);
  c.i32Const(1);
  word(Op.i32AtomicRmwAdd, BARRIER.arrivals);
  c.localGet(THREADS);
  c.i32Const(1);
  c.op(Op.i32Sub);
  c.op(Op.i32Eq);
  c.block(Op.if, VOID_BLOCK);
  c.localGet(ADDR);
  c.i32Const(0);
  word(Op.i32AtomicStore, BARRIER.arrivals);
  c.localGet(ADDR);
  c.i32Const(1);
  word(Op.i32AtomicRmwAdd, BARRIER.generation);
  c.op(Op.drop);
  c.localGet(ADDR);
  c.i32Const(-1);
  word(Op.atomicNotify, BARRIER.generation);
  c.op(Op.drop);
  c.op(Op.return);
  c.op(Op.end);

  c.i32Const(SPINS);
  c.localSet(SPIN);
  c.block(Op.loop, VOID_BLOCK);
  returnIfMet(c);
  trapOnAbort(c);
  c.localGet(SPIN);
  c.i32Const(1);
  c.op(Op.i32Sub);
  c.localSet(SPIN);
  c.localGet(SPIN);
  c.branch(Op.brIf, 0);
  c.op(Op.end);

  c.block(Op.loop, VOID_BLOCK);
  returnIfMet(c);
  trapOnAbort(c);
  if (sleep) {
    c.localGet(ADDR);
    c.localGet(GENERATION);
    c.i64Const(WAIT_NANOSECONDS);
    word(Op.atomicWait32, BARRIER.generation);
    c.op(Op.drop);
  }
  c.branch(Op.br, 0);
  c.op(Op.end);

  const { i32 } = ValType;
  return { params: [i32, i32], results: [], locals: [i32, i32], code: c.finish() };
}

function loadWord(c: CodeWriter, offset: number): void {
  c.localGet(ADDR);
  c.memory(Op.i32AtomicLoad, 2, offset);
}

function returnIf(c: CodeWriter): void {
  c.block(Op.if, VOID_BLOCK);
  c.op(Op.return);
  c.op(Op.end);
}

function returnIfMet(c: CodeWriter): void {
  loadWord(c, BARRIER.generation);
  c.localGet(GENERATION);
  c.op(Op.i32Ne);
  returnIf(c);
}

function trapOnAbort(c: CodeWriter): void {
  loadWord(c, BARRIER.abort);
  c.block(Op.if, VOID_BLOCK);
  c.op(Op.unreachable);
  c.op(Op.end);
}
