/**
 * Philox 4×32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random
 * Numbers: As Easy as 1, 2, 3" (SC 2011). A block of four words is a pure function of a 128-bit
 * counter and a 64-bit key, so any element of a random tensor can be made alone, in any order.
 */

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** The high word of the unsigned 64-bit product of two 32-bit words. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16); // below 2^32
  const carry = aLow * bHigh + (cross & 0xffff);
  return (aHigh * bHigh + (cross >>> 16) + Math.floor(carry / 65536)) >>> 0;
}

/** Writes the block of `counter` (four words) under `key` (two words) to `out`. */
export function philoxBlock(
  counter: ArrayLike<number>,
  key: ArrayLike<number>,
  out: Uint32Array,
): void {
  let c0 = counter[0]! >>> 0;
  let c1 = counter[1]! >>> 0;
  let c2 = counter[2]! >>> 0;
  let c3 = counter[3]! >>> 0;
  let k0 = key[0]! >>> 0;
  let k1 = key[1]! >>> 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = mulHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = mulHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The 64-bit sum of (low, high) and `amount`, an integer of 0 … 2^53, as two unsigned words. */
export function addToCounter(low: number, high: number, amount: number): [number, number] {
  const sum = (low >>> 0) + (amount % 4294967296);
  const carry = Math.floor(amount / 4294967296) + (sum >= 4294967296 ? 1 : 0);
  return [sum >>> 0, ((high >>> 0) + carry) >>> 0];
}

/**
 * `length` random words of generator `state` = key, key, counter low, counter high. Element i is
 * word i mod 4 of the block with counter (⌊i / 4⌋, 0, low, high), (low, high) being the state's
 * 64-bit counter plus `offset`.
 */
export function randomWords(state: ArrayLike<number>, offset: number, length: number): Int32Array {
  const [low, high] = addToCounter(state[2]!, state[3]!, offset);
  const key = [state[0]!, state[1]!];
  const block = new Uint32Array(4);
  const words = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    if ((i & 3) === 0) philoxBlock([i >>> 2, 0, low, high], key, block);
    words[i] = block[i & 3]!;
  }
  return words;
}
