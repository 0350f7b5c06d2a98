import { join } from 'node:path';
import { writeFileAtomic } from '../../io/node.js';
import { readRuns, RUN_FILES } from '../run-folder/run-folder.js';

/**
 * Makes `report.html` from what is in a run's folder, or in a folder of such folders.
 *
 * @returns The path of the report.
 */
export async function writeReport(folder: string): Promise<string> {
  const runs = await readRuns(folder);
  // Plotting takes a large library: loaded where it is needed.
  const { renderReport } = await import('./report.js');
  const file = join(folder, RUN_FILES.report);
  await writeFileAtomic(file, Buffer.from(renderReport(runs)));
  return file;
}
