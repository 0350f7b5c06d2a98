import { statSync } from 'node:fs';
import { ArgumentError } from '../../engine/core/errors.js';
import { digits, DIGITS_NORMALIZATION } from '../digits.js';
import { SCENE_CLASSES, scenes, SCENES_NORMALIZATION } from '../scenes.js';
import type { LabelledImages } from '../labelled-images.js';
import { nearestName } from '../nearest-name.js';
import { loadCifar10 } from './cifar10.js';
import { loadFashionMnist, type FashionMnistOptions } from './fashion-mnist.js';
import { loadImageFolder, type ImageFolderOptions } from './image-folder.js';

/** Options of `NamedDataset.load`. */
export interface LoadOptions extends FashionMnistOptions {
  /** For sets that are generated; default 0. */
  seed?: number | undefined;
  /** For folders of images: how they are decoded, resized and divided. */
  images?: Omit<ImageFolderOptions, 'seed'> | undefined;
}

/** A set that the command line can name. */
export interface NamedDataset {
  readonly name: string;
  /** One line for a list. */
  readonly description: string;
  /** Whether it is read from files (--data-dir, GRADUS_DATA, the cache); otherwise generated. */
  readonly needsFiles: boolean;
  load(options?: LoadOptions): Promise<LabelledImages>;
}

const FASHION_MNIST: NamedDataset = {
  name: 'fashion-mnist',
  description: 'photos of clothes, 28×28 grey, 10 classes, 60,000 + 10,000 (read from files)',
  needsFiles: true,
  load: (options = {}) => loadFashionMnist(options),
};

const CIFAR10: NamedDataset = {
  name: 'cifar10',
  description: 'photos, 32×32 colour, 10 classes, 50,000 + 10,000 or the first 10,000 + 1,000',
  needsFiles: true,
  load: (options = {}) => loadCifar10(options),
};

const DIGITS: NamedDataset = {
  name: 'digits',
  description: 'handwritten-like digits, 28×28 grey, 10 classes, 10,000 + 2,000 (generated)',
  needsFiles: false,
  async load({ seed = 0 } = {}) {
    const train = digits({ count: 10_000, seed, part: 'train' });
    const test = digits({ count: 2_000, seed, part: 'test' });
    return {
      name: 'digits',
      source: `generated (seed ${seed})`,
      classes: train.classes,
      train,
      test,
      normalization: DIGITS_NORMALIZATION,
    };
  },
};

const SCENES: NamedDataset = {
  name: 'scenes',
  description: 'shapes with textures, 48×48 colour, 4 classes of pixels, 2,000 + 400 (generated)',
  needsFiles: false,
  async load({ seed = 0 } = {}) {
    return {
      name: 'scenes',
      source: `generated (seed ${seed})`,
      classes: SCENE_CLASSES,
      labels: 'pixel',
      train: scenes({ count: 2_000, seed, part: 'train' }),
      test: scenes({ count: 400, seed, part: 'test' }),
      normalization: SCENES_NORMALIZATION,
    };
  },
};

/** The sets by name, in the order in which they are listed. */
export const DATASETS: ReadonlyMap<string, NamedDataset> = new Map(
  [DIGITS, FASHION_MNIST, CIFAR10, SCENES].map((set) => [set.name, set]),
);

/** The images in a folder, as a set that is named by its path. */
function folderSet(directory: string): NamedDataset {
  return {
    name: directory,
    description: 'images in a folder, one sub-folder a class (PNG, JPEG)',
    needsFiles: true,
    load: ({ seed = 0, images = {} } = {}) => loadImageFolder(directory, { ...images, seed }),
  };
}

/**
 * The set called `name`, or the images in the folder of this path, with a sub-folder for each class.
 *
 * @throws ArgumentError where there is none, with the nearest name.
 * @example
 * const { train, test } = await findDataset('digits').load({ seed: 1 });
 */
export function findDataset(name: string): NamedDataset {
  const found = DATASETS.get(name);
  if (found !== undefined) return found;
  if (isFolderName(name)) return folderSet(name);
  const near = nearestName(name, DATASETS.keys());
  throw new ArgumentError(
    `there is no data set '${name}'; ` +
      (near === undefined ? '' : `did you mean '${near}'? `) +
      `Known: ${[...DATASETS.keys()].join(', ')}.`,
  );
}

/** Whether `findDataset` takes a name for the path of a folder: it has a slash, or there is one. */
export function isFolderName(name: string): boolean {
  return /[/\\]/.test(name) || statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
}
