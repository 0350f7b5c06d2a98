import { Command, Option } from 'commander';
import { existsSync } from 'node:fs';
import { nearestName } from '../../data/index.js';
import { formatShape } from '../../engine/core/shape.js';
import { summarize, type LayerSummary } from '../../nn/index.js';
import { zeros } from '../../tensor/index.js';
import { outputsOf, type ModelTask, type TrainableModel } from '../../train/index.js';
import { loadModel } from '../../train/node.js';
import { count, number, percent, table } from '../format.js';
import { paint, printLine, type Io } from '../io.js';
import type { FamilyOptions, ModelFamily } from '../model-family.js';
import { MODELS } from '../models.js';
import { integer, sizes } from '../parse-values.js';
import { UsageError } from '../usage-error.js';

interface OutputOptions {
  readonly json?: boolean;
}

interface TaskOptions extends OutputOptions {
  readonly inputShape: readonly number[];
  readonly classes: number;
}

/** `gradus summary MODEL` for a file, and `gradus summary FAMILY` with the family's flags. */
export function summaryCommand(io: Io): Command {
  const command = new Command('summary')
    .summary('layers, shapes, parameters and bytes of a model')
    .description('Layers of a model file, or of what a family makes: shapes, parameters, bytes.')
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
  const isText = family.reads === 'text';
  const shape = isText ? [64] : [1, 28, 28];
  return command
    .addOption(
      new Option('--input-shape <extents>', 'shape of one sample')
        .argParser(sizes('--input-shape'))
        .default(shape, shape.join()),
    )
    .addOption(
      new Option('--classes <n>', 'number of classes')
        .argParser(integer('--classes', 1))
        .default(isText ? 65 : 10),
    )
    .action((_: unknown, self: Command) => {
      // --json is an option of 'summary', and may stand before the family or after it.
      const values = self.optsWithGlobals<TaskOptions & FamilyOptions>();
      const options = Object.fromEntries(Object.entries(values).filter(([key]) => own.has(key)));
      const { inputShape, classes, json } = values;
      const model = family.create({ inputShape, classes }, options);
      print({ name: family.name, model, inputShape, isText, facts: {} }, json === true, io);
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
  const { model, family, task, metrics, training, producer } = await loadModel(file);
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
    'written by': producer,
  };
  const isText = task.kind === 'language';
  print({ name: family, model, inputShape: task.inputShape, isText, facts }, json === true, io);
}

/** What the model is for, in a line. */
function purposeOf(task: ModelTask): Readonly<Record<string, string>> {
  switch (task.kind) {
    case 'regression':
      return { predicts: `${task.target}, a number` };
    case 'classification':
      return { classes: `${task.classes.length}: ${task.classes.slice(0, 12).join(', ')}` };
    case 'language':
      return { predicts: `the next of ${outputsOf(task)} symbols of a text` };
  }
}

interface Summary {
  readonly name: string;
  readonly model: TrainableModel;
  readonly inputShape: readonly number[];
  /** Whether a sample is symbols. */
  readonly isText: boolean;
  /** Further lines for a person. */
  readonly facts: Readonly<Record<string, string>>;
}

function print({ name, model, inputShape, isText, facts }: Summary, json: boolean, io: Io): void {
  const layers = summarize(model, zeros([1, ...inputShape], { dtype: isText ? 'i32' : 'f32' }));
  const total = (key: 'parameters' | 'bytes'): number => layers.reduce((sum, l) => sum + l[key], 0);
  const [parameters, bytes] = [total('parameters'), total('bytes')];
  if (json) {
    printLine(io, JSON.stringify({ model: name, inputShape, layers, parameters, bytes }));
    return;
  }
  printLine(io, `${paint(io, 'bold', name)}, input ${batchShape([1, ...inputShape])}`);
  for (const [key, value] of Object.entries(facts)) printLine(io, `${key}: ${value}`);
  printLine(io);
  const lines = table([
    ['layer', 'output', 'parameters', 'bytes'],
    ...layers.map(rowOf),
    ['total', '', count(parameters), count(bytes)],
  ]);
  for (const [i, line] of lines.entries()) {
    printLine(io, i === 0 ? paint(io, 'dim', line) : line);
  }
}

function rowOf({ name, type, outputShape, parameters, bytes }: LayerSummary): string[] {
  const shape = outputShape === undefined ? '-' : batchShape(outputShape);
  return [name === '' ? type : `${name} ${type}`, shape, count(parameters), count(bytes)];
}

/** [1, 10] as [N, 10]. */
const batchShape = (shape: readonly number[]): string => formatShape(shape).replace(/^\[1\b/, '[N');
