import { IndexError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import type { BackPropagation, LayerReadOut } from './back-propagation.js';

/** Options of `backPropagationTable`. */
export interface BackPropagationTableOptions {
  /** Which sample of the batch; layers that give a vector have one only. Default 0. */
  readonly sample?: number;
  /** The most units shown of a layer. Default 10. */
  readonly units?: number;
}

/**
 * What `backPropagation` has read out, as text: for each layer a line for each unit with its a_j, z_j
 * and δ_j. Units of images are numbered row by row within their channels.
 *
 * @throws IndexError for a sample that is not in the batch.
 *
 * @example
 * const model = new Sequential(new Linear(2, 3), new Tanh(), new Linear(3, 2));
 * const read = backPropagation(model, ones([1, 2]), tensor([1], { dtype: 'i32' }));
 * console.log(backPropagationTable(read));
 */
export function backPropagationTable(
  { loss, layers }: BackPropagation,
  { sample = 0, units = 10 }: BackPropagationTableOptions = {},
): string {
  const parts = layers.map((layer) => partOf(layer, sample, units));
  return [`E = ${text(loss.item())}`, ...parts].join('\n');
}

function partOf({ name, module, a, z, delta }: LayerReadOut, sample: number, most: number): string {
  const title = `${name}${name && ': '}${module.constructor.name}(${module.extraRepr()})`;
  const columns = [a, z, delta].map((t) => t && valuesOf(t, sample));
  const count = columns[0]!.length;
  const rows = [['unit', 'a', 'z', 'δ']];
  for (let unit = 0; unit < Math.min(count, most); unit++) {
    rows.push([String(unit), ...columns.map((column) => (column ? text(column[unit]!) : '-'))]);
  }
  const lines = rows.map((row) => row.map((cell, i) => cell.padStart(i === 0 ? 6 : 12)).join(''));
  const left = count - most;
  return [title, ...lines, ...(left > 0 ? [`   … and ${left} more`] : [])].join('\n');
}

/** The values of one sample, of a tensor [N, …], or of a vector. */
function valuesOf(t: Tensor, sample: number): ArrayLike<number> {
  const count = t.rank > 1 ? t.shape[0]! : 1;
  if (!Number.isInteger(sample) || sample < 0 || sample >= count) {
    throw new IndexError(
      `backPropagationTable: sample ${sample} is not in the batch; use 0…${count - 1}.`,
    );
  }
  const size = t.size / count;
  return t.dataSync().subarray(sample * size, (sample + 1) * size);
}

/** Five digits. */
function text(value: number): string {
  return String(Number(value.toPrecision(5)));
}
