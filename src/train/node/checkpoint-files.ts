import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { FormatError } from '../../engine/core/errors.js';
import { readFile } from '../../io/node.js';
import { readFailure } from '../../io/node/file-error.js';
import { decodeCheckpoint, type Checkpoint } from '../checkpoint-format.js';

const NAME = /^checkpoint-(\d+)\.safetensors$/;

/** The name of the checkpoint after so many steps: names sort as steps do. */
export function checkpointName(steps: number): string {
  return `checkpoint-${String(steps).padStart(9, '0')}.safetensors`;
}

/** The checkpoints in a folder, newest first; none where there is no such folder. */
export async function listCheckpoints(
  folder: string,
): Promise<{ readonly file: string; readonly steps: number }[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw readFailure(folder, error);
  });
  return names
    .flatMap((name) => {
      const steps = NAME.exec(name)?.[1];
      return steps === undefined ? [] : [{ file: path.join(folder, name), steps: Number(steps) }];
    })
    .sort((a, b) => b.steps - a.steps);
}

/** A checkpoint with its file. */
export interface FoundCheckpoint extends Checkpoint {
  readonly file: string;
  /** A sentence for each newer file that could not be used. */
  readonly warnings: readonly string[];
}

/**
 * Reads a checkpoint file.
 *
 * @throws FileError where it cannot be read, FormatError where it is damaged or no checkpoint.
 */
export async function loadCheckpoint(file: string): Promise<Checkpoint> {
  return decodeCheckpoint(await readFile(file), { source: file });
}

/**
 * The newest checkpoint in a folder that is whole, or undefined where the folder has none.
 *
 * @throws FormatError where there are some, and none can be used.
 * @example
 * const found = await findCheckpoint('runs/a');
 * await fit({ ...options, resume: found?.state });
 */
export async function findCheckpoint(folder: string): Promise<FoundCheckpoint | undefined> {
  const warnings: string[] = [];
  for (const { file } of await listCheckpoints(folder)) {
    try {
      return { ...(await loadCheckpoint(file)), file, warnings };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      warnings.push(error.message);
    }
  }
  if (warnings.length === 0) return undefined;
  throw new FormatError(`no checkpoint in ${folder} can be used: ${warnings.join(' ')}`);
}
