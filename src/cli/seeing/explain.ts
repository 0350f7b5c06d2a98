import { ArgumentError, GradusError } from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/index.js';
import {
  gradCam,
  inputTimesGradient,
  integratedGradients,
  occlusion,
  saliency,
  smoothGrad,
} from '../../seeing/index.js';
import { Generator, fromData, type Tensor } from '../../tensor/index.js';
import { preprocess, type LoadedModel } from '../../train/index.js';

/** How a score is explained, with what `--help` says of it. */
export const METHODS = {
  'grad-cam': 'where the last maps of the convolutions speak for the class',
  saliency: 'how much each pixel would change the score',
  'smooth-grad': 'that, averaged over noisy copies',
  'input-x-gradient': 'pixels times their gradients',
  'integrated-gradients': 'contributions, compared with a black image',
  occlusion: 'how far the score falls where a window is hidden',
} as const;

export type Method = keyof typeof METHODS;

/** What is explained, and how. */
export interface ExplainOptions {
  readonly method: Method;
  /** Number of the class. */
  readonly label: number;
  /** For grad-cam. */
  readonly layer?: string | undefined;
  /** Of the noise of smooth-grad. */
  readonly seed: number;
}

/** Points of the path from black, more than the default since networks with ReLU have kinks. */
const STEPS = 100;
/** Sides of an image to those of a window that is hidden, which moves by half its own. */
const WINDOWS = 7;

/** An image as the model takes it, f32 [1, C, H, W]. */
export function modelInput({ preprocessing, task }: LoadedModel, image: NamedArray): Tensor {
  const shape = [1, ...task.inputShape];
  const { values } = preprocess(preprocessing, { ...image, shape });
  return fromData(values, shape);
}

/**
 * The map [H, W], with axes of 1 before these, of one image.
 *
 * @throws ArgumentError in words of the command line.
 */
export function explain(loaded: LoadedModel, image: NamedArray, options: ExplainOptions): Tensor {
  try {
    return mapOf(loaded, image, options);
  } catch (error) {
    if (!(error instanceof GradusError)) throw error;
    throw new ArgumentError(
      error.message
        .replace(/^gradCam: /, '--method grad-cam: ')
        .replace('use saliency', 'use --method saliency'),
      { cause: error },
    );
  }
}

function mapOf(
  loaded: LoadedModel,
  image: NamedArray,
  { method, label: target, layer, seed }: ExplainOptions,
): Tensor {
  const { model, task } = loaded;
  const x = modelInput(loaded, image);
  const [, height = 1, width = 1] = task.inputShape;
  switch (method) {
    case 'grad-cam':
      return gradCam(model, x, { target, ...(layer !== undefined && { layer }) });
    case 'saliency':
      return saliency(model, x, { target }).max(1);
    case 'smooth-grad':
      return smoothGrad(model, x, { target, generator: new Generator(seed) })
        .abs()
        .max(1);
    case 'input-x-gradient':
      return inputTimesGradient(model, x, { target }).sum(1);
    case 'integrated-gradients': {
      const black = { ...image, values: image.values.slice().fill(0) };
      const baseline = modelInput(loaded, black);
      return integratedGradients(model, x, { target, baseline, steps: STEPS }).sum(1);
    }
    case 'occlusion': {
      const sides = [height, width].map((side) => Math.ceil(side / WINDOWS));
      const [window, stride] = [sides, sides.map((side) => Math.ceil(side / 2))] as [
        [number, number],
        [number, number],
      ];
      return occlusion(model, x, { target, window, stride });
    }
  }
}
