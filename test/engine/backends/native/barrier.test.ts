// covers: src/engine/backends/native/int-helpers.ts
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { Module } from '../../../../src/engine/compiler/ir/ir.js';
import { FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import { compileNativeSync } from '../../../../src/engine/backends/native/compile.js';
import { freshCache, noCompiler } from './fresh-cache.js';

freshCache();

const BARRIER = 0;
const ABORT_WORD = 2;
const SLOTS = 256;
const FAULTS = 1024;

/**
 * In every round a thread writes the round into its slot, meets the others, and counts the slots
 * that do not hold it; then all meet again. The meeting is inside a called function.
 */
function rounds(): Module {
  const meet = new FuncBuilder('meet');
  const all = meet.param('threads');
  meet.if(meet.cmp('gt', all, i32(0)), () => meet.barrier(i32(BARRIER), all));

  const f = new FuncBuilder('rounds');
  const [rank, threads, count] = [f.param('rank'), f.param('threads'), f.param('count')];
  const mine = (base: number) => f.add(i32(base), f.mul(rank, i32(4)));
  f.for(i32(0), count, 1, (round) => {
    f.store('i32', mine(SLOTS), round);
    f.call('meet', [threads]);
    f.for(i32(0), threads, 1, (other) => {
      const slot = f.load('i32', 1, f.add(i32(SLOTS), f.mul(other, i32(4))));
      const faults = f.add(
        f.load('i32', 1, mine(FAULTS)),
        f.convert('i32', f.cmp('ne', slot, round)),
      );
      f.store('i32', mine(FAULTS), faults);
    });
    f.call('meet', [threads]);
  });
  f.store('i32', mine(SLOTS), i32(-1));
  return { functions: [meet.finish(), f.finish(true)] };
}

const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const module = { exports: {} };
process.dlopen(module, workerData.path);
const { rounds } = module.exports.bind(new Uint8Array(workerData.memory.buffer));
parentPort.postMessage('ready');
rounds(...workerData.args);
parentPort.postMessage('done');
`;

/** Calls `rounds` in a thread of its own. */
function start(path: string, memory: WebAssembly.Memory, args: number[]): Worker {
  return new Worker(WORKER, { eval: true, workerData: { path, memory, args } });
}

async function ended(worker: Worker): Promise<void> {
  await once(worker, 'exit');
}

describe.skipIf(noCompiler)('a barrier', () => {
  const load = () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const module = compileNativeSync(rounds(), { announce: () => undefined });
    return { memory, words: new Int32Array(memory.buffer), module };
  };

  // Four threads on two cores do not all spin: some sleep and are woken.
  it.each([2, 4])('lets no one of %i threads go before all have come', async (threads) => {
    const { memory, words, module } = load();
    const workers = Array.from({ length: threads }, (_, rank) =>
      start(module.path, memory, [rank, threads, 3000]),
    );
    await Promise.all(workers.map(ended));
    const ranks = Array.from({ length: threads }, (_, rank) => rank);
    expect(ranks.map((rank) => words[SLOTS / 4 + rank])).toEqual(ranks.map(() => -1));
    expect(ranks.map((rank) => words[FAULTS / 4 + rank])).toEqual(ranks.map(() => 0));
    expect(words[BARRIER]).toBe(0);
  });

  it('is nothing to a single thread', () => {
    const { memory, words, module } = load();
    module.bind(memory)['rounds']!(0, 1, 1000);
    expect(words[SLOTS / 4]).toBe(-1);
    expect(words[1]).toBe(0);
  });

  it('returns to JavaScript on abort, out of all functions', async () => {
    const { memory, words, module } = load();
    const worker = start(module.path, memory, [0, 2, 5]);
    await once(worker, 'message');
    const end = ended(worker);
    await new Promise((resolve) => setTimeout(resolve, 60)); // Now it sleeps.
    expect(words[0]).toBe(1);
    Atomics.store(words, ABORT_WORD, 1);
    await end;
    expect(words[SLOTS / 4]).toBe(0);
  });
});
