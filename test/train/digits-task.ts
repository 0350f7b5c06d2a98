import { DataLoader, digits, DIGITS_NORMALIZATION } from '../../src/data/index.js';
import { Flatten, Linear, ReLU, Sequential } from '../../src/nn/index.js';
import { Adam } from '../../src/optim/index.js';
import { manualSeed } from '../../src/tensor/index.js';
import type { BatchSource, StepOptimizer, TrainableModel } from '../../src/train/index.js';

/** A small task that is learnt within seconds. */
export interface DigitsTask {
  readonly model: TrainableModel;
  readonly optimizer: StepOptimizer & { lr: number };
  readonly train: BatchSource;
  readonly validation: BatchSource;
}

/** 28×28 digits, 784-32-10 with weights from `seed`, and batches of 50. */
export function digitsTask(count: number, seed = 0): DigitsTask {
  manualSeed(seed);
  const model = new Sequential(new Flatten(), new Linear(784, 32), new ReLU(), new Linear(32, 10));
  const part = (n: number, name: 'train' | 'test') =>
    digits({ count: n, part: name }).normalized('x', DIGITS_NORMALIZATION);
  return {
    model,
    optimizer: new Adam(model.parameters(), { lr: 3e-3 }),
    train: new DataLoader(part(count, 'train'), { batchSize: 50, shuffle: true, seed }),
    validation: new DataLoader(part(500, 'test'), { batchSize: 200 }),
  };
}
