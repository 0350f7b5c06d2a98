import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError } from '../../engine/core/errors.js';
import { writeFileAtomic } from '../../io/node.js';
import { writeFailure } from '../../io/node/file-error.js';
import type { Training, TrainingOutcome } from '../training.js';
import { UsageError } from '../usage-error.js';
import { describeRun } from './describe-run.js';
import { readLog, type RunHistory } from './read-log.js';
import { RunLog } from './run-log.js';
import { loadPredictions, predictTest, savePredictions } from './test-predictions.js';
import type { TestPredictions } from './test-predictions.js';

/** Names of the files in a run's folder. */
export const RUN_FILES = {
  log: 'log.jsonl',
  predictions: 'predictions.npz',
  report: 'report.html',
} as const;

/** A run as its folder tells it. */
export interface Run extends RunHistory {
  readonly folder: string;
  /** Absent where the run has not come to its end. */
  readonly predictions: TestPredictions | undefined;
}

/**
 * Starts the log of a run, or with `resume` continues it: a callback for `runTraining`. The folder is
 * made where it is missing.
 *
 * @param options `command` repeats the run; default `gradus train` with all settings.
 * @throws UsageError where the folder holds a run that has ended; FileError where it cannot be
 *   written to.
 */
export async function openRunLog(
  folder: string,
  training: Training,
  { resume = false, command }: { resume?: boolean; command?: string | undefined } = {},
): Promise<RunLog> {
  const file = join(folder, RUN_FILES.log);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // A kill within the very first line leaves no log to continue.
  if (resume && text?.includes('\n')) return new RunLog(file);
  if (!resume && text?.includes('\n{"type":"test"')) {
    throw new UsageError(`${folder} holds a finished run already; give another folder.`);
  }
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw writeFailure(folder, error);
  }
  return new RunLog(file, describeRun(training, command));
}

/**
 * Writes what the model makes of the test part, the log's last line, and the report.
 *
 * @param stopped Why there were fewer epochs than set, if there were.
 * @returns The path of the report.
 */
export async function finishRun(
  folder: string,
  log: RunLog,
  { plan, model }: Training,
  { test }: TrainingOutcome,
  stopped?: string,
): Promise<string> {
  const predictions = predictTest(model, plan.data);
  await savePredictions(join(folder, RUN_FILES.predictions), predictions);
  log.finish({ ...test, ...(stopped === undefined ? {} : { stopped }) });
  log.close();
  return writeReport(folder);
}

/**
 * Makes `report.html` from what is in a run's folder, or in a folder of such folders.
 *
 * @returns The path of the report.
 */
export async function writeReport(folder: string): Promise<string> {
  const runs = await readRuns(folder);
  // Plotting takes a large library: loaded where it is needed.
  const { renderReport } = await import('../report/report.js');
  const file = join(folder, RUN_FILES.report);
  await writeFileAtomic(file, Buffer.from(renderReport(runs)));
  return file;
}

/** The run in a folder, or those in the folders in it. */
export async function readRuns(folder: string): Promise<Run[]> {
  if (await isThere(join(folder, RUN_FILES.log))) return [await readRun(folder)];
  const names = await readdir(folder).catch((): string[] => []);
  const inner = names.sort().map((name) => join(folder, name));
  const found = await Promise.all(inner.map((path) => isThere(join(path, RUN_FILES.log))));
  const runs = await Promise.all(inner.filter((_, i) => found[i]).map(readRun));
  if (runs.length === 0) return [await readRun(folder)];
  return runs.sort((a, b) => a.start.time.localeCompare(b.start.time));
}

/**
 * Reads the folder of a run, finished or not.
 *
 * @throws FormatError, in one sentence, where the folder is missing or holds no run.
 */
export async function readRun(folder: string): Promise<Run> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) {
    throw new FormatError(`there is no folder ${folder}; give the one that --run named.`);
  }
  if (!found.isDirectory()) {
    throw new FormatError(`${folder} is a file; give the folder of a run.`);
  }
  const log = join(folder, RUN_FILES.log);
  if (!(await isThere(log))) {
    throw new FormatError(
      `${folder} holds no ${RUN_FILES.log}, so it is no run; give a folder that --run named.`,
    );
  }
  const history = readLog(await readFile(log, 'utf8'), log);
  const file = join(folder, RUN_FILES.predictions);
  const { length } = history.start.data.classes;
  // A resumed run may still have those of a run that ended before.
  const isDone = history.test !== undefined && (await isThere(file));
  const predictions = isDone ? await loadPredictions(file, length) : undefined;
  return { folder, ...history, predictions };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
