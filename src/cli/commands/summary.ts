import { Command, Option } from 'commander';
import { existsSync } from 'node:fs';
import { nearestName } from '../../data/index.js';
import { summarize } from '../../nn/index.js';
import { zeros, type DType } from '../../tensor/index.js';
import { outputsOf, type ModelTask, type TrainableModel } from '../../train/index.js';
import { loadModel } from '../../train/node.js';
import { number, percent } from '../format.js';
import { paint, printLine, type Io } from '../io.js';
import { batchShape, inputDtype, layerTable, totalsOf } from '../layer-table.js';
import type { FamilyOptions, ModelFamily } from '../model-family.js';
import { MODELS } from '../models.js';
import { integer, sizes } from '../parse-values.js';
import { UsageError } from '../usage-error.js';

interface OutputOptions {
  readonly json?: boolean;
}

interface TaskOptions extends OutputOptions {
  readonly inputShape?: readonly number[];
  readonly classes: number;
  /** Of texts. */
  readonly symbols?: number;
}

/** `gradus summary MODEL` for a file, and `gradus summary FAMILY` with the family's flags. */
export function summaryCommand(io: Io): Command {
  const command = new Command('summary')
    .summary('layers of a model: shapes, parameters, operations, receptive fields')
    .description(
      'Layers of a model file, or of what a family makes: shapes, parameters, bytes, multiply-adds ' +
        'and floating-point operations (FLOPs) for one sample, and how much of the input an element ' +
        'of the output sees: its extent, and behind a / the distance to that of the next element.',
    )
    .usage('<file|family> [options]')
    .argument('[model]')
    .configureHelp({ visibleArguments: () => [] })
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ gradus summary mlp.safetensors\n  $ gradus summary mlp --hidden 512,256',
    )
    .action((file: string | undefined, options: OutputOptions) => summarizeFile(file, options, io));
  for (const family of MODELS) command.addCommand(familyCommand(family, io));
  return command;
}

function familyCommand(family: ModelFamily, io: Io): Command {
  const command = new Command(family.name).description(family.summary);
  for (const option of family.options()) command.addOption(option);
  const own = new Set(family.options().map((option) => option.attributeName()));
  const { reads = 'samples' } = family;
  if (reads === 'texts') {
    command.addOption(
      new Option('--symbols <n>', 'different symbols of texts')
        .argParser(integer('--symbols', 1))
        .default(10_000),
    );
  }
  // Of a text, by the family's --window.
  const shape = reads === 'corpus' ? undefined : SHAPES[reads];
  const shapeOption = new Option(
    '--input-shape <extents>',
    `shape of one sample${shape === undefined ? ' (default: --window)' : ''}`,
  ).argParser(sizes('--input-shape'));
  if (shape !== undefined) shapeOption.default(shape, shape.join());
  return command
    .addOption(shapeOption)
    .addOption(
      new Option('--classes <n>', 'number of classes')
        .argParser(integer('--classes', 1))
        .default(reads === 'corpus' ? 65 : 10),
    )
    .action((_: unknown, self: Command) => {
      // --json is an option of 'summary', and may stand before the family or after it.
      const values = self.optsWithGlobals<TaskOptions & FamilyOptions>();
      const options = Object.fromEntries(Object.entries(values).filter(([key]) => own.has(key)));
      const { classes, symbols, json } = values;
      const inputShape = values.inputShape ?? [Number(options['window'])];
      const task = symbols === undefined ? {} : { symbols };
      const model = family.create({ inputShape, classes, ...task }, options);
      const dtype = reads === 'samples' || reads === 'series' ? 'f32' : 'i32';
      print({ name: family.name, model, inputShape, dtype, facts: {} }, json === true, io);
    });
}

async function summarizeFile(
  file: string | undefined,
  { json }: OutputOptions,
  io: Io,
): Promise<void> {
  const names = MODELS.map((family) => family.name);
  if (file === undefined) {
    throw new UsageError(`summary: of what? Give a model file or one of: ${names.join(', ')}.`);
  }
  const near = nearestName(file, names);
  if (near !== undefined && !existsSync(file)) {
    throw new UsageError(
      `there is no file and no model '${file}'; did you mean '${near}'? Known: ${names.join(', ')}.`,
    );
  }
  const { model, family, task, preprocessing, metrics, training, producer } = await loadModel(file);
  const { data, epochs } = training;
  const facts = {
    ...purposeOf(task),
    ...(data === undefined ? {} : { trained: `on ${String(data)}, ${String(epochs)} epochs` }),
    ...(metrics['testAccuracy'] === undefined
      ? {}
      : { 'test accuracy': percent(metrics['testAccuracy']) }),
    ...(metrics['testBits'] === undefined
      ? {}
      : { 'test bits per symbol': number(metrics['testBits']) }),
    ...(metrics['testRmse'] === undefined ? {} : { 'test RMSE': number(metrics['testRmse']) }),
    ...(metrics['testMeanIou'] === undefined
      ? {}
      : { 'test mean IoU': metrics['testMeanIou'].toFixed(4) }),
    'written by': producer,
  };
  const dtype = inputDtype({ task, preprocessing });
  print({ name: family, model, inputShape: task.inputShape, dtype, facts }, json === true, io);
}

/** The shape of a sample where none is given. */
const SHAPES = { samples: [1, 28, 28], texts: [50], series: [12, 1] } as const;

/** What the model is for, in a line. */
function purposeOf(task: ModelTask): Readonly<Record<string, string>> {
  switch (task.kind) {
    case 'forecast':
      return { forecasts: task.target };
    case 'regression':
      return { predicts: `${task.target}, a number` };
    case 'classification':
    case 'segmentation':
      return { classes: `${task.classes.length}: ${task.classes.slice(0, 12).join(', ')}` };
    case 'reconstruction':
      return {};
    case 'language':
      return { predicts: `the next of ${outputsOf(task)} symbols of a text` };
  }
}

interface Summary {
  readonly name: string;
  readonly model: TrainableModel;
  readonly inputShape: readonly number[];
  /** Of a sample. */
  readonly dtype: DType;
  /** Further lines for a person. */
  readonly facts: Readonly<Record<string, string>>;
}

function print({ name, model, inputShape, dtype, facts }: Summary, json: boolean, io: Io): void {
  const layers = summarize(model, zeros([1, ...inputShape], { dtype }));
  if (json) {
    printLine(io, JSON.stringify({ model: name, inputShape, layers, ...totalsOf(layers) }));
    return;
  }
  printLine(io, `${paint(io, 'bold', name)}, input ${batchShape([1, ...inputShape])}`);
  for (const [key, value] of Object.entries(facts)) printLine(io, `${key}: ${value}`);
  printLine(io);
  for (const [i, line] of layerTable(layers).entries()) {
    printLine(io, i === 0 ? paint(io, 'dim', line) : line);
  }
}
