import { biasCorrection } from './bias-correction.js';
import { defineOptimizer } from './define-optimizer.js';

/**
 * Adamax: Adam with the infinity norm, m ← β₁ m + (1 - β₁) g, u ← max(β₂ u, |g|), v = u². Kingma and
 * Ba, 2015, arXiv:1412.6980, section 7.1.
 *
 * - form 'pytorch': u ← max(β₂ u, |g| + ε), θ ← θ - η m / ((1 - β₁ᵗ) u);
 * - form 'notes': θ ← θ - η m / ((1 - β₁ᵗ) √(v + ε)).
 *
 * Options: `lr` η, default 0.002; `betas` [β₁, β₂], default [0.9, 0.999]; `eps` ε, default 1e-8;
 * `weightDecay` λ, which adds λ θ to g, default 0; `maximize`, default false; `form`.
 */
export class Adamax extends defineOptimizer({
  name: 'Adamax',
  defaults: { lr: 2e-3, betas: [0.9, 0.999] as readonly [number, number], eps: 1e-8 },
  fractions: ['betas'],
  state: { m: 0, u: 0 },
  scalars: ({ t, lr }, { betas }) => ({ rate: lr.div(biasCorrection(t, betas[0])) }),
  phi(g, { state, scalars, hyper: { betas } }) {
    state.m = state.m.mul(betas[0]).add(g.mul(1 - betas[0]));
    return state.m.mul(scalars.rate);
  },
  psi(g, { state, hyper: { betas, eps, form } }) {
    const size = form === 'notes' ? g.abs() : g.abs().add(eps);
    state.u = state.u.mul(betas[1]).maximum(size);
    return state.u.mul(state.u);
  },
  change: (m, root, { state, hyper }) => m.div(hyper.form === 'notes' ? root : state.u),
}) {}
