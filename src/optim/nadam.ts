import { tensor, type Tensor } from '../tensor/index.js';
import { biasCorrection } from './bias-correction.js';
import { defineOptimizer } from './define-optimizer.js';

/** The base of the schedule of momenta, as in the paper. */
const BASE = 0.96;
/** Terms of the series of `logProduct`, the last below 2⁻⁶⁰. */
const TERMS = 60;

/**
 * Σ ln(1 - ½ qⁱ), i = 1 … t, by the series of the logarithm: each power of ½ qⁱ is a geometric sum
 * over i, so that nothing has to be kept from step to step. For q = 1 it is t ln ½.
 */
function logProduct(t: Tensor, q: number): Tensor {
  if (q === 1) return t.mul(-Math.LN2);
  const powers = Array.from({ length: TERMS }, (_, i) => i + 1);
  const logs = powers.map((k) => k * Math.log(q));
  const weights = powers.map((k, i) => (0.5 ** k * q ** k) / (k * Math.expm1(logs[i]!)));
  const dtype = t.dtype;
  const gathered = t.mul(tensor(logs, { dtype })).expm1().mul(tensor(weights, { dtype }));
  return gathered.sum().neg();
}

/**
 * NAdam: Adam with Nesterov's momentum. Dozat, 2016.
 *
 * μ_t = β₁ (1 - ½ 0.96^(t ψ)), ψ being the decay of momentum, P_t = μ₁ … μ_t; with m and v as in
 * `Adam`, θ ← θ - η (μ_(t+1) m / (1 - P_(t+1)) + (1 - μ_t) g / (1 - P_t)) / (√v̂ + ε), in the form
 * 'notes' with √(v̂ + ε).
 *
 * Options: `lr` η, default 0.002; `betas` [β₁, β₂], default [0.9, 0.999]; `eps` ε, default 1e-8;
 * `momentumDecay` ψ, default 0.004; `weightDecay` λ, which adds λ θ to g, default 0;
 * `decoupledWeightDecay`, with which it acts as in `AdamW`, default false; `maximize`, default false;
 * `form`.
 */
export class NAdam extends defineOptimizer({
  name: 'NAdam',
  defaults: {
    lr: 2e-3,
    betas: [0.9, 0.999] as readonly [number, number],
    eps: 1e-8,
    momentumDecay: 4e-3,
    decoupledWeightDecay: false,
  },
  fractions: ['betas'],
  refuse: ({ momentumDecay }) =>
    momentumDecay >= 0 ? undefined : `momentumDecay is ${momentumDecay}; use 0 or more`,
  decoupledDecay: 'decoupledWeightDecay',
  state: { m: 0, v: 0 },
  scalars({ t, lr }, { betas, momentumDecay }) {
    const [beta] = betas;
    const q = BASE ** momentumDecay;
    const momentum = (step: Tensor): Tensor =>
      step.mul(Math.log(q)).exp().mul(-0.5).add(1).mul(beta);
    const [now, next] = [momentum(t), momentum(t.add(1))];
    const product = beta === 0 ? now : t.mul(Math.log(beta)).add(logProduct(t, q)).exp();
    const rest = (p: Tensor): Tensor => p.neg().add(1);
    return {
      onGradient: lr.mul(rest(now)).div(rest(product)),
      onMoment: lr.mul(next).div(rest(product.mul(next))),
      share: biasCorrection(t, betas[1]).reciprocal(),
    };
  },
  phi(g, { state, scalars, hyper: { betas } }) {
    state.m = state.m.mul(betas[0]).add(g.mul(1 - betas[0]));
    return state.m.mul(scalars.onMoment).add(g.mul(scalars.onGradient));
  },
  psi(g, { state, scalars, hyper: { betas } }) {
    state.v = state.v.mul(betas[1]).add(g.mul(g).mul(1 - betas[1]));
    return state.v.mul(scalars.share);
  },
}) {}
