import { onesLike, where } from '../tensor/index.js';
import { defineOptimizer } from './define-optimizer.js';

/**
 * Stochastic gradient descent, equation (2.4): m = η g, v = 1, ε = 0. With momentum γ, equation
 * (2.5), which damps the oscillation across a ravine:
 *
 * - form 'pytorch': b ← γ b + (1 - dampening) g, at the first step b ← g; m = η b, or with Nesterov
 *   m = η (g + γ b);
 * - form 'notes': b ← γ b + η g; m = b, or with Nesterov m = γ b + η g. It differs as soon as η
 *   changes, as the η of its time stays in the buffer.
 *
 * The mean over the mini-batch, which (2.4) takes, is the loss's: reduction 'mean'.
 *
 * Options: `lr` η, default 0.001; `momentum` γ, default 0; `dampening`, default 0, of PyTorch's
 * form only; `nesterov`, default false; `weightDecay` λ, which adds λ θ to g, default 0; `form`.
 *
 * @equation (2.4), (2.5)
 *
 * @example
 * new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 */
export class SGD extends defineOptimizer({
  name: 'SGD',
  defaults: { lr: 1e-3, momentum: 0, dampening: 0, nesterov: false },
  fractions: ['momentum', 'dampening'],
  refuse: ({ momentum, dampening, nesterov }) =>
    nesterov && (momentum === 0 || dampening !== 0)
      ? `nesterov with momentum ${momentum} and dampening ${dampening}; use a momentum above 0 ` +
        'and no dampening'
      : undefined,
  state: { b: 0 },
  uses: ({ momentum }) => (momentum > 0 ? ['b'] : []),
  scalars: ({ t }, { dampening }) => ({ share: where(t.eq(1), onesLike(t), 1 - dampening) }),
  phi(g, { lr, hyper, state, scalars }) {
    const { momentum, dampening, nesterov, form } = hyper;
    if (momentum === 0) return g.mul(lr);
    const inside = form === 'notes' ? g.mul(lr) : g;
    const added = dampening === 0 || form === 'notes' ? inside : inside.mul(scalars.share);
    state.b = state.b.mul(momentum).add(added);
    const m = nesterov ? state.b.mul(momentum).add(inside) : state.b;
    return form === 'notes' ? m : m.mul(lr);
  },
}) {}
