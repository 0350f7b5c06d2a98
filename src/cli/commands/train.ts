import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { FormatError } from '../../engine/core/errors.js';
import { addCommonOptions, learningRate, type CommonOptions } from '../common-options.js';
import { applyDevice } from '../device-option.js';
import { seriesBaselines } from '../data/series-baselines.js';
import { TEXT_BASELINE, textBaseline } from '../data/text-baseline.js';
import {
  isSeries,
  isTable,
  isText,
  loadTrainingData,
  type TrainingData,
} from '../data/training-data.js';
import { createDisplay } from '../display.js';
import { applyConfigFile } from '../config-file.js';
import { crossValidate } from '../cross-validate.js';
import { count, number, percent } from '../format.js';
import { interruptible } from '../interrupt.js';
import { paint, printLine, type Io } from '../io.js';
import { lossSettings } from '../losses.js';
import type { FamilyOptions, ModelFamily } from '../model-family.js';
import { MODELS } from '../models.js';
import { scheduleOf, stepSettings } from '../optimization-options.js';
import { suggestion } from '../parse-values.js';
import { applyResume, openRun, tellDeviceChange } from '../run-checkpoints.js';
import { finishRun, openRunLog } from '../record-run.js';
import { checkSavable, saveTrained } from '../save-trained.js';
import { DEFAULT_SCHEDULE, type ScheduleSettings } from '../schedules.js';
import { prepareTraining, runTraining } from '../training.js';
import type { Continuation, Training, TrainingOutcome, TrainingPlan } from '../training.js';
import { classesOf, gapReport, type TrainingState } from '../../train/index.js';
import { figuresText } from '../test-result.js';
import { UsageError } from '../usage-error.js';

/** `gradus train MODEL`: a command for each family, with flags of its own. */
export function trainCommand(io: Io): Command {
  const command = new Command('train')
    .summary('train a model')
    .description('Trains a model and reports what it reaches on the test part of the data.')
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
  addCommonOptions(command, family);
  const examples = family.examples.map((line) => `  $ ${line}`).join('\n');
  command.addHelpText('after', `\nExamples:\n${examples}`);
  return command.action(async () => {
    const { config } = command.opts<CommonOptions>();
    if (config !== undefined) await applyConfigFile(command, config);
    const found = await applyResume(command, family.name, io);
    const values = command.opts<CommonOptions & FamilyOptions>();
    applyDevice(values);
    if (found) tellDeviceChange(found, io);
    const familyOptions = Object.fromEntries(Object.entries(values).filter(([k]) => own.has(k)));
    const open: OpenRun = (data) => openRun(command, family, data, found);
    return interruptible((signal) => train(family, familyOptions, values, open, io, signal));
  });
}

/** Opens the folder of the run, once the data are there. */
type OpenRun = (data: TrainingData) => Promise<Continuation>;

async function train(
  family: ModelFamily,
  familyOptions: FamilyOptions,
  options: CommonOptions,
  open: OpenRun,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const { save, folds } = options;
  // Before any work: a typing mistake here would cost all of it.
  if (save !== undefined) await checkWritable(save);
  if (folds !== undefined) checkFolds(options, family);
  const mode = options.json ? 'json' : options.quiet ? 'quiet' : 'text';
  const schedule = scheduleOf(options, family.recipe);
  const data = await loadTrainingData(options, options.seed, io.env, family);
  const plan = planOf(family, familyOptions, options, schedule, data);
  if (folds !== undefined) {
    const header = (first: Training): void => printHeader(first, undefined, io, folds);
    return crossValidate(plan, folds, { mode, header }, io, signal);
  }
  const training = prepareTraining(plan);
  if (save !== undefined) checkSavable(training);
  const run = await open(data);
  if (mode === 'text') printHeader(training, run.resume, io);
  const folder = options.run ?? options.resume;
  const log =
    folder === undefined ? undefined : await openRunLog(folder, training, { resume: !!run.resume });
  const callbacks = log === undefined ? [] : [log];
  const outcome = await runTraining(training, createDisplay(mode, io, unitOf(training)), signal, {
    ...run,
    callbacks,
  });
  if (save !== undefined) await saveTrained(save, training, outcome);
  const report = log && (await finishRun(folder!, log, training, outcome, outcome.stopped));
  printResult(outcome, plan, options, io);
  if (mode !== 'text') return;
  printDiagnosis(outcome, io);
  if (report !== undefined) printLine(io, `report: ${report}`);
}

/** What training and validation look like beside each other, in words. */
function printDiagnosis({ history }: TrainingOutcome, io: Io): void {
  if (history.length < LEAST_EPOCHS || history.some((r) => r.valLoss === undefined)) return;
  printLine(io, paint(io, 'dim', gapReport(history).text));
}

/** Of fewer there is nothing to say. */
const LEAST_EPOCHS = 3;

function planOf(
  family: ModelFamily,
  familyOptions: FamilyOptions,
  options: CommonOptions,
  schedule: ScheduleSettings,
  data: TrainingData,
): TrainingPlan {
  const { epochs, seed, batchSize, optimizer, weightDecay, valFraction, device } = options;
  const { earlyStop, augment, workers } = options;
  return {
    family,
    familyOptions,
    data,
    epochs,
    seed,
    batchSize,
    optimizer,
    lr: learningRate(options, family.recipe),
    schedule,
    ...(weightDecay === undefined ? {} : { weightDecay }),
    ...lossSettings(options),
    ...stepSettings(options),
    valFraction,
    ...(earlyStop === undefined ? {} : { earlyStop }),
    ...(augment === undefined ? {} : { augment }),
    ...(workers === undefined ? {} : { workers }),
    device,
  };
}

/** Throws for flags that have no meaning where several models are trained and none is kept. */
function checkFolds(options: CommonOptions, { name, task }: ModelFamily): void {
  if (task !== undefined) {
    throw new UsageError(
      `--folds is for one class or number a sample, and ${name} gives more; leave it out.`,
    );
  }
  const flags = {
    save: '--save',
    run: '--run',
    resume: '--resume',
    testFraction: '--test-fraction',
  };
  for (const [name, flag] of Object.entries(flags)) {
    if (options[name as keyof typeof flags] === undefined) continue;
    const why =
      name === 'testFraction'
        ? 'tests on each fold in turn'
        : 'trains a model for each fold and keeps none';
    throw new UsageError(`--folds ${why}; leave out ${flag}.`);
  }
}

/** What the numbers of a part count. */
function unitOf({ task }: Training): string {
  return task.kind === 'language' ? 'symbols' : 'samples';
}

function printHeader(
  training: Training,
  resume: TrainingState | undefined,
  io: Io,
  folds?: number,
): void {
  const { plan, model, parameters, sizes, task, symbols } = training;
  const { family, data, optimizer, lr, batchSize, seed } = plan;
  const { schedule, warmup } = plan.schedule;
  const course = [
    ...(schedule === DEFAULT_SCHEDULE.schedule ? [] : [` by ${schedule}`]),
    ...(warmup > 0 ? [' with warm-up'] : []),
  ];
  const { train: n, validation, test } = sizes;
  printLine(io, `${paint(io, 'bold', family.name)} on ${data.name}: ${data.source}`);
  if (isTable(data)) {
    const what =
      task.kind === 'regression' ? 'a number' : `one of ${classesOf(task).length} classes`;
    printLine(
      io,
      `to predict: ${data.target}, ${what}, from ${count(task.inputShape[0]!)} numbers`,
    );
  }
  if (isSeries(data)) {
    const { length } = data.whole;
    printLine(
      io,
      `to forecast: the next of ${count(length)} values of ${data.target} from the last ` +
        `${count(task.inputShape[0]!)}`,
    );
  }
  if (isText(data)) {
    const [length] = task.inputShape;
    printLine(
      io,
      `to predict: one of ${data.classes.length} classes, from texts of up to ${count(length!)} ` +
        `symbols, ${count(symbols!)} different ones`,
    );
  }
  const each = folds === undefined ? '' : `${folds} folds, the first with `;
  printLine(
    io,
    `${each}${count(n)} ${unitOf(training)} to train on, ${count(validation)} to validate on, ` +
      `${count(test)} to test on`,
  );
  printLine(io, paint(io, 'dim', String(model)));
  printLine(
    io,
    `${count(parameters)} parameters, ${optimizer}, lr ${lr}${course.join('')}, ` +
      `batch size ${batchSize}, seed ${seed}`,
  );
  if (resume) {
    const { epoch, totalSteps } = resume.progress;
    printLine(io, `going on behind step ${count(totalSteps)}, in epoch ${epoch}`);
  }
  printLine(io);
}

function printResult(
  { test, best, stopped }: TrainingOutcome,
  { data, familyOptions }: TrainingPlan,
  options: CommonOptions,
  io: Io,
): void {
  const rivals = isSeries(data) ? seriesBaselines(data, familyOptions) : [];
  const baseline = isText(data) ? textBaseline(data.train, data.test) : undefined;
  if (options.json) {
    const from = best === undefined ? {} : { bestEpoch: best.epoch };
    const compared = baseline === undefined ? {} : { naiveBayes: baseline };
    const baselines = Object.fromEntries(rivals.map(({ key, rmse }) => [key, rmse]));
    const beside = rivals.length === 0 ? {} : { baselines };
    printLine(io, JSON.stringify({ final: true, ...test, ...from, ...compared, ...beside }));
    return;
  }
  if (stopped !== undefined && options.quiet !== true) printLine(io, `stopped ${stopped}`);
  printLine(
    io,
    `test loss ${test.loss.toFixed(4)}, ${figuresText(test, io)}` +
      (options.save === undefined ? '' : `; saved ${options.save}`),
  );
  if (baseline !== undefined && options.quiet !== true) {
    printLine(io, `${TEXT_BASELINE}: test accuracy ${percent(baseline)}`);
  }
  if (options.quiet === true) return;
  for (const { name, rmse } of rivals) printLine(io, `${name}: test RMSE ${number(rmse)}`);
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
