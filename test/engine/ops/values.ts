/** Values of drawn tensors, by dtype and by what the test is about. */
import type { DType } from '../../../src/engine/core/dtype.js';
import { isFloat, roundTo } from '../../../src/engine/core/dtype.js';
import type { Shape } from '../../../src/engine/core/shape.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import type { RefArray } from '../../../src/engine/ops/row.js';
import type { Rng } from './rng.js';

/** One value; the caller rounds it to the dtype. */
export type Draw = (rng: Rng) => number;

export function tensor(rng: Rng, shape: Shape, dtype: DType, draw: Draw): RefArray {
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = roundTo(dtype, draw(rng));
  return { shape, dtype, data };
}

export function between(low: number, high: number): Draw {
  return (rng) => rng.uniform(low, high);
}

/** Of magnitude low … high, either sign. */
export function awayFromZero(low: number, high: number): Draw {
  return (rng) => (rng.chance(0.5) ? 1 : -1) * rng.uniform(low, high);
}

/** Multiples of a quarter: exact in every float dtype, with many ties and kinks. */
export const grid: Draw = (rng) => rng.int(-24, 24) / 4;

const INTEGERS: Record<'i32' | 'u8' | 'bool', { small: Draw; extreme: readonly number[] }> = {
  i32: {
    small: (rng) => (rng.chance(0.3) ? rng.word() | 0 : rng.int(-9, 9)),
    extreme: [0, 1, -1, 2147483647, -2147483648, 65536, -65537, 46341, 255],
  },
  u8: { small: (rng) => rng.int(0, 255), extreme: [0, 1, 127, 128, 255] },
  bool: { small: (rng) => rng.int(0, 1), extreme: [0, 1] },
};

const SPECIAL_FLOATS = [
  0,
  -0,
  Infinity,
  -Infinity,
  NaN,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  -2.5,
  2,
  3,
  -3,
  1e-40,
  -1e-40,
  1.2e-38,
  3.4e38,
  -3.4e38,
  1e-30,
  1e30,
  88.7,
  -87.4,
  -103.9,
  709.7,
  -745.1,
  16777217,
  2147483648,
  -2147483904,
];

/** As `grid`, without 0. */
export const nonzeroGrid: Draw = (rng) => ((rng.chance(0.5) ? 1 : -1) * rng.int(1, 24)) / 4;

/** Values of `dtype`: floats as `floats` says, integers small and large. */
export function plain(dtype: DType, floats: Draw): Draw {
  return isFloat(dtype) ? floats : INTEGERS[dtype as 'i32' | 'u8' | 'bool'].small;
}

/** Half of them zeros, infinities, NaN, denormals and the ends of the range. */
export function special(dtype: DType, floats: Draw): Draw {
  const list = isFloat(dtype) ? SPECIAL_FLOATS : INTEGERS[dtype as 'i32' | 'u8' | 'bool'].extreme;
  return (rng) => (rng.chance(0.5) ? rng.pick(list) : plain(dtype, floats)(rng));
}

/** Distinct values, at least 0.1 apart, in a random order. */
export function distinct(rng: Rng, shape: Shape, dtype: DType): RefArray {
  const n = sizeOf(shape);
  const values = rng.list(n, () => 0).map((_, i) => (i - n / 2) * 0.25 + rng.uniform(0, 0.15));
  return { shape, dtype, data: Float64Array.from(rng.shuffle(values)) };
}

const SIZES = [1, 1, 2, 2, 3, 3, 4, 5, 7];
const LONG_SIZES = [8, 9, 13, 16, 17, 31, 33];

export interface ShapeOptions {
  readonly least?: number;
  readonly most?: number;
  /** Whether extents may be 0. */
  readonly empty?: boolean;
  /** Keeps to a few dozen elements. */
  readonly small?: boolean;
}

export function drawExtent(rng: Rng, { empty = true, small = false }: ShapeOptions = {}): number {
  if (empty && rng.chance(0.04)) return 0;
  return rng.pick(!small && rng.chance(0.2) ? LONG_SIZES : SIZES);
}

/** A shape of rank 0–4, sizes 0, 1, odd, prime. */
export function drawShape(rng: Rng, options: ShapeOptions = {}): number[] {
  const { least = 0, most = 4, small = false } = options;
  const shape: number[] = rng.list(rng.int(least, most), () => drawExtent(rng, options));
  const limit = small ? 60 : 2000;
  while (sizeOf(shape) > limit) shape[shape.indexOf(Math.max(...shape))] = rng.int(1, 3);
  return shape;
}
