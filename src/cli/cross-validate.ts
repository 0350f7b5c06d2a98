import { foldsOf } from './data/folds.js';
import { TEXT_BASELINE, textBaseline } from './data/text-baseline.js';
import { isText } from './data/training-data.js';
import { createDisplay } from './display.js';
import { duration, number, percent } from './format.js';
import { InterruptError } from './interrupt.js';
import { paint, printLine, type Io } from './io.js';
import { FIGURES, figuresText, type FigureName, type TestResult } from './test-result.js';
import { prepareTraining, runTraining } from './training.js';
import type { Training, TrainingOutcome, TrainingPlan } from './training.js';

/** What a fold reached on the part it was tested on. */
export interface FoldResult extends TestResult {
  /** Counts from 1. */
  readonly fold: number;
  /** Samples tested on. */
  readonly samples: number;
  /** The epoch whose weights were tested, where training could end early. */
  readonly bestEpoch?: number;
  /** The accuracy of naive Bayes on the same parts, of texts. */
  readonly naiveBayes?: number;
  readonly seconds: number;
}

/** A figure over the folds: mean and standard deviation (n - 1); null where a fold has none. */
export interface Spread {
  readonly mean: number | null;
  readonly std: number | null;
}

/** How cross-validation is shown. */
interface Shown {
  readonly mode: 'text' | 'json' | 'quiet';
  /** Says what is trained, from the first fold. */
  readonly header: (training: Training) => void;
}

/**
 * Trains a model for each fold and tests it on the part that it has not seen: `--folds`.
 *
 * @throws UsageError where the data are too few; InterruptError when `signal` fires.
 */
export async function crossValidate(
  plan: TrainingPlan,
  folds: number,
  { mode, header }: Shown,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const results: FoldResult[] = [];
  for (const [i, data] of foldsOf(plan.data, folds, plan.seed).entries()) {
    const start = performance.now();
    const training = prepareTraining({ ...plan, data });
    if (i === 0 && mode === 'text') header(training);
    const { test, best } = await trained(training, `${i + 1} of ${folds}`, io, signal);
    const seconds = (performance.now() - start) / 1000;
    const from = best === undefined ? {} : { bestEpoch: best.epoch };
    const baseline = isText(data) ? { naiveBayes: textBaseline(data.train, data.test) } : {};
    const samples = training.sizes.test;
    const result = { fold: i + 1, samples, ...test, ...from, ...baseline, seconds };
    results.push(result);
    if (mode === 'json') printLine(io, JSON.stringify(result));
    else if (mode === 'text') printLine(io, foldLine(result, folds, io));
  }
  printSpread(results, mode, io);
}

async function trained(
  training: Training,
  which: string,
  io: Io,
  signal: AbortSignal,
): Promise<TrainingOutcome> {
  try {
    return await runTraining(training, createDisplay('quiet', io), signal);
  } catch (error) {
    if (!(error instanceof InterruptError)) throw error;
    throw new InterruptError(`interrupted in fold ${which}; nothing was saved.`);
  }
}

function foldLine(result: FoldResult, folds: number, io: Io): string {
  const fold = String(result.fold).padStart(String(folds).length);
  return (
    `fold ${fold}/${folds}  test loss ${result.loss.toFixed(4)}, ${figuresText(result, io)}  ` +
    duration(result.seconds)
  );
}

function printSpread(results: readonly FoldResult[], mode: Shown['mode'], io: Io): void {
  const baseline = results.flatMap(({ naiveBayes }) =>
    naiveBayes === undefined ? [] : [naiveBayes],
  );
  const names = FIGURES.filter((name) => results[0]![name] !== undefined);
  const spreads = names.map((name) => [name, spreadOf(results.map((r) => r[name]!))] as const);
  if (mode === 'json') {
    const means = Object.fromEntries(spreads.map(([name, { mean }]) => [name, mean]));
    const std = Object.fromEntries(spreads.map(([name, spread]) => [name, spread.std]));
    const naiveBayes = baseline.length === 0 ? {} : { naiveBayes: spreadOf(baseline).mean };
    printLine(
      io,
      JSON.stringify({ final: true, folds: results.length, ...means, ...naiveBayes, std }),
    );
    return;
  }
  const parts = spreads.map(([name, spread], i) => {
    const text = spreadText(name, spread);
    return `${LABELS[name]} ${i === 1 ? paint(io, 'bold', text) : text}`;
  });
  printLine(io, `${results.length} folds, mean ± standard deviation: ${parts.join(', ')}`);
  if (baseline.length === 0) return;
  const text = spreadText('accuracy', spreadOf(baseline));
  printLine(io, `${TEXT_BASELINE}, on the same folds: accuracy ${text}`);
}

const LABELS: Readonly<Record<FigureName, string>> = {
  loss: 'loss',
  accuracy: 'accuracy',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
  meanIou: 'mean IoU',
  mse: 'MSE',
  pcaMse: 'MSE of PCA',
  bits: 'bits per symbol',
  perplexity: 'perplexity',
};

function spreadText(name: FigureName, { mean, std }: Spread): string {
  if (mean === null || std === null) return '–';
  if (name === 'accuracy') return `${percent(mean)} ± ${percent(std)}`;
  if (name === 'loss' || name === 'r2') return `${mean.toFixed(4)} ± ${std.toFixed(4)}`;
  return `${number(mean)} ± ${number(std)}`;
}

/** Mean and standard deviation of a sample, of at least two values. */
export function spreadOf(values: readonly (number | null)[]): Spread {
  const known = values.filter((v) => v !== null);
  if (known.length < values.length) return { mean: null, std: null };
  const mean = known.reduce((a, b) => a + b) / known.length;
  const squares = known.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / (known.length - 1)) };
}
