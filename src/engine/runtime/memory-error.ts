import { formatBytes } from '../core/format-bytes.js';
import { GradusError } from '../core/errors.js';

/** Something that takes memory, in words: `variable 'hidden.weight' f32[128, 784]`. */
export interface Holder {
  readonly what: string;
  readonly bytes: number;
}

/** Holders named in a message. */
const NAMED = 5;

/** Memory of the device that cannot be had. */
export class MemoryError extends GradusError {
  override name = 'MemoryError';

  constructor(
    /** Bytes that were asked for. */
    readonly asked: number,
    /** Bytes in use. */
    readonly used: number,
    /** Most bytes that may be in use. */
    readonly limit: number,
    /** What is to lie in the device's memory, largest first. */
    readonly holders: readonly Holder[],
  ) {
    super(messageOf(asked, used, limit, holders));
  }

  /** The same error, knowing of more tensors. */
  withHolders(more: readonly Holder[]): MemoryError {
    return new MemoryError(this.asked, this.used, this.limit, largestFirst(this.holders, more));
  }
}

export function largestFirst(...lists: readonly (readonly Holder[])[]): Holder[] {
  return lists.flat().sort((a, b) => b.bytes - a.bytes);
}

function messageOf(asked: number, used: number, limit: number, holders: readonly Holder[]): string {
  const named = holders.slice(0, NAMED).map((h) => `${h.what} (${formatBytes(h.bytes)})`);
  const largest = named.length === 0 ? '' : `; the largest tensors are ${named.join(', ')}`;
  const remedy =
    asked + used > limit
      ? limit < 2 ** 32
        ? 'use a smaller batch or model, or give the device a larger `maximum`, up to 4 GiB'
        : 'use a smaller batch or model'
      : 'the system has no more: use a smaller batch or model, or raise `ulimit -v` if it is set';
  return (
    `out of memory: ${formatBytes(asked)} more were asked for, ${formatBytes(used)} of at most ` +
    `${formatBytes(limit)} are in use${largest}; ${remedy}.`
  );
}
