import {
  asArrays,
  DataLoader,
  type ArrayDataset,
  type Dataset,
  type ForecastWindows,
} from '../data/index.js';
import {
  jaccardScore,
  meanAbsoluteError,
  r2Score,
  rootMeanSquaredError,
} from '../metrics/index.js';
import { mseLoss } from '../nn/index.js';
import { evaluate, WindowedModel, type BatchSource, type Evaluation } from '../train/index.js';
import type { ModelTask, RegressionTask, TrainableModel } from '../train/index.js';
import { number, percent } from './format.js';
import { paint, type Io } from './io.js';
import { modelOutputs, predictClasses } from './predictions.js';
import type { Objective } from './losses.js';

/** Samples per program when nothing is learnt: enough to be fast, few enough for the caches. */
const EVALUATION_BATCH = 500;
/** The same of a text that is read in windows. */
const EVALUATION_WINDOWS = 16;

/** Errors of numbers that were predicted, in the target's own unit. */
export interface NumberFigures {
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** Share of the variance that is explained; null where all targets are the same. */
  readonly r2: number | null;
}

/** How well pixels were classified. */
export interface PixelFigures {
  /** Mean of the classes' intersections over unions. */
  readonly meanIou: number;
}

/** How well samples were given back. */
export interface ReconstructionFigures {
  /** Mean squared error of an element. */
  readonly mse: number;
  /** That of principal component analysis of what was trained on, with as large a code. */
  readonly pcaMse?: number;
}

/** How well a text is foretold; the loss is in nats for each symbol. */
export interface TextFigures {
  /** The loss in bits: log2 instead of ln. */
  readonly bits: number;
  /** e to the loss: among how many symbols, all equally likely, one would be as unsure. */
  readonly perplexity: number;
}

/** What a model reaches on the test part: the loss with the figures of its task. */
export type TestResult = Evaluation &
  Partial<NumberFigures & PixelFigures & ReconstructionFigures & TextFigures>;

/** The figures by name, in the order in which they are told. */
export const FIGURES = [
  'loss',
  'meanIou',
  'accuracy',
  'rmse',
  'mae',
  'r2',
  'mse',
  'pcaMse',
  'bits',
  'perplexity',
] as const;

/** The name of a figure. */
export type FigureName = (typeof FIGURES)[number];

/** All of a set, batch by batch, in order; of a text that `model` reads in windows, whole ones. */
export function evaluationLoader(set: Dataset<'x' | 'y'>, model: TrainableModel): BatchSource {
  const most =
    model instanceof WindowedModel ? EVALUATION_WINDOWS * model.window : EVALUATION_BATCH;
  const batchSize = Math.min(most, set.length);
  return new DataLoader(set, { batchSize, reuse: true, collate: asArrays });
}

/** What reading the test part takes. */
interface Tested {
  readonly model: TrainableModel;
  /** As the model takes it. */
  readonly test: ArrayDataset<'x' | 'y'>;
  readonly task: ModelTask;
  readonly objective: Objective;
}

/** Reads the test part of a training. */
export async function testModel(
  { model, test, task, objective }: Tested,
  signal: AbortSignal,
): Promise<TestResult> {
  const { loss, accuracy } = await evaluate(model, evaluationLoader(test, model), {
    ...objective,
    signal,
  });
  if (task.kind === 'language') {
    return { loss, accuracy: accuracy!, bits: loss / Math.LN2, perplexity: Math.exp(loss) };
  }
  if (task.kind === 'classification') return { loss, accuracy: accuracy! };
  if (task.kind === 'segmentation') {
    const { values } = test.column('y');
    const options = { average: 'macro', classes: task.classes.length } as const;
    const meanIou = jaccardScore(values, predictClasses(model, test), options);
    return { loss, accuracy: accuracy!, meanIou };
  }
  if (task.kind === 'reconstruction') {
    const { loss: mse } = await evaluate(model, evaluationLoader(test, model), {
      loss: mseLoss,
      signal,
    });
    return { loss, mse };
  }
  const outputs = modelOutputs(model, test);
  if (task.kind === 'forecast') {
    // What a series is divided into.
    const windows = test as ForecastWindows;
    return { loss, ...numberFigures(windows.targets, windows.forecasts(outputs)) };
  }
  const { targets, values } = predictedNumbers(task, test, outputs);
  return { loss, ...numberFigures(targets, values) };
}

/** Targets and predictions in the target's own unit. */
export function predictedNumbers(
  { offset, scale }: Pick<RegressionTask, 'offset' | 'scale'>,
  set: ArrayDataset<'x' | 'y'>,
  outputs: Float32Array,
): { targets: Float64Array; values: Float64Array } {
  const inUnit = (scaled: ArrayLike<number>): Float64Array =>
    Float64Array.from(scaled, (v) => offset + scale * v);
  return { targets: inUnit(set.column('y').values), values: inUnit(outputs) };
}

/** How far predictions are from their targets. */
export function numberFigures(targets: Float64Array, values: Float64Array): NumberFigures {
  const isConstant = targets.every((v) => v === targets[0]);
  return {
    rmse: rootMeanSquaredError(targets, values),
    mae: meanAbsoluteError(targets, values),
    r2: isConstant ? null : r2Score(targets, values),
  };
}

/** The figures that a person reads, with their names. */
export function figuresOf(result: TestResult): [name: string, text: string][] {
  const { accuracy, rmse, mae, r2, meanIou, mse, pcaMse, bits, perplexity } = result;
  if (mse !== undefined) {
    const pca: [string, string][] =
      pcaMse === undefined
        ? []
        : [
            ['MSE of PCA', pcaMse.toFixed(5)],
            ['ratio', (mse / pcaMse).toFixed(3)],
          ];
    return [['MSE', mse.toFixed(5)], ...pca];
  }
  if (meanIou !== undefined) {
    return [
      ['mean IoU', meanIou.toFixed(4)],
      ['pixel accuracy', percent(accuracy!)],
    ];
  }
  if (bits !== undefined && perplexity !== undefined) {
    return [
      ['bits per symbol', bits.toFixed(4)],
      ['perplexity', perplexity.toFixed(3)],
      ...(accuracy === undefined ? [] : [['accuracy', percent(accuracy)] as [string, string]]),
    ];
  }
  if (accuracy !== undefined) return [['accuracy', percent(accuracy)]];
  return [
    ['RMSE', rmse === undefined ? '–' : number(rmse)],
    ['MAE', mae === undefined ? '–' : number(mae)],
    ['R²', r2 === undefined || r2 === null ? '–' : r2.toFixed(4)],
  ];
}

/** 'test accuracy 97.0%', the first figure in bold. */
export function figuresText(test: TestResult, io: Io): string {
  return figuresOf(test)
    .map(([name, text], i) => `test ${name} ${i === 0 ? paint(io, 'bold', text) : text}`)
    .join(', ');
}
