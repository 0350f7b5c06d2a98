import { ArgumentError } from '../engine/core/errors.js';
import { sizeOf } from '../engine/core/shape.js';
import type { NamedArray } from '../io/index.js';
import { asSamples, checkFinite, inBatches } from './inference.js';
import type { LoadedModel } from './model-file.js';
import { givesOf } from './task-texts.js';

/** The classes that a model gives the pixels of samples. */
export interface Segmented {
  /** Number of samples. */
  readonly length: number;
  /** Height and width of a mask. */
  readonly size: readonly number[];
  /** [N, H, W], the class with the highest output of each pixel; the first of several. */
  readonly labels: Int32Array;
}

/**
 * The class that a model gives each pixel of raw images: does the preprocessing that came with the model,
 * then computes in evaluation mode.
 *
 * @param input One image in the model's input shape or a batch, [N, C, H, W].
 * @throws ArgumentError for a model of another task; ShapeError, with both shapes, for an input of another
 *   shape; NumericError where the output is NaN or ±∞.
 * @example
 * const { labels, size } = segment(await loadModel('segmenter.safetensors'), image);
 */
export function segment(loaded: LoadedModel, input: NamedArray): Segmented {
  const { task } = loaded;
  if (task.kind !== 'segmentation') {
    const { gives, use } = givesOf(task);
    throw new ArgumentError(`segment: the model ${gives}, not classes of pixels; ${use}.`);
  }
  const samples = asSamples('segment', task.inputShape, input);
  const length = samples.shape[0]!;
  const size = task.inputShape.slice(1);
  const pixels = sizeOf(size);
  const labels = new Int32Array(length * pixels);
  const greatest = new Float32Array(length * pixels);
  inBatches(
    loaded,
    samples,
    (output) => ({ labels: output.argmax(1), greatest: output.max(1) }),
    (values, at) => {
      labels.set(values.labels.dataSync(), at * pixels);
      greatest.set(values.greatest.dataSync(), at * pixels);
    },
  );
  checkFinite('segment', greatest, pixels);
  return { length, size, labels };
}
