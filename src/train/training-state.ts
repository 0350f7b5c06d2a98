import { ArgumentError } from '../engine/core/errors.js';
import type { NamedArray } from '../io/named-array.js';
import { toArrays, toTensors } from '../io/tensors.js';
import type { ExponentialMovingAverage, OptimizerState } from '../optim/index.js';
import { defaultGenerator, getDevice, type Tensor } from '../tensor/index.js';
import type { Callback } from './callback.js';
import type { EpochRecord } from './history.js';
import type { BatchSource, TrainableModel } from './sources.js';
import type { StepOptimizer } from './steps.js';
import type { SavedTotals } from './totals.js';

/** An epoch goes through its batches, then through validation, and is done. */
export type Phase = 'training' | 'validation' | 'done';

/** How far a run had come: numbers that JSON can hold. */
export interface SavedProgress {
  /** Counts from 1. */
  readonly epoch: number;
  /** What this epoch is at. */
  readonly phase: Phase;
  /** Steps per epoch. */
  readonly steps: number;
  /** Steps done since training began. */
  readonly totalSteps: number;
  /** Loss of the last batch; absent before the first of an epoch. */
  readonly batchLoss?: number;
  readonly totals: SavedTotals;
  /** Durations of the run and of this epoch so far. */
  readonly seconds: number;
  readonly epochSeconds: number;
  /** Of the epochs that are done. */
  readonly history: readonly EpochRecord[];
  /** A callback had ended training: there is nothing to go on with. */
  readonly stopped?: 'callback';
}

/**
 * All that `fit` needs to go on behind a step as if it had never stopped: arrays, and plain data that
 * JSON can hold. `encodeCheckpoint` makes a file of it.
 */
export interface TrainingState {
  /** The device, as another one rounds differently. */
  readonly device: string;
  /**
   * Weights and buffers as `model.NAME`, moments and steps as `optimizer.NAME`, averages of weights as
   * `averages.NAME`, and `generator`.
   */
  readonly arrays: Readonly<Record<string, NamedArray>>;
  readonly optimizer: Pick<OptimizerState, 'name' | 'paramGroups'>;
  /** Where the loaders are. */
  readonly train: object;
  readonly validation?: object;
  /** What callbacks keep, in their order; null for those that keep nothing. */
  readonly callbacks: readonly unknown[];
  readonly progress: SavedProgress;
}

/** The parts of a run that have a state. */
export interface TrainingParts {
  readonly model: TrainableModel;
  readonly optimizer: StepOptimizer;
  readonly averages?: ExponentialMovingAverage | undefined;
  readonly train: BatchSource;
  readonly validation?: BatchSource | undefined;
  readonly callbacks?: readonly Callback[];
}

const MODEL = 'model.';
const OPTIMIZER = 'optimizer.';
const AVERAGES = 'averages.';
const GENERATOR = 'generator';

/** Throws an ArgumentError unless state can be taken from these parts and given back to them. */
export function checkResumable(op: string, { optimizer, train }: TrainingParts): void {
  const refuse = (what: string, methods: string): never => {
    throw new ArgumentError(
      `${op}: ${what} has no ${methods}, so that training cannot be saved and resumed; leave out ` +
        'checkpoints and resume, or pass one that has them.',
    );
  };
  if (!optimizer.stateDict || !optimizer.loadStateDict) {
    refuse('the optimizer', 'stateDict() and loadStateDict()');
  }
  if (!train.state || !train.restore) refuse('the source of batches', 'state() and restore()');
}

/**
 * A copy of the state of a run between two steps, which later steps do not change.
 *
 * @throws ArgumentError for an optimizer or a source of batches without a state.
 */
export function captureState(parts: TrainingParts, progress: SavedProgress): TrainingState {
  checkResumable('captureState', parts);
  const { model, optimizer, averages, train, validation, callbacks = [] } = parts;
  const { state, ...settings } = optimizer.stateDict!();
  const generator = { dtype: 'i32', shape: [4], values: defaultGenerator.getState() } as const;
  const validating = validation?.state?.();
  return {
    device: getDevice().name,
    arrays: {
      ...prefixed(MODEL, toArrays(model.stateDict())),
      ...prefixed(OPTIMIZER, toArrays(state)),
      ...(averages ? prefixed(AVERAGES, toArrays(averages.stateDict())) : {}),
      [GENERATOR]: generator,
    },
    optimizer: settings,
    train: train.state!(),
    ...(validating === undefined ? {} : { validation: validating }),
    callbacks: callbacks.map((callback) => callback.state?.() ?? null),
    progress,
  };
}

/**
 * Gives a state back to the parts of a run that are made as those it was taken from. The state may
 * be used again.
 *
 * @throws ArgumentError where it does not fit.
 */
export function restoreState(parts: TrainingParts, saved: TrainingState): void {
  checkResumable('restoreState', parts);
  const { model, optimizer, averages, train, validation, callbacks = [] } = parts;
  const generator = saved.arrays[GENERATOR];
  if (!generator) throw new ArgumentError(`restoreState: '${GENERATOR}' is missing.`);
  train.restore!(saved.train);
  if (saved.validation) validation?.restore?.(saved.validation);
  model.loadStateDict(tensorsUnder(MODEL, saved.arrays));
  optimizer.loadStateDict!({ ...saved.optimizer, state: tensorsUnder(OPTIMIZER, saved.arrays) });
  averages?.loadStateDict(tensorsUnder(AVERAGES, saved.arrays));
  defaultGenerator.setState(generator.values);
  for (const [i, callback] of callbacks.entries()) {
    const kept = saved.callbacks[i] ?? null;
    if (kept !== null) callback.restore?.(kept);
  }
}

function prefixed(
  prefix: string,
  arrays: Readonly<Record<string, NamedArray>>,
): Record<string, NamedArray> {
  return Object.fromEntries(Object.entries(arrays).map(([name, a]) => [prefix + name, a]));
}

/** Copies of the arrays whose names begin with `prefix`, as tensors without it. */
function tensorsUnder(
  prefix: string,
  arrays: Readonly<Record<string, NamedArray>>,
): Record<string, Tensor> {
  const found = Object.entries(arrays).filter(([name]) => name.startsWith(prefix));
  return toTensors(
    Object.fromEntries(
      found.map(([name, a]) => [name.slice(prefix.length), { ...a, values: a.values.slice() }]),
    ),
  );
}
