import { ArgumentError } from '../engine/core/errors.js';
import { ArrayDataset } from '../data/array-dataset.js';
import type { RecurrentLanguageModel } from '../nn/index.js';
import { Module } from '../nn/index.js';
import { StateTensor, zeros, type Tensor } from '../tensor/index.js';
import type { Callback } from './callback.js';

/** How a text is read in training. */
export interface StreamOptions {
  /** N, the parts of the text that are read side by side. */
  readonly streams: number;
  /** T, symbols of each in a step: gradients go back as far. */
  readonly window: number;
}

/**
 * Symbols and those that follow them, each a sample, in the order in which a loader shall give
 * them out in batches of N · T, without shuffling: the text is cut into N parts of one length, and a batch
 * has the next T symbols of each, part by part. What is left over at the end, fewer than N · T symbols,
 * is not there.
 *
 * @throws ArgumentError for a text that is too short for one step.
 */
export function textStreams(
  ids: Int32Array,
  { streams, window }: StreamOptions,
): ArrayDataset<'x' | 'y'> {
  const steps = Math.floor((ids.length - 1) / (streams * window));
  if (steps < 1) {
    throw new ArgumentError(
      `textStreams: ${ids.length} symbols are too few for ${streams} streams of ${window} symbols, ` +
        `which take ${streams * window + 1}; use fewer streams, or a smaller window.`,
    );
  }
  const part = steps * window;
  const x = new Int32Array(streams * part);
  const y = new Int32Array(streams * part);
  let at = 0;
  for (let step = 0; step < steps; step++) {
    for (let n = 0; n < streams; n++) {
      const from = n * part + step * window;
      x.set(ids.subarray(from, from + window), at);
      y.set(ids.subarray(from + 1, from + window + 1), at);
      at += window;
    }
  }
  return samples(x, y);
}

/**
 * Symbols and those that follow them in the order of the text: what is tested on.
 *
 * @throws ArgumentError for a text of fewer than two symbols.
 */
export function textStream(ids: Int32Array): ArrayDataset<'x' | 'y'> {
  if (ids.length < 2) {
    throw new ArgumentError(
      `textStream: a text of ${ids.length} symbols has none that follows another; give two or more.`,
    );
  }
  return samples(ids.subarray(0, -1), ids.subarray(1));
}

function samples(x: Int32Array, y: Int32Array): ArrayDataset<'x' | 'y'> {
  const column = (values: Int32Array) =>
    ({ dtype: 'i32', shape: [values.length], values }) as const;
  return new ArrayDataset({ x: column(x), y: column(y) });
}

/**
 * A recurrent language model as one of samples, x [N · T] → logits [N · T, V], that carries its state
 * from batch to batch, so that a gradient ends at the beginning of a window and what has been read
 * does not: truncated back-propagation through time. In training the batch has N streams, as
 * `textStreams` cuts them, and `onEpochStart` begins with a state of zeros; in evaluation it is one stream,
 * which begins when `eval()` is called. What is carried is part of the state dict, so that an interrupted
 * training can go on.
 *
 * @example
 * const streamed = new StreamedModel(model, 32);
 * const loader = new DataLoader(textStreams(ids, { streams: 32, window: 64 }), { batchSize: 32 * 64 });
 * await fit({ model: streamed, optimizer, train: loader, epochs: 10, callbacks: [streamed] });
 */
export class StreamedModel extends Module implements Callback {
  /** State of the streams that are trained on, tensors [L, N, H]. */
  readonly trained: readonly StateTensor[];
  /** State of the stream that is evaluated, tensors [L, 1, H]. */
  readonly evaluated: readonly StateTensor[];

  constructor(
    readonly model: RecurrentLanguageModel,
    readonly streams: number,
  ) {
    super();
    this.trained = model.initialState(streams).map((t) => new StateTensor(t));
    this.evaluated = model.initialState(1).map((t) => new StateTensor(t));
  }

  forward(ids: Tensor): Tensor {
    const { training, model, trained, evaluated } = this;
    const carried = training ? trained : evaluated;
    const streams = training ? this.streams : 1;
    const { logits, state } = model.run(ids.reshape([streams, ids.size / streams]), carried);
    for (const [i, t] of state.entries()) carried[i]!.assign(t.detach());
    return logits.reshape([ids.size, model.vocabularySize]);
  }

  /** Sets the mode; evaluation begins with a state of zeros. */
  override train(mode = true): this {
    if (!mode) clear(this.evaluated);
    return super.train(mode);
  }

  onEpochStart(): void {
    clear(this.trained);
  }
}

function clear(state: readonly StateTensor[]): void {
  for (const t of state) t.assign(zeros(t.shape, { dtype: t.dtype }));
}
