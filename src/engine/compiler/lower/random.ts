import type { FuncBuilder } from '../ir/builder.js';
import { constant, i32 } from '../ir/builder.js';
import type { Ty, Val } from '../ir/ir.js';

const ROUNDS = 10;
const MULTIPLIER = [0xd2511f53 | 0, 0xcd9e8d57 | 0] as const;
const WEYL = [0x9e3779b9 | 0, 0xbb67ae85 | 0] as const;

/** Generator state in memory: key (2 words), counter (low and high word). */
export interface PhiloxState {
  readonly key: readonly [Val, Val];
  readonly counter: readonly [Val, Val];
}

/** Reads the state at `address` and advances its counter by `offset` calls. */
export function loadPhilox(b: FuncBuilder, address: Val, offset: number): PhiloxState {
  const [k0, k1, low, high] = [0, 4, 8, 12].map((at) => b.load('i32', 1, address, at)) as [
    Val,
    Val,
    Val,
    Val,
  ];
  if (offset === 0) return { key: [k0, k1], counter: [low, high] };
  const by = i32(offset % 2 ** 32);
  const moved = b.add(low, by);
  const carry = b.convert('i32', b.cmp('ltU', moved, by));
  const top = b.add(high, i32(Math.floor(offset / 2 ** 32)));
  return { key: [k0, k1], counter: [moved, b.add(top, carry)] };
}

/**
 * Philox 4×32-10 (Salmon et al., 2011): 32 random bits for each of the given element positions,
 * a scalar or vector of i32.
 */
export function emitPhilox(b: FuncBuilder, state: PhiloxState, element: Val): Val {
  const { lanes } = element.ty;
  const ty: Ty = { elem: 'i32', lanes };
  const wide = (v: Val): Val => b.splat(v, lanes);
  let c: [Val, Val, Val, Val] = [
    b.bin('shrU', element, i32(2)),
    constant(ty, 0),
    wide(state.counter[0]),
    wide(state.counter[1]),
  ];
  let [k0, k1] = state.key;
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) {
      k0 = b.add(k0, i32(WEYL[0]));
      k1 = b.add(k1, i32(WEYL[1]));
    }
    const m0 = constant(ty, MULTIPLIER[0]);
    const m1 = constant(ty, MULTIPLIER[1]);
    c = [
      b.bin('xor', b.bin('xor', b.bin('mulHiU', c[2], m1), c[1]), wide(k0)),
      b.mul(c[2], m1),
      b.bin('xor', b.bin('xor', b.bin('mulHiU', c[0], m0), c[3]), wide(k1)),
      b.mul(c[0], m0),
    ];
  }
  const word = b.bin('and', element, constant(ty, 3));
  const is = (n: number): Val => b.cmp('eq', word, constant(ty, n));
  return b.select(is(0), c[0], b.select(is(1), c[1], b.select(is(2), c[2], c[3])));
}
