import { RecurrentLanguageModel, type RecurrentKind } from '../../nn/index.js';
import type { Family } from './family.js';

interface CharOptions {
  readonly hidden: number;
  readonly layers: number;
  readonly embedding: number;
  readonly dropout: number;
  readonly tied: string;
}

/** A language model of characters: vectors of symbols, recurrent layers, logits of the next symbol. */
function charFamily(kind: RecurrentKind, summary: string, recipe: Family['recipe']): Family {
  const name = `char-${kind}`;
  return {
    name,
    summary: `${summary} that writes text, character by character`,
    examples: [
      `gradus train ${name} --data tinyshakespeare --data-dir ../shared/data --save ${name}.safetensors`,
      `gradus train ${name} --data my-text.txt --hidden 128 --epochs 20 --early-stop 3`,
    ],
    reads: 'corpus',
    settings: {
      hidden: { kind: 'integer', least: 1, default: 340, summary: 'units of each layer' },
      layers: { kind: 'integer', least: 1, default: 1, summary: 'recurrent layers' },
      embedding: { kind: 'integer', least: 1, default: 64, summary: 'numbers for a symbol' },
      dropout: {
        kind: 'fraction',
        default: 0.2,
        summary: 'probability of a number between the layers to be dropped',
      },
      tied: {
        kind: 'choice',
        values: ['no', 'yes'],
        default: 'no',
        summary:
          'whether the output shares the vectors of symbols, which then have --hidden numbers',
      },
      window: {
        kind: 'integer',
        least: 1,
        default: 64,
        summary: 'symbols of each stream in a step; gradients go back as far',
      },
    },
    recipe,
    create: ({ classes }, options) => {
      const { hidden, layers, embedding, dropout, tied } = options as unknown as CharOptions;
      return new RecurrentLanguageModel(classes, {
        kind,
        hiddenSize: hidden,
        embeddingSize: tied === 'yes' ? hidden : embedding,
        numLayers: layers,
        dropout,
        tied: tied === 'yes',
      });
    },
  };
}

const RECIPE = { optimizer: 'adam', lr: 3e-3, lrDecay: 0.8, batchSize: 16 } as const;

export const charLstmFamily: Family = charFamily('lstm', 'LSTM', RECIPE);
export const charGruFamily: Family = charFamily('gru', 'GRU', RECIPE);
/** The plain network, to compare with. */
export const charRnnFamily: Family = charFamily('rnn', 'plain recurrent network', {
  ...RECIPE,
  lr: 1e-3,
});
