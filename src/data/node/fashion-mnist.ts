import { stat } from 'node:fs/promises';
import path from 'node:path';
import { FormatError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import { loadIdx } from '../../io/node.js';
import type { NamedArray } from '../../io/named-array.js';
import { ArrayDataset, type Normalization } from '../array-dataset.js';
import type { LabelledImages } from '../labelled-images.js';

/** Of the 60,000 training images' pixels, as 0 … 1. */
export const FASHION_MNIST_NORMALIZATION: Normalization = { mean: 0.28604, std: 0.35302 };

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

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747): 60,000 + 10,000 images, 28×28,
 * of ten kinds of clothes.
 *
 * @param dataDir holds `train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`,
 *   `t10k-images-idx3-ubyte.gz`, `t10k-labels-idx1-ubyte.gz`, or a folder `fashion-mnist` with them;
 *   unpacked files without `.gz` will do.
 * @returns `x`, u8 `[N, 1, 28, 28]`, 0 = background; `y`, i32 `[N]`.
 * @throws FormatError naming the file that is missing, cut off, damaged or of another set.
 * @example
 * const { train, normalization } = await loadFashionMnist('../shared/data');
 * const loader = new DataLoader(train.normalized('x', normalization), { batchSize: 64 });
 */
export async function loadFashionMnist(dataDir: string): Promise<LabelledImages> {
  const directory = await findDirectory(dataDir);
  const [train, test] = await Promise.all([
    loadPart(directory, 'train', 60_000),
    loadPart(directory, 't10k', 10_000),
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

async function findDirectory(dataDir: string): Promise<string> {
  const kind = await kindOf(dataDir);
  if (kind !== 'directory') {
    throw new FormatError(
      `${NAME}: the data directory ${dataDir} ` +
        `${kind === 'missing' ? 'does not exist' : 'is no directory that can be read'}; ` +
        `pass --data-dir or set GRADUS_DATA to the folder that holds ${NAME}.`,
    );
  }
  const inner = path.join(dataDir, NAME);
  return (await kindOf(inner)) === 'directory' ? inner : dataDir;
}

async function loadPart(
  directory: string,
  part: 'train' | 't10k',
  count: number,
): Promise<ArrayDataset<'x' | 'y'>> {
  const [images, labels] = await Promise.all([
    loadFile(directory, `${part}-images-idx3-ubyte`, [count, 28, 28]),
    loadFile(directory, `${part}-labels-idx1-ubyte`, [count]),
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
  return { file, array };
}

/** Anything that cannot be looked at for another reason than absence is left to the reader. */
async function kindOf(file: string): Promise<'missing' | 'directory' | 'other'> {
  try {
    return (await stat(file)).isDirectory() ? 'directory' : 'other';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'other';
  }
}
