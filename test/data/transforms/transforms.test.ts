// covers: src/data/transforms/random-affine.ts, src/data/transforms/random-crop.ts
// covers: src/data/transforms/random-flip.ts, src/data/transforms/random-erasing.ts
// covers: src/data/transforms/color-jitter.ts, src/data/transforms/compose.ts
// covers: src/data/transforms/normalize.ts, src/data/transforms/image-transform.ts
// covers: src/data/transforms/transform-from-json.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ArrayDataset,
  ColorJitter,
  Compose,
  Normalize,
  RandomAffine,
  RandomCrop,
  RandomErasing,
  RandomHorizontalFlip,
  RandomRotation,
  RandomVerticalFlip,
  transformFromJSON,
  type ImageTransform,
} from '../../../src/data/index.js';
import { affine } from '../../../src/data/transforms/affine.js';
import { RandomStream } from '../../../src/data/random.js';
import { ArgumentError, ShapeError } from '../../../src/engine/core/errors.js';
import type { NamedArray } from '../../../src/io/index.js';

const stream = (n = 0) => new RandomStream(5, 'augmentation', n);

function imageOf(seed: number, channels: number, height: number, width: number): NamedArray {
  const random = new RandomStream(seed, 'digits', 0);
  const values = Uint8Array.from({ length: channels * height * width }, () => random.below(256));
  return { dtype: 'u8', shape: [channels, height, width], values };
}

const images = fc
  .tuple(
    fc.nat(1000),
    fc.constantFrom(1, 3),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(([seed, channels, height, width]) => imageOf(seed, channels, height, width));

describe('laws, on drawn images', () => {
  const same = (make: () => ImageTransform) =>
    fc.assert(
      fc.property(images, fc.nat(100), (image, n) => {
        expect(make().apply(image, stream(n))).toEqual(image);
      }),
    );

  test('a flip twice is the identity, once it is not; both are a half turn', () => {
    fc.assert(
      fc.property(images, (image) => {
        const [h, v] = [new RandomHorizontalFlip({ p: 1 }), new RandomVerticalFlip({ p: 1 })];
        for (const flip of [h, v]) {
          expect(flip.apply(flip.apply(image, stream()), stream())).toEqual(image);
        }
        const both = h.apply(v.apply(image, stream()), stream());
        const turned = new RandomRotation([180, 180]).apply(image, stream());
        expect(turned).toEqual(both);
      }),
    );
    const image = imageOf(1, 1, 2, 3);
    expect(new RandomHorizontalFlip({ p: 1 }).apply(image, stream())).not.toEqual(image);
    expect(new RandomVerticalFlip({ p: 1 }).apply(image, stream())).not.toEqual(image);
  });

  test('what changes nothing', () => {
    same(() => new RandomRotation(0));
    same(() => new RandomRotation(0, { interpolation: 'bilinear' }));
    same(() => new RandomAffine(0, { interpolation: 'bilinear', fill: 9 }));
    same(() => new ColorJitter());
    same(() => new ColorJitter({ brightness: [1, 1], contrast: [1, 1], saturation: [1, 1] }));
    same(() => new RandomErasing({ p: 0 }));
    same(() => new RandomErasing({ p: 1, scale: [0, 0] }));
    same(() => new RandomHorizontalFlip({ p: 0 }));
    same(() => new Compose([]));
  });

  test('a square turned by 90° four times is itself, and turned to the left', () => {
    const quarter = new RandomRotation([90, 90]);
    const image = imageOf(3, 3, 5, 5);
    let turned = image;
    for (let i = 0; i < 4; i++) turned = quarter.apply(turned, stream());
    expect(turned).toEqual(image);
    const arrow = { dtype: 'u8', shape: [1, 2, 2], values: Uint8Array.of(1, 2, 3, 4) } as const;
    expect([...quarter.apply(arrow, stream()).values]).toEqual([2, 4, 1, 3]);
  });

  test('a crop is a window of the padded image', () => {
    const image = imageOf(4, 1, 5, 6);
    const seen = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const { shape, values } = new RandomCrop([4, 6], { padding: [2, 1], fill: 7 }).apply(
        image,
        stream(n),
      );
      expect(shape).toEqual([1, 4, 6]);
      const match = windows(image, 2, 1, 7).filter((w) => w.join() === values.join());
      expect(match.length).toBeGreaterThan(0);
      seen.add(values.join());
    }
    // Four rows and five columns to begin at.
    expect(seen.size).toBe(20);
    expect(new RandomCrop([5, 6]).apply(image, stream())).toEqual(image);
  });

  /** All 4×6 windows of a 5×6 image padded with a value. */
  function windows({ values }: NamedArray, padX: number, padY: number, fill: number): number[][] {
    const at = (y: number, x: number) =>
      y < 0 || y >= 5 || x < 0 || x >= 6 ? fill : values[y * 6 + x]!;
    const out: number[][] = [];
    for (let top = -padY; top <= 5 + padY - 4; top++) {
      for (let left = -padX; left <= padX; left++) {
        out.push(Array.from({ length: 24 }, (_, i) => at(top + Math.floor(i / 6), left + (i % 6))));
      }
    }
    return out;
  }
});

test('between the image and what fills its outside, bilinear is a mean of both', () => {
  const image = { dtype: 'f64', shape: [1, 1, 2], values: Float64Array.of(1, 3) } as const;
  const half = affine(
    image,
    { angle: 0, translate: [0.5, 0], scale: 1, shear: [0, 0] },
    { interpolation: 'bilinear', fill: 7 },
  );
  expect([...half.values]).toEqual([(7 + 1) / 2, (1 + 3) / 2]);
});

describe('draws', () => {
  test('a flip happens as often as p says', () => {
    const image = imageOf(1, 1, 1, 3);
    for (const p of [0.2, 0.5]) {
      const flip = new RandomHorizontalFlip({ p });
      const count = Array.from({ length: 2000 }, (_, n) => flip.apply(image, stream(n))).filter(
        (out) => out.values[0] !== image.values[0],
      ).length;
      // Five standard deviations.
      expect(Math.abs(count - 2000 * p)).toBeLessThan(5 * Math.sqrt(2000 * p * (1 - p)));
    }
  });

  test('what is erased has the share and the ratio asked for, everywhere', () => {
    const image = { dtype: 'u8', shape: [1, 40, 40], values: new Uint8Array(1600) } as const;
    const erasing = new RandomErasing({ p: 1, scale: [0.1, 0.2], ratio: [0.5, 2], value: 1 });
    const shares: number[] = [];
    const touched = new Uint8Array(1600);
    for (let n = 0; n < 500; n++) {
      const { values } = erasing.apply(image, stream(n));
      const rows = [...Array(40).keys()].filter((y) =>
        values.subarray(y * 40, y * 40 + 40).includes(1),
      );
      const count = [...values].reduce((sum, v) => sum + v, 0);
      const height = rows.length;
      const width = count / height;
      expect(Number.isInteger(width)).toBe(true);
      expect(height / width).toBeGreaterThan(0.45);
      expect(height / width).toBeLessThan(2.2);
      shares.push(count / 1600);
      for (const [i, v] of values.entries()) touched[i]! |= v;
    }
    expect(Math.min(...shares)).toBeGreaterThan(0.09);
    expect(Math.max(...shares)).toBeLessThan(0.21);
    expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.08);
    const line = [...Array(40).keys()];
    for (const i of line) {
      expect(line.some((k) => touched[i * 40 + k] === 1)).toBe(true);
      expect(line.some((k) => touched[k * 40 + i] === 1)).toBe(true);
    }
  });

  test('jitter stays between its factors, and the order of its parts is drawn', () => {
    const image = {
      dtype: 'f64',
      shape: [3, 1, 1],
      values: Float64Array.of(0.2, 0.3, 0.4),
    } as const;
    const jitter = new ColorJitter({ brightness: [0.5, 1.5] });
    const factors = Array.from(
      { length: 300 },
      (_, n) => jitter.apply(image, stream(n)).values[0]! / 0.2,
    );
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...factors)).toBeLessThan(1.5);
    expect(Math.max(...factors) - Math.min(...factors)).toBeGreaterThan(0.9);
    // Clipped at 1 before or after: the order shows.
    const bright = { ...image, values: Float64Array.of(0.2, 0.9, 0.9) };
    const both = new ColorJitter({ brightness: [2, 2], saturation: [0.5, 0.5] });
    const firsts = Array.from({ length: 50 }, (_, n) => both.apply(bright, stream(n)).values[0]!);
    expect(new Set(firsts.map((v) => v.toFixed(6))).size).toBe(2);
  });

  test('angles, moves, scales and shears are drawn from their ranges', () => {
    const dot = { dtype: 'u8', shape: [1, 21, 21], values: new Uint8Array(441) } as const;
    dot.values[10 * 21 + 10] = 255;
    const move = new RandomAffine(0, { translate: [0.2, 0.1] });
    const places = new Set<string>();
    for (let n = 0; n < 500; n++) {
      const at = move.apply(dot, stream(n)).values.indexOf(255);
      const [x, y] = [(at % 21) - 10, Math.floor(at / 21) - 10];
      expect(Math.abs(x) <= 4 && Math.abs(y) <= 2).toBe(true);
      places.add(`${x},${y}`);
    }
    expect(places.size).toBe(45);
  });
});

test('Normalize: the same bits as ArrayDataset.normalized', () => {
  const image = imageOf(2, 3, 4, 4);
  const normalization = { mean: [0.1, 0.2, 0.3], std: [0.5, 1, 2] };
  const set = new ArrayDataset({ x: { ...image, shape: [1, ...image.shape] } });
  const { values } = set.normalized('x', normalization).column('x');
  const out = new Normalize(normalization).apply(image);
  expect(out).toEqual({ dtype: 'f32', shape: [3, 4, 4], values });
  expect(() => new Normalize({ mean: [0, 0], std: 1 }).apply(image)).toThrow(
    'Normalize: mean has 2',
  );
});

test('JSON and back: the same bits', () => {
  const transform = new Compose([
    new RandomCrop([9, 8], { padding: [1, 2], fill: [1, 2, 3], paddingMode: 'constant' }),
    new RandomCrop(8, { padding: [2, 1, 0, 3], paddingMode: 'reflect' }),
    new RandomHorizontalFlip({ p: 0.4 }),
    new RandomVerticalFlip(),
    new RandomAffine(20, {
      translate: [0.1, 0.2],
      scale: [0.8, 1.2],
      shear: [1, 2, 3, 4],
      fill: 5,
    }),
    new RandomRotation([-10, 30], { interpolation: 'bilinear', center: [1, 2] }),
    new ColorJitter({ brightness: 0.3, contrast: [0.5, 1.5], saturation: 0.2 }),
    new RandomErasing({ p: 0.9, value: [9, 8, 7] }),
    new Normalize({ mean: [0.1, 0.2, 0.3], std: 0.5 }),
  ]);
  const json = JSON.parse(JSON.stringify(transform)) as ReturnType<typeof transform.toJSON>;
  const again = transformFromJSON(json);
  expect(again.toJSON()).toEqual(transform.toJSON());
  for (let n = 0; n < 20; n++) {
    const image = imageOf(n, 3, 9, 8);
    expect(again.apply(image, stream(n))).toEqual(transform.apply(image, stream(n)));
  }
  expect(() => transformFromJSON({ transform: 'constructor' })).toThrow(ArgumentError);
  expect(() => transformFromJSON({ transform: 'Blur' })).toThrow(
    "no transform 'Blur'; known: ColorJ",
  );
});

describe('refused', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['a size', () => new RandomCrop(0), /RandomCrop: size is 0×0; give/],
    [
      'a padding',
      () => new RandomCrop(4, { padding: [1, 2, 3] }),
      /padding is \[1, 2, 3\]; give one/,
    ],
    [
      'a mode',
      () => new RandomCrop(4, { paddingMode: 'wrap' as 'edge' }),
      /paddingMode is 'wrap'; give/,
    ],
    ['a probability', () => new RandomHorizontalFlip({ p: 1.5 }), /p is 1\.5; give a probability/],
    ['no number', () => new RandomVerticalFlip({ p: NaN }), /p is NaN/],
    ['degrees', () => new RandomRotation(-5), /RandomRotation: degrees is -5; give/],
    [
      'a range',
      () => new RandomAffine([5, -5]),
      /degrees is \[5, -5\]; give two numbers, the smaller/,
    ],
    ['a scale', () => new RandomAffine(0, { scale: [0, 1] }), /scale is \[0, 1\]/],
    [
      'a share',
      () => new RandomAffine(0, { translate: [0, 2] }),
      /translate is \[0, 2\]; give shares/,
    ],
    ['a shear', () => new RandomAffine(0, { shear: [1, 2, 3] }), /shear is \[1, 2, 3\]/],
    [
      'an interpolation',
      () => new RandomRotation(1, { interpolation: 'cubic' as 'nearest' }),
      /interpolation is 'cubic'; give nearest or bilinear/,
    ],
    [
      'a factor',
      () => new ColorJitter({ contrast: -1 }),
      /contrast is -1; give a number of at least 0/,
    ],
    ['factors', () => new ColorJitter({ saturation: [-1, 1] }), /saturation is \[-1, 1\]/],
    ['a share to erase', () => new RandomErasing({ scale: [0.5, 1.5] }), /scale ends at 1\.5/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });

  const image = imageOf(1, 3, 4, 5);
  test('images that do not fit', () => {
    const crop = () => new RandomCrop(9, { padding: 2 }).apply(image, stream());
    expect(crop).toThrow(ShapeError);
    expect(crop).toThrow(
      'the crop is 9×9, the image 4×5, with its padding 8×9; give a smaller size',
    );
    const flip = new RandomHorizontalFlip();
    expect(() => flip.apply({ ...image, shape: [12, 5] }, stream())).toThrow(ShapeError);
    const two = imageOf(1, 2, 3, 3);
    const jitter = new ColorJitter({ contrast: 1 });
    expect(() => jitter.apply(two, stream())).toThrow(
      'the image has 2 channels; give one with 1 or 3',
    );
    const fill = new RandomCrop(4, { padding: 1, fill: [1, 2] });
    expect(() => fill.apply(image, stream())).toThrow('fill has 2 values, the image 3 channels');
  });
});
