import { isFloat } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import {
  assignAll,
  Flag,
  fromData,
  full,
  noGrad,
  StateTensor,
  where,
  zeros,
} from '../tensor/index.js';
import type { Tensor } from '../tensor/index.js';

/** Options of `ExponentialMovingAverage`. */
export interface ExponentialMovingAverageOptions {
  /** d in [0, 1). Default 0.999. */
  readonly decay?: number;
  /** Begins with a lower decay, min(d, (1 + n) / (10 + n)) at update n. Default false. */
  readonly warmUp?: boolean;
}

const UPDATES = 'updates';

/**
 * A running mean of weights, which often does better than the last ones: a ← d a + (1 - d) θ at each
 * update, the first one being a ← θ, as with PyTorch's `AveragedModel` and `get_ema_multi_avg_fn`.
 * Polyak and Juditsky, 1992.
 *
 * `update()` belongs behind `optimizer.step()`, in the compiled step, where it joins the kernel of the
 * update. Pass buffers too, where a model has some: of those that are no floats it keeps the last.
 *
 * @example
 * const ema = new ExponentialMovingAverage(model.parameters(), { decay: 0.99 });
 * const step = compile((x: Tensor, y: Tensor) => {
 *   optimizer.zeroGrad();
 *   const loss = crossEntropy(model.forward(x), y);
 *   loss.backward();
 *   optimizer.step();
 *   ema.update();
 *   return loss;
 * });
 * // after some steps:
 * const { accuracy } = await ema.withAverages(() => evaluate(model, loader));
 */
export class ExponentialMovingAverage {
  readonly #decay: number;
  readonly #warmUp: boolean;
  readonly #weights: readonly StateTensor[];
  readonly #averages: readonly StateTensor[];
  readonly #updates = new StateTensor(zeros([], { dtype: 'i32' }));
  /** Compiled functions look at it at each call. */
  readonly #applied = new Flag(false);
  /** The weights, while the averages stand in their place. */
  #kept: readonly ArrayLike<number>[] = [];

  /**
   * @param weights Parameters and buffers; at the start they are the averages.
   * @throws ArgumentError for no weights, or a decay outside [0, 1).
   */
  constructor(
    weights: Iterable<StateTensor>,
    { decay = 0.999, warmUp = false }: ExponentialMovingAverageOptions = {},
  ) {
    const name = 'ExponentialMovingAverage';
    if (!(decay >= 0 && decay < 1)) {
      throw new ArgumentError(`${name}: decay is ${decay}; use a number in [0, 1).`);
    }
    this.#weights = [...weights];
    if (this.#weights.length === 0) {
      throw new ArgumentError(`${name}: no weights are given; pass those of model.parameters().`);
    }
    for (const [i, w] of this.#weights.entries()) {
      if (w instanceof StateTensor) continue;
      throw new ArgumentError(`${name}: weight ${i} is no Parameter; pass model.parameters().`);
    }
    this.#decay = decay;
    this.#warmUp = warmUp;
    this.#averages = this.#weights.map((w) => new StateTensor(copyOf(w)));
  }

  /** Takes the weights in. Throws an ArgumentError between `apply` and `restore`. */
  update(): void {
    this.#refuseApplied('update', true);
    noGrad(() => {
      const first = this.#updates.eq(0);
      const shares = new Map<string, Tensor>();
      const pairs = this.#averages.map((average, i): [StateTensor, Tensor] => {
        const weight = this.#weights[i]!;
        const { dtype } = weight;
        if (!isFloat(dtype)) return [average, weight];
        const share = shares.get(dtype) ?? this.#share(dtype);
        shares.set(dtype, share);
        const next = average.add(weight.sub(average).mul(share));
        return [average, where(first, weight, next)];
      });
      assignAll([...pairs, [this.#updates, this.#updates.add(1)]]);
    });
  }

  /** Puts the averages in the place of the weights, which are kept. Not in compiled functions. */
  apply(): void {
    this.#refuseApplied('apply', true);
    this.#kept = this.#weights.map((w) => w.dataSync().slice());
    assignAll(this.#weights.map((w, i) => [w, this.#averages[i]!]));
    this.#applied.value = true;
  }

  /** Puts the weights back. Throws an ArgumentError without `apply` before it. */
  restore(): void {
    this.#refuseApplied('restore', false);
    for (const [i, w] of this.#weights.entries()) w.load(this.#kept[i]!);
    this.#kept = [];
    this.#applied.value = false;
  }

  /** What f gives while the averages are in place; f may be asynchronous. */
  withAverages<R>(f: () => R): R {
    this.apply();
    let result: R;
    try {
      result = f();
    } catch (error) {
      this.restore();
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => this.restore()) as R;
    this.restore();
    return result;
  }

  /** Copies of the averages by number, and the number of `updates`. */
  stateDict(): Record<string, Tensor> {
    const averages = this.#averages.map((a, i) => [String(i), copyOf(a)] as const);
    return { ...Object.fromEntries(averages), [UPDATES]: copyOf(this.#updates) };
  }

  /**
   * Takes over what `stateDict` gave, for the same weights in the same order. Throws an ArgumentError
   * that says what does not fit, and changes nothing then.
   */
  loadStateDict(state: Readonly<Record<string, Tensor>>): void {
    const targets = [
      ...this.#averages.map((a, i) => [String(i), a] as const),
      [UPDATES, this.#updates] as const,
    ];
    const values = targets.map(([name, target]) => {
      const value = state[name];
      if (value && sameShape(value.shape, target.shape)) return value.dataSync();
      const problem = value
        ? `has shape ${formatShape(value.shape)}, its weight ${formatShape(target.shape)}`
        : 'is missing';
      throw new ArgumentError(
        `loadStateDict: the state does not fit this ExponentialMovingAverage: '${name}' ${problem}; ` +
          'load it into one over the same weights.',
      );
    });
    for (const [i, [, target]] of targets.entries()) target.load(values[i]!);
  }

  /** 1 - d as a scalar. */
  #share(dtype: Tensor['dtype']): Tensor {
    const share = full([], 1 - this.#decay, { dtype });
    // 1 - (1 + n) / (10 + n), the less the more updates there were.
    const n = this.#updates.to(dtype);
    return this.#warmUp ? n.add(10).reciprocal().mul(9).maximum(share) : share;
  }

  #refuseApplied(op: string, applied: boolean): void {
    if (this.#applied.value !== applied) return;
    throw new ArgumentError(
      applied
        ? `${op}: the averages stand in the place of the weights; call restore() first.`
        : `${op}: the weights are in place; call apply() first.`,
    );
  }
}

function copyOf(t: StateTensor): Tensor {
  return fromData(t.dataSync().slice(), t.shape, { dtype: t.dtype });
}
