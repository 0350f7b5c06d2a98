import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { findDataset } from '../../data/node.js';
import { FormatError } from '../../engine/core/errors.js';
import { toArrays } from '../../io/index.js';
import { saveSafetensors } from '../../io/node.js';
import { addCommonOptions, learningRate, type CommonOptions } from '../common-options.js';
import { createDisplay } from '../display.js';
import { count, percent } from '../format.js';
import { interruptible } from '../interrupt.js';
import { paint, printLine, type Io } from '../io.js';
import type { FamilyOptions, ModelFamily } from '../model-family.js';
import { MODELS } from '../models.js';
import { suggestion } from '../parse-values.js';
import { prepareTraining, runTraining, type Training, type TrainingOutcome } from '../training.js';
import { UsageError } from '../usage-error.js';
import { version } from '../version.js';

/** `gradus train MODEL`: a command for each family, with flags of its own. */
export function trainCommand(io: Io): Command {
  const command = new Command('train')
    .summary('train a model')
    .description('Trains a model and reports its accuracy on the test part of the data.')
    .usage('<model> [options]')
    // What follows a name that is no model is not looked at: the name is what is wrong.
    .argument('[model]')
    .allowUnknownOption()
    .allowExcessArguments()
    .configureHelp({ visibleArguments: () => [] })
    .action((name?: string) => {
      const names = MODELS.map((family) => family.name);
      if (name === undefined || name.startsWith('-')) {
        throw new UsageError(`train: which model? Give one of: ${names.join(', ')}.`);
      }
      throw new UsageError(`there is no model '${name}'${suggestion(name, names)}`);
    });
  for (const family of MODELS) command.addCommand(familyCommand(family, io));
  return command;
}

function familyCommand(family: ModelFamily, io: Io): Command {
  const command = new Command(family.name).description(family.summary);
  for (const option of family.options()) command.addOption(option);
  const own = new Set(family.options().map((option) => option.attributeName()));
  addCommonOptions(command, family.recipe);
  const examples = family.examples.map((line) => `  $ ${line}`).join('\n');
  command.addHelpText('after', `\nExamples:\n${examples}`);
  return command.action((values: CommonOptions & FamilyOptions) => {
    const familyOptions = Object.fromEntries(Object.entries(values).filter(([k]) => own.has(k)));
    return interruptible((signal) => train(family, familyOptions, values, io, signal));
  });
}

async function train(
  family: ModelFamily,
  familyOptions: FamilyOptions,
  options: CommonOptions,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const { epochs, seed, batchSize, optimizer, lrDecay, weightDecay, valFraction, save } = options;
  // Before any work: a typing mistake here would cost all of it.
  if (save !== undefined) await checkWritable(save);
  // Empty counts as not given.
  const dataDir = (options.dataDir ?? io.env.GRADUS_DATA) || undefined;
  const data = await findDataset(options.data).load({ dataDir });
  const training = prepareTraining({
    family,
    familyOptions,
    data,
    epochs,
    seed,
    batchSize,
    optimizer,
    lr: learningRate(options, family.recipe),
    lrDecay,
    ...(weightDecay === undefined ? {} : { weightDecay }),
    valFraction,
  });
  const mode = options.json ? 'json' : options.quiet ? 'quiet' : 'text';
  if (mode === 'text') printHeader(training, io);
  const outcome = await runTraining(training, createDisplay(mode, io), signal);
  if (save !== undefined) await saveModel(save, training, outcome);
  printResult(outcome, options, io);
}

function printHeader({ plan, model, parameters, sizes }: Training, io: Io): void {
  const { family, data, optimizer, lr, batchSize, seed } = plan;
  const { train: n, validation, test } = sizes;
  printLine(io, `${paint(io, 'bold', family.name)} on ${data.name}: ${data.source}`);
  printLine(
    io,
    `${count(n)} samples to train on, ${count(validation)} to validate on, ${count(test)} to test on`,
  );
  printLine(io, paint(io, 'dim', String(model)));
  printLine(
    io,
    `${count(parameters)} parameters, ${optimizer}, lr ${lr}, batch size ${batchSize}, seed ${seed}`,
  );
  printLine(io);
}

function printResult({ test }: TrainingOutcome, options: CommonOptions, io: Io): void {
  const { loss, accuracy } = test;
  if (options.json) {
    printLine(io, JSON.stringify({ final: true, loss, accuracy }));
    return;
  }
  printLine(
    io,
    `test loss ${loss.toFixed(4)}, test accuracy ${paint(io, 'bold', percent(accuracy!))}` +
      (options.save === undefined ? '' : `; saved ${options.save}`),
  );
}

async function checkWritable(file: string): Promise<void> {
  const folder = dirname(file);
  const reason = await stat(file).then(
    (found) => (found.isDirectory() ? 'it is a directory; give the path of a file' : undefined),
    () => undefined,
  );
  const problem =
    reason ??
    (await access(folder, constants.W_OK).then(
      () => undefined,
      (error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT'
          ? `the directory ${folder} does not exist; create it first`
          : `the directory ${folder} cannot be written to; choose another or change its mode`,
    ));
  if (problem !== undefined) throw new FormatError(`cannot write ${file}: ${problem}.`);
}

async function saveModel(
  file: string,
  training: Training,
  { test }: TrainingOutcome,
): Promise<void> {
  const { plan, model } = training;
  await saveSafetensors(file, toArrays(model.stateDict()), {
    producer: `gradus ${version()}`,
    model: plan.family.name,
    options: JSON.stringify(plan.familyOptions),
    data: plan.data.name,
    testAccuracy: String(test.accuracy),
  });
}
