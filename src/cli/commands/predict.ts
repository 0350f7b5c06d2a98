import { Command, Option } from 'commander';
import { FormatError, ShapeError } from '../../engine/core/errors.js';
import { TextPreprocessor } from '../../text/index.js';
import { classesOf, classify, givesOf, regress, type LoadedModel } from '../../train/index.js';
import { loadModel } from '../../train/node.js';
import { applyDevice, deviceOption, type DeviceOptions } from '../device-option.js';
import { number, percent } from '../format.js';
import { paint, printLine, type Io } from '../io.js';
import { integer } from '../parse-values.js';
import { readInput, sampleOf, type Input } from '../predict-inputs.js';
import { givesPictures, predictPictures, type PictureOptions } from '../predict-pictures.js';
import { predictSeries } from '../predict-series.js';
import { givenText, readTextFile, readTextStream, type TextInput } from '../text-inputs.js';
import { UsageError } from '../usage-error.js';

interface PredictOptions extends DeviceOptions, PictureOptions {
  readonly top: number;
  readonly index?: number;
  readonly text?: string;
  readonly steps?: number;
}

/** A class with its share. */
interface Guess {
  readonly class: string;
  readonly label: number;
  readonly probability: number;
}

/** What a model says of a sample: its classes, or its number. */
type Prediction = { readonly input: string; readonly index: number } & (
  | { readonly top: readonly Guess[] }
  | { readonly target: string; readonly value: number }
);

/** Characters of the bar of a probability of 1. */
const BAR = 24;

/** `gradus predict MODEL INPUT…`. */
export function predictCommand(io: Io): Command {
  return new Command('predict')
    .summary('predict with a saved model')
    .description(
      'Classifies inputs with a model file, or says the number that it predicts for them. An input is ' +
        'a PNG or JPEG image, which is brought to the size of the model, an .npy array, an idx file or ' +
        'text with numbers, a sample a row, one sample or a batch; for a model of tables, rows with the ' +
        'names of their columns, .csv or .json; for a model of series, rows in the order of time, .csv; for a model of texts, UTF-8 with a text a line, from ' +
        'files, or without any from the standard input.',
    )
    .argument('<model>', 'model file, as gradus train --save writes it')
    .argument('[inputs...]', 'files')
    .addOption(
      new Option('--top <k>', 'how many classes to show').argParser(integer('--top', 1)).default(5),
    )
    .addOption(
      new Option('--index <n>', 'only sample n of each input, from 0').argParser(
        integer('--index', 0),
      ),
    )
    .option('--text <text>', 'a text, for a model of texts')
    .addOption(
      new Option('--steps <n>', 'of a series, how many values to forecast (default: 1)').argParser(
        integer('--steps', 1),
      ),
    )
    .addOption(deviceOption())
    .option(
      '--out <file>',
      'PNG file for the mask that a segmenter gives, or for what an autoencoder does',
    )
    .option('--json', 'one JSON object a sample, and nothing else, on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  $ gradus predict lenet.safetensors photo.png drawing.jpg\n' +
        '  $ gradus predict mlp.safetensors t10k-images-idx3-ubyte.gz --index 7 --top 3\n' +
        '  $ gradus predict houses.safetensors rows.csv --json\n' +
        '  $ gradus predict segmenter.safetensors scene.png --out mask.png\n' +
        '  $ gradus predict sales.safetensors sales.csv --steps 12\n' +
        '  $ gradus predict films.safetensors --text "A moving film."',
    )
    .action((file: string, inputs: readonly string[], options: PredictOptions) =>
      predict(file, inputs, options, io),
    );
}

async function predict(
  file: string,
  inputs: readonly string[],
  options: PredictOptions,
  io: Io,
): Promise<void> {
  applyDevice(options);
  const loaded = await loadModel(file);
  if (loaded.task.kind === 'language') {
    throw new UsageError(`${file}: the model writes text; use gradus generate.`);
  }
  const { task } = loaded;
  if (task.kind === 'forecast') return predictSeries({ ...loaded, task }, inputs, options, io);
  if (options.steps !== undefined) {
    throw new UsageError(
      `--steps is for models of series, and this ${loaded.family} is none; leave it out.`,
    );
  }
  if (givesPictures(loaded)) return predictPictures(loaded, inputs, options, io);
  if (options.out !== undefined) {
    const { gives } = givesOf(loaded.task);
    throw new UsageError(
      `--out is for models that give pictures, and ${file} ${gives}; leave it out.`,
    );
  }
  // All of them before the first line: a typing mistake in the last is told at once.
  const all: Prediction[][] = [];
  if (loaded.preprocessing.kind === 'text') {
    const preprocessor = TextPreprocessor.fromJSON(loaded.preprocessing.text);
    for (const { name, texts } of await textInputs(inputs, options, io)) {
      all.push(predictInput(loaded, { array: preprocessor.encode(texts) }, name, options));
    }
  } else {
    checkInputs(loaded, inputs, options);
    for (const input of inputs) {
      all.push(predictInput(loaded, await readInput(input, loaded), input, options));
    }
  }
  for (const predictions of all) {
    for (const prediction of predictions) {
      const isAlone = predictions.length === 1 && options.index === undefined;
      if (options.json) printLine(io, JSON.stringify(prediction));
      else print(prediction, isAlone, io);
    }
  }
}

/** The text of a flag and the texts of files; without either those that are piped in. */
async function textInputs(
  files: readonly string[],
  { text }: PredictOptions,
  { stdin }: Io,
): Promise<TextInput[]> {
  const inputs = text === undefined ? [] : [givenText(text)];
  for (const file of files) inputs.push(await readTextFile(file));
  if (inputs.length > 0) return inputs;
  if (stdin === undefined || stdin.isTTY === true) {
    throw new UsageError(
      'predict: which texts? Give --text, files, or pipe them in, a text a line.',
    );
  }
  return [await readTextStream(stdin, 'stdin')];
}

function checkInputs(
  { family }: LoadedModel,
  inputs: readonly string[],
  { text }: PredictOptions,
): void {
  if (text !== undefined) {
    throw new UsageError(
      `--text is for models of texts, and this ${family} takes none; give files.`,
    );
  }
  if (inputs.length === 0) throw new UsageError('predict: of what? Give at least one file.');
}

function predictInput(
  loaded: LoadedModel,
  { array, rows }: Input,
  input: string,
  { index, top }: PredictOptions,
): Prediction[] {
  const given = index === undefined ? array : sampleOf(array, placeOf(index, rows, input), input);
  const indexOf = (i: number): number => index ?? rows?.[i] ?? i;
  try {
    const { task } = loaded;
    if (task.kind === 'regression') {
      const { values } = regress(loaded, given);
      return Array.from(values, (value, i) => ({
        input,
        index: indexOf(i),
        target: task.target,
        value,
      }));
    }
    const { length, probabilities } = classify(loaded, given);
    return Array.from({ length }, (_, i) => ({
      input,
      index: indexOf(i),
      top: best(classesOf(task), probabilities, i, top),
    }));
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new FormatError(`${input}: ${error.message.replace(/^(classify|regress): /, '')}`, {
      cause: error,
    });
  }
}

/** Which sample a row is, where rows without a value are dropped. */
function placeOf(index: number, rows: Int32Array | undefined, input: string): number {
  if (rows === undefined || index > rows.at(-1)!) return index;
  const place = rows.indexOf(index);
  if (place >= 0) return place;
  throw new UsageError(`--index ${index}: that row of ${input} is incomplete; give another.`);
}

/** The `top` most likely classes of sample `i`, the first of equals first. */
function best(
  classes: readonly string[],
  probabilities: Float32Array,
  i: number,
  top: number,
): Guess[] {
  const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
  return [...row.keys()]
    .sort((a, b) => row[b]! - row[a]! || a - b)
    .slice(0, top)
    .map((label) => ({ class: classes[label]!, label, probability: row[label]! }));
}

function print(prediction: Prediction, isAlone: boolean, io: Io): void {
  const title = isAlone ? prediction.input : `${prediction.input} [${prediction.index}]`;
  if ('top' in prediction) printGuesses(title, prediction.top, io);
  else printLine(io, `${title}  ${paint(io, 'bold', number(prediction.value))}`);
}

function printGuesses(title: string, guesses: readonly Guess[], io: Io): void {
  printLine(io, title);
  const width = Math.max(...guesses.map((guess) => guess.class.length));
  for (const [i, { class: name, probability }] of guesses.entries()) {
    const bar = '━'.repeat(Math.round(BAR * probability));
    const text = `  ${name.padEnd(width)}  ${percent(probability).padStart(6)}  ${bar}`.trimEnd();
    printLine(io, i === 0 ? paint(io, 'bold', text) : text);
  }
}
