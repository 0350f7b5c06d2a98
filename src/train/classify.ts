import { ArgumentError } from '../engine/core/errors.js';
import type { NamedArray } from '../io/index.js';
import type { Tensor } from '../tensor/index.js';
import { asSamples, checkFinite, inBatches } from './inference.js';
import type { LoadedModel } from './model-file.js';
import { purposeOf } from './model-metadata.js';

/** What a model makes of samples. */
export interface Classified {
  /** Number of samples. */
  readonly length: number;
  /** [N, C], the model's outputs. */
  readonly logits: Float32Array;
  /** [N, C], softmax of the logits: each row sums to 1. */
  readonly probabilities: Float32Array;
  /** The class with the highest output of each sample; the first of several. */
  readonly labels: Int32Array;
}

/**
 * What a model makes of raw inputs: does the preprocessing that came with the model, then computes
 * in evaluation mode.
 *
 * @param input One sample in the model's input shape or a batch, [N, …]; extents of 1 in front of a
 *   sample's shape may be left out, so that [28, 28] is an image [1, 28, 28].
 * @throws ArgumentError for a model of numbers; ShapeError, with both shapes, for an input of another
 *   shape; NumericError where the output is NaN or ±∞.
 * @example
 * const { labels, probabilities } = classify(await loadModel('mlp.safetensors'), image);
 */
export function classify(loaded: LoadedModel, input: NamedArray): Classified {
  const { task } = loaded;
  if (task.kind !== 'classification') {
    throw new ArgumentError(
      `classify: the model ${purposeOf(task)}, not classes; use ${task.kind === 'language' ? 'generate' : 'regress'}.`,
    );
  }
  const samples = asSamples('classify', task.inputShape, input);
  const length = samples.shape[0]!;
  const classes = task.classes.length;
  const logits = new Float32Array(length * classes);
  const probabilities = new Float32Array(length * classes);
  const labels = new Int32Array(length);
  const outputs = (y: Tensor) => ({ logits: y, probabilities: y.softmax(1), labels: y.argmax(1) });
  inBatches(loaded, samples, outputs, (y, at) => {
    logits.set(y.logits.dataSync(), at * classes);
    probabilities.set(y.probabilities.dataSync(), at * classes);
    labels.set(y.labels.dataSync(), at);
  });
  checkFinite('classify', logits, classes);
  return { length, logits, probabilities, labels };
}
