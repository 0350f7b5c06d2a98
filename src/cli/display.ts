import type { SingleBar } from 'cli-progress';
import type { Callback, EpochRecord, Progress } from '../train/index.js';
import { count, duration, percent } from './format.js';
import { printLine, type Io } from './io.js';
import { progressBar } from './progress-bar.js';

/** How training shows itself: for a person, as JSON lines, or not at all. */
export type DisplayMode = 'text' | 'json' | 'quiet';

/** Without a terminal: seconds between lines within an epoch. */
const PLAIN_INTERVAL = 10;

/** A callback for `fit` that shows progress; `close` takes away what is unfinished. */
export interface Display extends Callback {
  close(): void;
}

/** @param unit What training counts, in the plural. */
export function createDisplay(mode: DisplayMode, io: Io, unit = 'samples'): Display {
  if (mode === 'quiet') return { close: () => {} };
  if (mode === 'json') return new JsonDisplay(io);
  return io.stderr.isTTY === true && io.stdout.isTTY === true
    ? new BarDisplay(io, unit)
    : new PlainDisplay(io, unit);
}

/** The figures of a running epoch. */
function figures(p: Progress, unit: string): string {
  const accuracy = p.accuracy === undefined ? '' : `  acc ${percent(p.accuracy)}`;
  const left = Number.isNaN(p.secondsLeft) ? '' : `  ${duration(p.secondsLeft)} left`;
  return `loss ${p.loss.toFixed(4)}${accuracy}  ${count(p.samplesPerSecond)} ${unit}/s${left}`;
}

function epochOf({ epoch, epochs }: Pick<Progress, 'epoch' | 'epochs'>): string {
  return `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
}

/** An epoch that is done, in less than 80 columns. */
function epochLine(epochs: number, r: EpochRecord): string {
  const parts = [epochOf({ epoch: r.epoch, epochs }), `loss ${r.loss.toFixed(4)}`];
  if (r.accuracy !== undefined) parts.push(`acc ${percent(r.accuracy)}`);
  if (r.valLoss !== undefined) parts.push(`val loss ${r.valLoss.toFixed(4)}`);
  if (r.valAccuracy !== undefined) parts.push(`val acc ${percent(r.valAccuracy)}`);
  parts.push(duration(r.seconds));
  return parts.join('  ');
}

/** A line that is drawn over and over for the running epoch, and one that stays for each done. */
class BarDisplay implements Display {
  private bar: SingleBar | undefined;

  constructor(
    private readonly io: Io,
    private readonly unit: string,
  ) {}

  onEpochStart(progress: Progress): void {
    const format = (bar: string): string =>
      `${epochOf(progress)}${bar}  step {value}/{total}  {figures}`;
    this.bar = progressBar(this.io, 82, format);
    this.bar.start(progress.steps, 0, { figures: '' });
  }

  onStep(progress: Progress): void {
    this.bar?.update(progress.step, { figures: figures(progress, this.unit) });
  }

  onEpochEnd({ progress, record }: { progress: Progress; record: EpochRecord }): void {
    this.close();
    printLine(this.io, epochLine(progress.epochs, record));
  }

  close(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}

/** Whole lines only: one for each epoch, and now and then one in between. */
class PlainDisplay implements Display {
  private shown = 0;

  constructor(
    private readonly io: Io,
    private readonly unit: string,
  ) {}

  onStep(progress: Progress): void {
    if (progress.seconds - this.shown < PLAIN_INTERVAL || progress.step === progress.steps) return;
    this.shown = progress.seconds;
    const { step, steps } = progress;
    printLine(
      this.io,
      `${epochOf(progress)}  step ${step}/${steps}  ${figures(progress, this.unit)}`,
    );
  }

  onEpochEnd({ progress, record }: { progress: Progress; record: EpochRecord }): void {
    this.shown = progress.seconds;
    const pace = `${count(record.samplesPerSecond)} ${this.unit}/s`;
    printLine(this.io, `${epochLine(progress.epochs, record)}  ${pace}`);
  }

  close(): void {}
}

/** One object a line; null where there is no validation part. */
class JsonDisplay implements Display {
  constructor(private readonly io: Io) {}

  onEpochEnd({ record }: { record: EpochRecord }): void {
    const { epoch, loss, valLoss = null, valAccuracy = null, seconds } = record;
    printLine(this.io, JSON.stringify({ epoch, loss, valLoss, accuracy: valAccuracy, seconds }));
  }

  close(): void {}
}
