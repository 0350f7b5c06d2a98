import { Option } from 'commander';
import { crossEntropy, huberLoss, l1Loss, mixup, mseLoss } from '../nn/index.js';
import type {
  Augmentation,
  LossFunction,
  Metric,
  ModelTask,
  TrainableModel,
} from '../train/index.js';
import { choice, fraction, positive } from './parse-values.js';
import { UsageError } from './usage-error.js';

/** What training makes small, as flags say; nothing for what is not given. */
export interface LossSettings {
  /** Default: cross-entropy for classes, mse for numbers. */
  readonly loss?: string;
  /** Share of each target that is spread over all classes, in training alone. */
  readonly labelSmoothing?: number;
  /** α of `mixup`, in training alone. */
  readonly mixup?: number;
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

/** Of a whole training only: it changes what the loss is of. */
export function mixupOption(): Option {
  return new Option(
    '--mixup <alpha>',
    'mix each sample and its target with another in training, by Beta(alpha, alpha) ' +
      '(default: none)',
  ).argParser(positive('--mixup'));
}

/** What flags say of the loss; nothing for what is not given. */
export function lossSettings({ loss, labelSmoothing, mixup }: LossSettings): LossSettings {
  return {
    ...(loss === undefined ? {} : { loss }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    ...(mixup === undefined ? {} : { mixup }),
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
  settings: LossSettings,
  model: TrainableModel,
): Objective {
  const { loss, labelSmoothing } = settings;
  if (kind === 'reconstruction') return reconstructionObjective(settings);
  if (kind === 'regression' || kind === 'forecast') {
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

/** The loss of images that are to come out as they went in. */
function reconstructionObjective({ loss = 'mse', labelSmoothing }: LossSettings): Objective {
  const found = FOR_NUMBERS[loss];
  if (found !== undefined && labelSmoothing === undefined) return { loss: found, metrics: [] };
  throw new UsageError(
    'the targets are the images themselves: leave out --label-smoothing, and as --loss give ' +
      `${Object.keys(FOR_NUMBERS).join(', ')}.`,
  );
}

/** What becomes of batches before they are trained on; undefined for nothing. */
export function augmentationOf(
  task: ModelTask,
  { mixup: alpha }: LossSettings,
): Augmentation | undefined {
  if (alpha === undefined) return undefined;
  if (task.kind === 'language') {
    throw new UsageError('--mixup mixes samples, and a text has none; leave it out.');
  }
  if (task.kind === 'segmentation' || task.kind === 'reconstruction') {
    throw new UsageError('--mixup is for one class or number a sample; leave it out.');
  }
  const classes = task.kind === 'classification' ? { numClasses: task.classes.length } : {};
  return (x, y) => mixup(x, y, { alpha, ...classes });
}
