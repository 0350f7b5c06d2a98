// Epochs of LeNet-5 over images, and what comes before the step: batches, and PNGs.
import { compile, fromData } from 'gradus';
import type { Tensor } from 'gradus';
import {
  ArrayDataset,
  asArrays,
  Compose,
  DataLoader,
  Normalize,
  RandomCrop,
  RandomHorizontalFlip,
  Subset,
  type Batch,
} from 'gradus/data';
import { decodeImage, toTensors } from 'gradus/io';
import { Conv2d, crossEntropy, Flatten, Linear, MaxPool2d, ReLU, Sequential } from 'gradus/nn';
import { Adam } from 'gradus/optim';
import { encode } from 'fast-png';
import type { BatchesTask, DecodeTask, EpochTask, ImageBatches } from '../measure/protocol.js';
import { profileReply } from './gradus-networks.js';
import { readBytes, readFloats, readInts } from './arrays.js';
import type { Instance } from './peer.js';

type DType = 'f32' | 'f64';
type Loader = DataLoader<'x' | 'y', Batch<'x' | 'y'>>;

/** LeNet-5 for 28 × 28, as `gradus train lenet` has it. */
export function lenet(dtype: DType = 'f32'): Sequential {
  return new Sequential({
    conv1: new Conv2d(1, 6, 5, { padding: 2, dtype }),
    act1: new ReLU(),
    pool1: new MaxPool2d(2),
    conv2: new Conv2d(6, 16, 5, { dtype }),
    act2: new ReLU(),
    pool2: new MaxPool2d(2),
    flatten: new Flatten(),
    fc1: new Linear(400, 120, { dtype }),
    act3: new ReLU(),
    fc2: new Linear(120, 84, { dtype }),
    act4: new ReLU(),
    fc3: new Linear(84, 10, { dtype }),
  });
}

/** The batches of a task, augmented by so many workers where it asks for that. */
function loaderOf(task: ImageBatches, workers: number): Loader {
  const { mean, std, batchSize, augmented } = task;
  const set = new ArrayDataset({
    x: { dtype: 'u8', shape: [...task.images.shape], values: readBytes(task.images) },
    y: { dtype: 'i32', shape: [...task.labels.shape], values: readInts(task.labels) },
  });
  const order = readInts(task.order);
  const options = { batchSize, reuse: true, collate: asArrays<'x' | 'y'> };
  if (!augmented) {
    return new DataLoader(new Subset(set.normalized('x', { mean, std }), order), options);
  }
  const transform = new Compose([
    new RandomCrop(task.images.shape[2]!, { padding: 2 }),
    new RandomHorizontalFlip(),
    new Normalize({ mean, std }),
  ]);
  return new DataLoader(new Subset(set, order), { ...options, transform, workers });
}

/** What an epoch does with a batch. */
function compileStep(task: EpochTask, dtype: DType) {
  const model = lenet(dtype);
  const weights = Object.entries(task.parameters).map(([name, file]) => {
    return [name, fromData(readFloats(file), [...file.shape])] as const;
  });
  model.loadStateDict(Object.fromEntries(weights));
  const optimizer = new Adam(model.parameters(), { lr: task.lr });
  const update = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x.to(dtype)), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  });
  return {
    step: (batch: Batch<'x' | 'y'>): Tensor => {
      const { x, y } = toTensors(batch);
      return update(x, y);
    },
    profile: (batch: Batch<'x' | 'y'>, steps: number) => {
      const { x, y } = toTensors(batch);
      return update.profile([x, y], { steps });
    },
  };
}

/** The losses of the first steps in another dtype, on the device of this process. */
export function firstLosses(task: EpochTask, steps: number, dtype: DType): Float64Array {
  const { step } = compileStep(task, dtype);
  const losses: number[] = [];
  for (const batch of loaderOf(task, 0)) {
    if (losses.push(step(batch).item()) === steps) break;
  }
  return Float64Array.from(losses);
}

export function epoch(task: EpochTask): Instance {
  const loader = loaderOf(task, 1);
  const { step, profile } = compileStep(task, 'f32');
  // Until the first whole epoch.
  const first = loader[Symbol.asyncIterator]();
  return {
    outcome: async () => step((await first.next()).value as Batch<'x' | 'y'>).dataSync(),
    run: async (iterations) => {
      const last: Tensor[] = [];
      for (let i = 0; i < iterations; i++) {
        for await (const batch of loader) last[0] = step(batch);
      }
      last[0]!.item();
    },
    profile: (steps) => {
      const [batch] = loaderOf(task, 0);
      return profileReply(profile(batch!, steps));
    },
  };
}

/** The images of the first batch, computed here. */
export function firstImages(task: ImageBatches): Float64Array {
  const [batch] = loaderOf(task, 0);
  return Float64Array.from(batch!.x.values);
}

export function batches(task: BatchesTask): Instance {
  const loader = loaderOf(task, 1);
  return {
    outcome: async () => {
      const { value } = await loader[Symbol.asyncIterator]().next();
      return (value as Batch<'x'>).x.values;
    },
    run: async (iterations) => {
      for (let i = 0; i < iterations; i++) for await (const _ of loader);
    },
  };
}

export function decode({ images }: DecodeTask): Instance {
  const [count, channels, height, width] = images.shape as [number, 1, number, number];
  const values = readBytes(images);
  const size = height * width;
  const files = Array.from({ length: count }, (_, i) => {
    const data = values.subarray(i * size, (i + 1) * size);
    return encode({ width, height, data, channels, depth: 8 });
  });
  return {
    outcome: async () => {
      const decoded = await Promise.all(files.map((file) => decodeImage(file)));
      return decoded.flatMap((image) => [...image.values]);
    },
    run: async (iterations) => {
      for (let i = 0; i < iterations; i++) for (const file of files) await decodeImage(file);
    },
  };
}
