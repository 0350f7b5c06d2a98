import { constant, FuncBuilder, i32 } from '../ir/builder.js';
import { BYTES_OF, type Target, type Val } from '../ir/ir.js';
import { batchOffset, splitIndex } from './batch-index.js';
import { batchCount, sidesOf, type Side, walkOf } from './contraction-plan.js';
import type { Contraction, Epilogue, LoweredContraction } from './contraction-types.js';

/** Partial sums of a dot product, on every target. */
const CHAINS = 16;

/**
 * Whether a contraction is computed as dot products of vectors: where there is one output per
 * batch index and k is one dimension, by its shape alone. A single chain would then wait for one addition after the
 * other. Here, and only here, a sum is not one ascending chain: chain i of 16 sums the products
 * k ≡ i mod 16 in ascending order from 0, and the chains are added in halves (i and i + 8, then
 * i and i + 4, …).
 */
export function isDot(c: Contraction): boolean {
  return c.m === 1 && c.n === 1 && c.k >= 2 * CHAINS && walkOf(c).length === 1;
}

/** One kernel (p, lo, hi) over the batch. */
export function lowerDot(
  c: Contraction,
  target: Target,
  prefix: string,
  epilogue: Epilogue,
): LoweredContraction {
  const b = new FuncBuilder(prefix);
  const p = b.param('p');
  const lo = b.param('lo');
  const hi = b.param('hi');
  const bytes = BYTES_OF[c.elem];
  const lanes = target.vectorBytes / bytes;
  const { a: sideA, b: sideB } = sidesOf(c);
  b.for(lo, hi, 1, (number) => {
    const parts = splitIndex(
      b,
      number,
      c.batch.slice(1).map((d) => d.extent),
    );
    const index = c.batch.map((_, i) => parts[i]!);
    const start = (side: Side): Val => {
      const address = b.load('i32', 1, p, 4 * side.word);
      return b.add(address, batchOffset(b, index, side.batch, bytes));
    };
    const [a0, b0] = [start(sideA), start(sideB)];
    const zero = constant({ elem: c.elem, lanes }, 0);
    const sums = Array.from({ length: CHAINS / lanes }, () => b.declare(zero));
    const round = (k: Val, count: number): void => {
      const at = (from: Val, side: Side): Val => b.add(from, b.mul(k, i32(side.k * bytes)));
      const [aAt, bAt] = [at(a0, sideA), at(b0, sideB)];
      sums.forEach((sum, j) => {
        if (j * lanes >= count) return;
        const x = loadAlong(b, c, lanes, aAt, sideA.k, j * lanes, count);
        const y = loadAlong(b, c, lanes, bAt, sideB.k, j * lanes, count);
        b.assign(sum, b.mulAdd(x, y, b.read(sum)));
      });
    };
    const main = c.k - (c.k % CHAINS);
    b.for(i32(0), i32(main), CHAINS, (k) => round(k, CHAINS));
    if (main < c.k) round(i32(main), c.k - main);
    const total = addHalves(
      b,
      sums.map((s) => b.read(s)),
      lanes,
    );
    epilogue(b, p, { batch: index, m: i32(0), n: i32(0), lanes: 1 }, total);
  });
  const stages = [{ entry: prefix, extent: batchCount(c) }];
  return { functions: [b.finish(true)], stages, workspaceBytes: 0, plan: 'dot products' };
}

/** Values from+0 … of which those from `count` on are taken as 0; a sum from 0 ignores them. */
function loadAlong(
  b: FuncBuilder,
  c: Contraction,
  lanes: number,
  at: Val,
  stride: number,
  from: number,
  count: number,
): Val {
  const bytes = BYTES_OF[c.elem];
  if (stride === 1 && from + lanes <= count) return b.load(c.elem, lanes, at, from * bytes);
  const zero = constant({ elem: c.elem, lanes: 1 }, 0);
  const parts = Array.from({ length: lanes }, (_, i) => {
    const k = from + i;
    return k < count ? b.load(c.elem, 1, at, k * stride * bytes) : zero;
  });
  return b.pack(parts);
}

function addHalves(b: FuncBuilder, vectors: readonly Val[], lanes: number): Val {
  let sums = [...vectors];
  while (sums.length > 1) {
    const half = sums.length / 2;
    sums = sums.slice(0, half).map((v, i) => b.add(v, sums[i + half]!));
  }
  let parts = Array.from({ length: lanes }, (_, i) => b.lane(sums[0]!, i));
  while (parts.length > 1) {
    const half = parts.length / 2;
    parts = parts.slice(0, half).map((v, i) => b.add(v, parts[i + half]!));
  }
  return parts[0]!;
}
