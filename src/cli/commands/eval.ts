import { Command, Option } from 'commander';
import { TablePreprocessor, type ArrayDataset, type LabelledImages } from '../../data/index.js';
import { TEXTS, type LoadOptions } from '../../data/node.js';
import { TextPreprocessor, tokenizerFromJson, type Tokenizer } from '../../text/index.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import { classesOf, classify, textStream, type LoadedModel } from '../../train/index.js';
import { loadModel } from '../../train/node.js';
import { seriesToTest } from '../data/series-to-test.js';
import { textsToTest } from '../data/texts-to-test.js';
import { rowsToTest } from '../data/rows-to-test.js';
import { isCorpusName, loadTextCorpus } from '../data/text-corpus.js';
import { DATA_NAMES, hasRows, loadImages } from '../data/training-data.js';
import { applyDevice, deviceOption, type DeviceOptions } from '../device-option.js';
import { count, percent, table } from '../format.js';
import { InterruptError, interruptible } from '../interrupt.js';
import { paint, printLine, type Io } from '../io.js';
import { isForNumbers, objectiveOf } from '../losses.js';
import { figuresText, testModel, type TestResult } from '../test-result.js';
import { textReader } from '../text-reader.js';
import { UsageError } from '../usage-error.js';

interface EvalOptions extends DeviceOptions {
  readonly data?: string;
  readonly dataDir?: string;
  readonly text?: string;
  readonly target?: string;
  readonly json?: boolean;
}

/** Of a class: how many samples are of it, and for how many of them the model says so. */
interface ClassResult {
  readonly name: string;
  readonly samples: number;
  readonly correct: number;
}

/** What a model is evaluated on. */
interface TestPart {
  readonly name: string;
  readonly source: string;
  /** As the model takes it. */
  readonly test: ArrayDataset<'x' | 'y'>;
}

/** `gradus eval MODEL`. */
export function evalCommand(io: Io): Command {
  return new Command('eval')
    .summary('evaluate a saved model')
    .description(
      "Loss and accuracy of a model file on a data set's test part, class by class, or the errors of " +
        'the numbers that it predicts. A file of rows is taken whole, unless the model was trained on ' +
        'it: then the rows are those that were set apart for the test.',
    )
    .argument('<model>', 'model file, as gradus train --save writes it')
    .addOption(
      new Option(
        '--data <name>',
        `data set: ${DATA_NAMES.join(', ')}, a folder of images, or a file of rows (default: what it was trained on)`,
      ),
    )
    .option('--text <column>', 'of a file of rows, the column with the texts')
    .option('--target <column>', 'of a file of rows with texts, the column with the classes')
    .option('--data-dir <dir>', 'folder that holds those of data sets (default: $GRADUS_DATA)')
    .addOption(deviceOption())
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ gradus eval mlp.safetensors\n' +
        '  $ gradus eval mlp.safetensors --data fashion-mnist --data-dir ../shared/data --json',
    )
    .action((file: string, options: EvalOptions) =>
      interruptible((signal) => evaluateFile(file, options, io, signal)),
    );
}

async function evaluateFile(
  file: string,
  options: EvalOptions,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  applyDevice(options);
  const loaded = await loadModel(file);
  const part = await testPartOf(loaded, options, io);
  const { model, task, training } = loaded;
  const { loss } = training;
  const objective = objectiveOf(task, isForNumbers(loss) ? { loss } : {}, model);
  const read = textReader(model, 1) ?? model;
  const result = await testModel({ model: read, task, objective, test: part.test }, signal);
  if (signal.aborted)
    throw new InterruptError('interrupted; the test part was not read to its end.');
  const classes = task.kind === 'classification' ? classResults(task.classes, loaded, part) : [];
  if (options.json) printJson(file, part, result, classes, io);
  else print(loaded, part, result, classes, io);
}

function printJson(
  file: string,
  { name: data, test }: TestPart,
  result: TestResult,
  classes: readonly ClassResult[],
  io: Io,
): void {
  const shares = classes.map(({ name, samples, correct }) => ({
    name,
    samples,
    accuracy: samples === 0 ? null : correct / samples,
  }));
  const rest = classes.length === 0 ? {} : { classes: shares };
  printLine(io, JSON.stringify({ model: file, data, samples: test.length, ...result, ...rest }));
}

function print(
  { family }: LoadedModel,
  { name, source, test }: TestPart,
  result: TestResult,
  classes: readonly ClassResult[],
  io: Io,
): void {
  printLine(io, `${paint(io, 'bold', family)} on ${name}: ${source}`);
  const figures = figuresText(result, io);
  printLine(io, `test loss ${result.loss.toFixed(4)}, ${figures} of ${count(test.length)} samples`);
  if (classes.length === 0) return;
  printLine(io);
  const rows = classes.map(({ name: of, samples: n, correct }) => [
    of,
    count(n),
    count(correct),
    n === 0 ? '-' : percent(correct / n),
  ]);
  const [head, ...body] = table([['class', 'samples', 'correct', 'accuracy'], ...rows]);
  printLine(io, paint(io, 'dim', head!));
  for (const line of body) printLine(io, line);
}

/** The last tenth of a text, in the model's symbols. */
async function textToTest(
  tokenizer: Tokenizer,
  name: string,
  where: LoadOptions,
): Promise<TestPart> {
  if (!isCorpusName(name)) {
    throw new UsageError(
      `the model is one of language, and ${name} is no text; give --data a file that ends in .txt.`,
    );
  }
  const { source, tokenizer: own, test } = await loadTextCorpus(name, where);
  return { name, source, test: textStream(tokenizer.encode(own.decode(test))) };
}

async function testPartOf(
  loaded: LoadedModel,
  { data: asked, dataDir, text, target }: EvalOptions,
  io: Io,
): Promise<TestPart> {
  const name = asked ?? dataOf(loaded);
  const where = { dataDir, env: io.env };
  const { preprocessing, task } = loaded;
  if (task.kind === 'language') return textToTest(tokenizerFromJson(task.tokenizer), name, where);
  if (task.kind === 'forecast') return seriesToTest(loaded, task, name, where);
  if (preprocessing.kind === 'table') {
    return rowsToTest(loaded, TablePreprocessor.fromJSON(preprocessing.table), name, where);
  }
  const columns = {
    ...(text === undefined ? {} : { text }),
    ...(target === undefined ? {} : { target }),
  };
  if (preprocessing.kind === 'text') {
    return textsToTest(loaded, TextPreprocessor.fromJSON(preprocessing.text), name, columns, where);
  }
  if (TEXTS.has(name)) {
    throw new UsageError(
      `${name} has texts, and this ${loaded.family} takes none; give --data a set that it was made for.`,
    );
  }
  if (hasRows(name)) {
    throw new UsageError(
      `${name} has rows of a table, this ${loaded.family} takes samples of shape ` +
        `${formatShape(loaded.task.inputShape)}; give --data a set that it was made for.`,
    );
  }
  const images = imageOptions(loaded.task.inputShape);
  const data = await loadImages(name, { ...where, images });
  checkFit(loaded, data);
  // The set's own normalization does not matter: the model brings what it was trained with.
  const own = preprocessing.kind === 'pixels' ? preprocessing : { mean: 0, std: 1, scale: 1 };
  return { name, source: data.source, test: data.test.normalized('x', own) };
}

/** Images of a folder as the model takes them. */
function imageOptions(inputShape: readonly number[]): LoadOptions['images'] {
  const [channels, height, width] = inputShape;
  if (inputShape.length !== 3 || (channels !== 1 && channels !== 3)) return {};
  return { channels, size: [height!, width!] };
}

/** The name of the data that the model was trained on. */
function dataOf({ training }: LoadedModel): string {
  const { data } = training;
  if (typeof data === 'string' && data !== '') return data;
  throw new UsageError(
    `the model file does not say what it was trained on; give --data: ${DATA_NAMES.join(', ')}.`,
  );
}

function checkFit({ task, family }: LoadedModel, { name, classes, test }: LabelledImages): void {
  const { shape } = test.get(0).x;
  if (!sameShape(shape, task.inputShape)) {
    throw new UsageError(
      `samples of ${name} have shape ${formatShape(shape)}, this ${family} takes ` +
        `${formatShape(task.inputShape)}; give --data a set that it was made for.`,
    );
  }
  const own = classesOf(task);
  const at = classes.findIndex((c, i) => c !== own[i]);
  if (at < 0 && classes.length === own.length) return;
  const [given, wanted] = [classes, own].map(
    (names) => `${names.length} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`,
  );
  throw new UsageError(
    `the classes of ${name} are ${given}, those of this ${family} ${wanted}; give --data a set with ` +
      'the same classes.',
  );
}

const NOTHING = { kind: 'none' } as const;

function classResults(
  classes: readonly string[],
  loaded: LoadedModel,
  { test }: TestPart,
): ClassResult[] {
  // What has been preprocessed already is not again; symbols of texts stay as they are.
  const done = loaded.preprocessing.kind === 'text' ? loaded.preprocessing : NOTHING;
  const { labels } = classify({ ...loaded, preprocessing: done }, test.column('x'));
  const truth = test.column('y').values;
  return classes.map((name, c) => {
    const of = [...truth.keys()].filter((i) => truth[i] === c);
    return { name, samples: of.length, correct: of.filter((i) => labels[i] === c).length };
  });
}
