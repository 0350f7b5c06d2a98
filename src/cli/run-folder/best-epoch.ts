import type { EpochLine } from './records.js';

/** The epoch with the highest validation accuracy, the first of several; undefined without any. */
export function bestEpoch(epochs: readonly EpochLine[]): EpochLine | undefined {
  let best: EpochLine | undefined;
  for (const line of epochs) {
    if ((line.valAccuracy ?? -1) > (best?.valAccuracy ?? -1)) best = line;
  }
  return best;
}
