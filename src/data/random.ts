import { ArgumentError } from '../engine/core/errors.js';
import { philoxBlock } from '../engine/core/philox.js';

/**
 * What the streams of one seed are for. Tensors draw from counters whose second word is 0, so that
 * data never see the numbers that weights are made of.
 */
export type Purpose =
  | 'permutation'
  | 'split'
  | 'digits'
  | 'folds'
  | 'augmentation'
  | 'scenes'
  | 'memory'
  | 'graph'
  | 'windows';

const PURPOSES: Record<Purpose, number> = {
  permutation: 1,
  split: 2,
  digits: 3,
  folds: 4,
  augmentation: 5,
  memory: 6,
  scenes: 7,
  graph: 8,
  windows: 9,
};

/** Throws unless `seed` can be the key of a generator. */
export function checkSeed(op: string, seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`${op}: seed is ${seed}; give an integer from 0 to 2^53 - 1.`);
  }
}

/**
 * A sequence of random numbers that is a function of (seed, purpose, stream) alone: Philox with the
 * seed as key and the counter (block, purpose, stream). Only operations that IEEE 754 rounds exactly
 * are used, so every platform draws the same numbers.
 */
export class RandomStream {
  private readonly key: readonly [number, number];
  private readonly counter: [number, number, number, number];
  private readonly block = new Uint32Array(4);
  private used = 4;

  constructor(seed: number, purpose: Purpose, stream: number) {
    checkSeed('RandomStream', seed);
    this.key = [seed >>> 0, Math.floor(seed / 4294967296)];
    const streamHigh = Math.floor(stream / 4294967296);
    this.counter = [0, PURPOSES[purpose], stream >>> 0, streamHigh];
  }

  /** An integer of 0 … 2^32 - 1. */
  word(): number {
    if (this.used === 4) {
      philoxBlock(this.counter, this.key, this.block);
      this.counter[0]++;
      this.used = 0;
    }
    return this.block[this.used++]!;
  }

  /** Uniform on [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.word() / 4294967296);
  }

  /** An integer of 0 … n - 1, all equally likely; n ≤ 2^32. */
  below(n: number): number {
    // Words beyond the largest multiple of n would favour small results.
    const limit = 4294967296 - (4294967296 % n);
    for (;;) {
      const w = this.word();
      if (w < limit) return w % n;
    }
  }

  /**
   * Bell-shaped with mean 0 and the given standard deviation, never beyond 3.5 of them: the sum of
   * four uniforms, which unlike Box-Muller needs no logarithm.
   */
  bell(deviation: number): number {
    // The sum of four has variance 4/12 = 1/3.
    const sum = this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2;
    return deviation * sum * 1.7320508075688772;
  }
}

/**
 * The integers 0 … n - 1 in an order drawn by (seed, purpose, stream), each order equally likely
 * (Fisher-Yates).
 */
export function permutation(
  n: number,
  seed: number,
  purpose: Purpose = 'permutation',
  stream = 0,
): Int32Array {
  const random = new RandomStream(seed, purpose, stream);
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const j = random.below(i + 1);
    order[i] = order[j]!;
    order[j] = i;
  }
  return order;
}
