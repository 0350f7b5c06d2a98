import { noGrad } from '../tensor/index.js';
import { Embedding } from './embedding.js';

/** So small that at first no word outweighs what is learnt; Kim draws from ±0.25. */
const DEVIATION = 0.1;

/** Embeddings of symbols 0 … V - 1, of which 0 is padding, as text classifiers begin with them. */
export function textEmbedding(symbols: number, dim: number): Embedding {
  const layer = new Embedding(symbols, dim, { paddingIdx: 0 });
  noGrad(() => layer.weight.assign(layer.weight.mul(DEVIATION)));
  return layer;
}
