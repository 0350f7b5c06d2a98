import { ArgumentError } from '../engine/core/errors.js';
import { sizeOf } from '../engine/core/shape.js';
import type { NamedArray } from '../io/index.js';
import { asSamples, checkFinite, inBatches } from './inference.js';
import type { LoadedModel } from './model-file.js';
import { givesOf } from './task-texts.js';

/**
 * What a model makes of raw samples that is to be these again: does the preprocessing that came with the
 * model, then computes in evaluation mode.
 *
 * @param input One sample in the model's input shape or a batch, [N, …]; pixels may be bytes.
 * @returns f32 [N, …], as preprocessed: of pixels, shares from 0 to 1 where a model was trained by
 *   `gradus train`.
 * @throws ArgumentError for a model of another task; ShapeError, with both shapes, for an input of another
 *   shape; NumericError where the output is NaN or ±∞.
 * @example
 * const { values } = reconstruct(await loadModel('autoencoder.safetensors'), image);
 */
export function reconstruct(loaded: LoadedModel, input: NamedArray): NamedArray {
  const { task } = loaded;
  if (task.kind !== 'reconstruction') {
    const { gives, use } = givesOf(task);
    throw new ArgumentError(`reconstruct: the model ${gives}, not its input; ${use}.`);
  }
  const samples = asSamples('reconstruct', task.inputShape, input);
  const row = sizeOf(task.inputShape);
  const values = new Float32Array(samples.shape[0]! * row);
  inBatches(
    loaded,
    samples,
    (output) => ({ output }),
    ({ output }, at) => values.set(output.dataSync(), at * row),
  );
  checkFinite('reconstruct', values, row);
  return { dtype: 'f32', shape: samples.shape, values };
}
