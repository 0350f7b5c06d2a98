import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ArgumentError } from '../../engine/core/errors.js';
import { writeFileAtomic } from '../../io/node.js';
import { writeFailure } from '../../io/node/file-error.js';
import { encodeCheckpoint } from '../checkpoint-format.js';
import type { CheckpointSink } from '../checkpoint-sink.js';
import type { TrainingState } from '../training-state.js';
import { checkpointName, listCheckpoints } from './checkpoint-files.js';

/** Options of `CheckpointWriter`. */
export interface CheckpointWriterOptions {
  /** Steps from one checkpoint to the next; default: one at the end of each epoch only. */
  readonly every?: number;
  /** How many to keep; default 2, so that a damaged one has another behind it. */
  readonly keep?: number;
  /** Entries for the metadata of each file, such as the settings of the run. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A temporary file that `writeFileAtomic` has left where its process was killed. */
const TEMPORARY = /^\.checkpoint-\d+\.safetensors\.(\d+)\.[a-z0-9]*\.tmp$/;

/**
 * Keeps the last checkpoints of a run in a folder, which is made where it is missing. At any moment,
 * power loss included, those that are there are whole.
 *
 * @throws FileError from `fit` where a file cannot be written: a full disk, a read-only folder.
 * @example
 * await fit({ ...options, checkpoints: new CheckpointWriter('runs/a', { every: 500 }) });
 */
export class CheckpointWriter implements CheckpointSink {
  readonly every: number;
  private readonly keep: number;
  private readonly metadata: Readonly<Record<string, string>>;
  private prepared = false;

  constructor(
    readonly folder: string,
    options: CheckpointWriterOptions = {},
  ) {
    const { every = Infinity, keep = 2, metadata = {} } = options;
    for (const [name, value] of Object.entries({ every, keep })) {
      const ok = (Number.isSafeInteger(value) && value >= 1) || value === Infinity;
      if (ok) continue;
      throw new ArgumentError(
        `CheckpointWriter: ${name} is ${value}; give an integer of at least 1.`,
      );
    }
    this.every = every;
    this.keep = keep;
    this.metadata = metadata;
  }

  /** Makes the folder where it is missing, and removes what a killed process has left in it. */
  async prepare(): Promise<void> {
    if (this.prepared) return;
    try {
      await mkdir(this.folder, { recursive: true });
      for (const name of await readdir(this.folder)) {
        const pid = TEMPORARY.exec(name)?.[1];
        if (pid === undefined || isRunning(Number(pid))) continue;
        await rm(path.join(this.folder, name), { force: true });
      }
    } catch (error) {
      throw writeFailure(this.folder, error);
    }
    this.prepared = true;
  }

  async save(state: TrainingState): Promise<void> {
    await this.prepare();
    const steps = state.progress.totalSteps;
    const file = path.join(this.folder, checkpointName(steps));
    await writeFileAtomic(file, encodeCheckpoint(state, this.metadata));
    await this.prune(steps);
  }

  /** Removes all but the last; those of more steps belong to a past that was not gone on from. */
  private async prune(steps: number): Promise<void> {
    const all = await listCheckpoints(this.folder);
    const past = all.filter((c) => c.steps <= steps).slice(0, this.keep);
    for (const found of all) {
      if (past.includes(found)) continue;
      // One that cannot be removed does no harm.
      await rm(found.file, { force: true }).catch(() => undefined);
    }
  }
}

/** Whether a process other than this one has the number. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
