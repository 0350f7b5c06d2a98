import { Command, Option } from 'commander';
import { lrFind, type LrFindResult } from '../../train/index.js';
import {
  batchSizeOption,
  optimizerOption,
  seedOption,
  weightDecayOption,
} from '../common-options.js';
import { dataOptions } from '../data/options.js';
import { loadTrainingData, type DataFlags } from '../data/training-data.js';
import { applyDevice, deviceOption, type DeviceOptions } from '../device-option.js';
import { table } from '../format.js';
import { paint, printLine, type Io } from '../io.js';
import { lossOptions, lossSettings, type LossSettings } from '../losses.js';
import type { FamilyOptions, ModelFamily } from '../model-family.js';
import { MODELS } from '../models.js';
import { OPTIMIZERS } from '../../optim/index.js';
import { isGiven } from '../option-json.js';
import { fraction, integer, positive, suggestion } from '../parse-values.js';
import { commandLine } from '../run-folder/command-line.js';
import { DEFAULT_SCHEDULE } from '../schedules.js';
import { sparkline, thinned } from '../sparkline.js';
import { prepareTraining, type TrainingPlan } from '../training.js';
import { UsageError } from '../usage-error.js';

interface LrFindFlags extends DeviceOptions, DataFlags, LossSettings {
  readonly valFraction: number;
  readonly batchSize: number;
  readonly optimizer: string;
  readonly weightDecay?: number;
  readonly seed: number;
  readonly startLr: number;
  readonly endLr: number;
  readonly steps: number;
  readonly smoothing: number;
  readonly json?: boolean;
}

/** Rows of the table, and characters of the curve. */
const ROWS = 12;
const COLUMNS = 60;

/** `gradus lr-find MODEL`: where the loss falls best as the learning rate grows. */
export function lrFindCommand(io: Io): Command {
  const command = new Command('lr-find')
    .summary('find a learning rate')
    .description(
      'Trains for a few steps with a growing learning rate and says where the loss falls best.',
    )
    .usage('<model> [options]')
    .argument('[model]')
    .allowUnknownOption()
    .allowExcessArguments()
    .configureHelp({ visibleArguments: () => [] })
    .addHelpText('after', '\nExample:\n  $ gradus lr-find mlp --optimizer momentum')
    .action((name?: string) => {
      const names = MODELS.map((family) => family.name);
      if (name === undefined || name.startsWith('-')) {
        throw new UsageError(`lr-find: for which model? Give one of: ${names.join(', ')}.`);
      }
      throw new UsageError(`there is no model '${name}'${suggestion(name, names)}`);
    });
  for (const family of MODELS) command.addCommand(familyCommand(family, io));
  return command;
}

function familyCommand(family: ModelFamily, io: Io): Command {
  const command = new Command(family.name).description(family.summary);
  const own = family.options();
  const { recipe } = family;
  const shared = [
    ...dataOptions(family.reads),
    batchSizeOption(recipe),
    ...lossOptions(),
    optimizerOption(recipe),
    weightDecayOption(),
    seedOption(),
    deviceOption(),
  ];
  for (const option of [...own, ...shared, ...rampOptions()]) command.addOption(option);
  const names = new Set(own.map((option) => option.attributeName()));
  return command.action(async () => {
    const values = command.opts<LrFindFlags & FamilyOptions>();
    applyDevice(values);
    const options = Object.fromEntries(Object.entries(values).filter(([key]) => names.has(key)));
    const given = [...own, ...shared].filter((option) => isGiven(command, option));
    const words = given.flatMap((option) => [
      option.long!,
      String(command.getOptionValue(option.attributeName())),
    ]);
    await find(family, options, values, words, io);
  });
}

function rampOptions(): Option[] {
  return [
    new Option('--start-lr <rate>', 'the first learning rate')
      .argParser(positive('--start-lr'))
      .default(1e-7),
    new Option('--end-lr <rate>', 'the last learning rate')
      .argParser(positive('--end-lr'))
      .default(10),
    new Option('--steps <n>', 'from the first to the last')
      .argParser(integer('--steps', 3))
      .default(100),
    new Option('--smoothing <beta>', 'of the loss')
      .argParser(fraction('--smoothing'))
      .default(0.98),
    new Option('--json', 'one JSON object, and nothing else, on stdout'),
  ];
}

async function find(
  family: ModelFamily,
  familyOptions: FamilyOptions,
  flags: LrFindFlags,
  words: readonly string[],
  io: Io,
): Promise<void> {
  const { optimizer, weightDecay, startLr, endLr, steps, smoothing } = flags;
  const training = prepareTraining({
    family,
    familyOptions,
    data: await loadTrainingData(flags, flags.seed, io.env, family),
    epochs: 1,
    seed: flags.seed,
    batchSize: flags.batchSize,
    optimizer,
    lr: OPTIMIZERS[optimizer]!.lr,
    schedule: { ...DEFAULT_SCHEDULE, schedule: 'constant' },
    ...(weightDecay === undefined ? {} : { weightDecay }),
    ...lossSettings(flags),
    valFraction: flags.valFraction,
    device: flags.device,
  });
  const { trained, train, objective } = training;
  const result = await lrFind({
    model: trained,
    optimizer: training.optimizer,
    loss: objective.loss,
    train,
    startLr,
    endLr,
    steps,
    smoothing,
  });
  if (flags.json) printLine(io, JSON.stringify(result));
  else printRates(training.plan, result, words, io);
}

/**
 * Shows a result to a person: the curve, a few of its points, and what to make of it.
 *
 * @param words The flags of a training with the rate that is found, besides that.
 */
export function printRates(
  plan: Pick<TrainingPlan, 'family' | 'data' | 'optimizer' | 'batchSize'>,
  result: LrFindResult,
  words: readonly string[],
  io: Io,
): void {
  const { curve, diverged, steepest, valley } = result;
  const { family, data, optimizer, batchSize } = plan;
  const about = `${data.name}, ${optimizer}, batch size ${batchSize}`;
  printLine(io, `${paint(io, 'bold', family.name)} on ${about}`);
  printLine(io);
  const losses = thinned(
    curve.map((point) => point.smoothed),
    COLUMNS,
  );
  // Behind the bottom it rises beyond all measure.
  const bottom = losses.indexOf(Math.min(...losses));
  const line = sparkline(losses, { top: Math.max(...losses.slice(0, bottom + 1)) });
  const [low, high] = [curve[0]!.lr, curve.at(-1)!.lr];
  printLine(io, line);
  const [left, right] = [rateText(low), rateText(high)];
  printLine(io, paint(io, 'dim', left + right.padStart(Math.max(line.length - left.length, 1))));
  printLine(io);
  const rows = table([
    ['lr', 'loss', 'smoothed'],
    ...chosen(curve).map(({ lr, loss, smoothed }) => [
      rateText(lr),
      loss.toFixed(4),
      smoothed.toFixed(4),
    ]),
  ]);
  for (const [i, row] of rows.entries()) printLine(io, i === 0 ? paint(io, 'dim', row) : row);
  printLine(io);
  const at = diverged
    ? `The loss diverged behind ${right}`
    : `The loss did not diverge up to ${right}`;
  if (valley === undefined || steepest === undefined) {
    printLine(io, `${at}, and fell nowhere: try a higher --start-lr or more --steps.`);
    return;
  }
  printLine(io, `${at}. Begin with a learning rate between`);
  printLine(
    io,
    `${paint(io, 'bold', rateText(valley))}, half way down the longest fall, and ` +
      `${paint(io, 'bold', rateText(steepest))}, where it is steepest:`,
  );
  const rate = Number(valley.toPrecision(2));
  const command = ['gradus', 'train', family.name, ...words, '--lr', String(rate)];
  printLine(io, paint(io, 'dim', commandLine(command)));
}

/** A few points of the curve, evenly, the last among them. */
function chosen(curve: LrFindResult['curve']): LrFindResult['curve'] {
  const rows = Math.min(ROWS, curve.length);
  return Array.from(
    { length: rows },
    (_, i) => curve[Math.round((i * (curve.length - 1)) / Math.max(rows - 1, 1))]!,
  );
}

function rateText(lr: number): string {
  return lr.toExponential(1);
}
