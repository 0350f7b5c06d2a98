import { defineOptimizer } from './define-optimizer.js';

/**
 * RMSProp, equation (2.7): m = η g, v ← γ v + (1 - γ) g². Hinton, 2012.
 *
 * - form 'pytorch': θ ← θ - η g / (√v + ε);
 * - form 'notes': θ ← θ - η g / √(v + ε).
 *
 * Options: `lr` η, default 0.01; `alpha` γ, default 0.99; `eps` ε, default 1e-8; `weightDecay` λ,
 * which adds λ θ to g, default 0; `form`.
 *
 * @equation (2.7)
 */
export class RMSProp extends defineOptimizer({
  name: 'RMSProp',
  defaults: { lr: 0.01, alpha: 0.99, eps: 1e-8 },
  fractions: ['alpha'],
  state: { v: 0 },
  phi: (g, { lr }) => g.mul(lr),
  psi(g, { state, hyper: { alpha } }) {
    state.v = state.v.mul(alpha).add(g.mul(g).mul(1 - alpha));
    return state.v;
  },
}) {}
