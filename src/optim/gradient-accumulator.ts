import { ArgumentError } from '../engine/core/errors.js';
import { assignAll, Flag, noGrad, StateTensor, zeros, zerosLike } from '../tensor/index.js';
import type { Tensor } from '../tensor/index.js';

/** Less than any weight: 0 / 0 is no gradient. */
const NOTHING = 1e-30;

/**
 * The mean of the gradients of several micro-batches, for one step of an optimizer: what a batch of
 * all of them would give, in the memory of one. For losses that are means over their batch, k
 * micro-batches of N / k samples are one batch of N; where they are of different sizes, give these
 * as weights: g = Σ wᵢ gᵢ / Σ wᵢ.
 *
 * Within one compiled function, and outside of any, several calls of `backward()` add up by
 * themselves; from one call of a compiled function to the next gradients end, and this keeps them.
 * Layers that look at the whole batch, such as batch normalization, see each micro-batch.
 *
 * @example
 * const accumulator = new GradientAccumulator(model.parameters());
 * const micro = compile((x: Tensor, y: Tensor) => {
 *   optimizer.zeroGrad();
 *   const loss = crossEntropy(model.forward(x), y);
 *   loss.backward();
 *   accumulator.add(x.shape[0]);
 *   return loss;
 * });
 * const update = compile(() => {
 *   accumulator.finish();
 *   optimizer.step();
 * });
 * for (const { x, y } of loader) micro(x, y);
 * update();
 */
export class GradientAccumulator {
  readonly #params: readonly Tensor[];
  readonly #sums = new Map<Tensor, StateTensor>();
  readonly #weight = new StateTensor(zeros([]));
  /** Counts parameters with a sum: functions compiled before a new one are compiled again. */
  readonly #version = new Flag(0);

  /** Throws an ArgumentError for no parameters. */
  constructor(params: Iterable<Tensor>) {
    this.#params = [...params];
    if (this.#params.length > 0) return;
    throw new ArgumentError(
      'GradientAccumulator: no parameters are given; pass those of model.parameters().',
    );
  }

  /**
   * Takes in the gradients of a micro-batch, and forgets them. Throws an ArgumentError if there are
   * none, or the weight is not above 0.
   *
   * @param weight Default 1; the number of samples where that differs.
   */
  add(weight = 1): void {
    if (!(weight > 0 && weight < Infinity)) {
      throw new ArgumentError(`add: weight is ${weight}; use a number above 0.`);
    }
    const active = this.#params.filter((p) => p.grad !== null);
    if (active.length === 0) {
      throw new ArgumentError('add: no parameter has a gradient; call backward() first.');
    }
    noGrad(() => {
      const pairs = active.map((p): [StateTensor, Tensor] => {
        const sum = this.#sumOf(p);
        return [sum, sum.add(p.grad!.mul(weight))];
      });
      assignAll([...pairs, [this.#weight, this.#weight.add(weight)]]);
    });
    for (const p of active) p.grad = null;
  }

  /**
   * Gives the mean of all that was added to the parameters as their gradients, and starts anew.
   * Parameters that never had a gradient are left alone. Without a call of `add` since the last
   * time, gradients are 0. Throws an ArgumentError if there never was one.
   */
  finish(): void {
    void this.#version.value;
    if (this.#sums.size === 0) {
      throw new ArgumentError('finish: there are no gradients; call add() first.');
    }
    noGrad(() => {
      const scale = this.#weight.maximum(NOTHING).reciprocal();
      for (const [p, sum] of this.#sums) p.grad = sum.mul(scale.to(p.dtype));
      const pairs = [...this.#sums.values(), this.#weight].map((state): [StateTensor, Tensor] => [
        state,
        zerosLike(state),
      ]);
      assignAll(pairs);
    });
  }

  #sumOf(p: Tensor): StateTensor {
    const known = this.#sums.get(p);
    if (known) return known;
    const made = new StateTensor(zerosLike(p));
    this.#sums.set(p, made);
    this.#version.value += 1;
    return made;
  }
}
