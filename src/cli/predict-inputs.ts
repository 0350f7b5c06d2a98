import { tableFrom, TablePreprocessor, type Cell, type Table } from '../data/index.js';
import { loadCsv } from '../data/node.js';
import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { formatShape, sizeOf } from '../engine/core/shape.js';
import { imageFormat, readIdx, readNpy, type NamedArray } from '../io/index.js';
import { readFile } from '../io/node.js';
import type { LoadedModel } from '../train/index.js';
import { jsonError } from './json-error.js';
import { readModelImage } from './model-image.js';
import { UsageError } from './usage-error.js';

/** What is told as an image that cannot be read, whatever its bytes are. */
const IMAGE_NAME = /\.(png|jpe?g|gif|webp|bmp|tiff?|heic|avif)$/i;

/** Samples of a file. */
export interface Input {
  readonly array: NamedArray;
  /** Which row of a table each sample is; all of them where it is absent. */
  readonly rows?: Int32Array;
}

/**
 * What a file holds for a model: an image, an .npy array, an idx file, or text with numbers, which is seen
 * from the first bytes; for a model of tables rows with the columns' names, CSV or .json.
 *
 * @throws FileError, FormatError naming the file.
 */
export async function readInput(file: string, loaded: LoadedModel): Promise<Input> {
  const { preprocessing, task } = loaded;
  if (preprocessing.kind === 'table') {
    if (IMAGE_NAME.test(file))
      return { array: await readModelImage(new Uint8Array(), file, loaded) };
    const table = /\.json$/i.test(file) ? await readRecords(file) : await loadCsv(file);
    const { x, rows } = TablePreprocessor.fromJSON(preprocessing.table).arrays(table);
    if (rows.length > 0) return { array: x, rows };
    throw new FormatError(`${file}: there is no row to predict for; give one that is complete.`);
  }
  const bytes = await readFile(file);
  if (imageFormat(bytes) !== undefined || IMAGE_NAME.test(file)) {
    return { array: await readModelImage(bytes, file, loaded) };
  }
  const array = await parseInput(bytes, file, task.inputShape);
  return { array: preprocessing.kind === 'pixels' ? asPixels(array, file) : array };
}

/** Sample `index` of a batch. */
export function sampleOf(
  { dtype, shape, values }: NamedArray,
  index: number,
  input: string,
): NamedArray {
  const [length = 0, ...sample] = shape;
  if (index >= length) {
    throw new UsageError(
      `--index ${index} is beyond ${input}, which has ${length} samples; use at most ${length - 1}.`,
    );
  }
  const row = values.length / length;
  return { dtype, shape: sample, values: values.subarray(index * row, (index + 1) * row) };
}

/** Rows as JSON: a list of objects, or a single one, with the columns' names as keys. */
async function readRecords(file: string): Promise<Table> {
  const text = new TextDecoder().decode(await readFile(file));
  const problem = jsonError(text);
  if (problem !== undefined) throw new FormatError(`${file}: ${problem}.`);
  const json = JSON.parse(text) as unknown;
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  const records = list.map((record, i) => {
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) {
      const odd = Object.entries(record).find(
        ([, cell]) => typeof cell === 'object' && cell !== null,
      );
      if (odd === undefined) return record as Record<string, Cell>;
      throw new FormatError(
        `${file}: record ${i} has a list or an object for '${odd[0]}'; give a number, text or null.`,
      );
    }
    throw new FormatError(
      `${file}: record ${i} is no object; give a list such as [{"age": 39, "job": "teacher"}].`,
    );
  });
  try {
    return tableFrom(records, file);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new FormatError(`${file}: ${error.message.replace(/^tableFrom: /, '')}`, {
      cause: error,
    });
  }
}

async function parseInput(
  bytes: Uint8Array,
  file: string,
  sample: readonly number[],
): Promise<NamedArray> {
  const begins = (start: readonly number[]): boolean => start.every((b, i) => bytes[i] === b);
  if (begins([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return readNpy(bytes, { source: file });
  if (begins([0, 0]) || begins([0x1f, 0x8b])) return readIdx(bytes, { source: file });
  if (begins([0x50, 0x4b, 0x03, 0x04])) {
    throw new FormatError(
      `${file}: this is a zip archive, such as .npz; save its values as .npy of shape ` +
        `${formatShape(sample)}.`,
    );
  }
  return parseNumbers(bytes, file, sample);
}

/** Text: a sample a line, or a single one over several lines, as an image's rows. */
function parseNumbers(bytes: Uint8Array, file: string, sample: readonly number[]): NamedArray {
  const size = sizeOf(sample);
  const values: number[] = [];
  const lengths: number[] = [];
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError(
      `${file}: this is neither .npy, idx nor text; give one of these, of shape ` +
        `${formatShape(sample)}.`,
    );
  }
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const cells = line.split(/[\s,;]+/).filter((cell) => cell !== '');
    for (const cell of cells) {
      const value = NUMBER.test(cell) ? Number(cell) : NaN;
      if (!Number.isFinite(value)) {
        const shown = JSON.stringify(cell.slice(0, 40));
        throw new FormatError(`${file}: line ${i + 1} has ${shown}, which is no number.`);
      }
      values.push(value);
    }
    if (cells.length > 0) lengths.push(cells.length);
  }
  const perLine = lengths.every((length) => length === size);
  if (values.length === 0 || (!perLine && values.length !== size)) {
    const found = lengths.length === 1 ? 'a row' : `${lengths.length} rows`;
    throw new FormatError(
      `${file}: ${found} of ${values.length} numbers in all, the model takes samples of shape ` +
        `${formatShape(sample)}, which is ${size} numbers a row.`,
    );
  }
  const shape = [values.length / size, ...sample];
  return { dtype: 'f32', shape, values: Float32Array.from(values) };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Pixels are bytes, or shares from 0 to 1. Whole numbers beyond 1, as in text or as i32, are bytes,
 * whatever their dtype.
 */
function asPixels(array: NamedArray, file: string): NamedArray {
  const { dtype, shape, values } = array;
  if (dtype === 'u8') return array;
  let [least, most, whole] = [0, 0, true];
  for (const v of values) {
    if (!(v >= least)) least = v;
    if (!(v <= most)) most = v;
    whole &&= Number.isInteger(v);
  }
  if (least >= 0 && most <= 1) return array;
  if (least >= 0 && most <= 255 && whole) {
    return { dtype: 'u8', shape, values: Uint8Array.from(values) };
  }
  throw new FormatError(
    `${file}: pixels run from ${least} to ${most}; give bytes from 0 to 255 or numbers from 0 to ` +
      '1, before any normalization, which the model brings along.',
  );
}
