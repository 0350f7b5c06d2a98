import { Command, Option } from 'commander';
import { asArrays, DataLoader, type LabelledImages } from '../../data/index.js';
import { DATASETS, findDataset, type LoadOptions } from '../../data/node.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import { classify, evaluate, preprocess, type Evaluation } from '../../train/index.js';
import type { LoadedModel } from '../../train/index.js';
import { loadModel } from '../../train/node.js';
import { applyDevice, deviceOption, type DeviceOptions } from '../device-option.js';
import { count, percent, table } from '../format.js';
import { InterruptError, interruptible } from '../interrupt.js';
import { paint, printLine, type Io } from '../io.js';
import { UsageError } from '../usage-error.js';

interface EvalOptions extends DeviceOptions {
  readonly data?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** Of a class: how many samples are of it, and for how many of them the model says so. */
interface ClassResult {
  readonly name: string;
  readonly samples: number;
  readonly correct: number;
}

const BATCH = 500;

/** `gradus eval MODEL`. */
export function evalCommand(io: Io): Command {
  return new Command('eval')
    .summary('evaluate a saved model')
    .description("Loss and accuracy of a model file on a data set's test part, class by class.")
    .argument('<model>', 'model file, as gradus train --save writes it')
    .addOption(
      new Option(
        '--data <name>',
        `data set: ${[...DATASETS.keys()].join(', ')}, or a folder of images (default: the one it was trained on)`,
      ),
    )
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
  { data: asked, dataDir, json, device }: EvalOptions,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  applyDevice({ device });
  const loaded = await loadModel(file);
  const images = imageOptions(loaded.task.inputShape);
  const data = await findDataset(asked ?? dataOf(loaded)).load({ dataDir, env: io.env, images });
  checkFit(loaded, data);
  const result = await evaluateOn(loaded, data, signal);
  if (signal.aborted)
    throw new InterruptError('interrupted; the test part was not read to its end.');
  const classes = classResults(loaded, data);
  const samples = data.test.length;
  if (json) {
    const shares = classes.map(({ name, samples: n, correct }) => ({
      name,
      samples: n,
      accuracy: n === 0 ? null : correct / n,
    }));
    const { loss, accuracy } = result;
    printLine(
      io,
      JSON.stringify({ model: file, data: data.name, samples, loss, accuracy, classes: shares }),
    );
    return;
  }
  printLine(io, `${paint(io, 'bold', loaded.family)} on ${data.name}: ${data.source}`);
  printLine(
    io,
    `test loss ${result.loss.toFixed(4)}, test accuracy ` +
      `${paint(io, 'bold', percent(result.accuracy!))} of ${count(samples)} samples\n`,
  );
  const rows = classes.map(({ name, samples: n, correct }) => [
    name,
    count(n),
    count(correct),
    n === 0 ? '-' : percent(correct / n),
  ]);
  const [head, ...body] = table([['class', 'samples', 'correct', 'accuracy'], ...rows]);
  printLine(io, paint(io, 'dim', head!));
  for (const line of body) printLine(io, line);
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
    'the model file does not say what it was trained on; give --data: ' +
      `${[...DATASETS.keys()].join(', ')}.`,
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
  const at = classes.findIndex((c, i) => c !== task.classes[i]);
  if (at < 0 && classes.length === task.classes.length) return;
  const [theirs, own] = [classes, task.classes].map(
    (names) => `${names.length} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`,
  );
  throw new UsageError(
    `the classes of ${name} are ${theirs}, those of this ${family} ${own}; give --data a set with ` +
      'the same classes.',
  );
}

/** The set's own normalization does not matter: the model brings what it was trained with. */
async function evaluateOn(
  { model, preprocessing }: LoadedModel,
  { test }: LabelledImages,
  signal: AbortSignal,
): Promise<Evaluation> {
  const loader = new DataLoader(test, {
    batchSize: Math.min(BATCH, test.length),
    collate: asArrays,
  });
  const batches = {
    length: loader.length,
    async *[Symbol.asyncIterator]() {
      for await (const { x, y } of loader) yield { x: preprocess(preprocessing, x), y };
    },
  };
  return evaluate(model, batches, { signal });
}

function classResults(loaded: LoadedModel, { classes, test }: LabelledImages): ClassResult[] {
  const { labels } = classify(loaded, test.column('x'));
  const truth = test.column('y').values;
  return classes.map((name, c) => {
    const of = [...truth.keys()].filter((i) => truth[i] === c);
    return { name, samples: of.length, correct: of.filter((i) => labels[i] === c).length };
  });
}
