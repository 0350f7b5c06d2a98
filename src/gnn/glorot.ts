import { Linear, init } from '../nn/index.js';
import type { DType, Generator, Shape } from '../tensor/index.js';
import { Parameter, uniform, zeros } from '../tensor/index.js';

/** What the options of all layers on graphs have. */
export interface GraphLayerOptions {
  /** Add a trained offset to each output. Default true. */
  readonly bias?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

type Draw = Pick<GraphLayerOptions, 'dtype' | 'generator'>;

/** What is there of dtype and generator. */
export function drawOf({ dtype = 'f32', generator }: Draw): {
  dtype: DType;
  generator?: Generator;
} {
  return generator ? { dtype, generator } : { dtype };
}

/** A Linear whose weight starts as Glorot and Bengio have it, and its bias, if any, as zeros. */
export function glorotLinear(
  inFeatures: number,
  outFeatures: number,
  { bias = false, ...draw }: GraphLayerOptions = {},
): Linear {
  const layer = new Linear(inFeatures, outFeatures, { bias, ...drawOf(draw) });
  init.xavierUniform(layer.weight, draw.generator ? { generator: draw.generator } : {});
  if (layer.bias) init.zeros(layer.bias);
  return layer;
}

/** A parameter that is uniform on ±√(6 / (n + m)), for the last two extents n and m. */
export function glorotParameter(shape: Shape, draw: Draw): Parameter {
  const bound = Math.sqrt(6 / (shape.at(-2)! + shape.at(-1)!));
  return new Parameter(uniform(-bound, bound, shape, drawOf(draw)));
}

/** Zeros, or null if there is to be no bias. */
export function zeroBias(size: number, { bias = true, dtype = 'f32' }: GraphLayerOptions) {
  return bias ? new Parameter(zeros([size], { dtype })) : null;
}
