import { onesLike, where } from '../tensor/index.js';
import { biasCorrection } from './bias-correction.js';
import { defineOptimizer } from './define-optimizer.js';

/** Above this length ρ of the mean of g², its variance can be told. */
const LONG_ENOUGH = 5;

/**
 * RAdam: Adam without division by √v as long as v knows too few gradients, and then with the
 * variance of 1 / √v rectified. Liu and others, 2020, arXiv:1908.03265.
 *
 * With ρ∞ = 2 / (1 - β₂) - 1 and ρ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ), and m and v as in `Adam`,
 * m̂ = m / (1 - β₁ᵗ): for ρ ≤ 5, θ ← θ - η m̂; above,
 * θ ← θ - η m̂ r √(1 - β₂ᵗ) / (√v + ε), r² = (ρ - 4)(ρ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρ). In the form
 * 'notes' the root is √(v + ε).
 *
 * Options: `lr` η, default 0.001; `betas` [β₁, β₂], default [0.9, 0.999]; `eps` ε, default 1e-8;
 * `weightDecay` λ, which adds λ θ to g, default 0; `decoupledWeightDecay`, with which it acts as in
 * `AdamW`, default false; `maximize`, default false; `form`.
 */
export class RAdam extends defineOptimizer({
  name: 'RAdam',
  defaults: {
    lr: 1e-3,
    betas: [0.9, 0.999] as readonly [number, number],
    eps: 1e-8,
    decoupledWeightDecay: false,
  },
  fractions: ['betas'],
  decoupledDecay: 'decoupledWeightDecay',
  state: { m: 0, v: 0 },
  scalars({ t, lr }, { betas }) {
    const [first, second] = betas.map((beta) => biasCorrection(t, beta)) as [typeof t, typeof t];
    const limit = 2 / (1 - betas[1]) - 1;
    const decayed = second.neg().add(1);
    const length = t.mul(2).mul(decayed).div(second).neg().add(limit);
    const told = length.gt(LONG_ENOUGH);
    // Where it is not told, what stands under the root is below 0, and not used.
    const known = where(told, length, onesLike(length).mul(LONG_ENOUGH));
    const variance = known
      .sub(4)
      .mul(known.sub(2))
      .mul(limit / ((limit - 4) * (limit - 2)));
    const rectified = variance.div(known).mul(second).sqrt();
    return { rate: lr.div(first).mul(where(told, rectified, onesLike(t))), told };
  },
  phi(g, { state, scalars, hyper: { betas } }) {
    state.m = state.m.mul(betas[0]).add(g.mul(1 - betas[0]));
    return state.m.mul(scalars.rate);
  },
  psi(g, { state, hyper: { betas } }) {
    state.v = state.v.mul(betas[1]).add(g.mul(g).mul(1 - betas[1]));
    return state.v;
  },
  change: (m, root, { scalars }) => where(scalars.told, m.div(root), m),
}) {}
