// covers: src/engine/runtime/thread-pool.ts
import { expect, it } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { NativeDevice } from '../../../../src/engine/backends/native/device.js';
import type { Device } from '../../../../src/engine/runtime/device.js';
import { runCompiled } from './check.js';
import type { FuzzGraph } from './graph.js';
import { FIRST, GRAPHS, graphOfSeed } from './run.js';

const SEEDS = Array.from({ length: Math.min(160, GRAPHS) }, (_, i) => FIRST + i);
/** Graphs that are one program of C, as the compiler takes long to start. */
const TOGETHER = 12;

function bitsOf(device: Device, graph: FuzzGraph): string {
  const results = runCompiled(device, graph);
  return results.map((y) => Buffer.from(y.buffer).toString('base64')).join();
}

it(`${SEEDS.length} random graphs give the same bits on 1, 2 and 4 threads`, () => {
  const one = new WasmDevice({ threads: 1 });
  const more = [2, 4].map((threads) => new WasmDevice({ threads }));
  const wrong = SEEDS.flatMap((seed) => {
    const graph = graphOfSeed(seed);
    const want = bitsOf(one, graph);
    return more.flatMap((device, i) =>
      bitsOf(device, graph) === want ? [] : [`seed ${seed} on ${[2, 4][i]} threads`],
    );
  });
  expect(wrong).toEqual([]);
}, 300_000);

const native = nativeTarget() !== null;
if (!native) console.log('SKIPPED: no C compiler, no random graphs on threads as C');
it.skipIf(!native)(
  `${TOGETHER} random graphs as C give the same bits on 1, 2 and 4 threads`,
  () => {
    const graphs = SEEDS.slice(0, TOGETHER).map(graphOfSeed);
    const together = {
      outputs: graphs.flatMap((g) => g.outputs),
      values: new Map(graphs.flatMap((g) => [...g.values])),
    };
    const [one, ...more] = [1, 2, 4].map((threads) => new NativeDevice({ threads }));
    const want = bitsOf(one!, together);
    for (const device of more) {
      for (let i = 0; i < 5; i++) expect(bitsOf(device, together) === want).toBe(true);
    }
  },
  300_000,
);
