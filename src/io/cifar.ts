import { FormatError } from '../engine/core/errors.js';
import { gunzip, isGzip } from './gzip.js';
import type { NamedArray } from './named-array.js';

/** Options of `readCifar`. */
export interface CifarReadOptions {
  /** Classes of the set: 10, or 100, whose records have a second label; default 10. */
  classes?: 10 | 100;
  /** Names the file in error messages. */
  source?: string;
}

/** What a file of CIFAR-10 or CIFAR-100 holds. */
export interface CifarImages {
  /** u8 `[N, 3, 32, 32]`: red, green, blue. */
  readonly images: NamedArray;
  /** i32 `[N]`, of 0 … classes - 1. */
  readonly labels: NamedArray;
  /** i32 `[N]`, of 0 … 19: the groups that the 100 classes are in. Only for those. */
  readonly coarseLabels?: NamedArray;
}

const SIDE = 32;
const PIXELS = 3 * SIDE * SIDE;
/** As many as the largest published file has: so much may packed data unpack to. */
const MAX_RECORDS = 50_000;
const COARSE_CLASSES = 20;

/**
 * Reads a file of CIFAR-10 or CIFAR-100 in the binary version (Krizhevsky, "Learning Multiple Layers of
 * Features from Tiny Images", 2009), packed with gzip or not: records of a label, for CIFAR-100 of a
 * coarse and a fine one, and 3072 bytes of an image, channels first.
 *
 * The format has no mark to be known by: what is told from other files is the length and the labels.
 *
 * @throws FormatError for a file that is empty, ends within a record, has a label outside its classes,
 *   or is damaged gzip data.
 * @example
 * const { images, labels } = await readCifar(bytes, { source: 'data_batch_1.bin' });
 * images.shape; // [10000, 3, 32, 32]
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export async function readCifar(
  bytes: Uint8Array,
  options: CifarReadOptions = {},
): Promise<CifarImages> {
  const { classes = 10, source } = options;
  const prefix = source === undefined ? 'cifar: ' : `cifar: ${source}: `;
  const labels = classes === 100 ? 2 : 1;
  const record = labels + PIXELS;
  const plain = isGzip(bytes) ? await gunzip(bytes, MAX_RECORDS * record, prefix) : bytes;
  const count = plain.length / record;
  if (count === 0 || !Number.isInteger(count)) {
    throw new FormatError(
      `${prefix}${plain.length} bytes are ${Math.floor(count)} records of ${record} bytes and ` +
        `${plain.length % record} more; the file is cut off, or no binary file of CIFAR-${classes}.`,
    );
  }
  const values = new Uint8Array(count * PIXELS);
  const columns = Array.from({ length: labels }, () => new Int32Array(count));
  for (let i = 0; i < count; i++) {
    const at = i * record;
    for (const [k, column] of columns.entries()) column[i] = plain[at + k]!;
    values.set(plain.subarray(at + labels, at + record), i * PIXELS);
  }
  const fine = columns.at(-1)!;
  checkLabels(fine, classes, prefix);
  const images: NamedArray = { dtype: 'u8', shape: [count, 3, SIDE, SIDE], values };
  const asArray = (column: Int32Array): NamedArray => ({
    dtype: 'i32',
    shape: [count],
    values: column,
  });
  if (classes === 10) return { images, labels: asArray(fine) };
  checkLabels(columns[0]!, COARSE_CLASSES, `${prefix}coarse `);
  return { images, labels: asArray(fine), coarseLabels: asArray(columns[0]!) };
}

function checkLabels(labels: Int32Array, classes: number, prefix: string): void {
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong < 0) return;
  throw new FormatError(
    `${prefix}label ${labels[wrong]} in record ${wrong}, expected 0…${classes - 1}; the file is ` +
      'damaged, or of another format.',
  );
}
