import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import { ArgumentError, GradusError } from '../../../src/engine/core/errors.js';
import { build as b } from '../../../src/engine/ops/index.js';
import { InputSource } from '../../../src/engine/runtime/storage.js';
import { ThreadPool } from '../../../src/engine/runtime/thread-pool.js';
import { getThreads, onThreads, setThreads } from '../../../src/engine/runtime/threads.js';
import { getThreads as exported } from '../../../src/index.js';
import { countingProgram, TABLE } from './thread-program.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  setThreads(1);
});

describe('setThreads', () => {
  it('takes whole numbers from 1, of which more than 64 mean 64', () => {
    for (const [count, means] of [
      [1, 1],
      [3, 3],
      [64, 64],
      [1000, 64],
    ] as const) {
      setThreads(count);
      expect(getThreads()).toBe(means);
    }
    expect(exported).toBe(getThreads);
  });

  it.each([0, -2, 1.5, NaN, Infinity])('refuses %s', (count) => {
    expect(() => setThreads(count)).toThrow(ArgumentError);
    expect(() => setThreads(count)).toThrow(
      `setThreads: the number of threads is ${count}; give a whole number from 1 to 64, such as ` +
        `${availableParallelism()} for all cores.`,
    );
  });

  it('is by default what the environment says, else all cores', async () => {
    const fresh = async (asked: string): Promise<typeof getThreads> => {
      vi.stubEnv('GRADUS_THREADS', asked);
      vi.resetModules();
      return (await import('../../../src/engine/runtime/threads.js')).getThreads;
    };
    expect((await fresh('3'))()).toBe(3);
    expect((await fresh(''))()).toBe(availableParallelism());
    const wrong = await fresh('many');
    expect(wrong).toThrow(
      'the environment variable GRADUS_THREADS is many; give a whole number from 1 to 64',
    );
  });

  it('holds for a device that has a number of its own as well', () => {
    expect(() => new WasmDevice({ threads: 0.5 })).toThrow(
      /^wasm.*: threads is 0\.5; give a whole number from 1 to 64/,
    );
  });
});

/** Rows of exponentials: large ones are worth several threads. */
function program(device: WasmDevice, n: number): { run: () => string } {
  const x = b.leaf(new InputSource(0), [n], 'f32');
  const made = device.compile({ inputs: [x], outputs: [b.unary('exp', x)], assigns: [] });
  const values = Float32Array.from({ length: n }, (_, i) => i / n);
  return { run: () => Buffer.from(made.run([values])[0]!.buffer).toString('base64') };
}

/** Watches the pool: numbers of threads that steps ran on, for each call since the last `clear`. */
function watchPool(): { threads(): number[]; clear(): void } {
  const spy = vi.spyOn(ThreadPool.prototype, 'run');
  return {
    threads: () =>
      spy.mock.calls.map(([step], i) => (spy.mock.results[i]?.value === true ? step.threads : 1)),
    clear: () => void spy.mockClear(),
  };
}

const SMALL = 1000;
const LARGE = 200_000;

describe('the steps of programs', () => {
  it('use threads from the next one on, where they are worth it', async () => {
    const pool = watchPool();
    const device = new WasmDevice();
    const [small, large] = [program(device, SMALL), program(device, LARGE)];
    setThreads(1);
    const [smallWant, largeWant] = [small.run(), large.run()];
    expect(pool.threads()).toEqual([]);
    setThreads(3);
    for (let i = 0; i < 500 && pool.threads().at(-1) !== 3; i++) {
      expect(large.run()).toEqual(largeWant);
      await sleep(1);
    }
    expect(pool.threads()[0]).toBe(1); // they had to start first
    expect(pool.threads().at(-1)).toBe(3);
    pool.clear();
    expect(small.run()).toEqual(smallWant);
    expect(pool.threads()).toEqual([]);
    setThreads(2);
    for (let i = 0; i < 5 && pool.threads().length === 0; i++) large.run(); // first on one, to compare
    expect(pool.threads()).toEqual([1]); // by a new pool
    setThreads(1);
    large.run();
    expect(pool.threads()).toEqual([1]);
  });

  it('use the number of their device, if it has one, whatever the work', () => {
    const pool = watchPool();
    const { run } = program(new WasmDevice({ threads: 2 }), SMALL);
    const want = program(new WasmDevice(), SMALL).run();
    expect(run()).toEqual(want);
    expect(run()).toEqual(want);
    expect(pool.threads()).toEqual([2, 2]);
  });

  it('get new threads when one has failed', () => {
    const pool = watchPool();
    const counting = countingProgram();
    const { main, program: code } = counting.step(2);
    const run = onThreads({ main, entries: { main }, program: code }, 1, 2);
    counting.trap(1);
    expect(() => run(TABLE)).toThrow(GradusError);
    counting.trap(-1);
    pool.clear();
    run(TABLE);
    run(TABLE);
    expect(pool.threads()).toEqual([2, 2]);
  });

  it('run on one where threads cannot be started', () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    const pool = watchPool();
    const { run } = program(new WasmDevice({ threads: 2 }), SMALL);
    const want = program(new WasmDevice(), SMALL).run();
    setThreads(1); // forgets the pool there is
    expect(run()).toEqual(want);
    expect(run()).toEqual(want);
    expect(pool.threads()).toEqual([1]); // asked once
  });
});

/** A process of its own; what it printed, and how it ended. */
function child(
  mode: string,
  onOutput?: (kill: (signal: NodeJS.Signals) => void) => void,
): Promise<{ printed: string; status: number | null; signal: string | null }> {
  const script = resolve('test/engine/runtime/threads-child.mjs');
  const env = { ...process.env, GRADUS_THREADS: '2' };
  const started = spawn(process.execPath, [script, mode], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  const read = (chunk: Buffer): void => {
    printed += chunk.toString();
    onOutput?.((signal) => started.kill(signal));
  };
  started.stdout.on('data', read);
  const timer = setTimeout(() => started.kill('SIGKILL'), 30_000);
  return new Promise((done) => {
    started.on('close', (status, signal) => {
      clearTimeout(timer);
      done({ printed, status, signal });
    });
  });
}

// The children run what has been built: a worker of vitest is no process as users have them.
describe.skipIf(!existsSync(resolve('dist/engine/runtime/threads.js')))('a process', () => {
  it.each(['wasm', 'native'])('with two threads ends by itself (%s)', async (mode) => {
    expect(await child(mode)).toEqual({ printed: 'ran on 2\n', status: 0, signal: null });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('is ended by %s in the middle of steps', async (name) => {
    const { printed, signal } = await child('endless', (kill) => kill(name));
    expect({ printed, signal }).toEqual({ printed: 'ran on 2\n', signal: name });
  });

  it('ends by process.exit in the middle of its work', async () => {
    expect(await child('exit')).toEqual({ printed: 'ran on 2\n', status: 3, signal: null });
  });
});
