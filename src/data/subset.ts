import { checkIndex, type Batch, type Dataset, type Sample } from './dataset.js';

/**
 * Some samples of a set, in an order of their own; nothing is copied but the indices.
 *
 * @throws IndexError for an index outside the set.
 * @example
 * const firstTen = new Subset(set, Array.from({ length: 10 }, (_, i) => i));
 */
export class Subset<K extends string = string> implements Dataset<K> {
  readonly classes: readonly string[];
  /** Which sample of the set each of these is. */
  readonly indices: Int32Array;
  readonly batch?: (indices: Int32Array, into?: Batch<K>) => Batch<K>;

  constructor(
    private readonly dataset: Dataset<K>,
    indices: ArrayLike<number>,
  ) {
    for (let i = 0; i < indices.length; i++) checkIndex('Subset', indices[i]!, dataset.length);
    this.indices = Int32Array.from(indices);
    this.classes = dataset.classes ?? [];
    if (dataset.batch !== undefined) {
      this.batch = (which, into) =>
        dataset.batch!(
          which.map((i) => this.at(i)),
          into,
        );
    }
  }

  get length(): number {
    return this.indices.length;
  }

  get(index: number): Sample<K> | Promise<Sample<K>> {
    return this.dataset.get(this.at(index));
  }

  private at(index: number): number {
    checkIndex('Subset', index, this.length);
    return this.indices[index]!;
  }
}
