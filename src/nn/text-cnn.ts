import type { Tensor } from '../tensor/index.js';
import { concat } from '../tensor/index.js';
import { Dropout1d } from './channel-dropout.js';
import { requireCount, requireProbability } from './check.js';
import { Conv1d } from './convolution.js';
import { Dropout } from './dropout.js';
import type { Embedding } from './embedding.js';
import { Linear } from './linear.js';
import { Module } from './module.js';
import { textEmbedding } from './text-embedding.js';

/** Options of `TextCNN`. */
export interface TextCNNOptions {
  /** D, the width of the embeddings. Default 128. */
  readonly embeddingDim?: number;
  /** Filters of each width. Default 100. */
  readonly filters?: number;
  /** Words that filters span. Default 3, 4 and 5. */
  readonly widths?: readonly number[];
  /** Probability of a feature to be dropped in training. Default 0.5. */
  readonly dropout?: number;
  /** Probability of a word to be dropped in training. Default 0. */
  readonly wordDropout?: number;
}

/**
 * Kim's convolutional net for sentences: embeddings, filters over windows of words, of each filter
 * its greatest answer, dropout and a dense layer. Kim, 2014, arXiv:1408.5882.
 *
 * Input i32 [N, T], 0 … V - 1, where 0 stands behind the end; output [N, classes]. Zeros go in front
 * and behind, so that windows may begin before the first word: a text of any length, padding alone
 * too, has an answer.
 *
 * @example
 * const model = new TextCNN(1000, 2);
 * model.forward(tensor([[5, 7, 9, 0], [2, 0, 0, 0]], { dtype: 'i32' })); // [2, 2]
 */
export class TextCNN extends Module {
  readonly embedding: Embedding;
  readonly words: Dropout1d;
  readonly convolutions: readonly Conv1d[];
  readonly dropout: Dropout;
  readonly output: Linear;

  /**
   * @param symbols V, padding included.
   * @throws ArgumentError for sizes and probabilities that cannot be.
   */
  constructor(
    symbols: number,
    classes: number,
    {
      embeddingDim = 128,
      filters = 100,
      widths = [3, 4, 5],
      dropout = 0.5,
      wordDropout = 0,
    }: TextCNNOptions = {},
  ) {
    super();
    requireCount('TextCNN', 'the number of widths', widths.length);
    requireProbability('TextCNN', wordDropout);
    this.embedding = textEmbedding(symbols, embeddingDim);
    this.words = new Dropout1d(wordDropout);
    this.convolutions = widths.map(
      (width) => new Conv1d(embeddingDim, filters, width, { padding: width - 1 }),
    );
    this.dropout = new Dropout(dropout);
    this.output = new Linear(filters * widths.length, classes);
  }

  forward(x: Tensor): Tensor {
    const columns = this.words.forward(this.embedding.forward(x)).transpose(1, 2);
    // The maximum goes before the activation, which ascends: fewer values to compute it of.
    const features = this.convolutions.map((c) => c.forward(columns).max(2).relu());
    return this.output.forward(this.dropout.forward(concat(features, 1)));
  }
}
