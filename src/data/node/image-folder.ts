import path from 'node:path';
import { FormatError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import { decodeImage, type DecodeImageOptions } from '../../io/image.js';
import type { NamedArray } from '../../io/named-array.js';
import { ArrayDataset } from '../array-dataset.js';
import type { LabelledImages } from '../labelled-images.js';
import type { Normalization } from '../normalization.js';
import { resizeImage, type ResizeImageOptions } from '../resize-image.js';
import { stratifiedSplit } from '../stratified-split.js';
import { openImageFolder, type ClassFolder } from './class-folder.js';

/** Options of `loadImageFolder`. */
export interface ImageFolderOptions
  extends Pick<DecodeImageOptions, 'channels' | 'background'>, Partial<ResizeImageOptions> {
  /** Share of the images to test on, the same of each class; default 0.2. */
  testFraction?: number;
  /** Of the choice of images to test on; default 0. */
  seed?: number;
}

/** What one array can hold. */
const MAX_BYTES = 2 ** 31 - 1;
/** Sub-folders of these names are parts of a set, not its classes. */
const PARTS = ['train', 'training', 'test', 'testing', 'val', 'valid', 'validation'];

/**
 * Reads a folder of PNG and JPEG images, one sub-folder a class, into memory; some of each class become
 * the part to test on.
 *
 * @param options.size every image is resized to; by default all have to be of one size.
 * @param options.channels 1 or 3; by default 3 unless all images are grey.
 * @returns `x`, u8 `[N, C, H, W]`, in the order of the folder's files; `y`, i32 `[N]`, counting through
 *   the names of the sub-folders. The normalization is measured on the training part.
 * @throws FormatError naming the file that is no image, damaged or of another size than the others;
 *   for fewer than two classes and a class of fewer than two images. FileError where a file cannot be
 *   read.
 * @example
 * const { train, test, classes } = await loadImageFolder('pets', { size: 32 });
 */
export async function loadImageFolder(
  directory: string,
  options: ImageFolderOptions = {},
): Promise<LabelledImages> {
  const { testFraction = 0.2, seed = 0 } = options;
  const folder = await openImageFolder(directory);
  checkClasses(folder);
  const images = await readImages(folder, options);
  const labels = folder.labels();
  const parts = stratifiedSplit(labels, { validation: testFraction, seed });
  const [train, test] = [parts.train, parts.validation].map((indices) =>
    setOf(images, labels, indices, folder.classes),
  );
  return {
    name: directory,
    source: `${folder.length} images of ${formatShape(images[0]!.shape)} in ${directory}`,
    classes: folder.classes,
    train: train!,
    test: test!,
    normalization: measure(train!.column('x')),
  };
}

function checkClasses({ directory, classes, files }: ClassFolder): void {
  if (classes.length === 1) {
    throw new FormatError(
      `${directory} has one sub-folder, ${classes[0]}; put the images into one folder for each class, ` +
        'and at least two.',
    );
  }
  if (classes.every((name) => PARTS.includes(name.toLowerCase()))) {
    throw new FormatError(
      `${directory} has the sub-folders ${classes.join(' and ')}, which are parts and not classes; ` +
        `name ${path.join(directory, classes[0]!)} or put the images of both into folders by class.`,
    );
  }
  for (const [label, name] of classes.entries()) {
    if (files.filter((file) => file.label === label).length > 1) continue;
    throw new FormatError(
      `${path.join(directory, name)} has a single image, which cannot be in both the part to train on ` +
        'and the part to test on; add some.',
    );
  }
}

async function readImages(
  folder: ClassFolder,
  { channels, background, size, fit }: ImageFolderOptions,
): Promise<NamedArray[]> {
  const images: NamedArray[] = [];
  let bytes = 0;
  for (const [i, { path: source }] of folder.files.entries()) {
    const decoded = await decodeImage(await folder.read(i), { channels, background, source });
    const image = size === undefined ? decoded : resizeImage(decoded, { size, fit });
    const first = images[0];
    if (first !== undefined && !sameShape(image.shape.slice(1), first.shape.slice(1))) {
      const [own, other] = [image, first].map(({ shape }) => `${shape[1]}×${shape[2]}`);
      throw new FormatError(
        `${source} has ${own} pixels (height × width), ${folder.files[0]!.path} has ${other}; give a ` +
          'size that all are brought to (--image-size, or size in code).',
      );
    }
    images.push(image);
    bytes += image.values.length;
    if (bytes > MAX_BYTES) {
      throw new FormatError(
        `${folder.directory}: the first ${i + 1} of ${folder.length} images take ${bytes} bytes, ` +
          'more than the memory of a set; give a smaller size.',
      );
    }
  }
  return images;
}

function setOf(
  images: readonly NamedArray[],
  labels: Int32Array,
  indices: Int32Array,
  classes: readonly string[],
): ArrayDataset<'x' | 'y'> {
  const channels = Math.max(...images.map(({ shape }) => shape[0]!));
  const [, height, width] = images[0]!.shape as [number, number, number];
  const row = channels * height * width;
  const x = new Uint8Array(indices.length * row);
  for (const [at, i] of indices.entries()) {
    const { values } = images[i]!;
    // Grey among colours: the same in all channels.
    for (let k = 0; k < row; k += values.length) x.set(values as Uint8Array, at * row + k);
  }
  const shape = [indices.length, channels, height, width];
  const y = Int32Array.from(indices, (i) => labels[i]!);
  return new ArrayDataset(
    { x: { dtype: 'u8', shape, values: x }, y: { dtype: 'i32', shape: [y.length], values: y } },
    { classes },
  );
}

/** Mean and deviation of each channel, of pixels as 0 … 1; where all are equal, the deviation is 1. */
function measure({ shape, values }: NamedArray): Normalization {
  const [count, channels, height, width] = shape as [number, number, number, number];
  const plane = height * width;
  const mean: number[] = [];
  const std: number[] = [];
  for (let c = 0; c < channels; c++) {
    // Sums of integers, which are exact.
    let [sum, squares] = [0, 0];
    for (let i = 0; i < count; i++) {
      const start = (i * channels + c) * plane;
      for (let k = start; k < start + plane; k++) {
        sum += values[k]!;
        squares += values[k]! * values[k]!;
      }
    }
    const n = count * plane;
    const average = sum / n;
    const variance = squares / n - average * average;
    mean.push(average / 255);
    std.push(variance > 1e-9 ? Math.sqrt(variance) / 255 : 1);
  }
  return { mean, std };
}
