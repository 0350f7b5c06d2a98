import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError } from '../../engine/core/errors.js';
import { readLog, type RunHistory } from './read-log.js';
import { loadPictures, type TestPictures } from './test-pictures.js';
import { loadPredictions, type TestPredictions } from './test-predictions.js';
import { loadSights, type TestSights } from './test-sights.js';

/** Names of the files in a run's folder. */
export const RUN_FILES = {
  log: 'log.jsonl',
  predictions: 'predictions.npz',
  sights: 'sights.npz',
  pictures: 'pictures.npz',
  report: 'report.html',
} as const;

/** A run as its folder tells it. */
export interface Run extends RunHistory {
  readonly folder: string;
  /** Absent where the run has not come to its end. */
  readonly predictions: TestPredictions | undefined;
  /** Only of networks of images. */
  readonly sights?: TestSights | undefined;
  /** Of models that make pictures. */
  readonly pictures?: TestPictures | undefined;
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
  const seen = join(folder, RUN_FILES.sights);
  const isSeen = predictions !== undefined && (await isThere(seen));
  const sights = isSeen ? await loadSights(seen, predictions.labels.length) : undefined;
  const drawn = join(folder, RUN_FILES.pictures);
  const hasPictures = history.test !== undefined && (await isThere(drawn));
  const pictures = hasPictures ? await loadPictures(drawn, length) : undefined;
  return { folder, ...history, predictions, sights, pictures };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
