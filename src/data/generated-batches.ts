import { ArgumentError } from '../engine/core/errors.js';
import type { Batch } from './dataset.js';
import { checkSeed, RandomStream } from './random.js';

/** Options of data that are drawn anew for each batch. */
export interface GeneratedBatchesOptions {
  /** Samples per batch, N; default 32. */
  readonly batchSize?: number;
  /** Batches of a loop, which is what `fit` takes for an epoch; default 100. */
  readonly steps?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Batches without end, none of which comes twice: each is a function of the seed and its number alone. A
 * loop hands out `length` of them and the next one goes on behind them, so that it serves as the `train` of
 * `fit`; for data to validate on take another seed, and `batch`.
 */
export class GeneratedBatches<K extends string> {
  /** Batches of a loop. */
  readonly length: number;
  readonly batchSize: number;
  readonly seed: number;
  #next = 0;

  /**
   * @param draw Fills a batch of `batchSize` samples with numbers of the stream alone.
   * @throws ArgumentError for options that cannot be used.
   */
  constructor(
    op: string,
    options: GeneratedBatchesOptions,
    private readonly draw: (random: RandomStream, batchSize: number) => Batch<K>,
  ) {
    const { batchSize = 32, steps = 100, seed = 0 } = options;
    requireInteger(op, 'batchSize', batchSize, 1);
    requireInteger(op, 'steps', steps, 1);
    checkSeed(op, seed);
    this.length = steps;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /** Batch `index`, from 0. */
  batch(index: number): Batch<K> {
    requireInteger('batch', 'index', index, 0);
    return this.draw(new RandomStream(this.seed, 'memory', index), this.batchSize);
  }

  /** The next `length` batches. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch<K>> {
    const end = this.#next - (this.#next % this.length) + this.length;
    while (this.#next < end) yield this.batch(this.#next++);
  }

  /** The number of the next batch, for a checkpoint. */
  state(): { readonly seed: number; readonly next: number } {
    return { seed: this.seed, next: this.#next };
  }

  /**
   * Goes to a place that `state` has given.
   *
   * @throws ArgumentError for one of another seed, or none at all.
   */
  restore(state: object): void {
    const { seed, next } = state as { seed?: unknown; next?: unknown };
    if (seed !== this.seed || !Number.isSafeInteger(next) || (next as number) < 0) {
      throw new ArgumentError(
        `restore: the state has seed ${String(seed)} and next batch ${String(next)}, these batches ` +
          `have seed ${this.seed}; give a state of theirs.`,
      );
    }
    this.#next = next as number;
  }
}

/** Throws an ArgumentError unless `value` is an integer of at least `least`. */
export function requireInteger(op: string, name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ArgumentError(`${op}: ${name} is ${value}; give an integer of at least ${least}.`);
}
