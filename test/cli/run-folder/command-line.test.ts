import { expect, test } from 'vitest';
import { commandLine, flagOf } from '../../../src/cli/run-folder/command-line.js';

test('words are quoted where a shell would read something into them', () => {
  expect(commandLine(['gradus', 'train', '--hidden', '12,3', '--lr', '1e-3'])).toBe(
    'gradus train --hidden 12,3 --lr 1e-3',
  );
  expect(commandLine(['a b', "it's", '$x', ''])).toBe(String.raw`'a b' 'it'\''s' '$x' ''`);
});

test('flags of settings', () => {
  expect(['lr', 'batchSize', 'valFraction'].map(flagOf)).toEqual([
    '--lr',
    '--batch-size',
    '--val-fraction',
  ]);
});
