import { createHash } from 'node:crypto';
import type { ArrayDataset } from '../../data/index.js';
import type { Training } from '../training.js';
import { stepSettings } from '../optimization-options.js';
import { describeSchedule } from '../schedules.js';
import { version } from '../version.js';
import { commandLine, flagOf } from './command-line.js';
import { thisMachine } from './machine.js';
import { LOG_FORMAT, type RunData, type Setting, type StartRecord } from './records.js';

/**
 * The first record of a training's log.
 *
 * @param command What repeats it; default `gradus train` with all settings.
 */
export function describeRun(training: Training, command?: string): StartRecord {
  const { plan, model, parameters } = training;
  const settings = settingsOf(training);
  return {
    type: 'start',
    format: LOG_FORMAT,
    time: new Date().toISOString(),
    command: command ?? repeatCommand(plan.family.name, settings),
    version: version(),
    settings,
    model: { family: plan.family.name, layers: String(model), parameters },
    data: dataOf(training),
    machine: thisMachine(),
  };
}

function settingsOf({ plan }: Training): Record<string, Setting> {
  const { family, familyOptions, data, weightDecay } = plan;
  return {
    model: family.name,
    ...(familyOptions as Record<string, Setting>),
    data: data.name,
    epochs: plan.epochs,
    batchSize: plan.batchSize,
    optimizer: plan.optimizer,
    lr: plan.lr,
    ...describeSchedule(plan.schedule),
    ...(weightDecay === undefined ? {} : { weightDecay }),
    ...stepSettings(plan),
    valFraction: plan.valFraction,
    seed: plan.seed,
    device: plan.device,
  };
}

/** Every setting as a flag, so that a change of a default changes nothing. */
function repeatCommand(family: string, settings: Readonly<Record<string, Setting>>): string {
  const flags = Object.entries(settings).flatMap(([name, value]) =>
    name === 'model' || value === null ? [] : [flagOf(name), String(value)],
  );
  return commandLine(['gradus', 'train', family, ...flags]);
}

function dataOf({ plan: { data }, sizes }: Training): RunData {
  const { name, source, classes } = data;
  return { name, source, classes, ...sizes, testHash: hashOf(data.test) };
}

/** SHA-256 of a set's labels and inputs as they are stored. */
export function hashOf(set: ArrayDataset<'x' | 'y'>): string {
  const hash = createHash('sha256');
  for (const name of ['y', 'x'] as const) {
    const { dtype, shape, values } = set.column(name);
    hash.update(`${name} ${dtype} ${shape.join('x')}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
