/** Bits of precision, the exponent of the smallest denormal, and the largest finite number. */
const FORMATS = {
  f32: { bits: 24, least: -149, max: 3.4028234663852886e38 },
  f64: { bits: 53, least: -1074, max: Number.MAX_VALUE },
} as const;

export type Format = keyof typeof FORMATS;

const words = new DataView(new ArrayBuffer(8));

/** The exponent of the last place of x. */
function lastPlace(x: number, format: Format): number {
  words.setFloat64(0, x);
  const biased = (words.getUint32(0) >>> 20) & 0x7ff;
  const { bits, least } = FORMATS[format];
  return Math.max(biased - 1023 - (bits - 1), least);
}

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

/**
 * The error of `got` in units in the last place of the exact value high + low. Infinite where only
 * one is NaN, or where a zero or an infinity has the wrong sign; at the very end of the range the
 * largest finite number and infinity are the same.
 */
export function ulpError(got: number, high: number, low: number, format: Format): number {
  const { bits, max } = FORMATS[format];
  if (Number.isNaN(high) || Number.isNaN(got)) return Object.is(high, got) ? 0 : Infinity;
  if ((got === 0 || high === 0) && isNegative(got) !== isNegative(high)) return Infinity;
  const end = max * (1 - 2 ** (2 - bits));
  if (Math.abs(high) >= end || Math.abs(got) === Infinity) {
    const same = Math.abs(high) >= end && isNegative(high) === isNegative(got);
    return same && Math.abs(got) >= end ? 0 : Infinity;
  }
  return Math.abs(got - high - low) / 2 ** lastPlace(high, format);
}

/** The largest error over a set of points, and where it is. */
export class Worst {
  error = 0;
  at = '';

  constructor(private readonly format: Format) {}

  add(point: string | number, got: number, high: number, low = 0): void {
    const error = ulpError(got, high, low, this.format);
    if (!(error > this.error)) return;
    this.error = error;
    this.at = `${point}: ${got} instead of ${high}`;
  }

  /** Says what exceeds the bound: nothing if the string is empty. */
  above(bound: number): string {
    return this.error > bound ? `${this.error} ulp at ${this.at}` : '';
  }
}
