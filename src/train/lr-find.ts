import { ArgumentError, NumericError } from '../engine/core/errors.js';
import { toArrays, toTensors } from '../io/tensors.js';
import { crossEntropy } from '../nn/index.js';
import type { OptimizerState } from '../optim/index.js';
import { defaultGenerator } from '../tensor/index.js';
import { Breather } from './breather.js';
import { steepestRate, valleyRate, type RatePoint } from './lr-suggestions.js';
import { nonFiniteLoss } from './non-finite.js';
import { tensorsOf, type BatchSource, type LossFunction, type TrainableModel } from './sources.js';
import { compileTrainStep, type Step, type StepOptimizer } from './steps.js';

/** An optimizer whose learning rate can be set, and all of whose state can be put back. */
export interface RampOptimizer extends StepOptimizer {
  lr: number;
  stateDict(): OptimizerState;
  loadStateDict(state: OptimizerState): void;
}

/** Options of `lrFind`. */
export interface LrFindOptions {
  readonly model: TrainableModel;
  /** Over the model's parameters; all groups get the rate of the ramp. */
  readonly optimizer: RampOptimizer;
  /** Default `crossEntropy`. */
  readonly loss?: LossFunction;
  /** Gone through as often as the steps need. */
  readonly train: BatchSource;
  /** The first learning rate. Default 1e-7. */
  readonly startLr?: number;
  /** The last learning rate. Default 10. */
  readonly endLr?: number;
  /** Steps from the first to the last. Default 100. */
  readonly steps?: number;
  /** β of the smoothed loss, in [0, 1). Default 0.98. */
  readonly smoothing?: number;
  /** Ends where the smoothed loss is above this multiple of its lowest value. Default 4. */
  readonly divergence?: number;
}

/** What `lrFind` has seen. */
export interface LrFindResult {
  /** A point for each step whose loss was finite, by rising learning rate. */
  readonly curve: readonly RatePoint[];
  /** The loss grew beyond the limit, or was no longer finite, before the last step. */
  readonly diverged: boolean;
  /** Where the smoothed loss falls fastest over log η; undefined where it falls nowhere. */
  readonly steepest: number | undefined;
  /** Half way down the longest fall; somewhat safer. Undefined where it falls nowhere. */
  readonly valley: number | undefined;
}

/**
 * The range test for a learning rate: trains for a few steps while η grows from step to step by the
 * same factor, and says where the loss falls best.
 *
 * - η_i = startLr (endLr / startLr)^(i / (steps - 1));
 * - smoothed loss s_i = a_i / (1 - βⁱ⁺¹), a_i = β a_(i-1) + (1 - β) loss_i, a before the first = 0.
 *
 * Afterwards weights, buffers, optimizer, modes, the default generator and, if it has `state` and
 * `restore`, the source of batches are as they were; gradients are forgotten. Smith, 2017,
 * arXiv:1506.01186; the defaults and the ideas behind both suggestions are fastai's.
 *
 * @throws ArgumentError for an option out of range or a source without batches; NumericError where
 *   the first loss is not finite, or training diverges before its third step.
 * @example
 * const { valley } = await lrFind({ model, optimizer, train: loader });
 * optimizer.lr = valley ?? optimizer.lr;
 */
export async function lrFind(options: LrFindOptions): Promise<LrFindResult> {
  const { model, optimizer, train, loss = crossEntropy } = options;
  const ramp = rampOf(options);
  const restore = capture(model, optimizer, train);
  try {
    model.train();
    const step = compileTrainStep(model, optimizer, loss, []);
    const { curve, diverged } = await climb(options, step, ramp);
    if (diverged && curve.length < 3) {
      throw new NumericError(
        `lrFind: training diverged at step ${curve.length + 1}, with a learning rate of ` +
          `${rateAt(ramp, curve.length)}; use a lower startLr than ${ramp.startLr}.`,
      );
    }
    return { curve, diverged, steepest: steepestRate(curve), valley: valleyRate(curve) };
  } finally {
    restore();
  }
}

type Ramp = Required<
  Pick<LrFindOptions, 'startLr' | 'endLr' | 'steps' | 'smoothing' | 'divergence'>
>;

function rampOf(options: LrFindOptions): Ramp {
  const { startLr = 1e-7, endLr = 10, steps = 100, smoothing = 0.98, divergence = 4 } = options;
  const refuse = (problem: string): never => {
    throw new ArgumentError(`lrFind: ${problem}.`);
  };
  if (!(startLr > 0 && startLr < Infinity)) refuse(`startLr is ${startLr}; use a number above 0`);
  if (!(endLr > startLr && endLr < Infinity)) {
    refuse(`endLr is ${endLr}; use a number above startLr, ${startLr}`);
  }
  if (!Number.isSafeInteger(steps) || steps < 3) {
    refuse(`steps is ${steps}; use an integer of at least 3`);
  }
  if (!(smoothing >= 0 && smoothing < 1)) {
    refuse(`smoothing is ${smoothing}; use a number in [0, 1)`);
  }
  if (!(divergence > 1)) refuse(`divergence is ${divergence}; use a number above 1`);
  if (!(options.train.length > 0)) refuse('train has no batches; give a source with at least one');
  return { startLr, endLr, steps, smoothing, divergence };
}

function rateAt({ startLr, endLr, steps }: Ramp, i: number): number {
  return startLr * (endLr / startLr) ** (i / (steps - 1));
}

async function climb(
  { model, optimizer, train }: LrFindOptions,
  step: Step,
  ramp: Ramp,
): Promise<Pick<LrFindResult, 'curve' | 'diverged'>> {
  const { steps, smoothing, divergence } = ramp;
  const curve: RatePoint[] = [];
  const breather = new Breather();
  let [mean, lowest] = [0, Infinity];
  while (curve.length < steps) {
    const before = curve.length;
    for await (const batch of train) {
      const [x, y] = tensorsOf(batch);
      const lr = rateAt(ramp, curve.length);
      optimizer.lr = lr;
      const loss = step(x, y).loss.item();
      if (!Number.isFinite(loss)) {
        if (curve.length > 0) return { curve, diverged: true };
        throw nonFiniteLoss('lrFind', 'step 1', loss, model, step, [x, y]);
      }
      mean = smoothing * mean + (1 - smoothing) * loss;
      const smoothed = mean / (1 - smoothing ** (curve.length + 1));
      // A loss below 0 has no multiple of its lowest that would be above it.
      if (lowest > 0 && smoothed > divergence * lowest) return { curve, diverged: true };
      lowest = Math.min(lowest, smoothed);
      curve.push({ lr, loss, smoothed });
      if (breather.isDue()) await breather.pause();
      if (curve.length === steps) break;
    }
    if (curve.length === before) {
      throw new ArgumentError('lrFind: train has no batches; give a source with at least one.');
    }
  }
  return { curve, diverged: false };
}

/** Keeps copies of all that training changes; gives what puts them back. */
function capture(model: TrainableModel, optimizer: RampOptimizer, train: BatchSource): () => void {
  const weights = toArrays(model.stateDict());
  const settings = optimizer.stateDict();
  const generator = defaultGenerator.getState();
  const place = train.state?.();
  const modes = [...model.modules()].map((module) => [module, module.training] as const);
  return () => {
    model.loadStateDict(toTensors(weights));
    optimizer.loadStateDict(settings);
    optimizer.zeroGrad();
    defaultGenerator.setState(generator);
    if (place !== undefined) train.restore?.(place);
    // Outer modules come first, so that what was set within them holds.
    for (const [module, mode] of modes) module.train(mode);
  };
}
