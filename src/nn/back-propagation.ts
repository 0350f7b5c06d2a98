import { isFloat } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import { enableGrad, grad } from '../tensor/index.js';
import { crossEntropy } from './functional/cross-entropy.js';
import { layerCalls, type LayerCall } from './layer-calls.js';
import type { UnaryModule } from './module.js';

/** Options of `backPropagation`. */
export interface BackPropagationOptions {
  /** E, a scalar made of the model's output and the targets. Default `crossEntropy`. */
  readonly loss?: (output: Tensor, target: Tensor) => Tensor;
}

/** The units of a layer in one call: tensors of one shape, that of what the layer gives. */
export interface LayerReadOut extends LayerCall {
  /** δ_j = ∂E/∂a_j; 0 where the error does not depend on a. */
  readonly delta: Tensor;
}

/** What `backPropagation` has read out. */
export interface BackPropagation {
  /** The model's output, y_k of (2.17). */
  readonly output: Tensor;
  /** E, a scalar. */
  readonly loss: Tensor;
  /** In the order of evaluation; a layer that is used twice is there twice. */
  readonly layers: readonly LayerReadOut[];
}

/**
 * Back-propagation read out: of every unit of a model, for a sample or a batch,
 *
 * - a_j = Σ_i w_ji z_i, what a layer with parameters gives;
 * - z_j = h(a_j), what becomes of it element by element, by modules or functions, before the units
 *   it sends to; a itself where that is nothing;
 * - δ_j = ∂E/∂a_j = h′(a_j) Σ_k w_kj δ_k, of an output y_k - t_k where activation and loss are a
 *   canonical pair.
 *
 * The gradient of a weight is then δ_j z_i, summed over the samples of a batch. The model may be any
 * tree of modules, with skipping links too. It runs in its present mode, so call `eval()` first
 * unless dropout is to take part; weights and their `grad` stay as they are. Layers inside the function
 * of a `scan` are left out, as their values stay in its steps.
 *
 * @param model Takes x and gives one tensor.
 * @param x One sample or several, in the shape that the model takes.
 * @param target In the shape that the loss takes.
 * @throws ArgumentError for a loss that is no single number, or a model without layers.
 * @equation (2.15), (2.16), (2.17), (2.18)
 *
 * @example
 * const model = new Sequential(new Linear(4, 8), new Tanh(), new Linear(8, 3));
 * const target = tensor([2], { dtype: 'i32' });
 * const { layers } = backPropagation(model, rand([1, 4]), target);
 * for (const { name, a, z, delta } of layers) console.log(name, a, z, delta);
 */
export function backPropagation(
  model: UnaryModule,
  x: Tensor,
  target: Tensor,
  { loss = crossEntropy }: BackPropagationOptions = {},
): BackPropagation {
  return enableGrad(() => {
    const input = x.detach();
    // So that layers whose own parameters are frozen have a δ, too.
    if (isFloat(input.dtype)) input.requiresGrad = true;
    const { result: output, layers } = layerCalls(model, () => model.forward(input));
    if (layers.length === 0) {
      throw new ArgumentError(
        `backPropagation: no layer with parameters was called in ${model.constructor.name}; give ` +
          'a model of modules such as Linear, outside of scan().',
      );
    }
    const error = loss(output, target);
    if (error.size !== 1) {
      throw new ArgumentError(
        `backPropagation: the loss has shape [${error.shape.join(', ')}]; use one that gives a ` +
          "single number, as with reduction: 'sum'.",
      );
    }
    const activations = layers.map(({ a }) => a);
    const deltas = grad(error, activations, { allowUnused: true });
    return {
      output: output.detach(),
      loss: error.detach(),
      layers: layers.map(({ name, module, input: from, a, z }, i) => ({
        name,
        module,
        input: from.detach(),
        a: a.detach(),
        z: z && z.detach(),
        delta: deltas[i]!.detach(),
      })),
    };
  });
}
