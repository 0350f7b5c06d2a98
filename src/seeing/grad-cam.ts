import { ArgumentError } from '../engine/core/errors.js';
import { Conv1d, Conv2d, Conv3d, type UnaryModule } from '../nn/index.js';
import { enableGrad, grad, type Tensor } from '../tensor/index.js';
import { checkInput, scoresOf, targetClasses, type ClassTarget } from './class-scores.js';
import { isMap, layerOutputs, requireLayer, type LayerOutput } from './feature-maps.js';
import { inEvaluation } from './in-evaluation.js';

/** Options of `gradCam`. */
export interface GradCamOptions extends ClassTarget {
  /**
   * The name of a layer, as in `namedModules`, that gives A. Default: the last one whose maps have the
   * size of the last convolution's, so what its normalisation and activation have made of these.
   */
  readonly layer?: string;
  /** Only what speaks for the class, max(0, …). Default true. */
  readonly relu?: boolean;
}

/**
 * Where in an image a layer finds what speaks for a class: L = max(0, Σ_k α_k A^k), the maps A^k of the
 * layer weighted by α_k = (1 / Z) Σ_ij ∂y_c / ∂A^k_ij, Z being their number of places. Of a net that ends in
 * global average pooling and one linear layer it is the class activation map of Zhou et al., 2016, divided
 * by Z. The model is in evaluation mode meanwhile. `interpolate` brings L to the size of the image.
 *
 * @param model Takes x and gives scores [N, K], best without a softmax.
 * @param x [N, C, …S], f32 or f64.
 * @returns [N, 1, …s], s being the size of the layer's maps.
 * @throws ArgumentError for a model without convolutions, or a layer that it has not or that gives no maps;
 *   else as `saliency`.
 * @see Selvaraju et al., 2017, Grad-CAM, arXiv:1610.02391
 *
 * @example
 * const model = new Sequential(new Conv2d(1, 4, 3), new ReLU(), new Flatten(), new Linear(144, 3));
 * const map = gradCam(model, rand([2, 1, 8, 8]), { target: 1 }); // [2, 1, 6, 6]
 * const large = interpolate(map, { size: [8, 8], mode: 'bilinear' });
 */
export function gradCam(model: UnaryModule, x: Tensor, options: GradCamOptions = {}): Tensor {
  checkInput('gradCam', x);
  return inEvaluation(model, () =>
    enableGrad(() => {
      const input = x.detach();
      // So that maps have a gradient where the weights are frozen.
      input.requiresGrad = true;
      const { result, outputs } = layerOutputs(model, () => model.forward(input));
      const maps = chooseMaps(model, outputs, options.layer);
      const scores = scoresOf(result, targetClasses('gradCam', result, options));
      const [slope] = grad(scores.sum(), [maps], { allowUnused: true });
      const axes = maps.shape.map((_, axis) => axis).slice(2);
      const alpha = slope!.detach().mean(axes, { keepDim: true });
      const sum = alpha.mul(maps.detach()).sum(1, { keepDim: true });
      return options.relu === false ? sum : sum.relu();
    }),
  );
}

function chooseMaps(
  model: UnaryModule,
  outputs: readonly LayerOutput[],
  layer: string | undefined,
): Tensor {
  const maps = outputs.filter(isMap);
  if (layer !== undefined) {
    const names = maps.map(({ name }) => name);
    requireLayer('gradCam', model, layer, names, 'maps [N, C, …S]');
    return maps.filter(({ name }) => name === layer).at(-1)!.output;
  }
  const isConvolution = ({ module }: LayerOutput): boolean =>
    CONVOLUTIONS.some((type) => module instanceof type);
  const last = maps.filter(isConvolution).at(-1);
  if (last === undefined) {
    throw new ArgumentError(
      `gradCam: no convolution was called in ${model.constructor.name}; name a layer that gives maps, ` +
        'or use saliency.',
    );
  }
  const size = last.output.shape.slice(2).join();
  return maps.filter(({ output }) => output.shape.slice(2).join() === size).at(-1)!.output;
}

const CONVOLUTIONS = [Conv1d, Conv2d, Conv3d];
