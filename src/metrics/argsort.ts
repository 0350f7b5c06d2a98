/**
 * Positions of values from the greatest to the least; equal values keep their order. Linear in their
 * number: counting by one byte of the 64 bits at a time, those skipped that all values share.
 */
export function argsortDescending(values: Float64Array): Uint32Array {
  const n = values.length;
  const [low, high] = [new Uint32Array(n), new Uint32Array(n)];
  const bits = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < n; i++) {
    // Adding 0 makes -0 and 0 the same.
    bits.setFloat64(0, values[i]! + 0);
    const word = bits.getUint32(0);
    // Unsigned order of what this leaves is the reverse of the order of the values.
    const flip = word >>> 31 === 1 ? 0 : 0xffffffff;
    high[i] = word ^ (flip >>> 1);
    low[i] = bits.getUint32(4) ^ flip;
  }
  let [order, next] = [new Uint32Array(n), new Uint32Array(n)];
  for (let i = 0; i < n; i++) order[i] = i;
  for (let digit = 0; digit < 8; digit++) {
    const [keys, shift] = [digit < 4 ? low : high, 8 * (digit & 3)];
    if (!sortByDigit(keys, shift, order, next)) continue;
    [order, next] = [next, order];
  }
  return order;
}

/** A stable pass over one byte of the keys; false, with nothing done, where all have the same. */
function sortByDigit(
  keys: Uint32Array,
  shift: number,
  order: Uint32Array,
  out: Uint32Array,
): boolean {
  const starts = new Uint32Array(257);
  for (const key of keys) starts[((key >>> shift) & 255) + 1]!++;
  if (starts.includes(keys.length)) return false;
  for (let d = 0; d < 256; d++) starts[d + 1]! += starts[d]!;
  for (const i of order) out[starts[(keys[i]! >>> shift) & 255]!++] = i;
  return true;
}
