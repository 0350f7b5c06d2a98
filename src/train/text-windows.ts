import { checkIndex, type Batch, type Dataset, type Sample } from '../data/dataset.js';
import { checkSeed, RandomStream } from '../data/random.js';
import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import type { LanguageModel } from '../nn/index.js';
import { Module } from '../nn/index.js';
import { concat, type Tensor } from '../tensor/index.js';
import type { Callback } from './callback.js';

/** How a text is cut into windows. */
export interface TextWindowsOptions {
  /** T, symbols of a window. */
  readonly window: number;
  /** Of where the windows begin. Default 0. */
  readonly seed?: number;
}

/**
 * Windows of a text, T symbols and those that follow each of them, side by side: x and y are i32 [T]. As
 * a callback of `fit` it begins the first of them anew with each epoch, at one of the first T symbols drawn
 * from (seed, epoch), so that a symbol stands now here, now there in its window; without, it is the first
 * symbol of the text. What is left over at the two ends, fewer than 2 T symbols, is not there.
 *
 * @throws ArgumentError for a window that is no count, and a text of fewer than 2 T symbols.
 *
 * @example
 * const set = new TextWindows(ids, { window: 128 });
 * const options = { batchSize: 16, shuffle: true, reuse: true, collate: asSymbols };
 * const read = { model: new WindowedModel(gpt, 128), train: new DataLoader(set, options) };
 * await fit({ ...read, optimizer, epochs: 10, callbacks: [set] });
 */
export class TextWindows implements Dataset<'x' | 'y'>, Callback {
  /** How many windows there are, in each epoch. */
  readonly length: number;
  readonly window: number;
  private readonly seed: number;
  private first = 0;

  constructor(
    private readonly ids: Int32Array,
    { window, seed = 0 }: TextWindowsOptions,
  ) {
    checkWindow('TextWindows', window);
    checkSeed('TextWindows', seed);
    if (ids.length < 2 * window) {
      throw new ArgumentError(
        `TextWindows: ${ids.length} symbols are too few for windows of ${window} that begin anywhere, which ` +
          `take ${2 * window}; use a smaller window.`,
      );
    }
    this.length = Math.floor((ids.length - window) / window);
    this.window = window;
    this.seed = seed;
  }

  onEpochStart({ epoch }: { readonly epoch: number }): void {
    this.first = new RandomStream(this.seed, 'windows', epoch).below(this.window);
  }

  get(index: number): Sample<'x' | 'y'> {
    checkIndex('TextWindows', index, this.length);
    const from = this.first + index * this.window;
    const column = (start: number) =>
      ({
        dtype: 'i32',
        shape: [this.window],
        values: this.ids.subarray(start, start + this.window),
      }) as const;
    return { x: column(from), y: column(from + 1) };
  }

  batch(indices: Int32Array, into?: Batch<'x' | 'y'>): Batch<'x' | 'y'> {
    const shape = [indices.length, this.window];
    const size = indices.length * this.window;
    const column = (name: 'x' | 'y') => {
      const values = (into?.[name].values.subarray(0, size) ?? new Int32Array(size)) as Int32Array;
      return { dtype: 'i32', shape, values } as const;
    };
    const [x, y] = [column('x'), column('y')];
    for (const [i, index] of indices.entries()) {
      const sample = this.get(index);
      x.values.set(sample.x.values, i * this.window);
      y.values.set(sample.y.values, i * this.window);
    }
    return { x, y };
  }
}

/** For `collate`: windows [N, T] as the symbols that they are, [N · T], each a sample. */
export function asSymbols(batch: Batch<'x' | 'y'>): Batch<'x' | 'y'> {
  const flat = ({ dtype, values }: Batch<'x' | 'y'>['x']) =>
    ({ dtype, shape: [values.length], values }) as const;
  return { x: flat(batch.x), y: flat(batch.y) };
}

/**
 * A language model as one of samples, symbols [K] → logits [K, V], that reads them window by window, each
 * from nothing: the first of T has no context, the last T - 1 symbols. A batch begins with a window, and
 * may end with a shorter one.
 *
 * @throws ArgumentError for a window that is no count, or longer than the model's context.
 *
 * @example
 * const test = new DataLoader(textStream(ids), { batchSize: 16 * 128 }); // whole windows
 * const { loss } = await evaluate(new WindowedModel(gpt, 128), test);
 */
export class WindowedModel extends Module {
  constructor(
    readonly model: Module & Pick<LanguageModel, 'vocabularySize' | 'contextLength' | 'forward'>,
    readonly window: number,
  ) {
    super();
    checkWindow('WindowedModel', window);
    const { contextLength = Infinity } = model;
    if (window > contextLength) {
      throw new ArgumentError(
        `WindowedModel: window is ${window}, and the model sees ${contextLength} symbols; use at most as many.`,
      );
    }
  }

  forward(ids: Tensor): Tensor {
    if (ids.rank !== 1) {
      throw new ShapeError(
        `WindowedModel: ids have rank ${ids.rank}; give symbols [K], as asSymbols does.`,
      );
    }
    const { window } = this;
    const rest = ids.size % window;
    const whole = ids.size - rest;
    if (rest === 0) return this.logits(ids, window);
    if (whole === 0) return this.logits(ids, rest);
    return concat([
      this.logits(ids.narrow(0, 0, whole), window),
      this.logits(ids.narrow(0, whole, rest), rest),
    ]);
  }

  private logits(ids: Tensor, window: number): Tensor {
    const logits = this.model.forward(ids.reshape([ids.size / window, window]));
    return logits.reshape([ids.size, this.model.vocabularySize]);
  }
}

function checkWindow(op: string, window: number): void {
  if (Number.isSafeInteger(window) && window >= 1) return;
  throw new ArgumentError(`${op}: window is ${window}; use an integer of at least 1.`);
}
