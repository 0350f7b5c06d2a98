import { Conv2d } from '../../nn/index.js';
import type { Family } from './family.js';
import { imageInput } from './image-input.js';

/** Softmax regression on the channels of each pixel by itself, a 1×1 convolution. */
export const pixelLinearFamily: Family = {
  name: 'pixel-linear',
  summary: 'classes of pixels by their colour alone, the baseline of segmentation',
  examples: ['gradus train pixel-linear --data scenes --epochs 5'],
  task: 'segmentation',
  settings: {},
  recipe: { optimizer: 'adam', lr: 1e-2, lrDecay: 0.8, batchSize: 16 },
  create: (task) => new Conv2d(imageInput('pixel-linear', task)[0], task.classes, 1),
};
