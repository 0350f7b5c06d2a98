import { SingleBar } from 'cli-progress';
import type { Io } from './io.js';

/** Least width at which a bar says anything. */
const NARROW = 8;

/**
 * A progress bar on stderr that disappears when it is done. `format` makes the line from the bar's
 * placeholder, which is empty where the terminal has no room for one beside `figures` characters.
 */
export function progressBar(io: Io, figures: number, format: (bar: string) => string): SingleBar {
  const room = Math.min(24, (io.stderr.columns ?? 80) - figures);
  return new SingleBar({
    format: format(room < NARROW ? '' : ' {bar}'),
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: Math.max(room, 1),
    clearOnComplete: true,
    hideCursor: true,
    linewrap: false,
    fps: 10,
    stream: io.stderr,
  });
}
