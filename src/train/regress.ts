import { ArgumentError } from '../engine/core/errors.js';
import type { NamedArray } from '../io/index.js';
import { asSamples, checkFinite, inBatches } from './inference.js';
import type { LoadedModel } from './model-file.js';
import { purposeOf } from './model-metadata.js';

/** The numbers that a model gives samples. */
export interface Regressed {
  /** Number of samples. */
  readonly length: number;
  /** [N], in the target's own unit. */
  readonly values: Float64Array;
}

/**
 * The numbers that a model gives raw inputs, ŷ = offset + scale · f(x): does the preprocessing that
 * came with the model, computes in evaluation mode, and undoes the scaling of the target.
 *
 * @param input One sample in the model's input shape or a batch, [N, …]; rows of a table as their
 *   `TablePreprocessor` gives them.
 * @throws ArgumentError for a model of classes; ShapeError, with both shapes, for an input of another
 *   shape; NumericError where the output is NaN or ±∞.
 * @example
 * const loaded = await loadModel('houses.safetensors');
 * const { values } = regress(loaded, preprocessor.arrays(tableFrom([{ rooms: 4, age: 12 }])).x);
 */
export function regress(loaded: LoadedModel, input: NamedArray): Regressed {
  const { task } = loaded;
  if (task.kind !== 'regression') {
    const use = task.kind === 'language' ? 'generate' : 'classify';
    throw new ArgumentError(`regress: the model ${purposeOf(task)}; use ${use}.`);
  }
  const samples = asSamples('regress', task.inputShape, input);
  const length = samples.shape[0]!;
  const outputs = new Float32Array(length);
  inBatches(
    loaded,
    samples,
    (output) => ({ output }),
    ({ output }, at) => outputs.set(output.dataSync(), at),
  );
  checkFinite('regress', outputs, 1);
  const values = Float64Array.from(outputs, (v) => task.offset + task.scale * v);
  return { length, values };
}
