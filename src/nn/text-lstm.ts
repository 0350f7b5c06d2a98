import type { Tensor } from '../tensor/index.js';
import { concat, where } from '../tensor/index.js';
import { Dropout1d } from './channel-dropout.js';
import { Dropout } from './dropout.js';
import type { Embedding } from './embedding.js';
import { Linear } from './linear.js';
import { Module } from './module.js';
import { textEmbedding } from './text-embedding.js';
import { LSTM } from './recurrent/lstm.js';

/** Options of `TextLSTM`. */
export interface TextLSTMOptions {
  /** D, the width of the embeddings. Default 64. */
  readonly embeddingDim?: number;
  /** H, units of each direction. Default 64. */
  readonly hiddenSize?: number;
  /** Read each text backwards as well. Default true. */
  readonly bidirectional?: boolean;
  /** What is made of the states: of each unit its greatest value, the default, or its last. */
  readonly pooling?: 'max' | 'last';
  /** Probability of a feature to be dropped in training. Default 0.5. */
  readonly dropout?: number;
  /** Probability of a word to be dropped in training. Default 0. */
  readonly wordDropout?: number;
}

/**
 * An LSTM over the embeddings of words, then a dense layer. Hochreiter and Schmidhuber, 1997, Long
 * short-term memory.
 *
 * Input i32 [N, T], 0 … V - 1, where 0 stands behind the end; output [N, classes]. States behind the
 * end do not count; a text of padding alone gives features of zeros.
 *
 * @example
 * const model = new TextLSTM(1000, 2);
 * model.forward(tensor([[5, 7, 9, 0], [2, 0, 0, 0]], { dtype: 'i32' })); // [2, 2]
 */
export class TextLSTM extends Module {
  readonly embedding: Embedding;
  readonly words: Dropout1d;
  readonly lstm: LSTM;
  readonly dropout: Dropout;
  readonly output: Linear;
  readonly pooling: 'max' | 'last';

  /**
   * @param symbols V, padding included.
   * @throws ArgumentError for sizes and probabilities that cannot be.
   */
  constructor(
    symbols: number,
    classes: number,
    {
      embeddingDim = 64,
      hiddenSize = 64,
      bidirectional = true,
      pooling = 'max',
      dropout = 0.5,
      wordDropout = 0,
    }: TextLSTMOptions = {},
  ) {
    super();
    this.pooling = pooling;
    this.embedding = textEmbedding(symbols, embeddingDim);
    this.words = new Dropout1d(wordDropout);
    this.lstm = new LSTM(embeddingDim, hiddenSize, { bidirectional, batchFirst: true });
    this.dropout = new Dropout(dropout);
    this.output = new Linear(hiddenSize * (bidirectional ? 2 : 1), classes);
  }

  forward(x: Tensor): Tensor {
    const inside = x.ne(0);
    const lengths = inside.sum(1).int();
    const [states, [h]] = this.lstm.forward(this.words.forward(this.embedding.forward(x)), null, {
      lengths,
    });
    const features =
      this.pooling === 'last'
        ? concat([...h.unbind(0)], 1)
        : where(lengths.gt(0).unsqueeze(1), greatest(states, inside), 0);
    return this.output.forward(this.dropout.forward(features));
  }
}

/** Of each unit of [N, T, H] its greatest value where `inside` [N, T] holds. */
function greatest(states: Tensor, inside: Tensor): Tensor {
  return where(inside.unsqueeze(2), states, -Infinity).max(1);
}
