import { Flatten, Linear, Sequential } from '../../nn/index.js';
import type { Family } from './family.js';

/** Softmax regression: what any other model has to beat. */
export const linearFamily: Family = {
  name: 'linear',
  summary: 'softmax regression, the baseline that other models have to beat',
  examples: ['gradus train linear --epochs 5'],
  settings: {},
  recipe: { optimizer: 'adam', lr: 1e-3, lrDecay: 0.8, batchSize: 64 },
  create: ({ inputShape, classes }) =>
    new Sequential(
      new Flatten(),
      new Linear(
        inputShape.reduce((n, d) => n * d, 1),
        classes,
      ),
    ),
};
