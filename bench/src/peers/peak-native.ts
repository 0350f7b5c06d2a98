// The most multiply-adds a second that one core reaches with this machine's widest vectors: a loop
// of independent chains acc = acc * c + d in registers, compiled as kernels are.
import { compileNativeSync } from '../../../dist/engine/backends/native/compile.js';
import { describeCompiler } from '../../../dist/engine/backends/native/compiler.js';
import { FuncBuilder, constant, i32 } from '../../../dist/engine/compiler/ir/builder.js';
import type { Func } from '../../../dist/engine/compiler/ir/ir.js';
import type { Instance, Peer } from './peer.js';

/** Enough to hide the latency of two units; with the constants they fit into 16 registers. */
const CHAINS = 12;
/** How often the chains are written out in the loop's body. */
const UNROLL = 4;
/** Turns of the loop in one iteration of the benchmark. */
const TURNS = 100_000;

/** (turns): stores the sum of all chains at address 0. */
function makeLoop(lanes: number): Func {
  const b = new FuncBuilder('peak');
  const turns = b.param('turns');
  const ty = { elem: 'f32', lanes } as const;
  const half = constant(ty, 0.5);
  const chains = Array.from({ length: CHAINS }, (_, i) => b.declare(constant(ty, i / CHAINS)));
  b.for(i32(0), turns, 1, () => {
    for (let u = 0; u < UNROLL; u++) {
      for (const chain of chains) b.assign(chain, b.mulAdd(b.read(chain), half, half));
    }
  });
  const sum = chains.map((chain) => b.read(chain)).reduce((x, y) => b.add(x, y));
  b.store('f32', i32(0), sum);
  return b.finish(true);
}

function prepare(): Instance {
  const { vectorBytes } = describeCompiler().target;
  const lanes = vectorBytes / Float32Array.BYTES_PER_ELEMENT;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const loop = compileNativeSync({ functions: [makeLoop(lanes)] }).bind(memory)['peak']!;
  return {
    // Every lane approaches 1, the fixed point of x ↦ x / 2 + 1 / 2.
    outcome: () => {
      loop(TURNS);
      return [new Float32Array(memory.buffer)[0]! / CHAINS];
    },
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) loop(TURNS);
    },
    flops: 2 * lanes * CHAINS * UNROLL * TURNS,
  };
}

export const peakNative: Peer = {
  open: () => ({ version: describeCompiler().version, threads: 1 }),
  prepare: { peak: prepare },
};
