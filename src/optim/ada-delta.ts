import { defineOptimizer } from './define-optimizer.js';

/**
 * AdaDelta: the step has the units of θ, without a learning rate. Zeiler, 2012, arXiv:1212.5701.
 *
 * v ← ρ v + (1 - ρ) g², Δ = √(d + ε) / √(v + ε) · g, d ← ρ d + (1 - ρ) Δ², θ ← θ - η Δ: both forms
 * have ε inside the roots, and as d takes in Δ, it lies outside the pair (φ, ψ).
 *
 * Options: `lr` η, default 1; `rho` ρ, default 0.9; `eps` ε, default 1e-6; `weightDecay` λ, which
 * adds λ θ to g, default 0; `maximize`, default false.
 */
export class AdaDelta extends defineOptimizer({
  name: 'AdaDelta',
  defaults: { lr: 1, rho: 0.9, eps: 1e-6 },
  fractions: ['rho'],
  state: { v: 0, d: 0 },
  phi(g, { lr, state, hyper: { rho, eps } }) {
    state.v = state.v.mul(rho).add(g.mul(g).mul(1 - rho));
    const [past, present] = [state.d.add(eps), state.v.add(eps)];
    // Δ² from g², and not from Δ: as a value used once, Δ needs no memory between kernels.
    const square = past.div(present).mul(g.mul(g));
    state.d = state.d.mul(rho).add(square.mul(1 - rho));
    return past.sqrt().div(present.sqrt()).mul(g).mul(lr);
  },
}) {}
