import { ArgumentError } from '../engine/core/errors.js';
import { crossEntropy } from '../nn/index.js';
import { manualSeed } from '../tensor/index.js';
import { Breather } from './breather.js';
import type { Callback, Progress, Verdict } from './callback.js';
import { runEvaluation, type Evaluation } from './evaluate.js';
import type { EpochRecord } from './history.js';
import { checkMetrics, type Metric } from './metrics.js';
import { nonFiniteLoss } from './non-finite.js';
import { ProgressMeter } from './progress-meter.js';
import { tensorsOf, type BatchSource, type LossFunction, type TrainableModel } from './sources.js';
import { compileEvaluationStep, compileTrainStep, type Step, type StepOptimizer } from './steps.js';

export interface FitOptions {
  readonly model: TrainableModel;
  /** Over the model's parameters. */
  readonly optimizer: StepOptimizer;
  /** Default `crossEntropy`. */
  readonly loss?: LossFunction;
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
  /** Seed for what the model draws, such as dropout; default: the generator goes on as it is. */
  readonly seed?: number;
  /** Ends training after the step in which it fires. */
  readonly signal?: AbortSignal | undefined;
}

export interface FitResult {
  /** A record for each whole epoch. */
  readonly history: readonly EpochRecord[];
  /** Steps done. */
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
 * @throws ArgumentError for epochs or metrics that cannot be used; NumericError where the loss is
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
  private readonly evaluationStep: Step;
  private readonly history: EpochRecord[] = [];
  private readonly meter: ProgressMeter;
  private readonly breather = new Breather();
  private stopped: FitResult['stopped'];

  constructor(private readonly options: FitOptions) {
    const { model, optimizer, loss = crossEntropy } = options;
    const metrics = options.metrics ?? (options.loss ? [] : ['accuracy']);
    checkMetrics('fit', metrics);
    this.trainStep = compileTrainStep(model, optimizer, loss, metrics);
    this.evaluationStep = compileEvaluationStep(model, loss, metrics);
    this.meter = new ProgressMeter(options.epochs, options.train.length);
  }

  async all(): Promise<FitResult> {
    for (let epoch = 1; epoch <= this.options.epochs && !this.stopped; epoch++) {
      await this.epoch(epoch);
    }
    const { history, stopped, meter } = this;
    return { history, steps: meter.totalSteps, ...(stopped ? { stopped } : {}) };
  }

  private async epoch(epoch: number): Promise<void> {
    const { model, train, validation } = this.options;
    this.meter.startEpoch(epoch);
    await this.ask((c) => c.onEpochStart?.(this.meter));
    if (this.stopped) return;
    model.train();
    for await (const batch of train) {
      this.step(tensorsOf(batch));
      if (this.breather.isDue()) await this.breather.pause();
      if (this.options.signal?.aborted) this.stopped = 'signal';
      if (this.stopped) return;
    }
    this.meter.endTraining();
    const evaluation = validation ? await this.validate(epoch, validation) : undefined;
    // Validation of a part of the set is no result.
    if (this.options.signal?.aborted) this.stopped = 'signal';
    if (this.stopped) return;
    const record = recordOf(this.meter, evaluation);
    this.history.push(record);
    await this.ask((c) => c.onEpochEnd?.({ progress: this.meter, record }));
  }

  private step(batch: ReturnType<typeof tensorsOf>): void {
    const { model, callbacks = [] } = this.options;
    const [x, y] = batch;
    const loss = this.meter.count(this.trainStep(x, y), x.shape[0]!, y.size);
    if (!Number.isFinite(loss)) {
      const where = `epoch ${this.meter.epoch}, step ${this.meter.step + 1} of ${this.meter.steps}`;
      throw nonFiniteLoss('fit', where, loss, model, this.trainStep, batch);
    }
    for (const c of callbacks) if (c.onStep?.(this.meter) === 'stop') this.stopped = 'callback';
  }

  private validate(epoch: number, data: BatchSource): Promise<Evaluation> {
    const { model, signal } = this.options;
    const op = `fit: validation after epoch ${epoch}`;
    return runEvaluation(op, model, this.evaluationStep, data, signal);
  }

  private async ask(
    call: (callback: Callback) => Verdict | Promise<Verdict> | undefined,
  ): Promise<void> {
    for (const callback of this.options.callbacks ?? []) {
      if ((await call(callback)) === 'stop') this.stopped = 'callback';
    }
  }
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
