import { expect, test } from 'vitest';
import {
  Compose,
  RandomAffine,
  RandomCrop,
  RandomHorizontalFlip,
  transformBatch,
  type ImageTransform,
} from '../../../src/data/index.js';
import { ArgumentError, ShapeError } from '../../../src/engine/core/errors.js';
import type { NamedArray } from '../../../src/io/index.js';

const transform = new Compose([
  new RandomCrop(6, { padding: 1 }),
  new RandomHorizontalFlip(),
  new RandomAffine(20, { interpolation: 'bilinear' }),
]);

/** Images whose pixels tell which they are. */
function batchOf(samples: number[]): NamedArray {
  const values = Uint8Array.from(
    samples.flatMap((s) => Array.from({ length: 36 }, (_, k) => s * 20 + k)),
  );
  return { dtype: 'u8', shape: [samples.length, 1, 6, 6], values };
}

const rows = ({ values }: NamedArray) =>
  Array.from({ length: values.length / 36 }, (_, i) => [...values.subarray(i * 36, (i + 1) * 36)]);

const run = (samples: number[], seed = 1, epoch = 0) =>
  rows(transformBatch(transform, batchOf(samples), { seed, epoch, samples }));

test('what becomes of an image depends on seed, epoch and its number alone', () => {
  const all = run([0, 1, 2, 3, 4, 5]);
  expect(run([0, 1, 2, 3, 4, 5])).toEqual(all);
  expect(run([4, 2])).toEqual([all[4], all[2]]);
  expect(run([3])).toEqual([all[3]]);
  expect(run([0, 1, 2, 3, 4, 5], 2)).not.toEqual(all);
  expect(run([0, 1, 2, 3, 4, 5], 1, 1)).not.toEqual(all);
  // The same picture under another number is drawn for anew.
  const twins = { ...batchOf([3, 3, 3, 3]), shape: [4, 1, 6, 6] };
  const drawn = rows(
    transformBatch(transform, twins, { seed: 1, epoch: 0, samples: [0, 1, 2, 3] }),
  );
  expect(new Set(drawn.map((row) => row.join())).size).toBe(4);
});

test('the images given stay as they are; values can be used again', () => {
  const batch = batchOf([1, 2, 3]);
  const before = batch.values.slice();
  const draw = { seed: 1, epoch: 0, samples: [1, 2, 3] };
  const out = transformBatch(transform, batch, draw);
  expect(batch.values).toEqual(before);
  const into = new Uint8Array(200);
  const again = transformBatch(transform, batch, draw, into);
  expect(again).toEqual(out);
  expect(again.values.buffer).toBe(into.buffer);
  expect(transformBatch(transform, batch, draw, new Float32Array(200)).values).toEqual(out.values);
});

test('refused: other shapes, epochs, transforms that do not agree with themselves', () => {
  const batch = batchOf([1, 2]);
  const draw = { seed: 1, epoch: 0, samples: [1, 2] };
  expect(() => transformBatch(transform, batch, { ...draw, samples: [1] })).toThrow(ShapeError);
  expect(() => transformBatch(transform, { ...batch, shape: [2, 36] }, draw)).toThrow(
    'images are [2, 36], for 2 samples; give one image for each sample, [N, C, H, W].',
  );
  expect(() => transformBatch(transform, batch, { ...draw, epoch: 2 ** 21 })).toThrow(
    ArgumentError,
  );
  expect(() => transformBatch(transform, batch, { ...draw, seed: -1 })).toThrow('seed is -1');
  let calls = 0;
  const odd: ImageTransform = {
    apply: (image) => (calls++ === 0 ? image : { ...image, shape: [1, 4, 9] }),
    toJSON: () => ({ transform: 'odd' }),
  };
  expect(() => transformBatch(odd, batch, draw)).toThrow(
    'image 1 has become u8 [1, 4, 9], those before u8 [1, 6, 6]; a batch needs one shape.',
  );
});
