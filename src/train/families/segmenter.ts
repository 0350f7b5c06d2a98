import { ArgumentError } from '../../engine/core/errors.js';
import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Module,
  ReLU,
  Sequential,
  type UnaryModule,
} from '../../nn/index.js';
import { concat, type Tensor } from '../../tensor/index.js';
import type { Family, FamilyOptions, Task } from './family.js';
import { imageInput } from './image-input.js';

/**
 * Encoder and decoder in the manner of U-Net (Ronneberger et al., 2015, arXiv:1505.04597), of one level,
 * with dilated convolutions in the middle (Yu & Koltun, 2016, arXiv:1511.07122).
 */
export const segmenterFamily: Family = {
  name: 'segmenter',
  summary: 'classes of pixels: down by a stride, dilated convolutions, up by a transposed one',
  examples: ['gradus train segmenter --data scenes --epochs 12 --save segmenter.safetensors'],
  task: 'segmentation',
  settings: {
    width: {
      kind: 'integer',
      least: 1,
      default: 12,
      summary: 'channels at full size; there are twice as many at half size',
    },
    depth: {
      kind: 'integer',
      least: 0,
      default: 3,
      summary: 'convolutions at half size, dilated by 1, 2, 4, …',
    },
  },
  recipe: { optimizer: 'adam', lr: 6e-3, lrDecay: 0.8, batchSize: 16 },
  create: createSegmenter,
};

/** The largest dilation is 2^11 then. */
const MOST_DEPTH = 12;

function createSegmenter(task: Task, options: FamilyOptions): UnaryModule {
  const { width, depth } = options as { width: number; depth: number };
  const [channels] = imageInput('segmenter', task);
  if (depth > MOST_DEPTH) {
    throw new ArgumentError(`segmenter: depth is ${depth}; use at most ${MOST_DEPTH}.`);
  }
  return new Segmenter(channels, width, depth, task.classes);
}

/** A convolution without bias, batch norm and an activation. */
function activated(conv: UnaryModule, outChannels: number): Sequential {
  return new Sequential(conv, new BatchNorm2d(outChannels), new ReLU());
}

/** [N, C, H, W] to scores [N, classes, H, W]; H and W may be odd. */
class Segmenter extends Module {
  readonly stem: Sequential;
  readonly down: Sequential;
  readonly context: Sequential;
  readonly up: Sequential;
  readonly merge: Sequential;
  readonly head: Conv2d;

  constructor(channels: number, width: number, depth: number, classes: number) {
    super();
    const common = { padding: 1, bias: false };
    const inner = 2 * width;
    this.stem = activated(new Conv2d(channels, width, 3, common), width);
    this.down = activated(new Conv2d(width, inner, 3, { ...common, stride: 2 }), inner);
    const dilated = Array.from({ length: depth }, (_, i) => {
      const dilation = 2 ** i;
      const conv = new Conv2d(inner, inner, 3, { dilation, padding: dilation, bias: false });
      return activated(conv, inner);
    });
    this.context = new Sequential(...dilated);
    const doubled = { stride: 2, padding: 1, bias: false };
    this.up = activated(new ConvTranspose2d(inner, width, 4, doubled), width);
    this.merge = activated(new Conv2d(2 * width, width, 3, common), width);
    this.head = new Conv2d(width, classes, 1);
  }

  forward(x: Tensor): Tensor {
    const fine = this.stem.forward(x);
    const coarse = this.up.forward(this.context.forward(this.down.forward(fine)));
    // Of an odd extent the half was rounded up.
    const fitting = coarse.narrow(2, 0, x.shape[2]!).narrow(3, 0, x.shape[3]!);
    return this.head.forward(this.merge.forward(concat([fine, fitting], 1)));
  }
}
