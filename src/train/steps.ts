import type { OptimizerState } from '../optim/index.js';
import type { Compiled, Tensor } from '../tensor/index.js';
import { compile, noGrad } from '../tensor/index.js';
import type { Metric } from './metrics.js';
import { countCorrect } from './metrics.js';
import type { Augmentation, LossFunction, TrainableModel } from './sources.js';

/** The part of an optimizer that a training step needs. */
export interface StepOptimizer {
  zeroGrad(): void;
  step(): void;
  /** For a run that can be resumed: all that it keeps from step to step, and back. */
  stateDict?(): OptimizerState;
  loadStateDict?(state: OptimizerState): void;
}

/** What a step returns: scalars, so that little is copied. */
export type StepResult = Readonly<Record<'loss' | 'correct', Tensor>> | Readonly<{ loss: Tensor }>;

/** A training or evaluation step for a batch (x, y). */
export type Step = Compiled<[x: Tensor, y: Tensor], StepResult>;

/** What a program of training is called, and that nothing is updated where the loss is not finite. */
export const TRAINING = { name: 'training step', guard: true } as const;

/** Forward, backward and update as one program; nothing is updated where the loss is not finite. */
export function compileTrainStep(...parts: Parameters<typeof trainStep>): Step {
  return compile(trainStep(...parts), TRAINING);
}

/** Forward, backward and update for a batch, not compiled. */
export function trainStep(
  model: TrainableModel,
  optimizer: StepOptimizer,
  loss: LossFunction,
  metrics: readonly Metric[],
  augment?: Augmentation,
): (x: Tensor, y: Tensor) => StepResult {
  return (x, y) => {
    optimizer.zeroGrad();
    const sample = augment ? augment(x, y) : { x, y };
    const output = model.forward(sample.x);
    const value = loss(output, sample.y);
    value.backward();
    optimizer.step();
    return resultOf(value, output, y, metrics);
  };
}

/** Forward, loss and metrics as one program. */
export function compileEvaluationStep(
  model: TrainableModel,
  loss: LossFunction,
  metrics: readonly Metric[],
): Step {
  const step = (x: Tensor, y: Tensor): StepResult =>
    noGrad(() => {
      const output = model.forward(x);
      return resultOf(loss(output, y), output, y, metrics);
    });
  return compile(step, { name: 'evaluation step', guard: true });
}

function resultOf(
  loss: Tensor,
  output: Tensor,
  target: Tensor,
  metrics: readonly Metric[],
): StepResult {
  // The guard is a single f32, whatever the dtype of the model.
  const value = loss.detach().to('f32').reshape([]);
  if (!metrics.includes('accuracy')) return { loss: value };
  return { loss: value, correct: countCorrect(output, target) };
}
