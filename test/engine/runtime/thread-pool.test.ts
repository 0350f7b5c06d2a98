// covers: src/engine/runtime/thread-pool.ts, src/engine/runtime/thread-main.ts
// covers: src/engine/runtime/thread-control.ts
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { GradusError } from '../../../src/engine/core/errors.js';
import { mayBlock } from '../../../src/engine/runtime/thread-control.js';
import { ThreadPool } from '../../../src/engine/runtime/thread-pool.js';
import { startThread, type ThreadHandle } from '../../../src/engine/runtime/thread-start.js';
import { countingProgram, TABLE } from './thread-program.js';

const PATIENCE = 10_000;

interface Watched {
  readonly pool: ThreadPool;
  readonly handles: ThreadHandle[];
  /** The programs that have been dropped, by number. */
  readonly dropped: number[];
}

const pools: ThreadPool[] = [];
afterEach(() => pools.splice(0).forEach((pool) => pool.stop()));

/** A pool of which the test holds the threads. */
function watched(limitMs?: number): Watched {
  const handles: ThreadHandle[] = [];
  const dropped: number[] = [];
  const pool = new ThreadPool((thread, gone) => {
    const handle = startThread(thread, gone)!;
    handles.push(handle);
    return {
      post: (message) => {
        if (message.kind === 'drop') dropped.push(message.id);
        handle.post(message);
      },
      stop: () => handle.stop(),
    };
  }, limitMs);
  pools.push(pool);
  return { pool, handles, dropped };
}

const zeros = (n: number): number[] => Array<number>(n).fill(0);

describe('a pool', () => {
  // More threads than cores do not all look; some sleep, in barriers and between steps.
  it.each([1, 2, 3, 4])('runs each step on each of %i threads, together', (threads) => {
    const { pool } = watched();
    const program = countingProgram();
    const steps = 300;
    for (let i = 0; i < steps; i++) expect(pool.run(program.step(threads), PATIENCE)).toBe(true);
    expect(program.counts(threads)).toEqual(Array<number>(threads).fill(steps));
    expect(program.faults(threads)).toEqual(zeros(threads));
    expect(pool.size).toBe(threads);
  });

  it('wakes threads that fell asleep', async () => {
    const { pool } = watched();
    const program = countingProgram();
    for (let i = 0; i < 3; i++) {
      expect(pool.run(program.step(2), PATIENCE)).toBe(true);
      await sleep(20);
    }
    expect(program.counts(2)).toEqual([3, 3]);
  });

  it('runs nothing while its threads start, and later needs no patience', async () => {
    const { pool } = watched();
    const program = countingProgram();
    expect(pool.run(program.step(2))).toBe(false);
    expect(pool.served).toBe(false);
    expect(program.counts(2)).toEqual([0, 0]);
    const until = performance.now() + PATIENCE;
    while (!pool.run(program.step(2)) && performance.now() < until) await sleep(1);
    expect(program.counts(2)).toEqual([1, 1]);
  });

  it('gets threads ready while its own thread never returns to the event loop', () => {
    const { pool } = watched();
    const program = countingProgram();
    const until = performance.now() + PATIENCE;
    while (!pool.run(program.step(2)) && performance.now() < until);
    expect(program.counts(2)).toEqual([1, 1]);
  });

  it('serves programs over several memories in turn, on different numbers of threads', () => {
    const { pool } = watched();
    const programs = [countingProgram(), countingProgram(), countingProgram()];
    for (let i = 0; i < 30; i++) {
      for (const [k, program] of programs.entries()) {
        expect(pool.run(program.step(4 - k), PATIENCE)).toBe(true);
      }
    }
    for (const [k, program] of programs.entries()) {
      expect(program.counts(4)).toEqual([30, 30, k < 2 ? 30 : 0, k < 1 ? 30 : 0]);
      expect(program.faults(4)).toEqual(zeros(4));
    }
  });

  it('drops programs that are garbage, so that their memory is, too', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { pool, dropped } = watched();
    const kept = countingProgram();
    pool.run(kept.step(2), PATIENCE);
    (() => pool.run(countingProgram().step(2), PATIENCE))();
    for (let i = 0; i < 50 && dropped.length === 0; i++) {
      collect();
      await sleep(10);
    }
    expect(dropped).toEqual([2]);
    expect(pool.run(kept.step(2), PATIENCE)).toBe(true);
  });

  it('runs nothing where there are no threads', () => {
    const pool = new ThreadPool(() => undefined);
    expect(pool.run(countingProgram().step(2), PATIENCE)).toBe(false);
    expect(pool.broken).toBe(true);
  });

  it('may sleep in Node', () => expect(mayBlock()).toBe(true));
});

describe('a thread that fails', () => {
  it.each([
    { thread: 0, threads: 2 },
    { thread: 1, threads: 2 },
    { thread: 2, threads: 4 },
  ])('is named with its reason: $thread of $threads', ({ thread, threads }) => {
    const { pool } = watched();
    const program = countingProgram();
    pool.run(program.step(threads), PATIENCE);
    program.trap(thread);
    expect(() => pool.run(program.step(threads))).toThrow(GradusError);
    expect(pool.broken).toBe(true);
    expect(pool.run(program.step(threads), PATIENCE)).toBe(false);

    const next = watched().pool;
    expect(() => next.run(program.step(threads), PATIENCE)).toThrow(
      new RegExp(
        `^threads: thread ${thread} of ${threads} failed \\(RuntimeError: memory access out of ` +
          'bounds\\), and variables that the step overwrites may be half written; load a ' +
          'checkpoint, or call setThreads\\(1\\) to do without threads\\.$',
      ),
    );
  });

  it('leaves nothing behind that keeps the program from running again', () => {
    const program = countingProgram();
    program.trap(1);
    expect(() => watched().pool.run(program.step(3), PATIENCE)).toThrow('thread 1 of 3 failed');
    expect([...program.words.subarray(TABLE / 4, TABLE / 4 + 3)]).toEqual([0, 0, 0]);
    program.trap(-1);
    program.words.fill(0, TABLE / 4 + 4);
    const { pool } = watched();
    for (let i = 0; i < 10; i++) pool.run(program.step(3), PATIENCE);
    expect(program.counts(3)).toEqual([10, 10, 10]);
    expect(program.faults(3)).toEqual(zeros(3));
  });

  it('is named where it cannot load a program', () => {
    const { pool } = watched();
    const step = countingProgram().step(2);
    const program = { ...step.program, code: '/nowhere/kernels.node' };
    expect(() => pool.run({ ...step, program }, PATIENCE)).toThrow(
      /^threads: thread 1 of 2 cannot load a program \(.*\/nowhere\/kernels\.node.*\); call setThreads\(1\)/,
    );
    expect(pool.broken).toBe(true);
  });
});

describe('a thread that is ended from outside', () => {
  it('is missed at once in the next step, in which nobody waits for ever', () => {
    const { pool, handles } = watched(300);
    const program = countingProgram();
    pool.run(program.step(3), PATIENCE);
    handles[1]!.stop();
    expect(() => pool.run(program.step(3))).toThrow(
      /^threads: thread 2 of 3 failed \(it did not begin within 0\.3 s\)/,
    );
    expect(pool.broken).toBe(true);
    const next = watched().pool;
    expect(next.run(program.step(3), PATIENCE)).toBe(true);
    expect(program.words[TABLE / 4]).toBe(0);
  });

  it('breaks the pool before a step is tried, if there was time to hear of it', async () => {
    const { pool, handles } = watched();
    pool.run(countingProgram().step(2), PATIENCE);
    handles[0]!.stop();
    while (!pool.broken) await sleep(1);
    expect(pool.run(countingProgram().step(2), PATIENCE)).toBe(false);
  });
});
