import { TextCNN, type TextCNNOptions } from '../../nn/index.js';
import type { Family } from './family.js';
import { TEXT_SETTINGS, textInput } from './text-input.js';

/** Kim, 2014, arXiv:1408.5882. */
export const textCnnFamily: Family = {
  name: 'text-cnn',
  summary: "Kim's convolutional net for texts: filters over windows of words",
  reads: 'texts',
  examples: [
    'gradus train text-cnn --data mr-polarity --data-dir ../shared/data --early-stop 3',
    'gradus train text-cnn --data mail.csv --text body --target folder --save mail.safetensors',
    'gradus train text-cnn --data letters/ --tokens characters',
  ],
  settings: {
    embeddingDim: { kind: 'integer', least: 1, default: 64, summary: 'width of the embeddings' },
    filters: { kind: 'integer', least: 1, default: 64, summary: 'filters of each width' },
    widths: { kind: 'sizes', default: [3, 4, 5], summary: 'words that filters span' },
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
  recipe: { optimizer: 'adam', lr: 1e-3, lrDecay: 1, batchSize: 50 },
  create: (task, options) =>
    new TextCNN(textInput('text-cnn', task), task.classes, options as TextCNNOptions),
};
