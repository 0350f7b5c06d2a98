import type { Field } from '../field.js';
import type { MlpStepTask } from '../measure/protocol.js';
import { randomNumbers, uniform } from './random.js';

export const LAYERS = [784, 256, 128, 10];
const BATCH = 64;
// Steps pair images and labels anew each time, since the counts have no common factor: nothing can
// be learnt by heart, so gradients do not vanish into denormal numbers, which slow arithmetic down.
const IMAGE_SETS = 16;
const LABEL_SETS = 17;

export interface MlpData {
  readonly weights: readonly Float32Array[];
  readonly biases: readonly Float32Array[];
  /** Of each set [N, 784]. */
  readonly images: readonly Float32Array[];
  readonly labels: readonly Int32Array[];
}

/** Weights as PyTorch draws them, U(-1/√inFeatures, 1/√inFeatures), and random images. */
export function makeMlpData(): MlpData {
  const random = randomNumbers(1);
  const inputs = LAYERS.slice(0, -1);
  const bound = (inFeatures: number): number => 1 / Math.sqrt(inFeatures);
  const draw = (count: number, limit: number): Float32Array =>
    uniform(random, count, -limit, limit);
  return {
    weights: inputs.map((size, i) => draw(size * LAYERS[i + 1]!, bound(size))),
    biases: inputs.map((size, i) => draw(LAYERS[i + 1]!, bound(size))),
    images: Array.from({ length: IMAGE_SETS }, () => uniform(random, BATCH * LAYERS[0]!, 0, 1)),
    labels: Array.from({ length: LABEL_SETS }, () =>
      Int32Array.from({ length: BATCH }, () => Math.floor(random() * LAYERS.at(-1)!)),
    ),
  };
}

export function storeMlpTask(field: Field, data: MlpData): MlpStepTask {
  const join = <T extends Float32Array | Int32Array>(parts: readonly T[], joined: T): T => {
    parts.forEach((part, i) => joined.set(part, i * part.length));
    return joined;
  };
  const images = join(data.images, new Float32Array(IMAGE_SETS * BATCH * LAYERS[0]!));
  const labels = join(data.labels, new Int32Array(LABEL_SETS * BATCH));
  return {
    kind: 'mlpStep',
    weights: data.weights.map((w, i) => field.store(w, [LAYERS[i]!, LAYERS[i + 1]!])),
    biases: data.biases.map((b) => field.store(b, [b.length])),
    images: field.store(images, [IMAGE_SETS, BATCH, LAYERS[0]!]),
    labels: field.store(labels, [LABEL_SETS, BATCH]),
    lr: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
  };
}
