import { ArgumentError, NumericError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape, sizeOf } from '../engine/core/shape.js';
import type { NamedArray } from '../io/index.js';
import { compile, fromData, noGrad, type Tensor } from '../tensor/index.js';
import type { LoadedModel } from './model-file.js';
import { preprocess } from './preprocessing.js';

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

/** Samples per run of the program: enough to be fast, few enough for the caches. */
const BATCH = 500;

/**
 * What a model makes of raw inputs: does the preprocessing that came with the model, then computes
 * in evaluation mode.
 *
 * @param input One sample in the model's input shape or a batch, [N, …]; extents of 1 in front of a
 *   sample's shape may be left out, so that [28, 28] is an image [1, 28, 28].
 * @throws ShapeError, with both shapes, for an input of another shape; NumericError where the output
 *   is NaN or ±∞.
 * @example
 * const { labels, probabilities } = classify(await loadModel('mlp.safetensors'), image);
 */
export function classify(loaded: LoadedModel, input: NamedArray): Classified {
  const { model, task, preprocessing } = loaded;
  const samples = asSamples(task.inputShape, input);
  const length = samples.shape[0]!;
  const classes = task.classes.length;
  const logits = new Float32Array(length * classes);
  const probabilities = new Float32Array(length * classes);
  const labels = new Int32Array(length);
  const mode = model.training;
  model.eval();
  const run = compile((x: Tensor) =>
    noGrad(() => {
      const y = model.forward(x);
      return { logits: y, probabilities: y.softmax(1), labels: y.argmax(1) };
    }),
  );
  const row = sizeOf(task.inputShape);
  for (let at = 0; at < length; at += BATCH) {
    const count = Math.min(BATCH, length - at);
    const values = samples.values.subarray(at * row, (at + count) * row);
    const shape = [count, ...task.inputShape];
    const x = preprocess(preprocessing, { dtype: input.dtype, shape, values });
    const y = run(fromData(x.values, x.shape));
    logits.set(y.logits.dataSync(), at * classes);
    probabilities.set(y.probabilities.dataSync(), at * classes);
    labels.set(y.labels.dataSync(), at);
  }
  model.train(mode);
  const odd = logits.findIndex((v) => !Number.isFinite(v));
  if (odd >= 0) {
    throw new NumericError(
      `classify: the output for sample ${Math.floor(odd / classes)} is ${logits[odd]}; the input or ` +
        'the weights are NaN or too large.',
    );
  }
  return { length, logits, probabilities, labels };
}

/** `input` as [N, …inputShape]. */
function asSamples(inputShape: readonly number[], input: NamedArray): NamedArray {
  const { shape } = input;
  // [1, 28, 28], then [28, 28]: the whole shape has precedence over what is left of it.
  for (let skip = 0; skip < inputShape.length; skip++) {
    const sample = inputShape.slice(skip);
    const isOne = sameShape(shape, sample);
    if (isOne || sameShape(shape.slice(1), sample)) {
      const length = isOne ? 1 : shape[0]!;
      if (length === 0) throw new ArgumentError('classify: the input holds no samples.');
      return { ...input, shape: [length, ...inputShape] };
    }
    if (inputShape[skip] !== 1) break;
  }
  throw new ShapeError(
    `classify: the input has shape ${formatShape(shape)}, the model takes samples ` +
      `${formatShape(inputShape)} or batches [N, ${inputShape.join(', ')}].`,
  );
}
