import type { ArrayDataset } from './array-dataset.js';
import type { Normalization } from './normalization.js';

/** A set of images with labels, in a part to train on and a part to test on. */
export interface LabelledImages {
  /** As the command line names it. */
  readonly name: string;
  /** Where the images came from, for a person to read. */
  readonly source: string;
  readonly classes: readonly string[];
  /** What has a class: each image (the default), or each of its pixels. */
  readonly labels?: 'image' | 'pixel';
  /** Columns `x`, u8 `[N, C, H, W]`, and `y`, i32 `[N]`, or `[N, H, W]` of pixels. */
  readonly train: ArrayDataset<'x' | 'y'>;
  readonly test: ArrayDataset<'x' | 'y'>;
  /** Of the pixels of the training part, as 0 … 1. */
  readonly normalization: Normalization;
}
