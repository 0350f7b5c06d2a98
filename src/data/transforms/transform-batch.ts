import { allocate } from '../../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape, sizeOf } from '../../engine/core/shape.js';
import type { NamedArray } from '../../io/named-array.js';
import { checkSeed, RandomStream } from '../random.js';
import type { ImageTransform } from './image-transform.js';

/** What the random choices for a batch depend on, and nothing else. */
export interface BatchDraw {
  readonly seed: number;
  /** Counts from 0; below 2^21. */
  readonly epoch: number;
  /** The number of each image in its set. */
  readonly samples: ArrayLike<number>;
}

/** Epochs that the numbers of streams have room for. */
const MAX_EPOCHS = 2 ** 21;

/**
 * Transforms each image of a batch. What is drawn for an image depends on (seed, epoch, its number in the
 * set) alone: not on the batch that it is in, nor on the images before it.
 *
 * @param images u8, f32 or f64 `[N, C, H, W]`.
 * @param into values to use for the result where it has as many of the same dtype.
 * @returns `[N, …]`; dtype and shape are those of the transformed images, which have to agree.
 * @throws ShapeError, ArgumentError as the transform does, and where N is not the number of samples.
 * @example
 * const { seed, epoch } = loader.state();
 * const augmented = transformBatch(new RandomHorizontalFlip(), x, { seed, epoch, samples: [7, 1, 3] });
 */
export function transformBatch(
  transform: ImageTransform,
  images: NamedArray,
  { seed, epoch, samples }: BatchDraw,
  into?: NamedArray['values'],
): NamedArray {
  const { dtype, shape, values } = images;
  checkSeed('transformBatch', seed);
  if (!Number.isSafeInteger(epoch) || epoch < 0 || epoch >= MAX_EPOCHS) {
    throw new ArgumentError(
      `transformBatch: epoch is ${epoch}; give an integer from 0 to 2^21 - 1.`,
    );
  }
  const count = shape[0];
  if (shape.length !== 4 || count !== samples.length || count === 0) {
    throw new ShapeError(
      `transformBatch: images are ${formatShape(shape)}, for ${samples.length} samples; give one image ` +
        'for each sample, [N, C, H, W].',
    );
  }
  const imageShape = shape.slice(1);
  const row = sizeOf(imageShape);
  let out: NamedArray | undefined;
  for (let i = 0; i < count; i++) {
    const random = new RandomStream(seed, 'augmentation', epoch * 4294967296 + samples[i]!);
    const image = { dtype, shape: imageShape, values: values.subarray(i * row, (i + 1) * row) };
    const changed = transform.apply(image, random);
    out ??= emptyBatch(count, changed, into);
    if (changed.dtype !== out.dtype || !sameShape(changed.shape, out.shape.slice(1))) {
      throw new ShapeError(
        `transformBatch: image ${i} has become ${changed.dtype} ${formatShape(changed.shape)}, those ` +
          `before ${out.dtype} ${formatShape(out.shape.slice(1))}; a batch needs one shape.`,
      );
    }
    out.values.set(changed.values, i * changed.values.length);
  }
  return out!;
}

function emptyBatch(
  count: number,
  { dtype, shape, values }: NamedArray,
  into: NamedArray['values'] | undefined,
): NamedArray {
  const size = count * values.length;
  const fits = into !== undefined && into.constructor === values.constructor && into.length >= size;
  return {
    dtype,
    shape: [count, ...shape],
    values: fits ? into.subarray(0, size) : allocate(dtype, size),
  };
}
