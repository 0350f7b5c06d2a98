import { summarize } from '../../nn/index.js';
import { zeros } from '../../tensor/index.js';
import { classesOf } from '../../train/index.js';
import { augmentationSettings } from '../data/augmentations.js';
import { isDivided, testHash } from '../data/training-data.js';
import { inputDtype, layerTable, totalsOf } from '../layer-table.js';
import { lossSettings } from '../losses.js';
import type { ModelTask } from '../../train/index.js';
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
  const { inputShape } = training.task;
  const summary = summarize(model, zeros([1, ...inputShape], { dtype: inputDtype(training) }));
  return {
    type: 'start',
    format: LOG_FORMAT,
    time: new Date().toISOString(),
    command: command ?? repeatCommand(plan.family.name, settings),
    version: version(),
    settings,
    model: {
      family: plan.family.name,
      layers: String(model),
      parameters,
      multiplyAdds: totalsOf(summary).multiplyAdds,
      summary: layerTable(summary).join('\n'),
    },
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
    ...(isDivided(data) ? data.flags : {}),
    ...(isDivided(data) && data.testFraction !== undefined
      ? { testFraction: data.testFraction }
      : {}),
    epochs: plan.epochs,
    ...(plan.earlyStop === undefined ? {} : { earlyStop: plan.earlyStop }),
    batchSize: plan.batchSize,
    ...lossSettings(plan),
    ...augmentationSettings(plan),
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

function targetOf(task: ModelTask): Pick<RunData, 'classes' | 'target'> {
  const classes = classesOf(task);
  if ('target' in task) return { classes, target: task.target };
  return task.kind === 'language' ? { classes, target: 'the next symbol' } : { classes };
}

function dataOf({ plan: { data }, sizes, task }: Training): RunData {
  const { name, source } = data;
  return { name, source, ...targetOf(task), ...sizes, testHash: testHash(data) };
}
