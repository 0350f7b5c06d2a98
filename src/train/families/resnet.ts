import type { UnaryModule } from '../../nn/index.js';
import {
  BasicBlock,
  BatchNorm2d,
  Conv2d,
  Flatten,
  GlobalAvgPool,
  Linear,
  ReLU,
  Sequential,
} from '../../nn/index.js';
import type { Family, FamilyOptions, Task } from './family.js';
import { imageInput } from './image-input.js';
import { checkStages } from './check-stages.js';

/** The residual nets for small images of He et al., 2016, arXiv:1512.03385, section 4.2. */
export const resnetFamily: Family = {
  name: 'resnet',
  summary: 'residual net for small images: ResNet-8, with --blocks 3 ResNet-20',
  examples: ['gradus train resnet --epochs 3', 'gradus train resnet --blocks 3 --epochs 20'],
  settings: {
    widths: { kind: 'sizes', default: [16, 32, 64], summary: 'channels of the stages' },
    blocks: {
      kind: 'integer',
      least: 1,
      default: 1,
      summary: 'blocks of two convolutions in each stage; n in three stages make 6n + 2 layers',
    },
  },
  recipe: { optimizer: 'adam', lr: 2e-3, lrDecay: 0.8, batchSize: 64 },
  create: createResnet,
};

function createResnet(task: Task, options: FamilyOptions): UnaryModule {
  const { widths, blocks } = options as { widths: readonly number[]; blocks: number };
  const [channels] = imageInput('resnet', task);
  checkStages('resnet', widths, blocks);
  let inner = widths[0]!;
  const stem = {
    conv1: new Conv2d(channels, inner, 3, { padding: 1, bias: false }),
    bn1: new BatchNorm2d(inner),
    relu: new ReLU(),
  };
  const stages = widths.map((outer, i) => {
    const layers = Array.from({ length: blocks }, (_, k) => {
      const stride = i > 0 && k === 0 ? 2 : 1;
      const block = new BasicBlock(inner, outer, { stride });
      inner = outer;
      return block;
    });
    return [`layer${i + 1}`, new Sequential(...layers)] as const;
  });
  return new Sequential({
    ...stem,
    ...Object.fromEntries(stages),
    avgpool: new GlobalAvgPool(),
    flatten: new Flatten(),
    fc: new Linear(inner, task.classes),
  });
}
