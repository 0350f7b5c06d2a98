import { ArgumentError } from '../engine/core/errors.js';
import { change, percentOf, short } from './plain-numbers.js';
import type { EpochRecord } from './history.js';

/** What a run looks like. */
export type FitDiagnosis =
  | 'too short'
  | 'diverging'
  | 'unstable'
  | 'over-fitting'
  | 'still learning'
  | 'large gap'
  | 'under-fitting'
  | 'settled';

/** Options of `gapReport`. */
export interface GapReportOptions {
  /** Relative changes of a loss below it count as none. Default 0.03. */
  readonly tolerance?: number;
  /** A validation loss above the training loss by more than this share is a large gap. Default 0.25. */
  readonly largeGap?: number;
  /** A training loss that would be good enough; without it under-fitting is not told apart. */
  readonly target?: number;
}

/** Training against validation, and what that means. */
export interface GapReport {
  readonly diagnosis: FitDiagnosis;
  /** The epoch with the lowest validation loss. */
  readonly bestEpoch: number;
  /** valLoss - loss of the last epoch. */
  readonly gap: number;
  /** accuracy - valAccuracy of the last epoch, where they were measured. */
  readonly accuracyGap?: number;
  /** The numbers, the diagnosis and what to do, in some sentences. */
  readonly text: string;
}

type Validated = EpochRecord & { readonly valLoss: number };

/** A history with what is read from it. */
interface Run {
  readonly first: Validated;
  readonly last: Validated;
  readonly best: Validated;
  readonly history: readonly Validated[];
  readonly tolerance: number;
  readonly largeGap: number;
  readonly target: number | undefined;
}

/**
 * Compares the losses of training and validation over a run of `fit`, and says in plain words what
 * they look like. The first that applies of:
 *
 * - too short: fewer than three epochs;
 * - diverging: the training loss is above that of the first epoch;
 * - over-fitting: the validation loss has risen since its best epoch, and the training loss has not;
 *   unstable: both have risen;
 * - still learning: the last quarter of the epochs made the validation loss lower;
 * - large gap: the validation loss is well above the training loss;
 * - under-fitting: the training loss is above the target; settled: nothing of all that.
 *
 * The training loss is that of `fit`: with dropout and the like, and the mean over an epoch in which
 * the model changed, so it may be the higher one.
 *
 * @throws ArgumentError for an empty history, one without validation, or options out of range.
 *
 * @example
 * const rows = [[2, 2.1], [1, 1.4], [0.5, 1.2], [0.2, 1.5]];
 * const history = rows.map(([loss, valLoss], i) => ({
 *   epoch: i + 1,
 *   loss: loss!,
 *   valLoss: valLoss!,
 *   seconds: 1,
 *   samplesPerSecond: 1,
 * }));
 * console.log(gapReport(history).text); // over-fits since epoch 3 …
 */
export function gapReport(
  history: readonly EpochRecord[],
  { tolerance = 0.03, largeGap = 0.25, target }: GapReportOptions = {},
): GapReport {
  requireShare('tolerance', tolerance);
  requireShare('largeGap', largeGap);
  const validated = history.filter((r): r is Validated => r.valLoss !== undefined);
  const [first, last] = [validated[0], validated.at(-1)];
  if (!first || !last) {
    throw new ArgumentError(
      'gapReport: the history has no epoch with a valLoss; give fit a validation part.',
    );
  }
  const best = validated.reduce((a, b) => (b.valLoss < a.valLoss ? b : a));
  const run: Run = { first, last, best, history: validated, tolerance, largeGap, target };
  const [diagnosis, explanation] = diagnose(run);
  const { accuracy, valAccuracy } = last;
  return {
    diagnosis,
    bestEpoch: best.epoch,
    gap: last.valLoss - last.loss,
    ...(accuracy !== undefined && valAccuracy !== undefined
      ? { accuracyGap: accuracy - valAccuracy }
      : {}),
    text: `${numbersOf(last)} ${explanation}`,
  };
}

function diagnose(run: Run): readonly [FitDiagnosis, string] {
  const { first, last, best, history, tolerance, largeGap, target } = run;
  if (history.length < 3) return ['too short', 'Too few epochs to tell more: train for longer.'];
  if (change(first.loss, last.loss) > tolerance) {
    return [
      'diverging',
      `The training loss rose from ${short(first.loss)}: training diverges. Lower the learning ` +
        'rate, or clip the gradients.',
    ];
  }
  if (change(best.valLoss, last.valLoss) > tolerance) return risen(run);
  if (isLearning(run)) {
    return [
      'still learning',
      'The validation loss was still falling at the end: train for more epochs.',
    ];
  }
  if (change(last.loss, last.valLoss) > largeGap) {
    return [
      'large gap',
      'The model does much better on what it has seen, though it gets no worse: it over-fits. More ' +
        `data, ${REMEDIES}, or a smaller model would narrow the gap.`,
    ];
  }
  if (target !== undefined && last.loss > target) {
    return [
      'under-fitting',
      `Both have settled, and the training loss is above the target of ${short(target)}: the model ` +
        'under-fits. Make it larger, regularise it less, or train at another learning rate.',
    ];
  }
  return [
    'settled',
    'Both have settled, close to each other. If that is not good enough, the model under-fits: make ' +
      'it larger or regularise it less.',
  ];
}

const REMEDIES = 'dropout, weight decay, mixup';

function risen({ last, best, history }: Run): readonly [FitDiagnosis, string] {
  const percent = Math.round(100 * change(best.valLoss, last.valLoss));
  const rise =
    `The validation loss was lowest in epoch ${best.epoch} of ${history.length}, ` +
    `${short(best.valLoss)}, and is ${percent}% higher now`;
  if (last.loss > best.loss) {
    return ['unstable', `${rise}, and so is the training loss: lower the learning rate.`];
  }
  return [
    'over-fitting',
    `${rise}, while the training loss fell from ${short(best.loss)}: the model over-fits. Stop at ` +
      `that epoch, as EarlyStopping does, or use more data, ${REMEDIES}.`,
  ];
}

/** Whether the last quarter of the epochs brought a better validation loss than those before. */
function isLearning({ history, tolerance }: Run): boolean {
  const recent = Math.max(1, Math.floor(history.length / 4));
  const lowest = (part: readonly Validated[]): number => Math.min(...part.map((r) => r.valLoss));
  return change(lowest(history.slice(0, -recent)), lowest(history.slice(-recent))) < -tolerance;
}

function numbersOf({ epoch, loss, valLoss, accuracy, valAccuracy }: Validated): string {
  const accuracies =
    accuracy === undefined || valAccuracy === undefined
      ? ''
      : `; accuracy ${percentOf(accuracy)} and ${percentOf(valAccuracy)}`;
  return (
    `After ${epoch} ${epoch === 1 ? 'epoch' : 'epochs'} the loss is ${short(loss)} in training and ${short(valLoss)} in ` +
    `validation${accuracies}.`
  );
}

function requireShare(name: string, value: number): void {
  if (value >= 0 && value < Infinity) return;
  throw new ArgumentError(`gapReport: ${name} is ${value}; use a number of at least 0.`);
}
