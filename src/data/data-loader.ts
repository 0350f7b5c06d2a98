import { ArgumentError } from '../engine/core/errors.js';
import { batchLength, stackSamples, type Batch, type Dataset, type Sample } from './dataset.js';
import type { NamedArray } from '../io/named-array.js';
import { toTensors } from '../io/tensors.js';
import type { Tensor } from '../tensor/index.js';
import { checkSeed, permutation } from './random.js';
import type { ImageTransform } from './transforms/image-transform.js';
import { transformBatch } from './transforms/transform-batch.js';
import { transformFromJSON } from './transforms/transform-from-json.js';
import { hasWorkers, TransformPool } from './transforms/worker-pool.js';

/** Options of `DataLoader`. */
export interface DataLoaderOptions<K extends string, B> {
  /** Samples per batch; default 1. */
  batchSize?: number;
  /** A new order in each epoch, drawn from (seed, epoch); default false. */
  shuffle?: boolean;
  /** Default 0. */
  seed?: number;
  /** Leave out the last batch where it is smaller than the others; default false. */
  dropLast?: boolean;
  /**
   * Batches fetched ahead while the loop works on one; default 2. Only with workers, and for sets whose
   * `get` returns promises: otherwise one in memory assembles a batch when it is asked for.
   */
  prefetch?: number;
  /**
   * Write each batch of a set in memory over the one before, so that an epoch allocates one batch.
   * What `collate` gets is then valid until the next batch is asked for; tensors would not do, as
   * they keep their values. Default false.
   */
  reuse?: boolean;
  /**
   * What is done to the images of each batch: drawn from (seed, epoch, number of the image in the set), so
   * that neither the size of batches, nor workers, nor an interruption changes a bit.
   */
  transform?: ImageTransform;
  /** The column with the images, [N, C, H, W]; default `x`. */
  transformColumn?: K;
  /**
   * Threads of Node that transform batches ahead of a `for await` loop; default 0: the loop waits for each.
   * The batches and their order do not depend on it. `close` ends them. Not in a page.
   */
  workers?: number;
  /** Turns a batch into what the loop gets; default `toTensors`. `asArrays` leaves it as it is. */
  collate?: (batch: Batch<K>) => B;
}

/** For `collate`: batches as typed arrays with their shapes, not as tensors. */
export function asArrays<K extends string>(batch: Batch<K>): Batch<K> {
  return batch;
}

/** Where a loader is: plain data, to be kept in a checkpoint. */
export interface DataLoaderState {
  readonly seed: number;
  /** Counts from 0. */
  readonly epoch: number;
  /** Samples of this epoch that have been handed out. */
  readonly position: number;
  /** Samples in the set. */
  readonly length: number;
}

/** One pass through the set; a newer pass takes over the loader's position. */
interface Pass {
  readonly order: Int32Array;
  readonly start: number;
  readonly seed: number;
  readonly epoch: number;
}

/**
 * Iterates over a set in batches. Each `for` loop is one epoch: every sample exactly once, the last
 * batch smaller where the number does not divide. A loop that was left early counts as an epoch too.
 *
 * @typeParam B what the loop gets for a batch; by default a tensor `[N, ...]` for each column.
 * @throws ArgumentError for an empty set, a batch larger than the set, options out of range.
 * @equation (2.4)
 * @example
 * const loader = new DataLoader(set, { batchSize: 64, shuffle: true, seed: 1 });
 * for (const { x, y } of loader) step(x, y);
 * for await (const { x, y } of remoteLoader) step(x, y);
 */
export class DataLoader<K extends string = string, B = Record<K, Tensor>> {
  readonly dataset: Dataset<K>;
  readonly batchSize: number;
  private readonly options: DataLoaderOptions<K, B>;
  private readonly prefetch: number;
  private readonly collate: (batch: Batch<K>) => B;
  private seed: number;
  private epochIndex = 0;
  private position = 0;
  /** The next loop continues at `position`; otherwise it begins another epoch. */
  private fresh = true;
  private pass: Pass | undefined;
  private buffers: Batch<K> | undefined;
  /** Of a transformed batch, to be used again. */
  private transformed: NamedArray['values'] | undefined;
  private readonly pool: TransformPool | undefined;

  constructor(dataset: Dataset<K>, options: DataLoaderOptions<K, B> = {}) {
    const { batchSize = 1, seed = 0, prefetch = 2 } = options;
    checkCount('batchSize', batchSize, 1);
    checkCount('prefetch', prefetch, 0);
    checkSeed('DataLoader', seed);
    if (options.reuse === true && options.collate === undefined) {
      throw new ArgumentError(
        'DataLoader: reuse would change the values of tensors handed out before; pass ' +
          'collate: asArrays, or leave reuse out.',
      );
    }
    if (dataset.length === 0) {
      throw new ArgumentError('DataLoader: the set is empty; give one with at least one sample.');
    }
    if (batchSize > dataset.length) {
      throw new ArgumentError(
        `DataLoader: batchSize ${batchSize} is larger than the set, which has ${dataset.length} ` +
          `samples; use at most ${dataset.length}.`,
      );
    }
    this.pool = poolFor(options);
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.prefetch = prefetch;
    // Without `collate`, B is what its default says.
    this.collate = options.collate ?? (toTensors as unknown as (batch: Batch<K>) => B);
    this.seed = seed;
    this.options = { ...options };
  }

  /** Batches per epoch. */
  get length(): number {
    return Math.ceil(this.limit / this.batchSize);
  }

  /** The epoch, counted from 0, that the next batch belongs to. */
  get epoch(): number {
    return this.epochIndex;
  }

  /**
   * The place behind the batch handed out last. Inside the loop that batch counts as done, and
   * batches fetched ahead do not count.
   */
  state(): DataLoaderState {
    const { seed, epochIndex: epoch, position, dataset } = this;
    return { seed, epoch, position, length: dataset.length };
  }

  /**
   * Goes to a place that `state` has given: the next loop hands out the rest of that epoch (nothing,
   * where it was at its end), in the same order as the interrupted one would have.
   *
   * @throws ArgumentError where the state belongs to a set of another size, or is damaged.
   */
  restore(state: DataLoaderState): void {
    const { seed, epoch, position, length } = state;
    checkSeed('DataLoader.restore', seed);
    checkCount('epoch', epoch, 0);
    checkCount('position', position, 0);
    if (length !== this.dataset.length || position > length) {
      throw new ArgumentError(
        `DataLoader.restore: the state is at sample ${position} of a set of ${length}, this set ` +
          `has ${this.dataset.length}; restore with the set that it was saved with.`,
      );
    }
    this.seed = seed;
    this.epochIndex = epoch;
    this.position = position;
    this.fresh = true;
    this.pass = undefined;
  }

  /** The batches of the next epoch, from a set that gives its samples at once. */
  *[Symbol.iterator](): Generator<B, void, undefined> {
    if (this.pool !== undefined) {
      throw new ArgumentError(
        'DataLoader: batches come from workers as promises; iterate with `for await`, or use workers: 0.',
      );
    }
    const pass = this.begin();
    for (const indices of this.batchesOf(pass)) {
      const batch = this.changed(this.assembleSync(indices), indices, pass);
      yield this.handOut(pass, indices, batch);
    }
    this.finish(pass);
  }

  /** The batches of the next epoch, from any set. */
  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    const pass = this.begin();
    const batches = this.batchesOf(pass);
    // The one being waited for, and those ahead of it.
    const isAhead = this.pool !== undefined || this.dataset.batch === undefined;
    const depth = isAhead ? this.prefetch + Math.max(1, this.options.workers ?? 0) : 1;
    const pending: { indices: Int32Array; batch: Promise<Batch<K>> }[] = [];
    for (;;) {
      while (pending.length < depth) {
        const next = batches.next();
        if (next.done === true) break;
        const batch = this.assemble(next.value, pass);
        // A failure counts when its turn comes; until then, or after a break, nobody listens.
        batch.catch(() => undefined);
        pending.push({ indices: next.value, batch });
      }
      const first = pending.shift();
      if (first === undefined) break;
      yield this.handOut(pass, first.indices, await first.batch);
    }
    this.finish(pass);
  }

  /** Ends the workers, where there are any; a later loop starts new ones. */
  async close(): Promise<void> {
    await this.pool?.close();
  }

  /** Samples per epoch. */
  private get limit(): number {
    const n = this.dataset.length;
    return this.options.dropLast === true ? n - (n % this.batchSize) : n;
  }

  private begin(): Pass {
    if (!this.fresh) {
      this.epochIndex++;
      this.position = 0;
    }
    this.fresh = false;
    const n = this.dataset.length;
    const order =
      this.options.shuffle === true
        ? permutation(n, this.seed, 'permutation', this.epochIndex)
        : Int32Array.from({ length: n }, (_, i) => i);
    this.pass = { order, start: this.position, seed: this.seed, epoch: this.epochIndex };
    return this.pass;
  }

  private finish(pass: Pass): void {
    if (this.pass !== pass) return;
    this.epochIndex++;
    this.position = 0;
    this.fresh = true;
  }

  private *batchesOf({ order, start }: Pass): Generator<Int32Array, void, undefined> {
    const end = this.limit;
    for (let at = start; at < end; at += this.batchSize) {
      yield order.subarray(at, Math.min(at + this.batchSize, end));
    }
  }

  private handOut(pass: Pass, indices: Int32Array, batch: Batch<K>): B {
    const out = this.collate(batch);
    if (this.pass === pass) {
      this.position = (indices.byteOffset - pass.order.byteOffset) / 4 + indices.length;
    }
    return out;
  }

  private assembleSync(indices: Int32Array): Batch<K> {
    if (this.dataset.batch !== undefined) return this.fastBatch(indices);
    const samples = Array.from(indices, (i) => {
      const sample = this.dataset.get(i);
      if (!isPromise(sample)) return sample;
      sample.catch(() => undefined);
      throw new ArgumentError(
        'DataLoader: the samples of this set are promises; iterate with `for await`.',
      );
    });
    return stackSamples(samples);
  }

  private async assemble(indices: Int32Array, pass: Pass): Promise<Batch<K>> {
    const { dataset, pool } = this;
    const batch =
      dataset.batch === undefined
        ? stackSamples(await Promise.all(Array.from(indices, async (i) => dataset.get(i))))
        : pool === undefined
          ? this.fastBatch(indices)
          : // Several are under way: none may be written over.
            dataset.batch(indices);
    if (pool === undefined) return this.changed(batch, indices, pass);
    const column = this.imageColumn(batch);
    const draw = { seed: pass.seed, epoch: pass.epoch, samples: indices };
    return { ...batch, [column]: await pool.run(batch[column], draw) };
  }

  /** The batch with its images transformed here. */
  private changed(batch: Batch<K>, indices: Int32Array, pass: Pass): Batch<K> {
    const { transform, reuse } = this.options;
    if (transform === undefined) return batch;
    const column = this.imageColumn(batch);
    const draw = { seed: pass.seed, epoch: pass.epoch, samples: indices };
    const images = transformBatch(transform, batch[column], draw, this.transformed);
    // Not where several batches are under way; the first may be the small rest of a resumed epoch.
    const isReusable = reuse === true && this.dataset.batch !== undefined;
    if (isReusable && indices.length === this.batchSize) this.transformed = images.values;
    return { ...batch, [column]: images };
  }

  private imageColumn(batch: Batch<K>): K {
    const { transformColumn = 'x' as K } = this.options;
    if (Object.hasOwn(batch, transformColumn)) return transformColumn;
    throw new ArgumentError(
      `DataLoader: there is no column '${transformColumn}' to transform; give transformColumn one of ` +
        `${Object.keys(batch).join(', ')}.`,
    );
  }

  private fastBatch(indices: Int32Array): Batch<K> {
    const batch = this.dataset.batch!(indices, this.buffers);
    if (this.options.reuse === true && this.buffers === undefined) {
      // The first batch may be the small rest of a resumed epoch.
      if (batchLength(batch) === this.batchSize) this.buffers = batch;
    }
    return batch;
  }
}

/** The workers that the options ask for. */
function poolFor<K extends string, B>({
  transform,
  workers = 0,
}: DataLoaderOptions<K, B>): TransformPool | undefined {
  checkCount('workers', workers, 0);
  if (workers === 0) return undefined;
  if (transform === undefined) {
    throw new ArgumentError(
      `DataLoader: workers is ${workers}, but there is no transform for them to do; give one, or leave ` +
        'workers out.',
    );
  }
  if (!hasWorkers()) {
    throw new ArgumentError(
      `DataLoader: workers is ${workers}, which only Node has; use workers: 0.`,
    );
  }
  const spec = transform.toJSON();
  // A transform of the user's own has no name that a worker knows: said here, and not by a worker.
  transformFromJSON(spec);
  return new TransformPool(spec, workers);
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new ArgumentError(
      `DataLoader: ${name} is ${value}; give an integer of at least ${least}.`,
    );
  }
}

function isPromise<K extends string>(
  sample: Sample<K> | Promise<Sample<K>>,
): sample is Promise<Sample<K>> {
  return typeof (sample as Promise<Sample<K>>).then === 'function';
}
