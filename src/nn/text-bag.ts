import type { Tensor } from '../tensor/index.js';
import { concat, where } from '../tensor/index.js';
import { Dropout1d } from './channel-dropout.js';
import { requireCount } from './check.js';
import { Dropout } from './dropout.js';
import type { Embedding } from './embedding.js';
import { Linear } from './linear.js';
import { Module } from './module.js';
import { textEmbedding } from './text-embedding.js';

/** Options of `TextBag`. */
export interface TextBagOptions {
  /** D, the width of the embeddings. Default 128. */
  readonly embeddingDim?: number;
  /** Embeddings that pairs of neighbouring words share by their hash; 0 for none. Default 0. */
  readonly bigrams?: number;
  /** Probability of an element of the mean to be dropped in training. Default 0.5. */
  readonly dropout?: number;
  /** Probability of a word or pair to be dropped in training. Default 0.3. */
  readonly wordDropout?: number;
}

/** Odd, so that the last word of a pair alone decides which of two pairs with one first word it is. */
const HASH = 0x01000193;

/**
 * A bag of embeddings: the mean of the vectors of all words, and with `bigrams` of all pairs of
 * neighbours, then a dense layer. Order does not count beyond the pairs. Joulin et al., 2016,
 * arXiv:1607.01759; words are dropped as by Iyyer et al., 2015, Deep unordered composition.
 *
 * Input i32 [N, T], 0 … V - 1, where 0 stands behind the end; output [N, classes]. The mean of no
 * words is zeros.
 *
 * @example
 * const model = new TextBag(1000, 2, { bigrams: 5000 });
 * model.forward(tensor([[5, 7, 9, 0], [0, 0, 0, 0]], { dtype: 'i32' })); // [2, 2]
 */
export class TextBag extends Module {
  readonly embedding: Embedding;
  readonly pairs: Embedding | null;
  readonly words: Dropout1d;
  readonly dropout: Dropout;
  readonly output: Linear;

  /**
   * @param symbols V, padding included.
   * @throws ArgumentError for sizes and probabilities that cannot be.
   */
  constructor(
    symbols: number,
    classes: number,
    { embeddingDim = 128, bigrams = 0, dropout = 0.5, wordDropout = 0.3 }: TextBagOptions = {},
  ) {
    super();
    if (bigrams !== 0) requireCount('TextBag', 'bigrams', bigrams);
    this.embedding = textEmbedding(symbols, embeddingDim);
    // The first row is for what is no pair.
    this.pairs = bigrams > 0 ? textEmbedding(bigrams + 1, embeddingDim) : null;
    this.words = new Dropout1d(wordDropout);
    this.dropout = new Dropout(dropout);
    this.output = new Linear(embeddingDim, classes);
  }

  forward(x: Tensor): Tensor {
    const found = [this.embedding.forward(x)];
    const present = [x.ne(0)];
    if (this.pairs !== null && x.shape[1]! > 1) {
      const ids = pairIds(x, this.pairs.numEmbeddings - 1);
      found.push(this.pairs.forward(ids));
      present.push(ids.ne(0));
    }
    const vectors = this.words.forward(concat(found, 1));
    const there = concat(present, 1).to(vectors.dtype);
    const count = there.sum(1, { keepDim: true }).maximum(1);
    const mean = vectors.mul(there.unsqueeze(2)).sum(1).div(count);
    return this.output.forward(this.dropout.forward(mean));
  }
}

/** For neighbours of x [N, T] a number of 1 … buckets, [N, T - 1], and 0 where one is padding. */
function pairIds(x: Tensor, buckets: number): Tensor {
  const last = x.shape[1]! - 1;
  const first = x.at('...', { start: 0, stop: last });
  const second = x.at('...', { start: 1 });
  const hash = first.mul(HASH).add(second).remainder(buckets).add(1);
  return where(second.ne(0).logicalAnd(first.ne(0)), hash, 0);
}
