import type { OptimizerDefinition, OptimizerOptions } from './definition.js';
import type { ParamsOption } from './optimizer.js';
import { Optimizer } from './optimizer.js';

/** A class of optimizers. */
export type OptimizerClass<H> = new (
  params: ParamsOption<H>,
  options?: OptimizerOptions<H>,
) => Optimizer<H>;

/**
 * A class of optimizers from a first moment φ and a second moment ψ: equations (2.1) to (2.3), as
 * `OptimizerDefinition` has them.
 *
 * @equation (2.2), (2.3)
 *
 * @example
 * const SignMomentum = defineOptimizer({
 *   name: 'SignMomentum',
 *   defaults: { lr: 1e-3, gamma: 0.9 },
 *   state: { m: 0 },
 *   phi: (g, { lr, hyper, state }) => {
 *     state.m = state.m.mul(hyper.gamma).add(g);
 *     return state.m.sign().mul(lr);
 *   },
 * });
 * const optimizer = new SignMomentum(model.parameters(), { gamma: 0.95 });
 */
export function defineOptimizer<
  H extends { readonly lr: number },
  S extends string = never,
  C extends string = never,
>(definition: OptimizerDefinition<H, S, C>): OptimizerClass<H> {
  const general = definition as unknown as OptimizerDefinition<H>;
  return class extends Optimizer<H> {
    constructor(params: ParamsOption<H>, options: OptimizerOptions<H> = {}) {
      super(general, params, options);
    }
  };
}
