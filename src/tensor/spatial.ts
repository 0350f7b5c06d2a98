/** Options of operations that slide a window over spatial axes: convolutions and poolings. */
import { ArgumentError, ShapeError } from '../engine/core/errors.js';

/** A number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** See `ConvOptions.padding`. */
export type Padding =
  | number
  | 'same'
  | 'valid'
  | readonly (number | readonly [low: number, high: number])[];

/** A window and how it moves, per spatial axis. */
export interface Sliding {
  /** Extents of the input. */
  readonly input: readonly number[];
  /** Taps of the window. */
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** `value` as one integer ≥ `least` per spatial axis, or an ArgumentError. */
export function perAxis(
  op: string,
  name: string,
  value: PerAxis,
  rank: number,
  least: number,
): number[] {
  const list = typeof value === 'number' ? new Array<number>(rank).fill(value) : [...value];
  if (list.length === rank && list.every((v) => Number.isInteger(v) && v >= least)) return list;
  throw new ArgumentError(
    `${op}: ${name} is ${typeof value === 'number' ? value : `[${value.join(', ')}]`}; give an ` +
      `integer ≥ ${least}, or ${rank} of them, one per spatial axis.`,
  );
}

/** Elements that a window of `size` taps spans. */
export function spanOf(size: number, dilation: number): number {
  return dilation * (size - 1) + 1;
}

/** What is added at the low and high end of each axis; negative numbers cut off. */
export function paddingPairs(op: string, padding: Padding, of: Sliding): [number, number][] {
  const rank = of.input.length;
  if (padding === 'valid') return of.input.map(() => [0, 0]);
  if (padding === 'same') {
    return of.input.map((extent, i) => {
      const outputs = Math.ceil(extent / of.stride[i]!);
      const needed = (outputs - 1) * of.stride[i]! + spanOf(of.size[i]!, of.dilation[i]!);
      const all = Math.max(0, needed - extent);
      return [Math.floor(all / 2), Math.ceil(all / 2)];
    });
  }
  const list = typeof padding === 'number' ? of.input.map(() => padding) : padding;
  const pairs = list.map((p): [number, number] => (typeof p === 'number' ? [p, p] : [p[0], p[1]]));
  if (pairs.length === rank && pairs.flat().every(Number.isInteger)) return pairs;
  throw new ArgumentError(
    `${op}: padding is ${JSON.stringify(padding)}; give 'same', 'valid', an integer, or ${rank} of ` +
      'integers or pairs [low, high], one per spatial axis.',
  );
}

/** How many windows fit along spatial axis `i`: a ShapeError with the arithmetic where none does. */
export function windowCount(
  op: string,
  i: number,
  { input, size, stride, dilation }: Sliding,
  [low, high]: readonly [number, number],
): number {
  const room = input[i]! + low + high - spanOf(size[i]!, dilation[i]!);
  const count = Math.floor(room / stride[i]!) + 1;
  if (size[i]! > 0 && room >= 0) return count;
  throw new ShapeError(
    `${op}: the window does not fit along spatial axis ${i}: input ${input[i]} + padding ${low} + ` +
      `${high} is less than ${dilation[i]} · (${size[i]} - 1) + 1 = ` +
      `${spanOf(size[i]!, dilation[i]!)}; use a smaller window or more padding.`,
  );
}
