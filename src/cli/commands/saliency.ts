import { Command, Option } from 'commander';
import { FormatError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import { encodePng, type NamedArray } from '../../io/index.js';
import { writeFileAtomic } from '../../io/node.js';
import { Conv2d } from '../../nn/index.js';
import { overlay } from '../../seeing/index.js';
import { classify, givesOf, type LoadedModel } from '../../train/index.js';
import { loadModel } from '../../train/node.js';
import { applyDevice, deviceOption, type DeviceOptions } from '../device-option.js';
import { percent } from '../format.js';
import { paint, printLine, type Io } from '../io.js';
import { imageShapeOf } from '../model-image.js';
import { choice, integer, suggestion } from '../parse-values.js';
import { readInput, sampleOf } from '../predict-inputs.js';
import { explain, METHODS, type Method } from '../seeing/explain.js';
import { UsageError } from '../usage-error.js';

interface SaliencyOptions extends DeviceOptions {
  readonly out: string;
  readonly method?: Method;
  readonly class?: string;
  readonly layer?: string;
  readonly index?: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** About how many pixels the longer side of the picture has. */
const SIDE = 280;
/** Share of the pixels that do not have the last colour: single ones outshine the rest. */
const SHOWN = 0.99;

/** `gradus saliency MODEL IMAGE --out map.png`. */
export function saliencyCommand(io: Io): Command {
  const methods = Object.entries(METHODS).map(([name, what]) => `  ${name.padEnd(22)}${what}`);
  return new Command('saliency')
    .summary('draw what in an image a saved model looks at')
    .description(
      'Draws over an image, as the model sees it and in grey, what speaks for a class: bright where much ' +
        'does; with methods of two signs orange for it and blue against it.',
    )
    .argument('<model>', 'model file of an image network, as gradus train --save writes it')
    .argument('<image>', 'PNG or JPEG image, or an .npy array or idx file')
    .requiredOption('--out <file>', 'PNG file to write')
    .addOption(
      new Option(
        '--method <name>',
        'one of those below (default: grad-cam where there is a convolution, else saliency)',
      ).argParser(choice('--method', Object.keys(METHODS) as Method[])),
    )
    .option('--class <name>', 'name or number of the class (default: the most probable)')
    .option(
      '--layer <name>',
      'layer for grad-cam, as gradus summary names them (default: the last maps)',
    )
    .addOption(
      new Option('--index <n>', 'which sample of a file of several, from 0').argParser(
        integer('--index', 0),
      ),
    )
    .addOption(
      new Option('--seed <n>', 'seed of the noise of smooth-grad')
        .argParser(integer('--seed', 0))
        .default(0),
    )
    .addOption(deviceOption())
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      `\nMethods:\n${methods.join('\n')}\n\nExamples:\n` +
        '  $ gradus saliency lenet.safetensors photo.png --out map.png\n' +
        '  $ gradus saliency lenet.safetensors photo.png --out map.png --class Coat --layer act1\n' +
        '  $ gradus saliency mlp.safetensors photo.png --out map.png --method integrated-gradients',
    )
    .action((file: string, image: string, options: SaliencyOptions) =>
      draw(file, image, options, io),
    );
}

async function draw(file: string, input: string, options: SaliencyOptions, io: Io): Promise<void> {
  const { out, seed, layer } = options;
  if (!/\.png$/i.test(out)) {
    throw new UsageError(
      `--out is '${out}'; the map is a PNG file, give a name that ends in .png.`,
    );
  }
  applyDevice(options);
  const loaded = await loadModel(file);
  const { task, model } = loaded;
  if (task.kind !== 'classification') {
    throw new UsageError(`${file} ${givesOf(task).gives}; give a model of classes.`);
  }
  if (imageShapeOf(loaded) === undefined) {
    throw new UsageError(
      `${file} takes samples of shape ${formatShape(task.inputShape)}, not images; give a model of images.`,
    );
  }
  const convolves = [...model.modules()].some((module) => module instanceof Conv2d);
  const method = options.method ?? (layer !== undefined || convolves ? 'grad-cam' : 'saliency');
  if (layer !== undefined && method !== 'grad-cam') {
    throw new UsageError(`--layer is for grad-cam, and --method is ${method}; leave one out.`);
  }
  const image = await readImage(input, loaded, options.index);
  const { probabilities, labels } = classify(loaded, image);
  const label = options.class === undefined ? labels[0]! : labelOf(options.class, task.classes);
  const map = explain(loaded, image, { method, label, layer, seed });
  const scale = Math.max(1, Math.round(SIDE / Math.max(image.shape[1]!, image.shape[2]!)));
  const limit = method === 'grad-cam' ? 0 : magnitudeAt(SHOWN, map.dataSync());
  const picture = overlay(image, map, { scale, ...(limit > 0 && { limit }) });
  await writeFileAtomic(out, encodePng(picture));
  const [name, probability] = [task.classes[label]!, probabilities[label]!];
  if (options.json) {
    printLine(io, JSON.stringify({ out, input, method, class: name, label, probability }));
  } else {
    printLine(io, `${paint(io, 'bold', out)}  ${method} of '${name}' (${percent(probability)})`);
  }
}

/** The one image of a file, u8 [C, H, W]. */
async function readImage(
  input: string,
  loaded: LoadedModel,
  index: number | undefined,
): Promise<NamedArray> {
  const { array } = await readInput(input, loaded);
  const { inputShape } = loaded.task;
  const size = inputShape.reduce((a, b) => a * b, 1);
  const isOne = array.values.length === size;
  if (!isOne && index === undefined && array.values.length % size === 0) {
    throw new UsageError(
      `${input} has ${array.values.length / size} samples; choose one, as with --index 0.`,
    );
  }
  const { values, dtype } = isOne ? array : sampleOf(array, index ?? 0, input);
  if (values.length !== size) {
    throw new ShapeError(
      `${input}: a sample has ${values.length} values, the model takes ${formatShape(inputShape)}.`,
    );
  }
  // Pixels come as bytes or as shares.
  const bytes = dtype === 'u8' ? values : Uint8Array.from(values, (v) => Math.round(255 * v));
  if (!(bytes instanceof Uint8Array)) throw new FormatError(`${input}: pixels are no bytes.`);
  return { dtype: 'u8', shape: inputShape, values: bytes };
}

/** The number of a class by its name, or by itself. */
function labelOf(given: string, classes: readonly string[]): number {
  const named = classes.indexOf(given);
  if (named >= 0) return named;
  if (/^\d+$/.test(given) && Number(given) < classes.length) return Number(given);
  throw new UsageError(`there is no --class '${given}'${suggestion(given, classes)}`);
}

/** The magnitude that a share of the values does not exceed. */
function magnitudeAt(share: number, values: ArrayLike<number>): number {
  const sizes = Float64Array.from(values, Math.abs).sort();
  return sizes[Math.ceil(share * sizes.length) - 1]!;
}
