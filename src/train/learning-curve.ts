import { ArgumentError } from '../engine/core/errors.js';
import { DataLoader } from '../data/data-loader.js';
import type { Dataset } from '../data/dataset.js';
import { Subset } from '../data/subset.js';
import { permutation } from '../data/random.js';
import { manualSeed } from '../tensor/index.js';
import { evaluate, type EvaluateOptions, type Evaluation } from './evaluate.js';
import { fit } from './fit.js';
import type { BatchSource, TrainableModel } from './sources.js';
import type { StepOptimizer } from './steps.js';

/** Samples per program when nothing is learnt. */
const EVALUATION_BATCH = 500;

/** Options of `learningCurve`. */
export interface LearningCurveOptions extends Pick<EvaluateOptions, 'loss' | 'metrics'> {
  /** A new model with its optimizer, for each run; the seed has been set. */
  readonly create: () => { readonly model: TrainableModel; readonly optimizer: StepOptimizer };
  /** Where the parts to train on come from. */
  readonly data: Dataset<'x' | 'y'>;
  /** The same for all sizes. */
  readonly validation: BatchSource;
  /** Shares of the set up to 1, or numbers of samples above. Default 0.1, 0.325, 0.55, 0.775, 1. */
  readonly sizes?: readonly number[];
  /** Passes through each part. Either this or `steps` is needed. */
  readonly epochs?: number;
  /** Steps for each part, in whole epochs, so that small parts are not trained less. */
  readonly steps?: number;
  /** Default 32; parts with fewer samples are one batch. */
  readonly batchSize?: number;
  /** A run for each, with other samples and weights; what is told is the mean. Default [0]. */
  readonly seeds?: readonly number[];
}

/** Loss and metrics on what was trained on and on validation data, both in evaluation mode. */
export interface TrainAndValidation {
  readonly train: Evaluation;
  readonly validation: Evaluation;
}

/** What training on so many samples gives: means over the runs. */
export interface LearningCurvePoint extends TrainAndValidation {
  readonly size: number;
  /** One for each seed. */
  readonly runs: readonly (TrainAndValidation & { readonly seed: number })[];
}

/**
 * Learning curves: how well a model does that is trained on parts of different sizes, on these and on
 * validation data. Whether the second still falls tells whether more data would help. The parts of
 * one seed are each a part of the next, as in scikit-learn's `learning_curve`.
 *
 * Seeds the default generator.
 *
 * @returns A point for each size, by rising size; equal sizes once.
 * @throws ArgumentError for options out of range, before any training; NumericError as `fit`.
 *
 * @example
 * const set = digits({ count: 200 }).normalized('x', DIGITS_NORMALIZATION);
 * const { train, validation } = split(set, { validation: 0.25 });
 * const points = await learningCurve({
 *   create: () => {
 *     const model = new Sequential(new Flatten(), new Linear(784, 10));
 *     return { model, optimizer: new Adam(model.parameters()) };
 *   },
 *   data: train,
 *   validation: new DataLoader(validation, { batchSize: 50 }),
 *   sizes: [20, 50, 1],
 *   steps: 30,
 * });
 * for (const { size, validation } of points) console.log(size, validation.loss);
 */
export async function learningCurve(options: LearningCurveOptions): Promise<LearningCurvePoint[]> {
  const { data, seeds = [0] } = options;
  const sizes = checkedSizes(options);
  checkBudget(options);
  if (seeds.length === 0) refuse('seeds is empty; give at least one');
  const points: LearningCurvePoint[] = [];
  for (const size of sizes) {
    const runs: (TrainAndValidation & { readonly seed: number })[] = [];
    for (const seed of seeds) {
      const order = permutation(data.length, seed, 'split');
      const part = new Subset(data, order.subarray(0, size));
      runs.push({ seed, ...(await trainOn(part, seed, options)) });
    }
    const mean = (of: (run: TrainAndValidation) => Evaluation): Evaluation => meanOf(runs.map(of));
    points.push({ size, train: mean((r) => r.train), validation: mean((r) => r.validation), runs });
  }
  return points;
}

async function trainOn(
  part: Subset<'x' | 'y'>,
  seed: number,
  options: LearningCurveOptions,
): Promise<TrainAndValidation> {
  const { create, validation, batchSize = 32, steps, loss, metrics } = options;
  const measured = { ...(loss && { loss }), ...(metrics && { metrics }) };
  const size = Math.min(batchSize, part.length);
  const train = new DataLoader(part, { batchSize: size, shuffle: true, seed });
  manualSeed(seed);
  const { model, optimizer } = create();
  const epochs = options.epochs ?? Math.ceil(steps! / train.length);
  await fit({ ...measured, model, optimizer, train, epochs });
  const again = new DataLoader(part, { batchSize: Math.min(EVALUATION_BATCH, part.length) });
  return {
    train: await evaluate(model, again, measured),
    validation: await evaluate(model, validation, measured),
  };
}

function meanOf(evaluations: readonly Evaluation[]): Evaluation {
  const mean = (of: (e: Evaluation) => number): number =>
    evaluations.reduce((sum, e) => sum + of(e), 0) / evaluations.length;
  const loss = mean((e) => e.loss);
  if (evaluations[0]!.accuracy === undefined) return { loss };
  return { loss, accuracy: mean((e) => e.accuracy!) };
}

function checkedSizes({
  data,
  sizes = [0.1, 0.325, 0.55, 0.775, 1],
}: LearningCurveOptions): number[] {
  const n = data.length;
  const counts = sizes.map((size) => {
    const count = size > 0 && size <= 1 ? Math.round(size * n) : size;
    if (!Number.isInteger(count) || count < 1 || count > n) {
      refuse(
        `sizes has ${size} of ${n} samples; give shares above 0 and up to 1 that leave at least ` +
          `one, or integers from 2 to ${n}`,
      );
    }
    return count;
  });
  if (counts.length === 0) refuse('sizes is empty; give at least one');
  return [...new Set(counts)].sort((a, b) => a - b);
}

function checkBudget({ epochs, steps, batchSize = 32 }: LearningCurveOptions): void {
  if ((epochs === undefined) === (steps === undefined)) {
    refuse('give either epochs or steps, how long to train on each part');
  }
  for (const [name, value] of Object.entries({ epochs, steps, batchSize })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) continue;
    refuse(`${name} is ${value}; use an integer of at least 1`);
  }
}

function refuse(problem: string): never {
  throw new ArgumentError(`learningCurve: ${problem}.`);
}
