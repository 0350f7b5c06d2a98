import { Dropout, Flatten, Linear, ReLU, Sequential } from '../../nn/index.js';
import type { UnaryModule } from '../../nn/index.js';
import type { Family, FamilyOptions, Task } from './family.js';

/** Flatten, then Linear, ReLU and Dropout for each hidden layer, then Linear. */
export const mlpFamily: Family = {
  name: 'mlp',
  summary: 'multi-layer perceptron: dense layers with ReLU and dropout',
  examples: [
    'gradus train mlp --epochs 5',
    'gradus train mlp --data fashion-mnist --data-dir ../shared/data --epochs 10 --seed 1',
    'gradus train mlp --hidden 512,256 --dropout 0.3 --save mlp.safetensors',
  ],
  settings: {
    hidden: { kind: 'sizes', default: [256, 128, 100], summary: 'units of the hidden layers' },
    dropout: {
      kind: 'fraction',
      default: 0.1,
      summary: 'probability of a hidden unit to be dropped',
    },
  },
  recipe: { optimizer: 'adam', lr: 1e-3, lrDecay: 0.8, batchSize: 64 },
  create: createMlp,
};

function createMlp({ inputShape, classes }: Task, options: FamilyOptions): UnaryModule {
  const { hidden, dropout } = options as { hidden: readonly number[]; dropout: number };
  const layers: UnaryModule[] = [new Flatten()];
  let width = inputShape.reduce((n, d) => n * d, 1);
  for (const units of hidden) {
    layers.push(new Linear(width, units), new ReLU());
    if (dropout > 0) layers.push(new Dropout(dropout));
    width = units;
  }
  layers.push(new Linear(width, classes));
  return new Sequential(...layers);
}
