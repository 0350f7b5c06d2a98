import { IndexError } from '../engine/core/errors.js';

/** Throws an IndexError unless all numbers are symbols, integers of 0 … size - 1. */
export function requireIds(op: string, ids: ArrayLike<number>, size: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (Number.isInteger(id) && id >= 0 && id < size) continue;
    throw new IndexError(
      `${op}: symbol ${id} at position ${i} is not in a vocabulary of ${size}; use 0…${size - 1}, ` +
        'from the tokenizer that made them.',
    );
  }
}
