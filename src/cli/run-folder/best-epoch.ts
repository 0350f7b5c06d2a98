import type { EpochLine } from './records.js';

/**
 * The epoch with the highest validation accuracy, or where there is no accuracy the lowest validation
 * loss; the first of several; undefined without validation.
 */
export function bestEpoch(epochs: readonly EpochLine[]): EpochLine | undefined {
  let best: EpochLine | undefined;
  for (const line of epochs) {
    if (worth(line) > (best === undefined ? -Infinity : worth(best))) best = line;
  }
  return best;
}

/** What was not finite is null in a log. */
const worth = ({ valAccuracy, valLoss }: EpochLine): number =>
  valAccuracy ?? (typeof valLoss === 'number' ? -valLoss : -Infinity);
