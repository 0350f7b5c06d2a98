import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { FormatError } from '../engine/core/errors.js';
import { getDevice } from '../tensor/index.js';
import { CheckpointWriter, findCheckpoint, listCheckpoints } from '../train/node.js';
import type { FoundCheckpoint } from '../train/node.js';
import { fingerprint, type TrainingData } from './data/training-data.js';
import { learningRate, type CommonOptions } from './common-options.js';
import { printError, type Io } from './io.js';
import type { ModelFamily } from './model-family.js';
import { scheduleOf } from './optimization-options.js';
import { isGiven, setOption, show } from './option-json.js';
import type { Continuation } from './training.js';
import { UsageError } from './usage-error.js';

/** Flags that belong to one call, not to the run. */
const OF_THE_CALL = new Set(['config', 'run', 'resume', 'json', 'quiet']);
/**
 * Flags that are kept with a run, and may change when it is resumed: they change no result, but for
 * the device, which changes the last bits.
 */
const FREE = new Set(['dataDir', 'save', 'checkpointEvery', 'device']);

/** Where the checkpoints of a run folder are. */
function folderOf(run: string): string {
  return join(run, 'checkpoints');
}

/**
 * The newest whole checkpoint of `--resume`, whose settings become those of the command; undefined
 * without the flag. Says on stderr what else there is to know.
 *
 * @throws FormatError where there is none; UsageError where a flag contradicts it.
 */
export async function applyResume(
  command: Command,
  model: string,
  io: Io,
): Promise<FoundCheckpoint | undefined> {
  const { resume, run } = command.opts<CommonOptions>();
  if (resume === undefined) return undefined;
  if (run !== undefined) {
    throw new UsageError('--resume goes on in the folder of the run; leave out --run.');
  }
  const found = await findCheckpoint(folderOf(resume));
  if (!found) {
    throw new FormatError(`there is no checkpoint in ${folderOf(resume)}; check the path.`);
  }
  for (const warning of found.warnings) printError(io, `warning: ${warning}`);
  if (found.warnings.length > 0) printError(io, `warning: resuming from ${found.file} instead.`);
  if (found.metadata.model !== model) {
    throw new UsageError(
      `--resume ${resume}: the run is of the model '${found.metadata.model}', not '${model}'.`,
    );
  }
  applySettings(command, resume, settingsIn(found));
  return found;
}

/** Says on stderr that a run goes on with another device than it was saved with, if it does. */
export function tellDeviceChange(found: FoundCheckpoint, io: Io): void {
  const [before, now] = [found.state.device, getDevice().name];
  if (before !== now) {
    printError(
      io,
      `note: saved on ${before}, resumed on ${now}: the last bits will differ from those of a ` +
        'run without a break.',
    );
  }
}

function settingsIn({ file, metadata }: FoundCheckpoint): Readonly<Record<string, unknown>> {
  try {
    const settings: unknown = JSON.parse(metadata.settings ?? '');
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) {
      return settings as Record<string, unknown>;
    }
  } catch {
    // Told below, as for JSON of another kind.
  }
  throw new FormatError(`${file}: it has no settings of a run; give a run of 'gradus train'.`);
}

function applySettings(
  command: Command,
  run: string,
  settings: Readonly<Record<string, unknown>>,
): void {
  const differences: string[] = [];
  for (const option of command.options) {
    const name = option.attributeName();
    if (OF_THE_CALL.has(name)) continue;
    const saved = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (!isGiven(command, option)) {
      if (saved !== undefined) setOption(command, option, saved, `the run in ${run}`);
      continue;
    }
    const given = command.getOptionValue(name) as unknown;
    if (!FREE.has(name) && JSON.stringify(given) !== JSON.stringify(saved)) {
      differences.push(`${option.long} ${show(saved)} there and ${show(given)} here`);
    }
  }
  if (differences.length > 0) {
    throw new UsageError(
      `--resume ${run}: the settings differ: ${differences.join(', ')}; leave them out, or start ` +
        'another run with --run.',
    );
  }
}

/**
 * What writes the checkpoints of this run, and where it goes on; nothing without --run and --resume.
 *
 * @param found What is to be resumed.
 * @throws UsageError where the folder has another run; FileError where it cannot be written to;
 *   FormatError where the data are not those of the run that is resumed.
 */
export async function openRun(
  command: Command,
  family: ModelFamily,
  data: TrainingData,
  found: FoundCheckpoint | undefined,
): Promise<Continuation> {
  const options = command.opts<CommonOptions>();
  const { run, resume = run, checkpointEvery } = options;
  if (resume === undefined) return {};
  const folder = folderOf(resume);
  if (!found && (await listCheckpoints(folder)).length > 0) {
    throw new UsageError(
      `--run ${resume}: the folder has a run already; go on with --resume ${resume}, or give ` +
        'another folder.',
    );
  }
  const content = fingerprint(data);
  if (found && found.metadata.data !== content) {
    throw new FormatError(
      `--resume ${resume}: the run was trained on other data: ${found.metadata.data} there, ` +
        `${content} here; give the same with --data-dir.`,
    );
  }
  const kept = command.options.filter((o: Option) => !OF_THE_CALL.has(o.attributeName()));
  const settings = kept.map((option): [string, unknown] => {
    const name = option.attributeName();
    return [name, command.getOptionValue(name)];
  });
  const metadata = {
    model: family.name,
    // A default may be another in a later version.
    settings: JSON.stringify({
      ...Object.fromEntries(settings),
      lr: learningRate(options, family.recipe),
      ...scheduleOf(options, family.recipe),
    }),
    data: content,
  };
  const checkpoints = new CheckpointWriter(folder, { every: checkpointEvery, metadata });
  await checkpoints.prepare();
  return { checkpoints, resume: found?.state, command: resumeCommand(family.name, resume) };
}

/** What to type to go on with a run. */
function resumeCommand(model: string, run: string): string {
  const quoted = /^[\w./:@%+-]+$/.test(run) ? run : `'${run.replaceAll("'", String.raw`'\''`)}'`;
  return `gradus train ${model} --resume ${quoted}`;
}
