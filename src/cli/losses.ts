import { Option } from 'commander';
import { crossEntropy, huberLoss, l1Loss, mseLoss } from '../nn/index.js';
import type { LossFunction, Metric, ModelTask, TrainableModel } from '../train/index.js';
import { choice, fraction } from './parse-values.js';
import { UsageError } from './usage-error.js';

/** What training makes small, as flags say; nothing for what is not given. */
export interface LossSettings {
  /** Default: cross-entropy for classes, mse for numbers. */
  readonly loss?: string;
  /** Share of each target that is spread over all classes, in training alone. */
  readonly labelSmoothing?: number;
}

const FOR_NUMBERS: Readonly<Record<string, LossFunction>> = {
  mse: (output, target) => mseLoss(output, target),
  l1: (output, target) => l1Loss(output, target),
  huber: (output, target) => huberLoss(output, target),
};

const FOR_CLASSES = 'cross-entropy';

export function lossOptions(): Option[] {
  const names = [FOR_CLASSES, ...Object.keys(FOR_NUMBERS)];
  return [
    new Option(
      '--loss <name>',
      `${FOR_CLASSES} for classes; ${Object.keys(FOR_NUMBERS).join(', ')} for numbers ` +
        `(default: ${FOR_CLASSES} or mse)`,
    ).argParser(choice('--loss', names)),
    new Option(
      '--label-smoothing <share>',
      'of each target that is spread over all classes in training (default: none)',
    ).argParser(fraction('--label-smoothing')),
  ];
}

/** What flags say of the loss; nothing for what is not given. */
export function lossSettings({ loss, labelSmoothing }: LossSettings): LossSettings {
  return {
    ...(loss === undefined ? {} : { loss }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
  };
}

/** Whether a name from a file is that of a loss for numbers. */
export function isForNumbers(name: unknown): name is string {
  return typeof name === 'string' && Object.hasOwn(FOR_NUMBERS, name);
}

/** What `fit` and `evaluate` are given for a loss. */
export interface Objective {
  readonly loss: LossFunction;
  readonly metrics: readonly Metric[];
}

/**
 * The loss of a task. With label smoothing only training has it: what is validated and tested can be
 * compared with what is trained without.
 *
 * @throws UsageError for a loss that is not for the task.
 */
export function objectiveOf(
  { kind }: ModelTask,
  { loss, labelSmoothing }: LossSettings,
  model: TrainableModel,
): Objective {
  if (kind === 'regression') {
    if (labelSmoothing !== undefined) {
      throw new UsageError(
        '--label-smoothing is for classes, and the target is a number; leave it out.',
      );
    }
    const found = FOR_NUMBERS[loss ?? 'mse'];
    if (found !== undefined) return { loss: found, metrics: [] };
    const known = Object.keys(FOR_NUMBERS).join(', ');
    throw new UsageError(
      `--loss ${loss} is for classes, and the target is a number; use ${known}.`,
    );
  }
  if (loss !== undefined && loss !== FOR_CLASSES) {
    throw new UsageError(
      `--loss ${loss} is for numbers, and the target has classes; leave it out, or use ${FOR_CLASSES}.`,
    );
  }
  return {
    loss: (output, target) =>
      labelSmoothing !== undefined && model.training
        ? crossEntropy(output, target, { labelSmoothing })
        : crossEntropy(output, target),
    metrics: ['accuracy'],
  };
}
