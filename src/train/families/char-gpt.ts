import { GPT } from '../../nn/index.js';
import type { Family } from './family.js';

interface CharGptOptions {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly dropout: number;
  readonly tied: string;
  readonly window: number;
}

/** A small GPT of characters. */
export const charGptFamily: Family = {
  name: 'char-gpt',
  summary: 'small GPT that writes text, character by character',
  examples: [
    'gradus train char-gpt --data tinyshakespeare --data-dir ../shared/data --save char-gpt.safetensors',
    'gradus train char-gpt --data my-text.txt --layers 2 --width 64 --window 64 --epochs 20',
  ],
  reads: 'corpus',
  passes: 'windows',
  settings: {
    layers: { kind: 'integer', least: 1, default: 4, summary: 'Transformer layers' },
    heads: { kind: 'integer', least: 1, default: 4, summary: 'heads of each layer' },
    width: {
      kind: 'integer',
      least: 1,
      default: 128,
      summary: 'numbers for each position, a multiple of --heads',
    },
    dropout: {
      kind: 'fraction',
      default: 0.1,
      summary: 'probability of embeddings, attention and what layers add to be dropped',
    },
    tied: {
      kind: 'choice',
      values: ['yes', 'no'],
      default: 'yes',
      summary: 'whether the output shares the vectors of symbols',
    },
    window: {
      kind: 'integer',
      least: 1,
      default: 128,
      summary: 'symbols of a window, and the most that the model looks back on',
    },
  },
  recipe: { optimizer: 'adamw', lr: 2e-3, lrDecay: 0.9, batchSize: 16 },
  create: ({ classes }, options) => {
    const { layers, heads, width, dropout, tied, window } = options as unknown as CharGptOptions;
    return new GPT({
      vocabularySize: classes,
      contextLength: window,
      layers,
      heads,
      width,
      dropout,
      tieWeights: tied === 'yes',
    });
  },
};
