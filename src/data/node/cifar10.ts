import path from 'node:path';
import { FormatError } from '../../engine/core/errors.js';
import { loadCifar } from '../../io/node.js';
import type { CifarImages } from '../../io/index.js';
import { ArrayDataset } from '../array-dataset.js';
import type { LabelledImages } from '../labelled-images.js';
import type { Normalization } from '../normalization.js';
import { findDataFolder, kindOf, type DataFolderOptions } from './data-folders.js';
import { findSource } from './sources.js';
import { verifyFile } from './verify-file.js';

/** Of the first 10,000 training images' pixels, as 0 … 1: red, green, blue. */
export const CIFAR10_NORMALIZATION: Normalization = {
  mean: [0.49346, 0.48338, 0.44718],
  std: [0.24762, 0.24459, 0.26261],
};

const NAME = 'cifar10';

const CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

/** Images of a published batch. */
const BATCH = 10_000;
/** What the source's files are unpacked: those of the whole set have the same first batch. */
const UNPACKED: Readonly<Record<string, string>> = {
  'data_batch_1.bin': 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  'test_batch_first1000.bin': '8314c96d7cd65618193bab23acdd5d4c4af15bf6dd00a1781d55beedf3be1ef5',
};

interface Part {
  readonly name: string;
  readonly count: number;
}

/** The published set, and the part of it that is used in its place where there is no more. */
const WHOLE = {
  train: [1, 2, 3, 4, 5].map((i): Part => ({ name: `data_batch_${i}.bin`, count: BATCH })),
  test: { name: 'test_batch.bin', count: BATCH } as Part,
};
const SUBSET = {
  train: [{ name: 'data_batch_1.bin', count: BATCH }] as Part[],
  test: { name: 'test_batch_first1000.bin', count: 1000 } as Part,
};

/** Options of `loadCifar10`. */
export interface Cifar10Options extends DataFolderOptions {
  /**
   * Whether only the published files will do: by sha256 where it is known (the first batch, the
   * subset's test images), by their length otherwise; default true.
   */
  verify?: boolean | undefined;
}

/**
 * CIFAR-10 (Krizhevsky, 2009): colour photos, 32×32, of ten kinds of animals and vehicles. Where the
 * folder has `test_batch.bin`, the whole set: `data_batch_1.bin` … `data_batch_5.bin`, 50,000 + 10,000
 * images; otherwise `data_batch_1.bin` and `test_batch_first1000.bin`, the first 10,000 + 1,000 of them.
 * Packed files with `.gz` behind the name will do.
 *
 * @param options.dataDir looked into before GRADUS_DATA and the cache; has the files or a folder
 *   `cifar-10-batches-bin`, as the publisher packs them, `cifar10` or `cifar10-subset` with them.
 * @returns `x`, u8 `[N, 3, 32, 32]`, red, green, blue; `y`, i32 `[N]`.
 * @throws FormatError naming the file that is missing, cut off, damaged or of another set.
 * @example
 * const { train, normalization } = await loadCifar10({ dataDir: '../shared/data' });
 * const loader = new DataLoader(train.normalized('x', normalization), { batchSize: 64 });
 */
export async function loadCifar10(options: Cifar10Options | string = {}): Promise<LabelledImages> {
  const { verify = true, ...where } = typeof options === 'string' ? { dataDir: options } : options;
  const names = [...WHOLE.train, WHOLE.test, SUBSET.test].flatMap(({ name }) => [
    `${name}.gz`,
    name,
  ]);
  const folders = ['cifar-10-batches-bin', NAME, 'cifar10-subset'];
  const directory = await findDataFolder(NAME, folders, names, where);
  const parts = (await fileOf(directory, WHOLE.test.name)) === undefined ? SUBSET : WHOLE;
  const test = await loadPart(directory, [parts.test], verify);
  const train = await loadPart(directory, parts.train, verify);
  return {
    name: NAME,
    source: parts === WHOLE ? directory : `${directory} (the first 10,000 + 1,000 images)`,
    classes: CLASSES,
    train,
    test,
    normalization: CIFAR10_NORMALIZATION,
  };
}

async function loadPart(
  directory: string,
  parts: readonly Part[],
  verify: boolean,
): Promise<ArrayDataset<'x' | 'y'>> {
  const batches: CifarImages[] = [];
  for (const part of parts) batches.push(await loadBatch(directory, part, verify));
  const total = batches.reduce((sum, { labels }) => sum + labels.values.length, 0);
  const x = new Uint8Array(total * 3072);
  const y = new Int32Array(total);
  let at = 0;
  for (const { images, labels } of batches) {
    x.set(images.values, at * 3072);
    y.set(labels.values, at);
    at += labels.values.length;
  }
  return new ArrayDataset(
    {
      x: { dtype: 'u8', shape: [total, 3, 32, 32], values: x },
      y: { dtype: 'i32', shape: [total], values: y },
    },
    { classes: CLASSES },
  );
}

async function loadBatch(
  directory: string,
  { name, count }: Part,
  verify: boolean,
): Promise<CifarImages> {
  const file = await fileOf(directory, name);
  if (file === undefined) {
    throw new FormatError(
      `${NAME}: ${path.join(directory, name)} is missing; put the files of the set there, or name ` +
        'their folder with --data-dir or GRADUS_DATA.',
    );
  }
  const batch = await loadCifar(file);
  const found = batch.labels.values.length;
  if (verify && found !== count) {
    throw new FormatError(
      `${NAME}: ${file}: expected ${count} images, found ${found}; this is another file, fetch the ` +
        'right one.',
    );
  }
  const unpacked = UNPACKED[name];
  if (verify && unpacked !== undefined) {
    const packed = findSource(NAME).files.find((known) => known.name === `${name}.gz`)!;
    await verifyFile(NAME, file, { sha256: [packed.sha256, unpacked], maxBytes: 3073 * count });
  }
  return batch;
}

/** The path of a file, packed or not; undefined where it is missing. */
async function fileOf(directory: string, name: string): Promise<string | undefined> {
  for (const file of [`${name}.gz`, name].map((each) => path.join(directory, each))) {
    if ((await kindOf(file)) !== 'missing') return file;
  }
  return undefined;
}
