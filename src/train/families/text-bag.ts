import { TextBag, type TextBagOptions } from '../../nn/index.js';
import type { Family } from './family.js';
import { TEXT_SETTINGS, textInput } from './text-input.js';

/** After fastText: Joulin et al., 2016, arXiv:1607.01759. */
export const textBagFamily: Family = {
  name: 'text-bag',
  summary: 'bag of embeddings for texts: the mean of the vectors of words, and of pairs',
  reads: 'texts',
  examples: [
    'gradus train text-bag --data sms-spam --data-dir ../shared/data',
    'gradus train text-bag --data mr-polarity --folds 10 --early-stop 3 --bigrams 100000',
  ],
  settings: {
    embeddingDim: { kind: 'integer', least: 1, default: 64, summary: 'width of the embeddings' },
    bigrams: {
      kind: 'integer',
      least: 0,
      default: 0,
      summary: 'embeddings that pairs of neighbours share by their hash; 0 for none',
    },
    dropout: {
      kind: 'fraction',
      default: 0.5,
      summary: 'probability of an element of the mean to be dropped',
    },
    wordDropout: {
      kind: 'fraction',
      default: 0.5,
      summary: 'probability of a word or pair to be dropped',
    },
    ...TEXT_SETTINGS,
  },
  recipe: { optimizer: 'adam', lr: 1e-3, lrDecay: 1, batchSize: 50 },
  create: (task, options) =>
    new TextBag(textInput('text-bag', task), task.classes, options as TextBagOptions),
};
