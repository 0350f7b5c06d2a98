import type { DType } from '../../engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import type { Shape } from '../../engine/core/shape.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { Parameter, uniform } from '../../tensor/index.js';
import type { RecurrentWeights } from './recurrence.js';

/** What the options of all recurrent cells and layers have. */
export interface RecurrentOptions {
  /** Add trained offsets b_ih and b_hh. Default true. */
  readonly bias?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

interface Sizes {
  readonly gates: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
}

/** First weights and biases, uniform on ±1/√H, as in PyTorch. */
export function drawWeights(
  { gates, inputSize, hiddenSize }: Sizes,
  { bias = true, dtype = 'f32', generator }: RecurrentOptions,
): RecurrentWeights {
  const bound = 1 / Math.sqrt(hiddenSize);
  const rows = gates * hiddenSize;
  const draw = (shape: Shape): Parameter =>
    new Parameter(uniform(-bound, bound, shape, generator ? { dtype, generator } : { dtype }));
  return {
    weightIh: draw([rows, inputSize]),
    weightHh: draw([rows, hiddenSize]),
    biasIh: bias ? draw([rows]) : null,
    biasHh: bias ? draw([rows]) : null,
  };
}

/** Weights with the names under which PyTorch saves them: weight_ih, with a suffix. */
export function savedNames(w: RecurrentWeights, suffix = ''): [string, Parameter | null][] {
  return [
    [`weight_ih${suffix}`, w.weightIh],
    [`weight_hh${suffix}`, w.weightHh],
    [`bias_ih${suffix}`, w.biasIh],
    [`bias_hh${suffix}`, w.biasHh],
  ];
}

/** Throws unless each tensor of a state has the shape, which `letters` name, and the dtype. */
export function checkState(
  owner: string,
  state: readonly Tensor[],
  { shape, dtype }: { readonly shape: Shape; readonly dtype: DType },
  letters: string,
): void {
  for (const [i, t] of state.entries()) {
    const name = i === 0 ? 'h' : 'c';
    if (!sameShape(t.shape, shape)) {
      throw new ShapeError(
        `${owner}: the state ${name} is ${formatShape(t.shape)}, and the input takes one ` +
          `${letters} = ${formatShape(shape)}; pass that, or none to start from zeros.`,
      );
    }
    checkDType(owner, `the state ${name}`, t, dtype);
  }
}

/** Throws a DTypeError unless `t` has the dtype of the weights. */
export function checkDType(owner: string, name: string, t: Tensor, dtype: DType): void {
  if (t.dtype === dtype) return;
  throw new DTypeError(
    `${owner}: ${name} is ${t.dtype}, the weights are ${dtype}; convert one, as with ` +
      `to('${dtype}').`,
  );
}
