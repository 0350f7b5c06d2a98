import { Option } from 'commander';
import { choice, fraction, imageSize, names, share } from '../parse-values.js';
import { DATA_NAMES } from './training-data.js';

/** What is trained on where nothing is said. */
const DEFAULT_DATA = {
  samples: 'digits',
  texts: 'digits',
  corpus: 'tinyshakespeare',
  series: 'airline',
} as const;

/** The flags that choose what is trained on. */
export function dataOptions(reads: keyof typeof DEFAULT_DATA = 'samples'): Option[] {
  return [
    new Option(
      '--data <name>',
      `data set: ${DATA_NAMES.join(', ')}; a file of rows, .csv or .tsv; a text, .txt; or a folder of images or texts, a sub-folder a class`,
    ).default(DEFAULT_DATA[reads]),
    new Option('--data-dir <dir>', 'folder that holds those of data sets (default: $GRADUS_DATA)'),
    new Option(
      '--image-size <n>',
      'pixels that images of a folder are resized to, as 32 or 24x32 (height x width)',
    ).argParser(imageSize('--image-size')),
    new Option('--text <column>', 'column of a file of rows that has the texts'),
    new Option('--target <column>', 'column of a file of rows that is to be predicted'),
    new Option('--time <column>', 'column of a file of rows that has the times of a series'),
    new Option(
      '--categorical <columns>',
      'columns whose numbers or texts are names, such as zip,class; a target of classes among them',
    ).argParser(names('--categorical')),
    new Option('--ignore <columns>', 'columns to leave out, such as id').argParser(
      names('--ignore'),
    ),
    new Option(
      '--missing <policy>',
      'where a value of a row is missing: error, drop the row, or fill in the mean or the most ' +
        'frequent (default: error, or as is usual for the data set)',
    ).argParser(choice('--missing', ['error', 'drop', 'fill'])),
    new Option(
      '--test-fraction <f>',
      'share of the rows to test on, where there is no test part (default: 0.2)',
    ).argParser(share('--test-fraction')),
    new Option('--val-fraction <f>', 'share of the training part to validate on')
      .argParser(fraction('--val-fraction'))
      .default(1 / 12, '1/12'),
  ];
}
