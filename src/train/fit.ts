import { ArgumentError, FormatError, GradusError } from '../engine/core/errors.js';
import { crossEntropy } from '../nn/index.js';
import { clipGradNorm, clipGradValue, type ExponentialMovingAverage } from '../optim/index.js';
import { manualSeed, type Tensor } from '../tensor/index.js';
import { Breather } from './breather.js';
import type { Callback, Progress, Verdict } from './callback.js';
import type { CheckpointSink } from './checkpoint-sink.js';
import { runEvaluation, type Evaluation } from './evaluate.js';
import type { EpochRecord } from './history.js';
import { checkMetrics, type Metric } from './metrics.js';
import { nonFiniteLoss } from './non-finite.js';
import { ProgressMeter } from './progress-meter.js';
import {
  captureState,
  checkResumable,
  restoreState,
  type Phase,
  type TrainingState,
} from './training-state.js';
import { tensorsOf } from './sources.js';
import type { Augmentation, BatchSource, LossFunction, TrainableModel } from './sources.js';
import {
  compileEvaluationStep,
  compileTrainStep,
  TRAINING,
  trainStep,
  type Step,
  type StepOptimizer,
  type StepResult,
} from './steps.js';
import type { TrainingStatistics } from './training-statistics.js';
import { compileWatched, type Watched } from './watched-step.js';

/** Options of `fit`. */
export interface FitOptions {
  readonly model: TrainableModel;
  /** Over the model's parameters. */
  readonly optimizer: StepOptimizer;
  /**
   * Averages of the model's parameters, taken in after each update. Validation is of the averages;
   * the model keeps its own weights, also in the end: `averages.apply()` puts the others in place.
   */
  readonly averages?: ExponentialMovingAverage | undefined;
  /** The norm that all gradients together are scaled down to: see `clipGradNorm`. Default none. */
  readonly clipGradNorm?: number | undefined;
  /** The bound of each number of the gradients: see `clipGradValue`; ahead of the norm. Default none. */
  readonly clipGradValue?: number | undefined;
  /** Default `crossEntropy`. */
  readonly loss?: LossFunction;
  /**
   * What becomes of each batch in a training step, as a part of its program: `mixup`, say. Metrics
   * compare with the targets from before. Default nothing.
   */
  readonly augment?: Augmentation | undefined;
  /** A loader of `x` and `y`; the last, smaller batch of an epoch has a program of its own. */
  readonly train: BatchSource;
  /** Evaluated after each epoch. */
  readonly validation?: BatchSource | undefined;
  /** How often to go through the training part. */
  readonly epochs: number;
  /** Default ['accuracy'] with the default loss, otherwise none. */
  readonly metrics?: readonly Metric[];
  /** Called in this order; one that says 'stop' is enough. */
  readonly callbacks?: readonly Callback[];
  /** Looks at some of the steps; without it nothing is looked at, and nothing computed for it. */
  readonly statistics?: TrainingStatistics | undefined;
  /** Seed for what the model draws, such as dropout; default: the generator goes on as it is. */
  readonly seed?: number;
  /** Ends training after the step in which it fires. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Gets the state every so many steps, at the end of each epoch, and where training stops; a
   * `CheckpointWriter` keeps it in files.
   */
  readonly checkpoints?: CheckpointSink | undefined;
  /**
   * Goes on from a state that `checkpoints` got, with all else as it was then, `seed` aside, which
   * has no effect. On the same device the run ends with the same bits as one that never stopped.
   */
  readonly resume?: TrainingState | undefined;
}

/** What `fit` has done. */
export interface FitResult {
  /** A record for each whole epoch. */
  readonly history: readonly EpochRecord[];
  /** Steps done, those before a resumption included. */
  readonly steps: number;
  /** What ended training before the last epoch was over, if anything did. */
  readonly stopped?: 'callback' | 'signal';
}

/**
 * Trains a model: for each epoch a step for every batch, then validation. A step (forward, backward,
 * update, metrics) is one compiled program. Afterwards the model is in evaluation mode.
 *
 * The same seeds for weights, loader and `seed` give the same numbers to the last bit on one device.
 *
 * @throws ArgumentError for epochs or metrics that cannot be used; FormatError for a state to resume
 *   from that does not fit; NumericError where the loss is
 *   NaN or ±∞, naming epoch, step and the first operation that gave it. The model then has the
 *   weights from before that step.
 * @example
 * const { history } = await fit({
 *   model,
 *   optimizer: new Adam(model.parameters()),
 *   train: new DataLoader(train, { batchSize: 64, shuffle: true, seed: 1 }),
 *   validation: new DataLoader(validation, { batchSize: 500 }),
 *   epochs: 10,
 * });
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { epochs } = options;
  if (!Number.isSafeInteger(epochs) || epochs < 1) {
    throw new ArgumentError(`fit: epochs is ${epochs}; give an integer of at least 1.`);
  }
  if (options.checkpoints || options.resume) checkResumable('fit', options);
  checkClip(options);
  const run = new Fit(options);
  if (options.seed !== undefined) manualSeed(options.seed);
  try {
    return await run.all();
  } finally {
    options.model.eval();
  }
}

/** One call of `fit`. */
class Fit {
  private readonly trainStep: Step;
  /** Only with statistics. */
  private readonly watchedStep: Watched<[x: Tensor, y: Tensor], StepResult> | undefined;
  private readonly evaluationStep: Step;
  private readonly history: EpochRecord[] = [];
  private readonly meter: ProgressMeter;
  private readonly breather: Breather;
  private stopped: FitResult['stopped'];

  constructor(private readonly options: FitOptions) {
    const { model, loss = crossEntropy, augment, statistics } = options;
    const metrics = options.metrics ?? (options.loss ? [] : ['accuracy']);
    checkMetrics('fit', metrics);
    const optimizer = updating(options);
    this.trainStep = compileTrainStep(model, optimizer, loss, metrics, augment);
    if (statistics) {
      const body = trainStep(model, optimizer, loss, metrics, augment);
      this.watchedStep = compileWatched(model, body, statistics.saturation, TRAINING);
    }
    this.evaluationStep = compileEvaluationStep(model, loss, metrics);
    this.meter = new ProgressMeter(options.epochs, options.train.length);
    // Whoever may want to stop it is heard before each step.
    this.breather = new Breather(options.signal ? 0 : undefined);
  }

  async all(): Promise<FitResult> {
    if (this.options.resume) await this.resume(this.options.resume);
    while (this.meter.epoch < this.options.epochs && !this.stopped) {
      await this.epoch(this.meter.epoch + 1);
    }
    const { history, stopped, meter } = this;
    if (stopped !== 'signal') {
      for (const c of this.options.callbacks ?? []) await c.onTrainEnd?.();
    }
    return { history, steps: meter.totalSteps, ...(stopped ? { stopped } : {}) };
  }

  /** Goes to where `saved` was taken and, if that was within an epoch, finishes the epoch. */
  private async resume(saved: TrainingState): Promise<void> {
    const { phase, history, stopped } = saved.progress;
    this.meter.restore(saved.progress);
    this.history.push(...history);
    // Callbacks prepare for the epoch; what they change for that is then put back.
    if (phase !== 'done') await this.ask((c) => c.onEpochStart?.(this.meter));
    try {
      this.checkFits(saved);
      restoreState(this.options, saved);
    } catch (error) {
      if (!(error instanceof GradusError)) throw error;
      throw new FormatError(`fit: cannot resume: ${error.message}`, { cause: error });
    }
    this.stopped ??= stopped;
    if (this.stopped || phase === 'done') return;
    if (phase === 'training') await this.train();
    if (!this.stopped) await this.endEpoch();
  }

  private checkFits({ progress: { epoch, steps } }: TrainingState): void {
    const { epochs, steps: own } = this.meter;
    if (epoch > epochs || steps !== own) {
      throw new ArgumentError(
        `the state is in epoch ${epoch} of ${steps} steps, this run has ${epochs} epochs of ` +
          `${own}; resume with the data, batch size and epochs that it was saved with.`,
      );
    }
  }

  private async epoch(epoch: number): Promise<void> {
    this.meter.startEpoch(epoch);
    await this.ask((c) => c.onEpochStart?.(this.meter));
    if (!this.stopped) await this.train();
    if (!this.stopped) await this.endEpoch();
  }

  /** A step for each batch, or each that is left. */
  private async train(): Promise<void> {
    const { model, train, checkpoints } = this.options;
    model.train();
    for await (const batch of train) {
      this.step(tensorsOf(batch));
      if (this.breather.isDue()) await this.breather.pause();
      if (this.options.signal?.aborted) this.stopped ??= 'signal';
      const isDue = this.meter.totalSteps % (checkpoints?.every ?? Infinity) === 0;
      if (this.stopped || isDue) await checkpoints?.save(this.state('training'));
      if (this.stopped) return;
    }
  }

  private async endEpoch(): Promise<void> {
    const { validation, checkpoints } = this.options;
    this.meter.endTraining();
    const trained = checkpoints && this.state('validation');
    const evaluation = validation ? await this.validate(this.meter.epoch, validation) : undefined;
    // Validation of a part of the set is no result.
    if (this.options.signal?.aborted) {
      this.stopped = 'signal';
      if (trained) await checkpoints!.save(trained);
      return;
    }
    const record = recordOf(this.meter, evaluation);
    this.history.push(record);
    const statistics = this.options.statistics?.take();
    const report = { progress: this.meter, record, ...(statistics && { statistics }) };
    await this.ask((c) => c.onEpochEnd?.(report));
    await checkpoints?.save(this.state('done'));
  }

  private state(phase: Phase): TrainingState {
    const { stopped, history, meter } = this;
    return captureState(this.options, {
      ...meter.state(),
      phase,
      history: [...history],
      ...(stopped === 'callback' ? { stopped } : {}),
    });
  }

  private step(batch: ReturnType<typeof tensorsOf>): void {
    const { model, callbacks = [] } = this.options;
    const [x, y] = batch;
    const loss = this.meter.count(this.resultOf(x, y), x.shape[0]!, y.size);
    if (!Number.isFinite(loss)) {
      const where = `epoch ${this.meter.epoch}, step ${this.meter.step + 1} of ${this.meter.steps}`;
      throw nonFiniteLoss('fit', where, loss, model, this.trainStep, batch);
    }
    for (const c of callbacks) if (c.onStep?.(this.meter) === 'stop') this.stopped = 'callback';
  }

  /** Does a step, and looks at it where that is due. */
  private resultOf(x: Tensor, y: Tensor): StepResult {
    const { statistics } = this.options;
    if (!statistics || !this.watchedStep || this.meter.step % statistics.every !== 0) {
      return this.trainStep(x, y);
    }
    const { result, seen } = this.watchedStep(x, y);
    statistics.add(seen);
    return result;
  }

  private validate(epoch: number, data: BatchSource): Promise<Evaluation> {
    const { model, averages, signal } = this.options;
    const op = `fit: validation after epoch ${epoch}`;
    const run = (): Promise<Evaluation> =>
      runEvaluation(op, model, this.evaluationStep, data, signal);
    return averages ? averages.withAverages(run) : run();
  }

  private async ask(
    call: (callback: Callback) => Verdict | Promise<Verdict> | undefined,
  ): Promise<void> {
    for (const callback of this.options.callbacks ?? []) {
      if ((await call(callback)) === 'stop') this.stopped = 'callback';
    }
  }
}

/** Throws an ArgumentError for bounds that the first step would refuse. */
function checkClip(options: FitOptions): void {
  for (const key of ['clipGradNorm', 'clipGradValue'] as const) {
    const value = options[key];
    if (value === undefined || value > 0) continue;
    throw new ArgumentError(`fit: ${key} is ${value}; use a number above 0.`);
  }
}

/** The optimizer with what goes before its steps and after them. */
function updating(options: FitOptions): StepOptimizer {
  const { model, optimizer, averages, clipGradNorm: norm, clipGradValue: bound } = options;
  return {
    zeroGrad: () => optimizer.zeroGrad(),
    step(): void {
      if (bound !== undefined) clipGradValue(model.parameters(), bound);
      if (norm !== undefined) clipGradNorm(model.parameters(), norm);
      optimizer.step();
      averages?.update();
    },
  };
}

function recordOf(
  progress: Progress & { readonly epochSeconds: number },
  of?: Evaluation,
): EpochRecord {
  const { epoch, loss, accuracy, samplesPerSecond, epochSeconds } = progress;
  return {
    epoch,
    loss,
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(of === undefined ? {} : { valLoss: of.loss }),
    ...(of?.accuracy === undefined ? {} : { valAccuracy: of.accuracy }),
    seconds: epochSeconds,
    samplesPerSecond,
  };
}
