import { ArgumentError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import { noGrad } from '../tensor/index.js';

/** Options of `clipGradNorm`. */
export interface ClipNormOptions {
  /** The exponent p of the norm, or Infinity. Default 2. */
  readonly normType?: number;
}

/**
 * Scales all gradients by min(1, maxNorm / (‖g‖ + 1e-6)), ‖g‖ being the norm of all of them taken
 * as one vector: an answer to gradients that explode, as with equation (5.5).
 *
 * @param params Parameters; those without a gradient do not count.
 * @param maxNorm The largest norm that stays as it is, > 0.
 * @returns ‖g‖ before, a scalar.
 * @throws ArgumentError if none has a gradient, or maxNorm is not above 0.
 */
export function clipGradNorm(
  params: Iterable<Tensor>,
  maxNorm: number,
  { normType = 2 }: ClipNormOptions = {},
): Tensor {
  if (!(maxNorm > 0)) {
    throw new ArgumentError(`clipGradNorm: maxNorm is ${maxNorm}; use a number above 0.`);
  }
  if (!(normType > 0)) {
    throw new ArgumentError(`clipGradNorm: normType is ${normType}; use a number above 0.`);
  }
  const owners = withGradient('clipGradNorm', params);
  return noGrad(() => {
    const total = totalNorm(
      owners.map((p) => p.grad!),
      normType,
    );
    const scale = total.add(1e-6).reciprocal().mul(maxNorm).clamp(undefined, 1);
    for (const p of owners) p.grad = p.grad!.mul(scale.to(p.dtype));
    return total;
  });
}

/**
 * Limits every element of all gradients to ±clipValue. Throws an ArgumentError if none has a
 * gradient, or clipValue is not above 0.
 */
export function clipGradValue(params: Iterable<Tensor>, clipValue: number): void {
  if (!(clipValue > 0)) {
    throw new ArgumentError(`clipGradValue: clipValue is ${clipValue}; use a number above 0.`);
  }
  const owners = withGradient('clipGradValue', params);
  noGrad(() => {
    for (const p of owners) p.grad = p.grad!.clamp(-clipValue, clipValue);
  });
}

function withGradient(op: string, params: Iterable<Tensor>): Tensor[] {
  const owners = [...params].filter((p) => p.grad !== null);
  if (owners.length > 0) return owners;
  throw new ArgumentError(`${op}: no parameter has a gradient; call backward() first.`);
}

function totalNorm(gradients: readonly Tensor[], p: number): Tensor {
  if (p === Infinity) {
    return gradients.map((g) => g.abs().max()).reduce((a, b) => a.maximum(b));
  }
  const powers = gradients.map((g) => (p === 2 ? g.mul(g) : g.abs().pow(p)).sum());
  const total = powers.reduce((a, b) => a.add(b));
  return p === 2 ? total.sqrt() : total.pow(1 / p);
}
