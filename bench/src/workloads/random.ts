/** Uniform numbers in [0, 1) from a seed (mulberry32), the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Uniform f32 in [low, high). */
export function uniform(
  random: () => number,
  count: number,
  low: number,
  high: number,
): Float32Array {
  return Float32Array.from({ length: count }, () => low + (high - low) * random());
}
