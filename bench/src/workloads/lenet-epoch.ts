import { interpreterDevice, setDevice } from 'gradus';
import type { Field, Prepared } from '../field.js';
import type { Check } from '../measure/check.js';
import type { DecodeTask, EpochTask, ImageBatches } from '../measure/protocol.js';
import { readBytes } from '../peers/arrays.js';
import { firstImages, firstLosses } from '../peers/gradus-epoch.js';
import { makeEpochTask, storeBatches } from './epoch-data.js';
import type { Workload } from './index.js';
import { takeTimings } from './timings.js';

export const EPOCH = 'epoch';
export const AUGMENTED = 'epoch, flip and crop in a worker';
export const ALONE = 'flip and crop in a worker, alone';
const DECODED = 'PNGs, decoded by one thread';

/** Steps whose losses are compared: from the second on they tell of gradients and updates. */
const CHECKED_STEPS = 2;
const TOLERANCE = 1e-4;
/** Files that are decoded in one go. */
const FILES = 2000;

/** A task with the losses that every peer has to arrive at, from the interpreter in f64. */
export function withLosses(task: EpochTask): { task: EpochTask; check: Check } {
  setDevice(interpreterDevice);
  const expected = firstLosses(task, CHECKED_STEPS, 'f64');
  return { task, check: { runs: CHECKED_STEPS, expected, tolerance: TOLERANCE, relative: true } };
}

/** The first of the images as files. */
function makeDecodeTask(
  field: Field,
  { images }: ImageBatches,
): { task: DecodeTask; check: Check } {
  const [count, ...image] = images.shape as [number, ...number[]];
  const files = Math.min(FILES, count);
  const values = readBytes(images).subarray(0, files * image.reduce((n, d) => n * d, 1));
  const task: DecodeTask = { kind: 'decode', images: field.store(values, [files, ...image]) };
  return { task, check: { runs: 1, expected: Float64Array.from(values), tolerance: 0 } };
}

export const lenetEpoch: Workload = {
  name: 'lenet-epoch',
  title: 'An epoch of LeNet-5 on 60,000 images',
  about:
    'Training on all of Fashion-MNIST, or, where no folder of data is given, on random images: 28 × 28 in ' +
    'bytes, taken by batches of 64 in a stored order and normalised batch by batch; forward, ' +
    'cross-entropy, backward, Adam. In Gradus these are layers of `gradus/nn`, an `ArrayDataset` and a ' +
    '`DataLoader`, in PyTorch, eager, `torch.nn`, `Adam(fused=True)`, and rows of a tensor of bytes by ' +
    '`index_select`, which is much faster than its `DataLoader`. The losses of the first ' +
    `${CHECKED_STEPS} steps must agree with an interpreter in f64 to ${TOLERANCE}. The same epoch with ` +
    'a random crop (of 2 pixels of padding) and flip of each image, by `DataLoader({ transform, ' +
    'workers: 1 })`, which normalises in the worker as well; the same loader alone, without a step; and ' +
    `the first ${FILES.toLocaleString('en')} images as PNG files in memory, decoded one by one, which a ` +
    'folder of images needs once, before the first epoch. Images by second are medians.',
  async run(field) {
    const batches = await storeBatches(field);
    const plain = makeEpochTask(field, batches);
    const augmented: EpochTask = { ...plain, augmented: true };
    const alone = { ...batches, augmented: true, kind: 'batches' } as const;
    const decoding = makeDecodeTask(field, batches);
    const images = { runs: 1, expected: firstImages(alone), tolerance: 0 };
    const augmenting = ['gradus-native', 'gradus-all', 'gradus-native-all'];
    const ids = ['gradus', ...augmenting, 'pytorch', 'pytorch-best'];
    const rows = [
      { name: EPOCH, ids, ...withLosses(plain) },
      { name: AUGMENTED, ids: augmenting, ...withLosses(augmented) },
      { name: ALONE, ids: ['gradus'], task: alone, check: images },
      { name: DECODED, ids: ['gradus'], ...decoding },
    ];
    const peers = await field.startAll(ids);
    const prepared: Prepared[] = [];
    for (const { name, task, check, ...row } of rows) {
      for (const peer of peers.filter(({ id }) => row.ids.includes(id))) {
        const ready = await field.prepare(peer, name, task, check);
        if (ready) prepared.push(ready);
      }
    }
    return await takeTimings(prepared, field.options.pace, {
      images: (name) => rows.find((row) => row.name === name)!.task.images.shape[0],
    });
  },
};
