// Runs steps on two threads, as the first argument says; see threads.test.ts.
import { writeSync } from 'node:fs';
import { WasmDevice, compile, getThreads, setDevice, tensor } from '../../../dist/index.js';
import { ThreadPool } from '../../../dist/engine/runtime/thread-pool.js';
import { NativeDevice } from '../../../dist/native.js';

const [mode] = process.argv.slice(2);
setDevice(mode === 'native' ? new NativeDevice() : new WasmDevice());

const run = Reflect.get(ThreadPool.prototype, 'run');
let threaded = 0;
ThreadPool.prototype.run = function (...args) {
  const ran = Reflect.apply(run, this, args);
  if (ran) threaded++;
  return ran;
};

const x = tensor(Float32Array.from({ length: 512 * 512 }, (_, i) => (i % 7) / 7)).reshape([
  512, 512,
]);
const step = compile((a) => a.matmul(a).sum());
let value = step(x).item();
while (threaded < 20) {
  const next = step(x).item();
  if (next !== value) throw new Error(`${next} instead of ${value}`);
  value = next;
}
writeSync(1, `ran on ${getThreads()}\n`);
if (mode === 'exit') process.exit(3);
while (mode === 'endless') step(x).item();
