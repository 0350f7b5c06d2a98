import { ArgumentError } from '../engine/core/errors.js';
import type { UnaryModule } from '../nn/index.js';
import { layerCalls } from '../nn/layer-calls.js';
import { noGrad, type Tensor } from '../tensor/index.js';
import { checkInput } from './class-scores.js';
import { featureMaps } from './feature-maps.js';
import { inEvaluation } from './in-evaluation.js';

/** Options of `embeddings`. */
export interface EmbeddingsOptions {
  /** A layer whose output is taken. Default: what the last layer with parameters is given. */
  readonly layer?: string;
}

/**
 * What a model knows of samples before it decides: the input of its last layer, a point of few dimensions
 * for each, the model being in evaluation mode. `pca` and `tSne` make maps of them.
 *
 * @param model Takes x and gives one tensor.
 * @param x [N, …] in the shape that the model takes; give large sets in parts.
 * @returns [N, D], the values of a sample in one row.
 * @throws ArgumentError for a layer that was not called, or a model without layers.
 *
 * @example
 * const model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 3));
 * const points = embeddings(model, rand([100, 4])); // [100, 8]
 */
export function embeddings(
  model: UnaryModule,
  x: Tensor,
  { layer }: EmbeddingsOptions = {},
): Tensor {
  checkInput('embeddings', x);
  const rows = (t: Tensor): Tensor => t.reshape([t.shape[0]!, -1]);
  if (layer !== undefined) {
    return rows(featureMaps(model, x, { layers: [layer] }).at(-1)!.output);
  }
  const { layers } = inEvaluation(model, () =>
    layerCalls(model, () => noGrad(() => model.forward(x.detach()))),
  );
  const last = layers.at(-1);
  if (last !== undefined) return rows(last.input);
  throw new ArgumentError(
    `embeddings: no layer with parameters was called in ${model.constructor.name}; name a layer.`,
  );
}
