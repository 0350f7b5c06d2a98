import type { Tensor } from '../tensor/index.js';
import { biasCorrection } from './bias-correction.js';
import { defineOptimizer } from './define-optimizer.js';
import type { MomentContext, OptimizerDefinition } from './definition.js';

interface AdamSettings {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly amsgrad: boolean;
}

type Buffer = 'm' | 'v' | 'vMax';
type AdamContext = MomentContext<AdamSettings, Buffer, 'rate' | 'share'>;

const scheme = {
  fractions: ['betas'],
  state: { m: 0, v: 0, vMax: 0 },
  uses: ({ amsgrad }) => (amsgrad ? ['m', 'v', 'vMax'] : ['m', 'v']),
  // η / (1 - β₁ᵗ) and 1 / (1 - β₂ᵗ)
  scalars: ({ t, lr }, { betas }) => ({
    rate: lr.div(biasCorrection(t, betas[0])),
    share: biasCorrection(t, betas[1]).reciprocal(),
  }),
  phi(g: Tensor, { hyper, state, scalars }: AdamContext) {
    const [beta] = hyper.betas;
    state.m = state.m.mul(beta).add(g.mul(1 - beta));
    return state.m.mul(scalars.rate);
  },
  psi(g: Tensor, { hyper, state, scalars }: AdamContext) {
    const [, beta] = hyper.betas;
    state.v = state.v.mul(beta).add(g.mul(g).mul(1 - beta));
    if (!hyper.amsgrad) return state.v.mul(scalars.share);
    state.vMax = state.vMax.maximum(state.v);
    return state.vMax.mul(scalars.share);
  },
} satisfies Omit<OptimizerDefinition<AdamSettings, Buffer, 'rate' | 'share'>, 'name' | 'defaults'>;

const defaults: AdamSettings = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, amsgrad: false };

/**
 * Adam. Kingma and Ba, 2015, arXiv:1412.6980.
 *
 * - (2.8) m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g²;
 * - (2.9) m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ), as both start at 0 and are too small at first;
 * - (2.10) θ ← θ - η m̂ / √(v̂ + ε) in the form 'notes', θ ← θ - η m̂ / (√v̂ + ε) in PyTorch's.
 *
 * As printed, (2.8) would multiply η into m, and at each step again into what m carries; as in the
 * paper, m is free of η in both forms, and η is applied at the update.
 *
 * Options: `lr` η, default 0.001; `betas` [β₁, β₂], default [0.9, 0.999]; `eps` ε, default 1e-8;
 * `amsgrad`, default false, see `AMSGrad`; `weightDecay` λ, which adds λ θ to g, default 0;
 * `maximize`, default false; `form`.
 *
 * @equation (2.8), (2.9), (2.10)
 *
 * @example
 * new Adam(model.parameters(), { lr: 3e-4 });
 */
export class Adam extends defineOptimizer({ name: 'Adam', defaults, ...scheme }) {}

/**
 * Adam with weight decay apart from the gradient, θ ← (1 - η λ) θ ahead of the update: it lies
 * outside the pair (φ, ψ). Loshchilov and Hutter, 2019. Options as for `Adam`, but `weightDecay`
 * has default 0.01.
 */
export class AdamW extends defineOptimizer({
  name: 'AdamW',
  defaults: { ...defaults, weightDecay: 0.01 },
  ...scheme,
  decoupledDecay: true,
}) {}

/**
 * Adam with the greatest v so far in place of v, so that no step is greater for a gradient that has
 * been forgotten: v̂ = max(v₁ … v_t) / (1 - β₂ᵗ). Options as for `Adam`, with `amsgrad` true. Reddi,
 * Kale and Kumar, 2018.
 */
export class AMSGrad extends defineOptimizer({
  name: 'AMSGrad',
  defaults: { ...defaults, amsgrad: true },
  ...scheme,
}) {}
