import type { NamedArray } from '../io/index.js';
import type { UnaryModule } from '../nn/index.js';
import { fromData, Tensor } from '../tensor/index.js';

/** Samples x [N, ...] and what the model shall make of them, y [N, ...]. */
export type TrainingBatch = Readonly<Record<'x' | 'y', Tensor | NamedArray>>;

/**
 * What training runs on: a `DataLoader` of a set with columns `x` and `y`, or the like. Batches as
 * arrays (`collate: asArrays`) may overwrite each other, as with `reuse: true`.
 */
export interface BatchSource {
  /** Batches per epoch. */
  readonly length: number;
  /** Each loop is one epoch. */
  [Symbol.asyncIterator](): AsyncIterator<TrainingBatch>;
  /** The place behind the last batch, as data that JSON can hold: for a run to be resumed. */
  state?(): object;
  /** Goes to a place that `state` has given: the next loop hands out the rest of that epoch. */
  restore?(state: object): void;
}

/** A model of one input, x [N, ...] → output [N, ...]. */
export type TrainableModel = UnaryModule;

/** A scalar to be made small, from the model's output and the targets y; the mean over a batch. */
export type LossFunction = (output: Tensor, target: Tensor) => Tensor;

/** What becomes of a batch before it is trained on, such as `mixup`. */
export type Augmentation = (x: Tensor, y: Tensor) => Readonly<Record<'x' | 'y', Tensor>>;

/** A batch as tensors, without a copy: they are valid as long as the batch is. */
export function tensorsOf({ x, y }: TrainingBatch): readonly [x: Tensor, y: Tensor] {
  return [tensorOf(x), tensorOf(y)];
}

function tensorOf(values: Tensor | NamedArray): Tensor {
  if (values instanceof Tensor) return values;
  return fromData(values.values, values.shape, { dtype: values.dtype });
}
