import { Worker } from 'node:worker_threads';
import { wasmTarget } from '../../../src/engine/backends/wasm/device.js';
import { emitModule } from '../../../src/engine/backends/wasm/emit.js';
import { Arena } from '../../../src/engine/runtime/arena.js';
import type { Device } from '../../../src/engine/runtime/device.js';
import { PlannedDevice } from '../../../src/engine/runtime/planned-device.js';

/** A device that runs the second half of every kernel in a worker. */
export function twoThreads(): { device: Device; stop: () => Promise<unknown> } {
  const arena = new Arena({ shared: true, maximum: 2 ** 28 });
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     let main;
     parentPort.on('message', ({ bytes, entry, memory, table }) => {
       if (bytes) {
         const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
         main = instance.exports[entry];
       } else main(table, 1, 2);
     });`,
    { eval: true },
  );
  const device = new PlannedDevice(
    {
      name: 'two threads',
      target: wasmTarget,
      load(plan, { memory, initialPages, maximumPages }) {
        const bytes = emitModule(plan.module, {
          sharedMemory: true,
          initialPages,
          maxPages: maximumPages,
          relaxedSimd: false,
        });
        worker.postMessage({ bytes, entry: plan.entry, memory });
        const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
          env: { memory },
        });
        const main = instance.exports[plan.entry] as (...args: number[]) => void;
        return (table) => {
          worker.postMessage({ table });
          main(table, 0, 2);
        };
      },
    },
    arena,
  );
  return { device, stop: () => worker.terminate() };
}
