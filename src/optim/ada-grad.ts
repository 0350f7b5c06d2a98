import { defineOptimizer } from './define-optimizer.js';

/**
 * AdaGrad, equation (2.6): m = η g, v ← v + g². Good for features that occur rarely; the step only
 * shrinks. Duchi, Hazan and Singer, 2011.
 *
 * - form 'pytorch': θ ← θ - η' g / (√v + ε), η' = η / (1 + (t - 1) lrDecay);
 * - form 'notes': θ ← θ - η' g / √(v + ε).
 *
 * Options: `lr` η, default 0.01; `lrDecay`, default 0; `initialAccumulatorValue`, with which v starts,
 * default 0; `eps` ε, default 1e-10, in the form 'notes' 1e-8; `weightDecay` λ, which adds λ θ to g,
 * default 0; `maximize`, default false; `form`.
 *
 * @equation (2.6)
 */
export class AdaGrad extends defineOptimizer({
  name: 'AdaGrad',
  defaults: { lr: 0.01, lrDecay: 0, initialAccumulatorValue: 0, eps: 1e-10 },
  notesDefaults: { eps: 1e-8 },
  refuse: ({ lrDecay, initialAccumulatorValue: start }) =>
    !(lrDecay >= 0)
      ? `lrDecay is ${lrDecay}; use 0 or more`
      : start >= 0
        ? undefined
        : `initialAccumulatorValue is ${start}; use 0 or more`,
  state: { v: 'initialAccumulatorValue' },
  scalars: ({ t, lr }, { lrDecay }) => ({
    rate: lrDecay === 0 ? lr : lr.div(t.sub(1).mul(lrDecay).add(1)),
  }),
  phi: (g, { scalars }) => g.mul(scalars.rate),
  psi(g, { state }) {
    state.v = state.v.add(g.mul(g));
    return state.v;
  },
}) {}
