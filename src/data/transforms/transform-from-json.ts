import { ArgumentError } from '../../engine/core/errors.js';
import type { Normalization } from '../normalization.js';
import { ColorJitter, type ColorJitterOptions } from './color-jitter.js';
import { Compose } from './compose.js';
import type { ImageTransform, TransformSpec } from './image-transform.js';
import { Normalize } from './normalize.js';
import { RandomAffine, RandomRotation, type RandomAffineOptions } from './random-affine.js';
import type { AffineOptions } from './affine.js';
import { RandomCrop, type RandomCropOptions } from './random-crop.js';
import { RandomErasing, type RandomErasingOptions } from './random-erasing.js';
import { RandomHorizontalFlip, RandomVerticalFlip, type RandomFlipOptions } from './random-flip.js';

type Pair = readonly [number, number];

const MAKE: Readonly<Record<string, (spec: TransformSpec) => ImageTransform>> = {
  ColorJitter: (spec) => new ColorJitter(spec as ColorJitterOptions),
  Compose: ({ transforms }) => new Compose((transforms as TransformSpec[]).map(transformFromJSON)),
  Normalize: ({ transform: _, ...rest }) => new Normalize(rest as unknown as Normalization),
  RandomAffine: ({ transform: _, degrees, ...rest }) =>
    new RandomAffine(degrees as Pair, rest as RandomAffineOptions),
  RandomCrop: ({ size, ...rest }) => new RandomCrop(size as Pair, rest as RandomCropOptions),
  RandomErasing: (spec) => new RandomErasing(spec as RandomErasingOptions),
  RandomHorizontalFlip: (spec) => new RandomHorizontalFlip(spec as RandomFlipOptions),
  RandomRotation: ({ transform: _, degrees, ...rest }) =>
    new RandomRotation(degrees as Pair, rest as AffineOptions),
  RandomVerticalFlip: (spec) => new RandomVerticalFlip(spec as RandomFlipOptions),
};

/**
 * The transform that `toJSON` has described.
 *
 * @throws ArgumentError for a name that is none of the transforms here, and as their constructors do.
 * @example
 * transformFromJSON({ transform: 'RandomHorizontalFlip', p: 0.5 });
 */
export function transformFromJSON(spec: TransformSpec): ImageTransform {
  const { transform } = spec;
  if (Object.hasOwn(MAKE, transform)) return MAKE[transform]!(spec);
  throw new ArgumentError(
    `transformFromJSON: there is no transform '${transform}'; known: ${Object.keys(MAKE).join(', ')}.`,
  );
}
