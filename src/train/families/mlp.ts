import {
  BatchNorm1d,
  Dropout,
  Flatten,
  GaussianNoise,
  LayerNorm,
  Linear,
  Sequential,
  type UnaryModule,
} from '../../nn/index.js';
import { ACTIVATIONS } from './activations.js';
import type { Family, FamilyOptions, Task } from './family.js';

/** Flatten, then Linear, a norm, an activation and Dropout for each hidden layer, then Linear. */
export const mlpFamily: Family = {
  name: 'mlp',
  summary: 'multi-layer perceptron: dense layers with activations and dropout',
  examples: [
    'gradus train mlp --epochs 5',
    'gradus train mlp --data fashion-mnist --data-dir ../shared/data --epochs 10 --seed 1',
    'gradus train mlp --hidden 512,256 --dropout 0.3 --save mlp.safetensors',
    'gradus train mlp --data houses.csv --target price --activation gelu --early-stop 5',
    'gradus train mlp --data wdbc --folds 10 --norm batch',
  ],
  settings: {
    hidden: { kind: 'sizes', default: [256, 128, 100], summary: 'units of the hidden layers' },
    dropout: {
      kind: 'fraction',
      default: 0.1,
      summary: 'probability of a hidden unit to be dropped',
    },
    activation: {
      kind: 'choice',
      values: Object.keys(ACTIVATIONS),
      default: 'relu',
      summary: 'of the hidden units',
    },
    norm: {
      kind: 'choice',
      values: ['none', 'batch', 'layer'],
      default: 'none',
      summary: 'normalisation in front of each activation',
    },
    inputNoise: {
      kind: 'amount',
      default: 0,
      summary: 'standard deviation of what is added to inputs in training',
    },
  },
  recipe: { optimizer: 'adam', lr: 1e-3, lrDecay: 0.8, batchSize: 64 },
  create: createMlp,
};

interface MlpOptions {
  readonly hidden: readonly number[];
  readonly dropout: number;
  readonly activation?: string;
  readonly norm?: string;
  readonly inputNoise?: number;
}

function createMlp({ inputShape, classes }: Task, options: FamilyOptions): UnaryModule {
  const { hidden, dropout, ...later } = options as unknown as MlpOptions;
  const { activation = 'relu', norm = 'none', inputNoise = 0 } = later;
  const layers: UnaryModule[] = [new Flatten()];
  if (inputNoise > 0) layers.push(new GaussianNoise(inputNoise));
  let width = inputShape.reduce((n, d) => n * d, 1);
  for (const units of hidden) {
    layers.push(new Linear(width, units));
    if (norm === 'batch') layers.push(new BatchNorm1d(units));
    if (norm === 'layer') layers.push(new LayerNorm(units));
    layers.push(ACTIVATIONS[activation]!());
    if (dropout > 0) layers.push(new Dropout(dropout));
    width = units;
  }
  layers.push(new Linear(width, classes));
  return new Sequential(...layers);
}
