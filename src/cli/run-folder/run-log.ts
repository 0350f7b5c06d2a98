import { closeSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { writeFailure } from '../../io/node/file-error.js';
import type { Callback, EpochReport, Progress } from '../../train/index.js';
import type { LogRecord, StartRecord, TestRecord } from './records.js';

/** Lines for steps in an epoch, at most. */
const LINES_PER_EPOCH = 200;

/**
 * Appends a run's records to a file of JSON lines. Each line is one write, so that a process that is
 * killed loses at most the line it is writing; at the end of an epoch the disk has them all. A
 * callback for `fit`.
 *
 * @throws FileError, naming the path, where the file cannot be written.
 * @example
 * const log = new RunLog('runs/a/log.jsonl', describeRun(training));
 * await fit({ model, optimizer, train, epochs: 3, callbacks: [log] });
 */
export class RunLog implements Callback {
  private readonly handle: number;
  private sum = 0;
  private count = 0;
  private steps = 0;
  private seconds = 0;

  /** @param start The first record; without it, an existing log is continued. */
  constructor(
    readonly file: string,
    start?: StartRecord,
  ) {
    this.handle = guarded(file, () => {
      if (start === undefined) dropUnfinishedLine(file);
      return openSync(file, start === undefined ? 'a' : 'w');
    });
    if (start !== undefined) this.write(start, true);
  }

  onStep(progress: Progress): void {
    const { epoch, step, steps, totalSteps, batchLoss, seconds } = progress;
    [this.steps, this.seconds] = [totalSteps, seconds];
    this.sum += batchLoss;
    this.count++;
    const stride = Math.ceil(steps / LINES_PER_EPOCH);
    if (step % stride !== 0 && step !== steps) return;
    const loss = this.sum / this.count;
    this.write({ type: 'step', epoch, step: totalSteps, loss, seconds });
    [this.sum, this.count] = [0, 0];
  }

  onEpochEnd({ progress, record }: EpochReport): void {
    [this.steps, this.seconds] = [progress.totalSteps, progress.seconds];
    this.write({ type: 'epoch', step: progress.totalSteps, ...record }, true);
  }

  /** For checkpoints: how far the log was, and the mean that is being formed. */
  state(): unknown {
    return { steps: this.steps, sum: this.sum, count: this.count };
  }

  /** Tells the log that training goes on from `state`. */
  restore(state: unknown): void {
    const { steps, sum, count } = state as { steps: number; sum: number; count: number };
    [this.steps, this.sum, this.count] = [steps, sum, count];
    this.write({ type: 'resume', time: new Date().toISOString(), step: steps }, true);
  }

  /** The last record: training is over, and the test part has been read. */
  finish(result: Omit<TestRecord, 'type' | 'time' | 'seconds'>): void {
    const time = new Date().toISOString();
    this.write({ type: 'test', time, ...result, seconds: this.seconds }, true);
  }

  close(): void {
    closeSync(this.handle);
  }

  private write(record: LogRecord, sync = false): void {
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    guarded(this.file, () => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.handle, bytes, at);
      if (sync) fsyncSync(this.handle);
    });
  }
}

function guarded<R>(file: string, work: () => R): R {
  try {
    return work();
  } catch (error) {
    throw writeFailure(file, error);
  }
}

/** A kill may have cut the last line; what follows must not be glued to it. */
function dropUnfinishedLine(file: string): void {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) truncateSync(file, end);
}
