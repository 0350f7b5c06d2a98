import { FuncBuilder, constant, i32 } from '../compiler/ir/builder.js';
import type { Module, Target } from '../compiler/ir/ir.js';
import type { Peak } from './profile.js';

/** Independent chains: they hide the latency of two units, and fit into 16 registers. */
const CHAINS = 12;
/** How often they are written out in the loop's body. */
const UNROLL = 4;
const TURNS = 5_000;
const REPEATS = 15;
const COPIED = 1 << 25;

/** Operations of that function. */
export const peakOperations = ({ vectorBytes }: Target): number =>
  2 * (vectorBytes / 4) * CHAINS * UNROLL * TURNS;

/**
 * A function (address, unused, unused) of multiply-adds in registers alone: x ↦ x / 2 + 1 / 2, whose
 * fixed point, 1, is what it stores for all chains together divided by their number.
 */
export function peakModule({ vectorBytes }: Target): Module {
  const b = new FuncBuilder('peak');
  const at = b.param('at');
  b.param('thread');
  b.param('threads');
  const ty = { elem: 'f32', lanes: vectorBytes / 4 } as const;
  const half = constant(ty, 0.5);
  const chains = Array.from({ length: CHAINS }, (_, i) => b.declare(constant(ty, i / CHAINS)));
  b.for(i32(0), i32(TURNS), 1, () => {
    for (let u = 0; u < UNROLL; u++) {
      for (const chain of chains) b.assign(chain, b.mulAdd(b.read(chain), half, half));
    }
  });
  const sum = chains.map((chain) => b.read(chain)).reduce((x, y) => b.add(x, y));
  b.store('f32', at, b.mul(sum, constant(ty, 1 / CHAINS)));
  return { functions: [b.finish(true)] };
}

/** The peak, given how to run that function. */
export function measurePeak(target: Target, run: () => void): Peak {
  const [from, to] = [new Uint8Array(COPIED), new Uint8Array(COPIED)];
  from.fill(1);
  const copy = fastest(() => to.set(from));
  return { flops: peakOperations(target) / fastest(run), bytes: (2 * COPIED) / copy };
}

/** Seconds of the fastest of several runs. */
function fastest(run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1e3;
}
