// The most multiply-adds a second that one core reaches with this machine's widest vectors: the loop
// that profiles are compared with.
import { compileNativeSync } from '../../../dist/engine/backends/native/compile.js';
import { describeCompiler } from '../../../dist/engine/backends/native/compiler.js';
import { peakModule, peakOperations } from '../../../dist/engine/runtime/peak.js';
import type { Instance, Peer } from './peer.js';

/** Calls of the loop in one iteration of the benchmark. */
const CALLS = 20;

function prepare(): Instance {
  const { target } = describeCompiler();
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const loop = compileNativeSync(peakModule(target)).bind(memory)['peak']!;
  const run = (iterations: number): void => {
    for (let i = 0; i < CALLS * iterations; i++) loop(0, 0, 1);
  };
  return {
    // Every lane approaches 1, the fixed point of x ↦ x / 2 + 1 / 2.
    outcome: () => {
      run(1);
      return [new Float32Array(memory.buffer)[0]!];
    },
    run,
    flops: CALLS * peakOperations(target),
  };
}

export const peakNative: Peer = {
  open: () => ({ version: describeCompiler().version, threads: 1 }),
  prepare: { peak: prepare },
};
