import { asArrays, DataLoader, split, type Dataset, type LabelledImages } from '../data/index.js';
import { ExponentialMovingAverage, OPTIMIZERS, type Optimizer } from '../optim/index.js';
import { manualSeed, type Tier } from '../tensor/index.js';
import { evaluate, fit } from '../train/index.js';
import type {
  BatchSource,
  Callback,
  CheckpointSink,
  EpochRecord,
  Evaluation,
  TrainableModel,
  TrainingState,
} from '../train/index.js';
import type { Display } from './display.js';
import { InterruptError } from './interrupt.js';
import type { FamilyOptions, ModelFamily } from './model-family.js';
import type { StepSettings } from './optimization-options.js';
import { scheduleCallbacks, type ScheduleSettings } from './schedules.js';
import { UsageError } from './usage-error.js';

/** Samples per program when nothing is learnt: enough to be fast, few enough for the caches. */
const EVALUATION_BATCH = 500;

/** All that determines a training run. */
export interface TrainingPlan extends StepSettings {
  readonly family: ModelFamily;
  readonly familyOptions: FamilyOptions;
  readonly data: LabelledImages;
  readonly epochs: number;
  /** For weights, order, dropout and the choice of validation data. */
  readonly seed: number;
  readonly batchSize: number;
  readonly optimizer: string;
  readonly lr: number;
  readonly schedule: ScheduleSettings;
  readonly weightDecay?: number;
  /** Share of the training part to validate on; 0 for none. */
  readonly valFraction: number;
  /** What was asked for; the device has been chosen by then. */
  readonly device: Tier;
}

/** A run that is ready to start. */
export interface Training {
  readonly plan: TrainingPlan;
  readonly model: TrainableModel;
  readonly optimizer: Optimizer;
  readonly averages: ExponentialMovingAverage | undefined;
  /** What sets the learning rates. */
  readonly schedules: readonly Callback[];
  readonly train: BatchSource;
  readonly validation: BatchSource | undefined;
  readonly test: BatchSource;
  /** Number of samples in each part. */
  readonly sizes: Readonly<Record<'train' | 'validation' | 'test', number>>;
  /** Number of parameters of the model. */
  readonly parameters: number;
}

export interface TrainingOutcome {
  readonly history: readonly EpochRecord[];
  /** On the test part, which is read once, at the end. */
  readonly test: Evaluation;
}

/**
 * Divides the data, draws the weights and makes the optimizer.
 *
 * @throws UsageError where the parts do not fit the plan.
 */
export function prepareTraining(plan: TrainingPlan): Training {
  const { data, seed, batchSize } = plan;
  const full = data.train.normalized('x', data.normalization);
  const { train, validation } = parts(full, plan.valFraction, seed);
  if (batchSize > train.length) {
    throw new UsageError(
      `--batch-size ${batchSize} is larger than the training part, which has ${train.length} ` +
        `samples; use at most ${train.length}.`,
    );
  }
  manualSeed(seed);
  const inputShape = full.get(0).x.shape;
  const task = { inputShape, classes: data.classes.length };
  const model = plan.family.create(task, plan.familyOptions);
  const { lr, weightDecay, ema } = plan;
  const settings = { lr, ...(weightDecay === undefined ? {} : { weightDecay }) };
  const test = data.test.normalized('x', data.normalization);
  const loader = { reuse: true, collate: asArrays };
  const trainLoader = new DataLoader(train, { ...loader, batchSize, shuffle: true, seed });
  const optimizer = OPTIMIZERS[plan.optimizer]!.create(model.parameters(), settings);
  const length = { epochs: plan.epochs, steps: trainLoader.length };
  return {
    plan,
    model,
    optimizer,
    averages:
      ema === undefined
        ? undefined
        : new ExponentialMovingAverage(model.parameters(), { decay: ema, warmUp: true }),
    schedules: scheduleCallbacks(optimizer, plan.schedule, length, validation !== undefined),
    train: trainLoader,
    validation: validation && evaluationLoader(validation),
    test: evaluationLoader(test),
    sizes: { train: train.length, validation: validation?.length ?? 0, test: test.length },
    parameters: [...model.parameters()].reduce((sum, p) => sum + p.size, 0),
  };
}

type Images = Dataset<'x' | 'y'>;

function parts(
  full: Images,
  valFraction: number,
  seed: number,
): { train: Images; validation: Images | undefined } {
  if (valFraction === 0) return { train: full, validation: undefined };
  const validation = Math.round(valFraction * full.length);
  if (validation > 0 && validation < full.length) return split(full, { validation, seed });
  throw new UsageError(
    `--val-fraction ${valFraction} of ${full.length} samples leaves a part without any; use 0 for ` +
      'no validation, or a fraction that leaves some on both sides.',
  );
}

function evaluationLoader(set: Images): BatchSource {
  const batchSize = Math.min(EVALUATION_BATCH, set.length);
  return new DataLoader(set, { batchSize, reuse: true, collate: asArrays });
}

/** What makes a run one that can be gone on with. */
export interface Continuation {
  readonly checkpoints?: CheckpointSink | undefined;
  /** Where to go on from. */
  readonly resume?: TrainingState | undefined;
  /** What to type to go on. */
  readonly command?: string | undefined;
  /** Called after the display, such as a log. */
  readonly callbacks?: readonly Callback[];
}

/**
 * Trains and reads the test part. Where there are averages, the model has them afterwards.
 *
 * @throws InterruptError when `signal` fires, after the step in progress; NumericError as `fit`.
 */
export async function runTraining(
  { plan, model, optimizer, averages, schedules, train, validation, test }: Training,
  display: Display,
  signal: AbortSignal,
  { checkpoints, resume, command, callbacks = [] }: Continuation = {},
): Promise<TrainingOutcome> {
  const { epochs, clip, clipValue } = plan;
  try {
    const { history, steps } = await fit({
      model,
      optimizer,
      averages,
      clipGradNorm: clip,
      clipGradValue: clipValue,
      train,
      validation,
      epochs,
      callbacks: [...schedules, display, ...callbacks],
      signal,
      checkpoints,
      resume,
    });
    if (signal.aborted) throw interrupted(steps, epochs * train.length, command);
    averages?.apply();
    const evaluation = await evaluate(model, test, { signal });
    if (signal.aborted) throw interrupted(steps, steps, command);
    return { history, test: evaluation };
  } finally {
    display.close();
  }
}

function interrupted(steps: number, of: number, command: string | undefined): InterruptError {
  const rest = command
    ? `saved; to go on: ${command}`
    : 'nothing was saved; with --run DIR it can be resumed.';
  return new InterruptError(`interrupted after step ${steps} of ${of}; ${rest}`);
}
