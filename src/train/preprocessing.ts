import { ArrayDataset } from '../data/array-dataset.js';
import type { Normalization } from '../data/normalization.js';
import type { TablePreprocessor } from '../data/table-preprocessor.js';
import type { NamedArray } from '../io/index.js';
import type { TextPreprocessorJson } from '../text/index.js';

/** What is done to an input before a model sees it: plain JSON, part of the model file. */
export type Preprocessing =
  /** Nothing but a conversion to f32. */
  | { readonly kind: 'none' }
  /**
   * (p - mean) / std, where p is a pixel as 0 … 1: u8 values are divided by 255 first. Lists have a
   * number for each channel.
   */
  | ({ readonly kind: 'pixels' } & Omit<Normalization, 'scale'>)
  /** Rows of a table: what `TablePreprocessor.toJSON` gave. */
  | { readonly kind: 'table'; readonly table: ReturnType<TablePreprocessor['toJSON']> }
  /** Texts: what `TextPreprocessor.toJSON` gave. */
  | { readonly kind: 'text'; readonly text: TextPreprocessorJson };

/**
 * Inputs as the model takes them, f32 and of the same shape: what `ArrayDataset.normalized` makes of
 * them, to the bit. Rows of a table are expected to have been through their `TablePreprocessor`, texts
 * through their `TextPreprocessor`: symbols stay i32.
 * Where the normalization is one for each channel, the input is a batch, [N, C, …].
 */
export function preprocess(preprocessing: Preprocessing, input: NamedArray): NamedArray {
  if (preprocessing.kind === 'pixels') {
    const { mean, std } = preprocessing;
    const { shape, ...rest } = input;
    // One sample in front, so that every rank has samples to count; channels come with a batch.
    const byChannel = typeof mean !== 'number' || typeof std !== 'number';
    const set = new ArrayDataset({ x: { ...rest, shape: byChannel ? shape : [1, ...shape] } });
    return { ...set.normalized('x', { mean, std }).column('x'), shape };
  }
  const { values, shape } = input;
  if (preprocessing.kind === 'text') {
    return { dtype: 'i32', shape, values: Int32Array.from(values) };
  }
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  return { dtype: 'f32', shape, values: floats };
}

/** The preprocessing of images that are normalized by `normalization`. */
export function pixels({ mean, std }: Normalization): Preprocessing {
  return { kind: 'pixels', mean, std };
}
