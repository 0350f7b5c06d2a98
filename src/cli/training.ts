import { asArrays, DataLoader, type ArrayDataset } from '../data/index.js';
import { BatchNorm1d } from '../nn/index.js';
import { ExponentialMovingAverage, OPTIMIZERS, type Optimizer } from '../optim/index.js';
import { fromData, manualSeed, type Tier } from '../tensor/index.js';
import { pca } from '../seeing/index.js';
import {
  asSymbols,
  Autoencoder,
  EarlyStopping,
  fit,
  outputsOf,
  StreamedModel,
  tensorsOf,
  TextWindows,
} from '../train/index.js';
import type {
  Augmentation,
  BatchSource,
  BestEpoch,
  Callback,
  CheckpointSink,
  EpochRecord,
  ModelTask,
  Preprocessing,
  TrainableModel,
  TrainingState,
} from '../train/index.js';
import type { AugmentationFlags } from './data/augmentations.js';
import { dividedParts } from './data/parts.js';
import { isCorpus, isText, type TrainingData } from './data/training-data.js';
import type { Display } from './display.js';
import { InterruptError } from './interrupt.js';
import type { FamilyOptions, ModelFamily } from './model-family.js';
import { augmentationOf, objectiveOf, type LossSettings, type Objective } from './losses.js';
import type { StepSettings } from './optimization-options.js';
import { scheduleCallbacks, type ScheduleSettings } from './schedules.js';
import { evaluationLoader, testModel, type TestResult } from './test-result.js';
import { textReader } from './text-reader.js';
import { UsageError } from './usage-error.js';

/** All that determines a training run. */
export interface TrainingPlan extends StepSettings, LossSettings, AugmentationFlags {
  readonly family: ModelFamily;
  readonly familyOptions: FamilyOptions;
  readonly data: TrainingData;
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
  /** Epochs without a lower validation loss after which training ends. */
  readonly earlyStop?: number;
  /** What was asked for; the device has been chosen by then. */
  readonly device: Tier;
}

/** A run that is ready to start. */
export interface Training {
  readonly plan: TrainingPlan;
  readonly model: TrainableModel;
  /** What training calls: the model, or one that carries its state through a text. */
  readonly trained: TrainableModel;
  readonly optimizer: Optimizer;
  readonly averages: ExponentialMovingAverage | undefined;
  readonly task: ModelTask;
  /** How many symbols texts have. */
  readonly symbols: number | undefined;
  /** What has been done to the samples. */
  readonly preprocessing: Preprocessing;
  readonly objective: Objective;
  /** What becomes of batches before they are trained on. */
  readonly augment: Augmentation | undefined;
  readonly stopping: EarlyStopping | undefined;
  /** What sets the learning rates, and begins a text anew. */
  readonly schedules: readonly Callback[];
  readonly train: BatchSource;
  /** Ends the threads that change images ahead of the step. */
  readonly close: () => Promise<void>;
  readonly validation: BatchSource | undefined;
  /** As the model takes them. */
  readonly test: ArrayDataset<'x' | 'y'>;
  /** Number of samples in each part. */
  readonly sizes: Readonly<Record<'train' | 'validation' | 'test', number>>;
  /** Number of parameters of the model. */
  readonly parameters: number;
}

export interface TrainingOutcome {
  readonly history: readonly EpochRecord[];
  /** The epoch whose weights the model has, where training could end early. */
  readonly best?: BestEpoch;
  /** Why there were fewer epochs than set, if there were. */
  readonly stopped?: string;
  /** On the test part, which is read once, at the end. */
  readonly test: TestResult;
}

/**
 * Divides the data, draws the weights and makes the optimizer.
 *
 * @throws UsageError where the parts do not fit the plan.
 */
export function prepareTraining(plan: TrainingPlan): Training {
  const { data, seed, batchSize } = plan;
  checkReads(plan);
  const { family, familyOptions, augment } = plan;
  const window = Number(familyOptions['window'] ?? 1);
  const streams = { streams: batchSize, window };
  const wanted = { family, familyOptions, augment, streams };
  const parts = dividedParts(data, plan.valFraction, seed, wanted);
  const { train, validation, test, task, transform, symbols } = parts;
  if (plan.workers !== undefined && transform === undefined) {
    throw new UsageError(
      `--workers ${plan.workers} has nothing to do without --augment; leave it out.`,
    );
  }
  checkStopping(plan);
  checkMixing(plan);
  if (batchSize > train.length) {
    throw new UsageError(
      `--batch-size ${batchSize} is larger than the training part, which has ${train.length} ` +
        `samples; use at most ${train.length}.`,
    );
  }
  manualSeed(seed);
  const { inputShape } = task;
  const model = family.create(
    { inputShape, classes: outputsOf(task), ...(symbols === undefined ? {} : { symbols }) },
    familyOptions,
  );
  const reader = parts.streams && textReader(model, batchSize);
  const trained = reader ?? model;
  const { lr, weightDecay, ema } = plan;
  const settings = { lr, ...(weightDecay === undefined ? {} : { weightDecay }) };
  const loader = { reuse: true, collate: asArrays };
  const dropLast = needsPairs(model, train.length, batchSize);
  const trainLoader = new DataLoader(train, {
    ...loader,
    batchSize,
    shuffle: true,
    dropLast,
    seed,
    // All streams at once, as they lie side by side.
    ...(reader instanceof StreamedModel ? { batchSize: batchSize * window, shuffle: false } : {}),
    // Each epoch leaves out others.
    ...(train instanceof TextWindows ? { collate: asSymbols, dropLast: true } : {}),
    ...(transform === undefined ? {} : { transform, workers: plan.workers ?? 1 }),
  });
  const optimizer = OPTIMIZERS[plan.optimizer]!.create(model.parameters(), settings);
  const length = { epochs: plan.epochs, steps: trainLoader.length };
  return {
    plan,
    model,
    trained,
    optimizer,
    averages:
      ema === undefined
        ? undefined
        : new ExponentialMovingAverage(model.parameters(), { decay: ema, warmUp: true }),
    stopping:
      plan.earlyStop === undefined
        ? undefined
        : new EarlyStopping(model, { patience: plan.earlyStop }),
    task,
    symbols,
    preprocessing: parts.preprocessing,
    objective: objectiveOf(task, plan, model),
    augment: augmentationOf(task, plan),
    schedules: [
      ...scheduleCallbacks(optimizer, plan.schedule, length, validation !== undefined),
      ...(reader instanceof StreamedModel ? [reader] : []),
      ...(train instanceof TextWindows ? [train] : []),
    ],
    train: trainLoader,
    close: () => trainLoader.close(),
    validation: validation && evaluationLoader(validation, trained),
    test,
    sizes: {
      train: train instanceof TextWindows ? train.length * window : train.length,
      validation: validation?.length ?? 0,
      test: test.length,
    },
    parameters: [...model.parameters()].reduce((sum, p) => sum + p.size, 0),
  };
}

/** Throws where a model for texts is given something else, or another model a text. */
function checkReads({ family: { name, reads = 'samples' }, data }: TrainingPlan): void {
  // Data of other kinds are refused when they are loaded.
  if (isCorpus(data) === (reads === 'corpus')) return;
  throw new UsageError(
    isCorpus(data)
      ? `${name} is trained on images or tables, and ${data.name} is a text; use char-lstm, for instance.`
      : `${name} is trained on a text, and ${data.name} is none; give --data tinyshakespeare, or a ` +
          'file that ends in .txt.',
  );
}

function checkStopping({ earlyStop, valFraction, ema }: TrainingPlan): void {
  if (earlyStop === undefined) return;
  if (valFraction === 0) {
    throw new UsageError(
      `--early-stop ${earlyStop} watches the validation loss; give a --val-fraction above 0.`,
    );
  }
  if (ema !== undefined) {
    throw new UsageError(
      '--early-stop goes back to the weights of the best epoch, and --ema tests their running mean; ' +
        'give one of the two.',
    );
  }
}

function checkMixing({ data, mixup }: TrainingPlan): void {
  if (mixup === undefined || !isText(data)) return;
  throw new UsageError('--mixup mixes numbers, and texts have none; leave it out.');
}

/**
 * Whether the last batch of an epoch has to be left out: batch normalisation takes two samples at
 * least, and it would have one.
 *
 * @throws UsageError where all batches have one.
 */
function needsPairs(model: TrainableModel, samples: number, batchSize: number): boolean {
  if (![...model.modules()].some((module) => module instanceof BatchNorm1d)) return false;
  if (batchSize > 1) return samples % batchSize === 1;
  throw new UsageError(
    `--batch-size ${batchSize} leaves nothing to normalise by: batch normalisation takes 2 samples ` +
      'at least.',
  );
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
  training: Training,
  display: Display,
  signal: AbortSignal,
  { checkpoints, resume, command, callbacks = [] }: Continuation = {},
): Promise<TrainingOutcome> {
  const { plan, trained, optimizer, averages, stopping, schedules, train, validation } = training;
  const { epochs, clip, clipValue } = plan;
  try {
    const { history, steps, stopped } = await fit({
      model: trained,
      optimizer,
      averages,
      clipGradNorm: clip,
      clipGradValue: clipValue,
      ...training.objective,
      augment: training.augment,
      train,
      validation,
      epochs,
      callbacks: [...schedules, ...(stopping ? [stopping] : []), display, ...callbacks],
      signal,
      checkpoints,
      resume,
    });
    if (signal.aborted) throw interrupted(steps, epochs * train.length, command);
    averages?.apply();
    const result = await testModel({ ...training, model: trained }, signal);
    const pca = await pcaFigure(training);
    if (signal.aborted) throw interrupted(steps, steps, command);
    const best = stopping?.best;
    return {
      history,
      test: { ...result, ...pca },
      ...(best === undefined ? {} : { best }),
      ...(best !== undefined && stopped === 'callback'
        ? { stopped: stoppedText(history.length, plan, best) }
        : {}),
    };
  } finally {
    display.close();
    await training.close();
  }
}

/** What PCA of the samples that were trained on reaches with a code as large as an autoencoder's. */
async function pcaFigure({
  model,
  train,
  test,
}: Training): Promise<Pick<TestResult, 'pcaMse'> | undefined> {
  if (!(model instanceof Autoencoder)) return undefined;
  const rows: Float32Array[] = [];
  for await (const batch of train) rows.push(Float32Array.from(tensorsOf(batch)[0].dataSync()));
  const width = test.get(0).x.values.length;
  const all = new Float32Array(rows.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of rows) {
    all.set(part, at);
    at += part.length;
  }
  const samples = fromData(all, [all.length / width, width]);
  const components = Math.min(model.codeSize, width, samples.shape[0]! - 1);
  const { values } = test.column('x');
  return { pcaMse: pca(samples, { components }).error(fromData(values, [test.length, width])) };
}

function stoppedText(done: number, { epochs, earlyStop }: TrainingPlan, best: BestEpoch): string {
  return (
    `after epoch ${done} of ${epochs}: for ${earlyStop} epochs no lower validation loss than that of ` +
    `epoch ${best.epoch}`
  );
}

function interrupted(steps: number, of: number, command: string | undefined): InterruptError {
  const rest = command
    ? `saved; to go on: ${command}`
    : 'nothing was saved; with --run DIR it can be resumed.';
  return new InterruptError(`interrupted after step ${steps} of ${of}; ${rest}`);
}
