import { ArgumentError } from '../../engine/core/errors.js';

/** More than any net for small images has: a file cannot keep a reader busy with building modules. */
const MOST_BLOCKS = 200;

/** Throws an ArgumentError for a net of no stages, or of very many blocks. */
export function checkStages(family: string, widths: readonly number[], blocks = 1): void {
  if (widths.length === 0) {
    throw new ArgumentError(
      `${family}: widths is an empty list; give the channels of at least one stage.`,
    );
  }
  if (widths.length * blocks <= MOST_BLOCKS) return;
  throw new ArgumentError(
    `${family}: ${widths.length} stages of ${blocks} blocks are ${widths.length * blocks}; use at ` +
      `most ${MOST_BLOCKS} in all.`,
  );
}
