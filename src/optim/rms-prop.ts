import type { Tensor } from '../tensor/index.js';
import { defineOptimizer } from './define-optimizer.js';

/**
 * RMSProp, equation (2.7): m = η g, v ← γ v + (1 - γ) g². Hinton, 2012.
 *
 * - form 'pytorch': θ ← θ - η g / (√v + ε);
 * - form 'notes': θ ← θ - η g / √(v + ε).
 *
 * Centered, v less the square of a mean of g stands for v: a variance (Graves, 2013). With a momentum
 * μ, b ← μ b + g / (√v + ε) and θ ← θ - η b, which lies outside the pair (φ, ψ).
 *
 * Options: `lr` η, default 0.01; `alpha` γ, default 0.99; `eps` ε, default 1e-8; `momentum` μ,
 * default 0; `centered`, default false; `weightDecay` λ, which adds λ θ to g, default 0; `maximize`,
 * default false; `form`.
 *
 * @equation (2.7)
 */
export class RMSProp extends defineOptimizer({
  name: 'RMSProp',
  defaults: { lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, centered: false },
  fractions: ['alpha', 'momentum'],
  state: { v: 0, mean: 0, b: 0 },
  uses: ({ momentum, centered }) => [
    'v',
    ...(centered ? (['mean'] as const) : []),
    ...(momentum > 0 ? (['b'] as const) : []),
  ],
  phi: (g, { lr, hyper: { momentum } }) => (momentum > 0 ? g : g.mul(lr)),
  psi(g, { state, hyper: { alpha, centered } }) {
    const follow = (mean: Tensor, x: Tensor): Tensor => mean.mul(alpha).add(x.mul(1 - alpha));
    state.v = follow(state.v, g.mul(g));
    if (!centered) return state.v;
    state.mean = follow(state.mean, g);
    return state.v.sub(state.mean.mul(state.mean));
  },
  change(m, root, { lr, state, hyper: { momentum } }) {
    if (momentum === 0) return m.div(root);
    state.b = state.b.mul(momentum).add(m.div(root));
    return state.b.mul(lr);
  },
}) {}
