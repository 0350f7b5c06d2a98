import { timeSeriesFrom } from '../data/index.js';
import { loadCsv } from '../data/node.js';
import { forecast, type ForecastTask, type LoadedModel } from '../train/index.js';
import { number } from './format.js';
import { paint, printLine, type Io } from './io.js';
import { UsageError } from './usage-error.js';

/** Values of the flags for series. */
export interface SeriesPredictOptions {
  readonly steps?: number;
  readonly index?: number;
  readonly text?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * Tells what follows on the series of each file, by a model of series.
 *
 * @throws UsageError for flags of other models; FileError, FormatError naming line and column.
 */
export async function predictSeries(
  loaded: LoadedModel & { readonly task: ForecastTask },
  files: readonly string[],
  options: SeriesPredictOptions,
  io: Io,
): Promise<void> {
  const { index, text, out, steps = 1, json } = options;
  const odd = Object.entries({ index, text, out }).find(([, value]) => value !== undefined);
  if (odd !== undefined) {
    throw new UsageError(
      `--${odd[0]} is for other models, and this ${loaded.family} forecasts series; leave it out.`,
    );
  }
  if (files.length === 0) throw new UsageError('predict: of what? Give at least one file.');
  const { target, time } = loaded.task;
  const columns = time === null ? { target } : { target, time };
  const all: [file: string, values: Float64Array][] = [];
  for (const file of files) {
    const [values] = timeSeriesFrom(await loadCsv(file), columns).columns;
    all.push([file, forecast(loaded, values!, { steps })]);
  }
  for (const [input, values] of all) {
    for (const [i, value] of values.entries()) {
      const step = i + 1;
      if (json === true) printLine(io, JSON.stringify({ input, step, target, value }));
      else printLine(io, `${input} +${step}  ${paint(io, 'bold', number(value))}`);
    }
  }
}
