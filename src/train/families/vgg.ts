import { ArgumentError } from '../../engine/core/errors.js';
import type { UnaryModule } from '../../nn/index.js';
import {
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  Linear,
  MaxPool2d,
  ReLU,
  Sequential,
} from '../../nn/index.js';
import { checkStages } from './check-stages.js';
import type { Family, FamilyOptions, Task } from './family.js';
import { imageInput } from './image-input.js';

/** After Simonyan and Zisserman, 2015, arXiv:1409.1556, with batch norm, for small images. */
export const vggFamily: Family = {
  name: 'vgg',
  summary: 'VGG-style net: pairs of 3×3 convolutions, each with pooling, then dense layers',
  examples: [
    'gradus train vgg --epochs 3',
    'gradus train vgg --widths 16,32 --hidden 64 --dropout 0.5',
  ],
  settings: {
    widths: {
      kind: 'sizes',
      default: [16, 32, 64],
      summary: 'channels of each pair of convolutions',
    },
    hidden: { kind: 'integer', least: 1, default: 128, summary: 'units of the dense layer' },
    dropout: {
      kind: 'fraction',
      default: 0.3,
      summary: 'probability of such a unit to be dropped',
    },
  },
  recipe: { optimizer: 'adam', lr: 4e-3, lrDecay: 0.8, batchSize: 64 },
  create: createVgg,
};

function createVgg(task: Task, options: FamilyOptions): UnaryModule {
  const { widths, hidden, dropout } = options as {
    widths: readonly number[];
    hidden: number;
    dropout: number;
  };
  const [channels, height, width] = imageInput('vgg', task);
  checkStages('vgg', widths);
  const factor = 2 ** widths.length;
  const [h, w] = [Math.floor(height / factor), Math.floor(width / factor)];
  if (h < 1 || w < 1) {
    throw new ArgumentError(
      `vgg: images of ${height}×${width} are halved ${widths.length} times, and ⌊` +
        `${Math.min(height, width)} / ${factor}⌋ = 0; use fewer widths, or images of at least ` +
        `${factor}×${factor}.`,
    );
  }
  const layers: UnaryModule[] = [];
  let inner = channels;
  for (const outer of widths) {
    for (const from of [inner, outer]) {
      const conv = new Conv2d(from, outer, 3, { padding: 1, bias: false });
      layers.push(conv, new BatchNorm2d(outer), new ReLU());
    }
    layers.push(new MaxPool2d(2));
    inner = outer;
  }
  const classifier: UnaryModule[] = [new Flatten(), new Linear(inner * h * w, hidden), new ReLU()];
  if (dropout > 0) classifier.push(new Dropout(dropout));
  classifier.push(new Linear(hidden, task.classes));
  return new Sequential({
    features: new Sequential(...layers),
    classifier: new Sequential(...classifier),
  });
}
