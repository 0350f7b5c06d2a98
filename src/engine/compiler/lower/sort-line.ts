import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';

/** What the ways of sorting need of a line. */
export interface Line {
  readonly b: FuncBuilder;
  /** Elements of the line, and how many positions are asked for. */
  readonly n: number;
  readonly count: number;
  /** Words of an element's key: unsigned, the first counts most. */
  readonly words: number;
  /** The words of the key of element `i`. */
  readonly key: (i: Val) => readonly Val[];
  /** Writes `position` as the `rank`-th in order. */
  readonly put: (rank: Val, position: Val) => void;
}
