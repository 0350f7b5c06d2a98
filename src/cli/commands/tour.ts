import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { ArrayDataset, type LabelledImages } from '../../data/index.js';
import { findDataset } from '../../data/node.js';
import { FormatError } from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/index.js';
import { applyDevice, deviceOption, type DeviceOptions } from '../device-option.js';
import { createDisplay } from '../display.js';
import { count, duration, percent, table } from '../format.js';
import { interruptible } from '../interrupt.js';
import { paint, printLine, type Io } from '../io.js';
import type { FamilyOptions, ModelFamily } from '../model-family.js';
import { MODELS } from '../models.js';
import { printRace, raceOptimizers } from '../optimizer-race.js';
import { drawImage, sideBySide } from '../picture.js';
import { predictClasses } from '../predictions.js';
import { finishRun, openRunLog } from '../record-run.js';
import { writeReport } from '../report/write-report.js';
import { TimeBudget, TimeLimit } from '../time-limit.js';
import { DEFAULT_SCHEDULE } from '../schedules.js';
import { prepareTraining, runTraining, type Training } from '../training.js';
import { UsageError } from '../usage-error.js';

interface TourOptions extends DeviceOptions {
  readonly quick?: boolean;
  readonly run?: string;
}

/** What a family reached. */
interface Result {
  readonly training: Training;
  readonly accuracy: number;
  readonly seconds: number;
}

/** Epochs per family: fewer on a large set. */
const EPOCHS = { large: 5, small: 10 };
/** Images from which a set counts as large. */
const LARGE = 30_000;
/** For all trainings together: with loading, compiling and reports the tour stays below a minute. */
const SECONDS = 50;
/** The families that are trained: those that get somewhere in their share of the time. */
const VISITED = ['mlp', 'linear', 'lenet'];
/** The family that the first one is compared with. */
const BASELINE = 'linear';
/** Images drawn at the end, and their width in characters. */
const PICTURES = 4;
const PICTURE_WIDTH = 18;

/** `gradus tour`: a short training of some families, then what each reached. */
export function tourCommand(io: Io): Command {
  return new Command('tour')
    .summary('train a few kinds of models, in under a minute')
    .description(
      'Trains an MLP, a linear model and a convolutional net on Fashion-MNIST where $GRADUS_DATA points to a folder that ' +
        'has it, else on digits made on the spot, and compares what they reach.',
    )
    .option('--quick', 'train for one epoch on a few images only')
    .option('--run <dir>', 'folder for logs and report (default: a new one in runs)')
    .addOption(deviceOption())
    .action((options: TourOptions) => interruptible((signal) => tour(options, io, signal)));
}

async function tour(options: TourOptions, io: Io, signal: AbortSignal): Promise<void> {
  const { quick = false, run } = options;
  const start = performance.now();
  applyDevice(options);
  const folder = await tourFolder(run);
  const data = await loadData(quick, io);
  const results: Result[] = [];
  const families = MODELS.filter(({ name }) => VISITED.includes(name));
  const budget = new TimeBudget(SECONDS, families.length);
  for (const family of families) {
    const result = await visit(
      family,
      data,
      options,
      join(folder, family.name),
      budget,
      io,
      signal,
    );
    budget.spend(result.seconds);
    results.push(result);
  }
  const report = await writeReport(folder);
  printLine(io, paint(io, 'bold', 'On images that none of them has seen:'));
  printComparison(results, io);
  printMistakes(results[0]!, data, io);
  await race(MODELS[0]!, data, options, io, signal);
  const seconds = (performance.now() - start) / 1000;
  printLine(io, `Report, with curves and more mistakes: ${report}`);
  printLine(io, `That took ${duration(seconds)}. Next: gradus train mlp --help`);
}

/** The folder of a tour, made: the one that is given, else a new one here or, failing that, in /tmp. */
async function tourFolder(given: string | undefined): Promise<string> {
  if (given !== undefined) {
    if ((await readdir(given).catch(() => [])).length > 0) {
      throw new UsageError(`--run ${given}: the folder is not empty; give another one.`);
    }
    return given;
  }
  const name = `tour-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}-`;
  const make = async (parent: string): Promise<string> => {
    await mkdir(parent, { recursive: true });
    return mkdtemp(join(parent, name));
  };
  return make('runs').catch(() => make(join(tmpdir(), 'gradus-runs')));
}

/** Fashion-MNIST where it can be had, else digits; says which. */
async function loadData(quick: boolean, io: Io): Promise<LabelledImages> {
  const dataDir = io.env.GRADUS_DATA;
  let data: LabelledImages | undefined;
  if (dataDir === undefined || dataDir === '') {
    printLine(io, 'Data: digits, made on the spot, as GRADUS_DATA is not set.');
  } else {
    try {
      data = await findDataset('fashion-mnist').load({ env: io.env });
      printLine(io, `Data: Fashion-MNIST, real photos of clothes, from ${data.source}.`);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      printLine(io, `Data: digits, made on the spot, as there is no usable Fashion-MNIST.`);
      printLine(io, paint(io, 'dim', error.message));
    }
  }
  data ??= await findDataset('digits').load();
  printLine(io, `${count(data.train.length)} images to learn from; 28×28 pixels, 10 classes.\n`);
  return quick ? { ...data, train: first(data.train, 1000), test: first(data.test, 500) } : data;
}

/** The first samples of a set. */
function first(set: ArrayDataset<'x' | 'y'>, length: number): ArrayDataset<'x' | 'y'> {
  const head = (name: 'x' | 'y'): NamedArray => {
    const { dtype, shape, values } = set.column(name);
    const part = values.subarray(0, (values.length / set.length) * length);
    return { dtype, shape: [length, ...shape.slice(1)], values: part };
  };
  return new ArrayDataset({ x: head('x'), y: head('y') }, { classes: set.classes });
}

async function visit(
  family: ModelFamily,
  data: LabelledImages,
  { quick = false, device }: TourOptions,
  folder: string,
  budget: TimeBudget,
  io: Io,
  signal: AbortSignal,
): Promise<Result> {
  const epochs = quick ? 1 : data.train.length < LARGE ? EPOCHS.small : EPOCHS.large;
  const { recipe } = family;
  const training = prepareTraining({
    family,
    familyOptions: defaultsOf(family),
    data,
    epochs,
    seed: 0,
    valFraction: 1 / 12,
    device,
    ...recipe,
    schedule: { ...DEFAULT_SCHEDULE, lrDecay: recipe.lrDecay },
  });
  const { parameters } = training;
  printLine(io, `${paint(io, 'bold', family.name)}: ${family.summary}`);
  printLine(io, paint(io, 'dim', `${count(parameters)} parameters, ${recipe.optimizer}`));
  const start = performance.now();
  // A part of a set is no set that `gradus train` could name.
  const log = await openRunLog(folder, training, quick ? { command: 'gradus tour --quick' } : {});
  const limit = new TimeLimit(budget.share);
  const outcome = await runTraining(training, createDisplay('text', io), signal, {
    callbacks: [log, limit],
  });
  const seconds = (performance.now() - start) / 1000;
  if (limit.stopped !== undefined) printLine(io, `stopped ${limit.stopped}`);
  await finishRun(folder, log, training, outcome, limit.stopped);
  printLine(io);
  return { training, accuracy: outcome.test.accuracy!, seconds };
}

/** The optimizers of the notes side by side. */
async function race(
  family: ModelFamily,
  data: LabelledImages,
  { device }: TourOptions,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const { batchSize } = family.recipe;
  const plan = { family, familyOptions: defaultsOf(family), data, seed: 0, batchSize, device };
  printLine(io, paint(io, 'bold', `The ${family.name} by five optimizers, from the same weights:`));
  printRace(await raceOptimizers(plan, signal), io);
  printLine(io);
}

/** The values of a family's own flags when none is given. */
function defaultsOf(family: ModelFamily): FamilyOptions {
  return Object.fromEntries(
    family.options().map((option) => [option.attributeName(), option.defaultValue as unknown]),
  );
}

function printComparison(results: readonly Result[], io: Io): void {
  const rows = results.map((result) => [
    nameOf(result),
    count(result.training.parameters),
    duration(result.seconds),
    percent(result.accuracy),
  ]);
  const [head, ...body] = table([['model', 'parameters', 'time', 'test accuracy'], ...rows]);
  printLine(io, paint(io, 'dim', head!));
  for (const line of body) printLine(io, line);
  printLine(io);
  const [best, baseline] = [results[0]!, results.find((r) => nameOf(r) === BASELINE)];
  if (baseline === undefined || baseline === best) return;
  const points = (100 * (best.accuracy - baseline.accuracy)).toFixed(1);
  printLine(
    io,
    `The ${nameOf(best)} is ${points} points ahead of the ${BASELINE} model, with the same data and ` +
      'epochs.',
  );
}

function nameOf({ training }: Result): string {
  return training.plan.family.name;
}

/** The classes that are hardest for a model, and some images that it takes for something else. */
function printMistakes({ training }: Result, data: LabelledImages, io: Io): void {
  const { model, plan, test } = training;
  const predicted = predictClasses(model, test);
  const labels = data.test.column('y').values;
  const wrong = [...predicted.keys()].filter((i) => predicted[i] !== labels[i]);
  const share = data.classes.map((_, c) => {
    const of = [...labels].filter((label) => label === c).length;
    return { c, share: of === 0 ? 0 : wrong.filter((i) => labels[i] === c).length / of };
  });
  const hardest = share.sort((a, b) => b.share - a.share).slice(0, 3);
  const names = hardest.map((h) => `${data.classes[h.c]} (${percent(h.share)} wrong)`);
  printLine(io, `Hardest for the ${plan.family.name}: ${names.join(', ')}.`);
  if (wrong.length === 0) return;
  printLine(io, `${Math.min(PICTURES, wrong.length)} of its ${count(wrong.length)} mistakes:`);
  const pictures = wrong.slice(0, PICTURES).map((i) => {
    const { values, shape } = data.test.get(i).x;
    const image = { values, height: shape[1]!, width: shape[2]! };
    const [is, seen] = [data.classes[labels[i]!]!, data.classes[predicted[i]!]!];
    return [...drawImage(image, PICTURE_WIDTH), `is ${is},`, `seen as ${seen}`];
  });
  for (const line of sideBySide(pictures)) printLine(io, line);
  printLine(io);
}
