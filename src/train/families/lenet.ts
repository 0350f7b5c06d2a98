import { ArgumentError } from '../../engine/core/errors.js';
import type { UnaryModule } from '../../nn/index.js';
import {
  AvgPool2d,
  Conv2d,
  Flatten,
  Linear,
  MaxPool2d,
  ReLU,
  Sequential,
  Tanh,
} from '../../nn/index.js';
import type { Family, FamilyOptions, Task } from './family.js';
import { imageInput } from './image-input.js';

/** LeNet-5: LeCun et al., 1998, Gradient-based learning applied to document recognition. */
export const lenetFamily: Family = {
  name: 'lenet',
  summary: 'LeNet-5: two 5×5 convolutions with pooling, then three dense layers',
  examples: [
    'gradus train lenet --epochs 5',
    'gradus train lenet --data fashion-mnist --data-dir ../shared/data --epochs 10 --seed 1',
    'gradus train lenet --activation tanh --pooling avg',
  ],
  settings: {
    activation: {
      kind: 'choice',
      values: ['relu', 'tanh'],
      default: 'relu',
      summary: 'activation; tanh is that of 1998',
    },
    pooling: {
      kind: 'choice',
      values: ['max', 'avg'],
      default: 'max',
      summary: 'pooling; avg is that of 1998',
    },
  },
  recipe: { optimizer: 'adam', lr: 4e-3, lrDecay: 0.8, batchSize: 64 },
  create: createLenet,
};

function createLenet(task: Task, options: FamilyOptions): UnaryModule {
  const { activation, pooling } = options as { activation: string; pooling: string };
  const [channels, height, width] = imageInput('lenet', task);
  const [h, w] = [leftOf(height), leftOf(width)];
  if (h < 1 || w < 1) {
    throw new ArgumentError(
      `lenet: of images of ${height}×${width}, ⌊(⌊${Math.min(height, width)} / 2⌋ - 4) / 2⌋ = ` +
        `${Math.min(h, w)} is left behind the poolings; use images of at least 12×12.`,
    );
  }
  const act = (): UnaryModule => (activation === 'tanh' ? new Tanh() : new ReLU());
  const pool = (): UnaryModule => (pooling === 'avg' ? new AvgPool2d(2) : new MaxPool2d(2));
  return new Sequential({
    conv1: new Conv2d(channels, 6, 5, { padding: 2 }),
    act1: act(),
    pool1: pool(),
    conv2: new Conv2d(6, 16, 5),
    act2: act(),
    pool2: pool(),
    flatten: new Flatten(),
    fc1: new Linear(16 * h * w, 120),
    act3: act(),
    fc2: new Linear(120, 84),
    act4: act(),
    fc3: new Linear(84, task.classes),
  });
}

/** What both poolings and the second convolution leave of an extent. */
function leftOf(extent: number): number {
  return Math.floor((Math.floor(extent / 2) - 4) / 2);
}
