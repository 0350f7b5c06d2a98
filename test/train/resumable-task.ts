import { DataLoader, TensorDataset } from '../../src/data/index.js';
import { Dropout, Linear, Module, ReLU, Sequential } from '../../src/nn/index.js';
import { Adam } from '../../src/optim/index.js';
import { arange, manualSeed, StateTensor, zeros, type Tensor } from '../../src/tensor/index.js';
import type { FitOptions, FitResult, TrainingState } from '../../src/train/index.js';
import { fit } from '../../src/train/index.js';

/** Counts its calls in training, in a buffer: state that no optimizer knows. */
class Counting extends Module {
  calls = new StateTensor(zeros([]));

  forward(x: Tensor): Tensor {
    if (this.training) this.calls.assign(this.calls.add(1));
    return x.add(this.calls.mul(1e-3));
  }
}

/** A run of 3 epochs of 4 steps, the last of them smaller, with all that has a state. */
export function resumableTask(seed = 1): FitOptions & { readonly model: Sequential } {
  manualSeed(seed);
  const model = new Sequential(
    new Linear(3, 8),
    new Counting(),
    new ReLU(),
    new Dropout(0.3),
    new Linear(8, 2),
  );
  const x = arange(66).reshape([22, 3]).mul(0.1).sin();
  const y = arange(22).mod(2).to('i32');
  const set = new TensorDataset({ x, y });
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  let best = Number.MAX_VALUE;
  return {
    model,
    optimizer,
    train: new DataLoader(set, { batchSize: 6, shuffle: true, seed }),
    validation: new DataLoader(set, { batchSize: 5, shuffle: true, seed: seed + 1 }),
    epochs: 3,
    callbacks: [
      // Harmful if called twice for an epoch and not put right.
      { onEpochStart: () => void (optimizer.lr *= 0.9) },
      {
        onEpochEnd: ({ record }) => {
          best = Math.min(best, record.loss);
        },
        state: () => ({ best }),
        restore: (state) => {
          best = (state as { best: number }).best;
        },
      },
    ],
  };
}

/** What has to be equal to the last bit: weights, losses, history without the times. */
export function bitsOf(task: ReturnType<typeof resumableTask>, result: FitResult): unknown {
  const weights = Object.entries(task.model.stateDict()).map(([name, t]) => [
    name,
    [...t.dataSync()],
  ]);
  const history = result.history.map(({ seconds: _, samplesPerSecond: __, ...record }) => record);
  return { weights, history, steps: result.steps, callbacks: task.callbacks![1]!.state!() };
}

/** Every state of a whole run, and its end. */
export async function wholeRun(): Promise<{ states: TrainingState[]; bits: unknown }> {
  const states: TrainingState[] = [];
  const task = resumableTask();
  const result = await fit({
    ...task,
    checkpoints: { every: 1, save: (s) => void states.push(s) },
  });
  return { states, bits: bitsOf(task, result) };
}
