import { ArgumentError } from '../engine/core/errors.js';
import type { Module } from '../nn/index.js';
import { BestWeights } from './best-weights.js';
import type { Callback, EpochReport, Verdict } from './callback.js';

/** Options of `EarlyStopping`. */
export interface EarlyStoppingOptions {
  /** What of an epoch's record counts. Default 'valLoss'. */
  readonly monitor?: 'loss' | 'accuracy' | 'valLoss' | 'valAccuracy';
  /** Whether small or large is good. Default: 'max' for accuracies, otherwise 'min'. */
  readonly mode?: 'min' | 'max';
  /** By how much a value has to be better than the best to count, ≥ 0. Default 0. */
  readonly minDelta?: number;
  /** Epochs without a better value after which training ends, ≥ 1. Default 3. */
  readonly patience?: number;
  /** At the end of training the model gets the weights of the best epoch. Default true. */
  readonly restoreBest?: boolean;
}

/** The best epoch. */
export interface BestEpoch {
  /** Counts from 1. */
  readonly epoch: number;
  /** What is monitored. */
  readonly value: number;
}

interface Saved {
  readonly best: BestEpoch | null;
  readonly waited: number;
  readonly weights?: string;
}

/**
 * Ends training when what is monitored has not become better for some epochs, and gives the model
 * the weights of the best one, also where training ends for another reason than an interruption.
 * NaN is never better. The optimizer stays as it is at the end. All that is kept, the best weights
 * among it, is part of each checkpoint.
 *
 * @throws ArgumentError for options out of range; in `fit`, after the first epoch, where the record
 *   has nothing of the kind to monitor.
 *
 * @example
 * const model = new Linear(4, 3);
 * const set = new TensorDataset({ x: rand([60, 4]), y: arange(60).mod(3).to('i32') });
 * const { train, validation } = split(set, { validation: 0.2 });
 * const stopping = new EarlyStopping(model, { patience: 2 });
 * await fit({
 *   model,
 *   optimizer: new Adam(model.parameters(), { lr: 0.1 }),
 *   train: new DataLoader(train, { batchSize: 16, shuffle: true }),
 *   validation: new DataLoader(validation, { batchSize: 12 }),
 *   epochs: 100,
 *   callbacks: [stopping],
 * });
 * console.log(stopping.best); // { epoch, value }: what the model is now
 */
export class EarlyStopping implements Callback {
  #best: BestEpoch | undefined;
  #waited = 0;
  readonly #weights: BestWeights;
  readonly #options: Required<EarlyStoppingOptions>;

  constructor(
    model: Module,
    {
      monitor = 'valLoss',
      mode = monitor.toLowerCase().endsWith('accuracy') ? 'max' : 'min',
      minDelta = 0,
      patience = 3,
      restoreBest = true,
    }: EarlyStoppingOptions = {},
  ) {
    if (mode !== 'min' && mode !== 'max') refuse(`mode is '${String(mode)}'; use 'min' or 'max'`);
    if (!(minDelta >= 0 && minDelta < Infinity)) {
      refuse(`minDelta is ${minDelta}; use a number of at least 0`);
    }
    if (!Number.isSafeInteger(patience) || patience < 1) {
      refuse(`patience is ${patience}; use an integer of at least 1`);
    }
    this.#options = { monitor, mode, minDelta, patience, restoreBest };
    this.#weights = new BestWeights(model);
  }

  /** The best epoch so far; undefined before the first, and while all values are NaN. */
  get best(): BestEpoch | undefined {
    return this.#best;
  }

  onEpochEnd({ record }: Pick<EpochReport, 'record'>): Verdict {
    const { monitor, patience, restoreBest } = this.#options;
    const value = record[monitor];
    if (value === undefined) {
      refuse(
        `monitor is '${monitor}', which this run does not measure; give fit a validation part or ` +
          'the metric, or monitor another',
      );
    }
    if (this.#isBetter(value)) {
      this.#best = { epoch: record.epoch, value };
      this.#waited = 0;
      if (restoreBest) this.#weights.keep();
      return undefined;
    }
    this.#waited++;
    return this.#waited >= patience ? 'stop' : undefined;
  }

  onTrainEnd(): void {
    this.#weights.putBack();
  }

  state(): Saved {
    const weights = this.#weights.state();
    const kept = { best: this.#best ?? null, waited: this.#waited };
    return weights === undefined ? kept : { ...kept, weights };
  }

  restore(state: unknown): void {
    const { best, waited, weights } = state as Saved;
    this.#best = best ?? undefined;
    this.#waited = waited;
    this.#weights.restore(weights);
  }

  #isBetter(value: number): boolean {
    const { mode, minDelta } = this.#options;
    if (this.#best === undefined) return !Number.isNaN(value);
    const gain = mode === 'min' ? this.#best.value - value : value - this.#best.value;
    return gain > minDelta;
  }
}

function refuse(problem: string): never {
  throw new ArgumentError(`EarlyStopping: ${problem}.`);
}
