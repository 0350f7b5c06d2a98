import { FuncBuilder, constant, i32 } from '../compiler/ir/builder.js';
import type { Module, Target } from '../compiler/ir/ir.js';
import type { Peak } from './profile.js';

/** Independent chains of multiply-adds: more than a core has in flight, fewer than its registers. */
const CHAINS = 12;
const ROUNDS = 20_000;
const REPEATS = 15;
const COPIED = 1 << 25;

/** A function (address, unused, unused) of multiply-adds in registers alone. */
export function peakModule({ vectorBytes }: Target): Module {
  const b = new FuncBuilder('peak');
  const at = b.param('at');
  b.param('thread');
  b.param('threads');
  const lanes = vectorBytes / 4;
  const ty = { elem: 'f32', lanes } as const;
  const factor = b.splat(b.load('f32', 1, at), lanes);
  const sums = Array.from({ length: CHAINS }, (_, i) => b.declare(constant(ty, i)));
  b.for(i32(0), i32(ROUNDS), 1, () => {
    for (const sum of sums) b.assign(sum, b.mulAdd(b.read(sum), factor, factor));
  });
  const total = sums.map((sum) => b.read(sum)).reduce((x, y) => b.add(x, y));
  b.store('f32', at, total);
  return { functions: [b.finish(true)] };
}

/** The peak, given how to run that function. */
export function measurePeak({ vectorBytes }: Target, run: () => void): Peak {
  const operations = 2 * CHAINS * ROUNDS * (vectorBytes / 4);
  const [from, to] = [new Uint8Array(COPIED), new Uint8Array(COPIED)];
  from.fill(1);
  const copy = fastest(() => to.set(from));
  return { flops: operations / fastest(run), bytes: (2 * COPIED) / copy };
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
