import type { UnaryModule } from '../../nn/index.js';
import {
  BatchNorm2d,
  Conv2d,
  Flatten,
  GlobalAvgPool,
  InvertedResidual,
  Linear,
  ReLU6,
  Sequential,
} from '../../nn/index.js';
import type { Family, FamilyOptions, Task } from './family.js';
import { imageInput } from './image-input.js';
import { checkStages } from './check-stages.js';

/** After MobileNetV2 of Sandler et al., 2018, arXiv:1801.04381, for small images. */
export const mobilenetFamily: Family = {
  name: 'mobilenet',
  summary: 'MobileNet-style net: depthwise convolutions between 1×1 ones, few parameters',
  examples: [
    'gradus train mobilenet --epochs 3',
    'gradus train mobilenet --widths 16,24,32,64 --expand 6',
  ],
  settings: {
    widths: { kind: 'sizes', default: [16, 24, 40], summary: 'channels of the stages' },
    blocks: { kind: 'integer', least: 1, default: 2, summary: 'blocks of each stage' },
    expand: {
      kind: 'integer',
      least: 1,
      default: 4,
      summary: 'channels within a block as a multiple of those of its input',
    },
    head: { kind: 'integer', least: 1, default: 128, summary: 'channels before the last layer' },
  },
  recipe: { optimizer: 'adam', lr: 2e-3, lrDecay: 0.8, batchSize: 64 },
  create: createMobilenet,
};

function createMobilenet(task: Task, options: FamilyOptions): UnaryModule {
  const { widths, blocks, expand, head } = options as {
    widths: readonly number[];
    blocks: number;
    expand: number;
    head: number;
  };
  const [channels] = imageInput('mobilenet', task);
  checkStages('mobilenet', widths, blocks);
  const activated = (from: number, to: number, size: number): UnaryModule => {
    const padding = Math.floor(size / 2);
    const conv = new Conv2d(from, to, size, { padding, bias: false });
    return new Sequential(conv, new BatchNorm2d(to), new ReLU6());
  };
  let inner = widths[0]!;
  const layers: UnaryModule[] = [activated(channels, inner, 3)];
  widths.forEach((outer, i) => {
    for (let k = 0; k < blocks; k++) {
      const stride = i > 0 && k === 0 ? 2 : 1;
      layers.push(new InvertedResidual(inner, outer, { stride, expandRatio: expand }));
      inner = outer;
    }
  });
  layers.push(activated(inner, head, 1));
  return new Sequential({
    features: new Sequential(...layers),
    avgpool: new GlobalAvgPool(),
    flatten: new Flatten(),
    classifier: new Linear(head, task.classes),
  });
}
