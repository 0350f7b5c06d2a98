/** The worker: draws digits, trains on them, and says what a drawing is. */
import { compile, fromData, getDevice, getThreads, manualSeed, noGrad, type Tensor } from 'gradus';
import { expose, type CallContext } from 'gradus/browser/worker';
import { DataLoader, digits, DIGITS_NORMALIZATION } from 'gradus/data';
import { Dropout, Flatten, Linear, ReLU, Sequential } from 'gradus/nn';
import { Adam } from 'gradus/optim';
import {
  fit,
  pixels,
  preprocess,
  writeModel,
  type EpochRecord,
  type FitResult,
  type Progress,
} from 'gradus/train';

const TRAIN = 10_000;
const TEST = 1_000;
const SHOWN = 10;

/** What is told in the course of training. */
export type TrainingEvent =
  | { readonly kind: 'data' }
  | { readonly kind: 'step'; readonly share: number; readonly loss: number; readonly speed: number }
  | { readonly kind: 'epoch'; readonly record: EpochRecord; readonly guesses: number[] };

manualSeed(0);
const options = { hidden: [256, 128], dropout: 0.2 };
const model = new Sequential(
  new Flatten(),
  new Linear(784, 256),
  new ReLU(),
  new Dropout(0.2),
  new Linear(256, 128),
  new ReLU(),
  new Dropout(0.2),
  new Linear(128, 10),
);
const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
const unseen = digits({ count: SHOWN, seed: 3, part: 'test' });

const probabilities = compile((x: Tensor) => noGrad(() => model.forward(x).softmax(1)));

/** Probabilities [N, 10] of images of 28 × 28 bytes, ink 255 on 0. */
function classify(images: Uint8Array): Float32Array {
  const { training } = model;
  model.eval();
  const shape = [images.length / 784, 1, 28, 28];
  const x = preprocess(pixels(DIGITS_NORMALIZATION), { dtype: 'u8', shape, values: images });
  const y = probabilities(fromData(x.values, shape)).dataSync() as Float32Array;
  model.train(training);
  return y;
}

/** The digit of each row of probabilities. */
function best(rows: Float32Array): number[] {
  return Array.from({ length: rows.length / 10 }, (_, i) => {
    const row = rows.subarray(10 * i, 10 * i + 10);
    return row.indexOf(Math.max(...row));
  });
}

export const trainer = expose({
  where: () => ({ device: getDevice().name, threads: getThreads() }),

  unseen: () => ({
    images: unseen.column('x').values as Uint8Array,
    labels: [...unseen.column('y').values],
  }),

  classify,

  async train(
    { epochs }: { epochs: number },
    { signal, emit }: CallContext<TrainingEvent>,
  ): Promise<FitResult> {
    emit({ kind: 'data' });
    const part = (count: number, name: 'train' | 'test') =>
      digits({ count, part: name }).normalized('x', DIGITS_NORMALIZATION);
    let told = -Infinity;
    const onStep = ({ totalSteps, epochs: all, steps, loss, samplesPerSecond }: Progress): void => {
      if (performance.now() - told < 50) return;
      told = performance.now();
      emit({ kind: 'step', share: totalSteps / (all * steps), loss, speed: samplesPerSecond });
    };
    return fit({
      model,
      optimizer,
      train: new DataLoader(part(TRAIN, 'train'), { batchSize: 64, shuffle: true }),
      validation: new DataLoader(part(TEST, 'test'), { batchSize: 500 }),
      epochs,
      signal,
      callbacks: [
        {
          onStep,
          onEpochEnd({ record }) {
            const images = unseen.column('x').values as Uint8Array;
            emit({ kind: 'epoch', record, guesses: best(classify(images)) });
          },
        },
      ],
    });
  },

  /** The model as a file, which `gradus predict` and `loadModel` read in Node. */
  save: () =>
    writeModel({
      model,
      family: 'mlp',
      options,
      task: { kind: 'classification', inputShape: [1, 28, 28], classes: '0123456789'.split('') },
      preprocessing: pixels(DIGITS_NORMALIZATION),
    }),
});
