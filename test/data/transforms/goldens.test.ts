// covers: src/data/transforms/affine.ts
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Normalize } from '../../../src/data/index.js';
import { affine, type AffineMap, type AffineOptions } from '../../../src/data/transforms/affine.js';
import {
  adjustBrightness,
  adjustContrast,
  adjustSaturation,
} from '../../../src/data/transforms/color-jitter.js';
import {
  crop,
  RandomCrop,
  type RandomCropOptions,
} from '../../../src/data/transforms/random-crop.js';
import { erase } from '../../../src/data/transforms/random-erasing.js';
import { hflip, vflip } from '../../../src/data/transforms/random-flip.js';
import type { NamedArray } from '../../../src/io/index.js';

interface Plain {
  readonly dtype: 'u8' | 'f64';
  readonly shape: number[];
  readonly values: number[];
}

interface Case {
  readonly image: Plain;
  readonly result: Plain;
}

interface Golden {
  readonly affine: readonly (Case & AffineOptions & { map: AffineMap })[];
  readonly crop: readonly (Case & RandomCropOptions & { top: number; left: number })[];
  readonly adjust: readonly (Case & { function: keyof typeof ADJUST; factor: number })[];
  readonly others: readonly (Case & { function: keyof typeof OTHERS })[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../goldens/image-transforms.json', import.meta.url), 'utf8'),
) as Golden;

const imageOf = ({ dtype, shape, values }: Plain): NamedArray =>
  dtype === 'u8'
    ? { dtype, shape, values: Uint8Array.from(values) }
    : { dtype, shape, values: Float64Array.from(values) };

/** f64 to its rounding; bytes to `apart`. */
function expectSame(found: NamedArray, wanted: Plain, apart = 0): void {
  expect([found.dtype, found.shape]).toEqual([wanted.dtype, wanted.shape]);
  const limit = wanted.dtype === 'u8' ? apart : 1e-12;
  const far = Array.from(found.values, (v, i) => Math.abs(v - wanted.values[i]!));
  expect(Math.max(...far)).toBeLessThanOrEqual(limit);
}

const ADJUST = { adjustBrightness, adjustContrast, adjustSaturation };
const OTHERS = {
  hflip,
  vflip,
  erase: (image: NamedArray) =>
    erase(image, { top: 1, left: 2, height: 3, width: 2 }, [0.1, 0.2, 0.3]),
  normalize: (image: NamedArray) =>
    new Normalize({ mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] }).apply(image),
};

describe('as torchvision', () => {
  test.each(golden.affine)('affine $map, $interpolation, $image.dtype', (one) => {
    const { image, result, map, ...options } = one;
    // Bytes are interpolated in f32 there: a rounding may fall to the other side.
    expectSame(affine(imageOf(image), map, options), result, 1);
  });

  test.each(golden.crop)('crop, $paddingMode $padding, $image.dtype', (one) => {
    const { image, result, top, left, ...options } = one;
    const [padLeft, padTop] = new RandomCrop(1, options).padding;
    const box = { top: top - padTop, left: left - padLeft, height: 6, width: 7 };
    expectSame(crop(imageOf(image), box, options), result);
  });

  test.each(golden.adjust)('$function by $factor, $image.dtype $image.shape', (one) => {
    expectSame(ADJUST[one.function](imageOf(one.image), one.factor), one.result);
  });

  test.each(golden.others)('$function, $image.dtype', (one) => {
    expectSame(OTHERS[one.function](imageOf(one.image)), one.result);
  });
});
