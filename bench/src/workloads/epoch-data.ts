import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { manualSeed } from 'gradus';
import { FASHION_MNIST_NORMALIZATION, loadFashionMnist } from 'gradus/data/node';
import { toArrays } from 'gradus/io';
import type { Field } from '../field.js';
import type { EpochTask, ImageBatches } from '../measure/protocol.js';
import { lenet } from '../peers/gradus-epoch.js';
import { randomNumbers } from './random.js';

const IMAGES = 60_000;
const QUICK_IMAGES = 6_400;
const BATCH = 64;
const [SIZE, CLASSES] = [28, 10];

interface Images {
  readonly images: Uint8Array;
  readonly labels: Int32Array;
}

/** Fashion-MNIST where the folder of data has it; otherwise random ones. */
async function imagesOf(field: Field, random: () => number): Promise<Images> {
  const { dataDir, quick } = field.options;
  const count = quick ? QUICK_IMAGES : IMAGES;
  const pixels = count * SIZE ** 2;
  if (dataDir !== undefined && existsSync(join(dataDir, 'fashion-mnist'))) {
    const { train } = await loadFashionMnist({ dataDir });
    const images = train.column('x').values as Uint8Array;
    const labels = train.column('y').values as Int32Array;
    return { images: images.subarray(0, pixels), labels: labels.subarray(0, count) };
  }
  return {
    images: Uint8Array.from({ length: pixels }, () => 256 * random()),
    labels: Int32Array.from({ length: count }, () => CLASSES * random()),
  };
}

/** The numbers below `count`, shuffled. */
function shuffled(count: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((i + 1) * random());
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

export async function storeBatches(field: Field): Promise<ImageBatches> {
  const random = randomNumbers(11);
  const { images, labels } = await imagesOf(field, random);
  const count = labels.length;
  return {
    images: field.store(images, [count, 1, SIZE, SIZE]),
    labels: field.store(labels, [count]),
    order: field.store(shuffled(count, random), [count]),
    batchSize: BATCH,
    ...FASHION_MNIST_NORMALIZATION,
    augmented: false,
  };
}

export function makeEpochTask(field: Field, batches: ImageBatches): EpochTask {
  manualSeed(3);
  const weights = Object.entries(toArrays(lenet().stateDict()));
  const parameters = weights.map(([name, { values, shape }]) => {
    return [name, field.store(values as Float32Array, shape)] as const;
  });
  return { kind: 'epoch', ...batches, parameters: Object.fromEntries(parameters), lr: 1e-3 };
}
