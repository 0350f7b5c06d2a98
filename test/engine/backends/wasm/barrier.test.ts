import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { BARRIER } from '../../../../src/engine/backends/wasm/barrier.js';
import { emitModule } from '../../../../src/engine/backends/wasm/emit.js';
import { FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type { Func } from '../../../../src/engine/compiler/ir/ir.js';

const AT = 128;
const SLOTS = 1024;
const MISSES = 64;
const OPTIONS = { sharedMemory: true, initialPages: 1, maxPages: 16, relaxedSimd: false };

/** Each round, all threads write their slot, meet, look at the others' slots, and meet again. */
function rounds(): Func {
  const f = new FuncBuilder('rounds');
  const [thread, threads, count] = [f.param('thread'), f.param('threads'), f.param('count')];
  const slot = f.add(i32(SLOTS), f.mul(thread, i32(64)));
  const misses = f.declare(i32(0));
  f.for(i32(0), count, 1, (round) => {
    f.store('i32', slot, round);
    f.barrier(i32(AT), threads);
    f.for(i32(0), threads, 1, (other) => {
      const seen = f.load('i32', 1, f.add(i32(SLOTS), f.mul(other, i32(64))));
      f.assign(misses, f.add(f.read(misses), f.convert('i32', f.cmp('ne', seen, round))));
    });
    f.barrier(i32(AT), threads);
  });
  f.store('i32', f.add(i32(MISSES), f.mul(thread, i32(4))), f.read(misses));
  return f.finish(true);
}

const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { bytes, memory, args, delay } = workerData;
const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delay);
try {
  instance.exports.rounds(...args);
  parentPort.postMessage('done');
} catch (error) {
  parentPort.postMessage(error.constructor.name + ': ' + error.message);
}
`;

interface Run {
  readonly memory: WebAssembly.Memory;
  readonly messages: Promise<string[]>;
}

/** Starts the first threads of a pool, each after its delay. */
function start(delays: readonly number[], threads: number, count: number): Run {
  const bytes = emitModule({ functions: [rounds()] }, OPTIONS);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
  const messages = delays.map((delay, thread) => {
    const workerData = { bytes, memory, delay, args: [thread, threads, count] };
    const worker = new Worker(WORKER, { eval: true, workerData });
    return new Promise<string>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  });
  return { memory, messages: Promise.all(messages) };
}

describe('barrier', () => {
  it.each([2, 3])('holds %i threads together', async (threads) => {
    const { memory, messages } = start(Array<number>(threads).fill(0), threads, 2000);
    expect(await messages).toEqual(Array<string>(threads).fill('done'));
    const words = new Int32Array(memory.buffer);
    const misses = words.slice(MISSES / 4, MISSES / 4 + threads);
    expect(Array.from(misses)).toEqual(Array<number>(threads).fill(0));
    expect(words[(AT + BARRIER.arrivals) / 4]).toBe(0);
    expect(words[(AT + BARRIER.generation) / 4]).toBe(4000);
  });

  it('wakes a thread that fell asleep', async () => {
    const { memory, messages } = start([0, 200], 2, 1);
    expect(await messages).toEqual(['done', 'done']);
    expect([...new Int32Array(memory.buffer, MISSES, 2)]).toEqual([0, 0]);
  });

  it('ends in a trap when the abort word is set, while waiting and on arrival', async () => {
    const { memory, messages } = start([0], 2, 1);
    setTimeout(
      () => Atomics.store(new Int32Array(memory.buffer), (AT + BARRIER.abort) / 4, 1),
      100,
    );
    expect(await messages).toEqual(['RuntimeError: unreachable']);
    const bytes = emitModule({ functions: [rounds()] }, OPTIONS);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory },
    });
    expect(() => (exports['rounds'] as (...args: number[]) => void)(0, 2, 1)).toThrow(
      'unreachable',
    );
  });

  it('never sleeps where threads may not', () => {
    const sleeps = (sleep: boolean): boolean => {
      const bytes = emitModule({ functions: [rounds()] }, { ...OPTIONS, sleep });
      return Buffer.from(bytes).includes(Buffer.of(0xfe, 0x01)); // memory.atomic.wait32
    };
    expect([sleeps(true), sleeps(false)]).toEqual([true, false]);
  });

  it('lets a single thread pass', () => {
    for (const sharedMemory of [true, false]) {
      const bytes = emitModule({ functions: [rounds()] }, { ...OPTIONS, sharedMemory });
      const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: sharedMemory });
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
        env: { memory },
      });
      (exports['rounds'] as (...args: number[]) => void)(0, 1, 5);
      expect(new Int32Array(memory.buffer)[(AT + BARRIER.generation) / 4]).toBe(0);
    }
  });

  it('prints nothing where the memory is not shared', () => {
    const f = new FuncBuilder('main');
    f.barrier(f.load('i32', 1, i32(0)), f.load('i32', 1, i32(4)));
    const g = new FuncBuilder('main');
    const options = { ...OPTIONS, sharedMemory: false };
    const bytes = emitModule({ functions: [f.finish(true)] }, options);
    g.load('i32', 1, i32(0));
    expect(bytes).toEqual(emitModule({ functions: [g.finish(true)] }, options));
  });
});
