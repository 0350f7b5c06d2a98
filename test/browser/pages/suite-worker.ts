/** The worker of the tests that compare a browser with Node. */
import { expose } from '../../../src/browser/worker.js';
import { ThreadPool } from '../../../src/engine/runtime/thread-pool.js';
import { compile, ones, setDevice, setThreads, type Tensor } from '../../../src/tensor/index.js';
import { WasmDevice } from '../../../src/index.js';
import { operations, resumption, training } from './laws.js';

/** Steps that several threads have run, by their number. */
const ran = new Map<number, number>();
const original = Object.getOwnPropertyDescriptor(ThreadPool.prototype, 'run')!;
Object.defineProperty(ThreadPool.prototype, 'run', {
  value(this: ThreadPool, ...given: Parameters<ThreadPool['run']>): boolean {
    const done = Reflect.apply(original.value as ThreadPool['run'], this, given);
    const { threads } = given[0];
    if (done) ran.set(threads, (ran.get(threads) ?? 0) + 1);
    return done;
  },
});

/** Has the threads started: they begin while the worker does nothing else. */
async function start(threads: number): Promise<void> {
  setThreads(threads);
  setDevice(new WasmDevice());
  const x = ones([512, 512]);
  const product = compile((a: Tensor) => a.matmul(a).sum());
  for (let i = 0; i < 1000 && !ran.has(threads); i++) {
    product(x).item();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const suite = expose({
  operations: (cases: number) => operations(cases),
  async training({ name, threads }: { name: string; threads?: number }) {
    if (threads === undefined) return { ...training(name), threaded: 0 };
    await start(threads);
    ran.clear();
    const result = training(name, threads);
    return { ...result, threaded: ran.get(threads) ?? 0 };
  },
  resumption: () => resumption(),
});
