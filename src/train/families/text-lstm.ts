import { TextLSTM, type TextLSTMOptions } from '../../nn/index.js';
import type { Family, FamilyOptions } from './family.js';
import { TEXT_SETTINGS, textInput } from './text-input.js';

/** Reads words one after another, in both directions unless told otherwise. */
export const textLstmFamily: Family = {
  name: 'text-lstm',
  summary: 'LSTM for texts: reads the words one after another, forwards and backwards',
  reads: 'texts',
  examples: [
    'gradus train text-lstm --data mr-polarity --data-dir ../shared/data --early-stop 3',
    'gradus train text-lstm --data sms-spam --directions forward --pooling last',
  ],
  settings: {
    embeddingDim: { kind: 'integer', least: 1, default: 64, summary: 'width of the embeddings' },
    hiddenSize: { kind: 'integer', least: 1, default: 64, summary: 'units of each direction' },
    directions: {
      kind: 'choice',
      values: ['both', 'forward'],
      default: 'both',
      summary: 'in which each text is read',
    },
    pooling: {
      kind: 'choice',
      values: ['max', 'last'],
      default: 'max',
      summary: 'of each unit, its greatest value or its last',
    },
    dropout: {
      kind: 'fraction',
      default: 0.5,
      summary: 'probability of a feature to be dropped',
    },
    wordDropout: {
      kind: 'fraction',
      default: 0.3,
      summary: 'probability of a word to be dropped',
    },
    ...TEXT_SETTINGS,
  },
  recipe: { optimizer: 'adam', lr: 2e-3, lrDecay: 1, batchSize: 50 },
  create: (task, options: FamilyOptions) =>
    new TextLSTM(textInput('text-lstm', task), task.classes, {
      ...(options as TextLSTMOptions),
      bidirectional: options['directions'] === 'both',
    }),
};
