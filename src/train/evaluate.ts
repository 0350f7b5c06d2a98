import { crossEntropy } from '../nn/index.js';
import { checkMetrics, type Metric } from './metrics.js';
import { nonFiniteLoss } from './non-finite.js';
import { tensorsOf, type BatchSource, type LossFunction, type TrainableModel } from './sources.js';
import { compileEvaluationStep, type Step } from './steps.js';
import { Totals } from './totals.js';
import { Breather } from './breather.js';

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Default `crossEntropy`. */
  readonly loss?: LossFunction;
  /** Default ['accuracy'] with the default loss, otherwise none. */
  readonly metrics?: readonly Metric[];
  /** Ends it early: what then counts are the batches done. */
  readonly signal?: AbortSignal;
}

/** Means over samples. */
export interface Evaluation {
  readonly loss: number;
  /** Share of targets met; only with the metric. */
  readonly accuracy?: number;
}

/**
 * Loss and metrics of a model on a set, in evaluation mode; the model's mode is restored. Nothing is
 * updated.
 *
 * @throws NumericError where the loss of a batch is NaN or ±∞, naming the operation.
 * @example
 * const { loss, accuracy } = await evaluate(model, new DataLoader(test, { batchSize: 500 }));
 */
export async function evaluate(
  model: TrainableModel,
  data: BatchSource,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { loss = crossEntropy, metrics = options.loss ? [] : ['accuracy'], signal } = options;
  checkMetrics('evaluate', metrics);
  const step = compileEvaluationStep(model, loss, metrics);
  return runEvaluation('evaluate', model, step, data, signal);
}

/** As `evaluate`, with a step that has been compiled. `op` is for messages. */
export async function runEvaluation(
  op: string,
  model: TrainableModel,
  step: Step,
  data: BatchSource,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const mode = model.training;
  const totals = new Totals();
  const breather = new Breather(signal ? 0 : undefined);
  model.eval();
  try {
    for await (const batch of data) {
      const [x, y] = tensorsOf(batch);
      const loss = totals.add(step(x, y), x.shape[0]!, y.size);
      if (!Number.isFinite(loss)) {
        throw nonFiniteLoss(op, `batch ${totals.batches + 1}`, loss, model, step, [x, y]);
      }
      if (breather.isDue()) await breather.pause();
      if (signal?.aborted) break;
    }
  } finally {
    model.train(mode);
  }
  const { loss, accuracy } = totals;
  return { loss, ...(accuracy === undefined ? {} : { accuracy }) };
}
