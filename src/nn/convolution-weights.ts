import type { DType } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import type { Generator } from '../tensor/index.js';
import { Parameter, uniform } from '../tensor/index.js';
import { requireCount } from './check.js';

/** What all convolutions can be told about their weights. */
export interface WeightOptions {
  /** Add a trained offset to each output channel. Default true. */
  readonly bias?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * A weight [a, b, …kernel] and a bias [outputs] or null, uniform on ±1/√fanIn with fanIn = b · Πkernel,
 * which for the weight is Kaiming-uniform with a = √5.
 */
export function firstWeights(
  [a, b]: readonly [number, number],
  kernel: readonly number[],
  outputs: number,
  { bias = true, dtype = 'f32', generator }: WeightOptions,
): { readonly weight: Parameter; readonly bias: Parameter | null } {
  const bound = 1 / Math.sqrt(kernel.reduce((n, k) => n * k, b));
  const options = generator ? { dtype, generator } : { dtype };
  const weight = new Parameter(uniform(-bound, bound, [a, b, ...kernel], options));
  return {
    weight,
    bias: bias ? new Parameter(uniform(-bound, bound, [outputs], options)) : null,
  };
}

/** Throws an ArgumentError unless the numbers of channels are counts that groups divides. */
export function checkChannels(
  name: string,
  inChannels: number,
  outChannels: number,
  groups: number,
): void {
  requireCount(name, 'inChannels', inChannels);
  requireCount(name, 'outChannels', outChannels);
  requireCount(name, 'groups', groups);
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ArgumentError(
    `${name}: groups is ${groups}, which does not divide inChannels, ${inChannels}, and ` +
      `outChannels, ${outChannels}; use a divisor of both.`,
  );
}
