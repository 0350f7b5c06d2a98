import path from 'node:path';
import { FormatError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import { loadIdx } from '../../io/node.js';
import type { NamedArray } from '../../io/named-array.js';
import { ArrayDataset } from '../array-dataset.js';
import type { LabelledImages } from '../labelled-images.js';
import type { Normalization } from '../normalization.js';
import { findDataFolder, kindOf, type DataFolderOptions } from './data-folders.js';
import { findSource } from './sources.js';
import { verifyFile } from './verify-file.js';

/** Of the 60,000 training images' pixels, as 0 … 1. */
export const FASHION_MNIST_NORMALIZATION = { mean: 0.28604, std: 0.35302 } satisfies Normalization;

const NAME = 'fashion-mnist';

const CLASSES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/** sha256 of the files unpacked; of those packed, the source has them. */
const UNPACKED: Readonly<Record<string, string>> = {
  'train-images-idx3-ubyte': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  'train-labels-idx1-ubyte': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  't10k-images-idx3-ubyte': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  't10k-labels-idx1-ubyte': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};

/** The files of MNIST, unpacked: they have the same names and shapes. */
const MNIST: Readonly<Record<string, string>> = {
  ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db: "MNIST's training images",
  '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5': "MNIST's training labels",
  '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7': "MNIST's test images",
  ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2: "MNIST's test labels",
};

/** Options of `loadFashionMnist`. */
export interface FashionMnistOptions extends DataFolderOptions {
  /** Whether only the published files will do (by sha256); default true. */
  verify?: boolean | undefined;
}

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747): 60,000 + 10,000 images, 28×28,
 * of ten kinds of clothes.
 *
 * @param options.dataDir looked into before GRADUS_DATA and the cache; holds `train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`,
 *   `t10k-images-idx3-ubyte.gz`, `t10k-labels-idx1-ubyte.gz`, or a folder `fashion-mnist` with them;
 *   unpacked files without `.gz` will do.
 * @returns `x`, u8 `[N, 1, 28, 28]`, 0 = background; `y`, i32 `[N]`.
 * @throws FormatError naming the file that is missing, cut off, damaged or of another set.
 * @example
 * const { train, normalization } = await loadFashionMnist({ dataDir: '../shared/data' });
 * const loader = new DataLoader(train.normalized('x', normalization), { batchSize: 64 });
 */
export async function loadFashionMnist(
  options: FashionMnistOptions | string = {},
): Promise<LabelledImages> {
  const { verify = true, ...where } = typeof options === 'string' ? { dataDir: options } : options;
  const names = Object.keys(UNPACKED).flatMap((name) => [`${name}.gz`, name]);
  const directory = await findDataFolder(NAME, NAME, names, where);
  const [train, test] = await Promise.all([
    loadPart(directory, 'train', 60_000, verify),
    loadPart(directory, 't10k', 10_000, verify),
  ]);
  return {
    name: NAME,
    source: directory,
    classes: CLASSES,
    train,
    test,
    normalization: FASHION_MNIST_NORMALIZATION,
  };
}

async function loadPart(
  directory: string,
  part: 'train' | 't10k',
  count: number,
  verify: boolean,
): Promise<ArrayDataset<'x' | 'y'>> {
  const [images, labels] = await Promise.all([
    loadFile(directory, `${part}-images-idx3-ubyte`, [count, 28, 28], verify),
    loadFile(directory, `${part}-labels-idx1-ubyte`, [count], verify),
  ]);
  const wrong = labels.array.values.findIndex((v) => v >= CLASSES.length);
  if (wrong >= 0) {
    throw new FormatError(
      `${NAME}: ${labels.file}: label ${labels.array.values[wrong]} at index ${wrong}, expected ` +
        `0…${CLASSES.length - 1}; the file is damaged, fetch it again.`,
    );
  }
  return new ArrayDataset(
    {
      x: { ...images.array, shape: [count, 1, 28, 28] },
      y: { dtype: 'i32', shape: [count], values: Int32Array.from(labels.array.values) },
    },
    { classes: CLASSES },
  );
}

async function loadFile(
  directory: string,
  name: string,
  shape: readonly number[],
  verify: boolean,
): Promise<{ file: string; array: NamedArray }> {
  const packed = path.join(directory, `${name}.gz`);
  const plain = path.join(directory, name);
  const hasPacked = (await kindOf(packed)) !== 'missing';
  if (!hasPacked && (await kindOf(plain)) === 'missing') {
    throw new FormatError(
      `${NAME}: ${packed} is missing; put the four files of the set there, or name their folder ` +
        'with --data-dir or GRADUS_DATA.',
    );
  }
  const file = hasPacked ? packed : plain;
  const array = await loadIdx(file);
  if (array.dtype !== 'u8' || !sameShape(array.shape, shape)) {
    throw new FormatError(
      `${NAME}: ${file}: expected u8 ${formatShape(shape)}, found ${array.dtype} ` +
        `${formatShape(array.shape)}; this is another file, fetch the right one.`,
    );
  }
  if (verify) {
    const source = findSource(NAME).files.find((known) => known.name === `${name}.gz`)!;
    const maxBytes = array.values.length + 16;
    const sha256 = [source.sha256, UNPACKED[name]!];
    await verifyFile(NAME, file, { sha256, others: MNIST, maxBytes });
  }
  return { file, array };
}
