import type { EpochLine, StepRecord } from '../../../src/cli/run-folder/records.js';
import type { Run } from '../../../src/cli/run-folder/run-folder.js';
import { startRecord } from '../run-folder/start-record.js';

/** A finished run of two classes and four test samples, of which one is wrong. */
export function aRun(changes: Partial<Run> = {}): Run {
  const steps = [1, 2, 3, 4].map((step): StepRecord => ({
    type: 'step',
    epoch: 1,
    step,
    loss: 1 / step,
    seconds: step,
  }));
  const epochs = [1, 2].map((epoch): EpochLine => ({
    type: 'epoch',
    epoch,
    step: 2 * epoch,
    loss: 1 / epoch,
    accuracy: 0.5 + epoch / 10,
    valLoss: 0.9 / epoch,
    valAccuracy: 0.6 + epoch / 10,
    seconds: 2,
    samplesPerSecond: 100,
  }));
  return {
    folder: 'runs/a',
    start: startRecord(),
    steps,
    epochs,
    test: { type: 'test', time: '2026-01-02T03:05:00Z', loss: 0.25, accuracy: 0.75, seconds: 4 },
    resumed: 0,
    predictions: {
      labels: [0, 1, 1, 0],
      predicted: [0, 1, 0, 0],
      confidence: [0.9, 0.8, 0.51, 0.7],
      images: {
        dtype: 'u8',
        shape: [2, 1, 2, 3],
        values: Uint8Array.from([0, 50, 100, 150, 200, 250, 5, 4, 3, 2, 1, 0]),
      },
      imageIndex: [2, 0],
    },
    ...changes,
  };
}
