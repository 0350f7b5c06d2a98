import { Option } from 'commander';
import { Dropout, Flatten, Linear, ReLU, Sequential } from '../../nn/index.js';
import type { UnaryModule } from '../../nn/index.js';
import type { FamilyOptions, ModelFamily, Task } from '../model-family.js';
import { fraction, sizes } from '../parse-values.js';

/** Flatten, then Linear, ReLU and Dropout for each hidden layer, then Linear. */
export const mlpFamily: ModelFamily = {
  name: 'mlp',
  summary: 'multi-layer perceptron: dense layers with ReLU and dropout',
  examples: [
    'gradus train mlp --epochs 5',
    'gradus train mlp --data fashion-mnist --data-dir ../shared/data --epochs 10 --seed 1',
    'gradus train mlp --hidden 512,256 --dropout 0.3 --save mlp.safetensors',
  ],
  options: () => [
    new Option('--hidden <sizes>', 'units of the hidden layers')
      .argParser(sizes('--hidden'))
      .default([256, 128, 100], '256,128,100'),
    new Option('--dropout <p>', 'probability of a hidden unit to be dropped')
      .argParser(fraction('--dropout'))
      .default(0.1),
  ],
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
