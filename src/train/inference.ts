import { ArgumentError, NumericError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape, sizeOf } from '../engine/core/shape.js';
import type { NamedArray } from '../io/index.js';
import { compile, fromData, noGrad, type Tensor } from '../tensor/index.js';
import type { LoadedModel } from './model-file.js';
import { preprocess } from './preprocessing.js';

/** Samples per run of the program: enough to be fast, few enough for the caches. */
const BATCH = 500;

/**
 * Runs a model on raw samples [N, …] in evaluation mode, some at a time.
 *
 * @param outputs What to compute from the model's output.
 * @param take Gets that for the samples from `at` on.
 */
export function inBatches<K extends string>(
  { model, task, preprocessing }: LoadedModel,
  samples: NamedArray,
  outputs: (output: Tensor) => Record<K, Tensor>,
  take: (values: Record<K, Tensor>, at: number) => void,
): void {
  const length = samples.shape[0]!;
  const row = sizeOf(task.inputShape);
  const mode = model.training;
  model.eval();
  const run = compile((x: Tensor) => noGrad(() => outputs(model.forward(x))));
  for (let at = 0; at < length; at += BATCH) {
    const count = Math.min(BATCH, length - at);
    const values = samples.values.subarray(at * row, (at + count) * row);
    const shape = [count, ...task.inputShape];
    const x = preprocess(preprocessing, { dtype: samples.dtype, shape, values });
    take(run(fromData(x.values, x.shape)), at);
  }
  model.train(mode);
}

/** Throws a NumericError, naming the sample, where an output of `width` for each is not finite. */
export function checkFinite(op: string, outputs: Float32Array, width: number): void {
  const odd = outputs.findIndex((v) => !Number.isFinite(v));
  if (odd < 0) return;
  throw new NumericError(
    `${op}: the output for sample ${Math.floor(odd / width)} is ${outputs[odd]}; the input or ` +
      'the weights are NaN or too large.',
  );
}

/** `input` as [N, …inputShape]. */
export function asSamples(
  op: string,
  inputShape: readonly number[],
  input: NamedArray,
): NamedArray {
  const { shape } = input;
  // [1, 28, 28], then [28, 28]: the whole shape has precedence over what is left of it.
  for (let skip = 0; skip < inputShape.length; skip++) {
    const sample = inputShape.slice(skip);
    const isOne = sameShape(shape, sample);
    if (isOne || sameShape(shape.slice(1), sample)) {
      const length = isOne ? 1 : shape[0]!;
      if (length === 0) throw new ArgumentError(`${op}: the input holds no samples.`);
      return { ...input, shape: [length, ...inputShape] };
    }
    if (inputShape[skip] !== 1) break;
  }
  throw new ShapeError(
    `${op}: the input has shape ${formatShape(shape)}, the model takes samples ` +
      `${formatShape(inputShape)} or batches [N, ${inputShape.join(', ')}].`,
  );
}
