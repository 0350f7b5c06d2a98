import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFailure } from '../io/node/file-error.js';
import { writeReport } from './report/write-report.js';
import { describeRun } from './run-folder/describe-run.js';
import { RUN_FILES } from './run-folder/run-folder.js';
import { RunLog } from './run-folder/run-log.js';
import { savePictures, testPictures } from './run-folder/test-pictures.js';
import { predictTest, savePredictions } from './run-folder/test-predictions.js';
import { saveSights, seeTest } from './run-folder/test-sights.js';
import type { Training, TrainingOutcome } from './training.js';
import { UsageError } from './usage-error.js';

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
  training: Training,
  { test }: TrainingOutcome,
  stopped?: string,
): Promise<string> {
  const predictions = predictTest(training);
  if (predictions) {
    await savePredictions(join(folder, RUN_FILES.predictions), predictions);
    const sights = seeTest(training, predictions);
    if (sights) await saveSights(join(folder, RUN_FILES.sights), sights);
  }
  const pictures = testPictures(training);
  if (pictures) await savePictures(join(folder, RUN_FILES.pictures), pictures);
  log.finish({ ...test, ...(stopped === undefined ? {} : { stopped }) });
  log.close();
  return writeReport(folder);
}
