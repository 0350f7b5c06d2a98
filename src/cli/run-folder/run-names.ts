import { basename, resolve } from 'node:path';
import type { Run } from './run-folder.js';

/** A short name for each run: its folder's, or its path where several folders are called the same. */
export function runNames(runs: readonly Pick<Run, 'folder'>[]): string[] {
  const names = runs.map(({ folder }) => basename(resolve(folder)));
  return names.map((name, i) =>
    names.filter((other) => other === name).length > 1 ? runs[i]!.folder : name,
  );
}
