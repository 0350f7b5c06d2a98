import { isFloat } from '../../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { rand, where } from '../../tensor/index.js';

/** How the next symbol is chosen by `sampleLogits`. */
export interface SamplingOptions {
  /** τ: logits are divided by it; 0 takes the likeliest symbol always. Default 1. */
  readonly temperature?: number;
  /** Only the k likeliest symbols; a k above V is V. Default all. */
  readonly topK?: number;
  /** Only the likeliest symbols that together have a probability of at least p. Default 1, all. */
  readonly topP?: number;
  /** Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** The smallest u of `rand`, halved: -ln u stays finite where u is 0. */
const LEAST = { f32: 2 ** -25, f64: 2 ** -54 } as const;

/**
 * Symbols drawn from softmax(logits / τ) over the last axis, by the Gumbel-max trick: the argmax of
 * logits / τ - ln(-ln u), u uniform, is distributed so. `topK` and then `topP` leave out the others
 * first, as `restrictLogits` does. The same state of the generator gives the same symbols.
 *
 * @param logits [*, V], f32 or f64, V ≥ 1. -∞ is a probability of 0.
 * @returns i32 [*], from 0 to V - 1; with a temperature of 0 the argmax, the first where some are equal.
 * @throws ArgumentError for a temperature below 0, a `topK` that is no count, or a `topP` not in (0, 1];
 *   DTypeError or ShapeError for other logits.
 *
 * @example
 * const logits = tensor([[0, 1, 2], [5, 0, 0]]);
 * sampleLogits(logits, { temperature: 0 }); // [2, 0]
 * sampleLogits(logits, { temperature: 0.8, topK: 2 }); // 1 or 2, then 0, hardly ever 1
 */
export function sampleLogits(logits: Tensor, options: SamplingOptions = {}): Tensor {
  checkSampling('sampleLogits', options);
  checkLogits('sampleLogits', logits);
  const { temperature = 1, generator } = options;
  if (temperature === 0) return logits.argmax(-1);
  const dtype = logits.dtype as keyof typeof LEAST;
  const u = rand(logits.shape, generator ? { dtype, generator } : { dtype });
  const gumbel = u.maximum(LEAST[dtype]).log().neg().log().neg();
  const restricted = restrictLogits(logits.div(temperature), options);
  return restricted.add(gumbel).argmax(-1);
}

/**
 * Logits with -∞ in place of those that `topK`, and then `topP` among the rest, leave out. Symbols as
 * likely as the last one kept are kept as well. Fan and others, 2018, arXiv:1805.04833; Holtzman and
 * others, 2019, arXiv:1904.09751 (nucleus sampling).
 *
 * @param logits [*, V], f32 or f64, V ≥ 1; for `topP` their softmax is taken.
 * @returns The shape of the logits; at least one of V is kept.
 * @throws As `sampleLogits`.
 *
 * @example
 * restrictLogits(tensor([1, 3, 2]), { topK: 2 }); // [-∞, 3, 2]
 */
export function restrictLogits(
  logits: Tensor,
  options: Pick<SamplingOptions, 'topK' | 'topP'> = {},
): Tensor {
  checkSampling('restrictLogits', options);
  checkLogits('restrictLogits', logits);
  const { topK, topP = 1 } = options;
  const size = logits.shape.at(-1)!;
  let kept = logits;
  if (topK !== undefined && topK < size) {
    const least = kept.topk(topK).values.slice(-1, topK - 1, topK);
    kept = where(kept.ge(least), kept, -Infinity);
  }
  if (topP < 1) {
    const { values } = kept.sort(-1, { descending: true });
    // What the likelier ones have together: with less than p, a symbol is still needed.
    const before = values.softmax(-1).cumsum(-1, { exclusive: true });
    const least = where(before.lt(topP), values, Infinity).min(-1, { keepDim: true });
    kept = where(kept.ge(least), kept, -Infinity);
  }
  return kept;
}

/** Throws an ArgumentError for settings that no symbol can be drawn with. */
export function checkSampling(op: string, { temperature = 1, topK, topP }: SamplingOptions): void {
  const refuse = (name: string, value: number, use: string): never => {
    throw new ArgumentError(`${op}: ${name} is ${value}; use ${use}.`);
  };
  if (!(temperature >= 0 && temperature < Infinity)) {
    refuse('temperature', temperature, 'a finite number of at least 0');
  }
  if (topK !== undefined && !(Number.isSafeInteger(topK) && topK >= 1)) {
    refuse('topK', topK, 'an integer of at least 1');
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    refuse('topP', topP, 'a probability above 0 and at most 1');
  }
}

function checkLogits(op: string, { dtype, shape }: Tensor): void {
  if (!isFloat(dtype)) {
    throw new DTypeError(`${op}: logits are ${dtype}; give real numbers, f32 or f64.`);
  }
  if (shape.length > 0 && shape.at(-1)! > 0) return;
  throw new ShapeError(
    `${op}: logits are ${formatShape(shape)}; give [*, V], one for each of V ≥ 1 symbols.`,
  );
}
