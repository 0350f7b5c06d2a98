// covers: src/cli/usage-error.ts, src/cli/version.ts, src/cli/common-options.ts
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FAMILIES } from '../../src/train/index.js';
import { gradus } from './run-gradus.js';

const NAMES = FAMILIES.map((family) => family.name).join(', ');

const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;

describe('a wrong command line is told in one sentence, with status 2', () => {
  test.each([
    ['trian mlp', "unknown command 'trian'; did you mean train?"],
    ['train mlp --epoch 3', "unknown option '--epoch'; did you mean --epochs?"],
    ['--nonsense', "unknown option '--nonsense'; see --help."],
    ['train', `train: which model? Give one of: ${NAMES}.`],
    ['train mpl --epochs 3', `there is no model 'mpl'; did you mean 'mlp'? Known: ${NAMES}.`],
    ['train zebra', `there is no model 'zebra'. Known: ${NAMES}.`],
    [
      'train mlp --data fashon-mnist',
      "there is no data set 'fashon-mnist'; did you mean 'fashion-mnist'? Known: digits, fashion-mnist, cifar10, scenes, iris, wine, wdbc, breast-cancer, adult, california-housing, penguins, mr-polarity, sms-spam, tinyshakespeare, airline, sunspots, files of rows that end in .csv or .tsv, texts that end in .txt, and folders of images.",
    ],
    [
      'train mlp --optimizer adm',
      "there is no --optimizer 'adm'; did you mean 'adam'? Known: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, amsgrad, adamax, nadam, radam, adadelta.",
    ],
    ['train mlp --epochs 0', "--epochs is '0'; give an integer of at least 1."],
    ['train mlp --epochs -3', "--epochs is '-3'; give an integer of at least 1."],
    ['train mlp --epochs 1.5', "--epochs is '1.5'; give an integer of at least 1."],
    ['train mlp --epochs', "option '--epochs <n>' argument missing; see --help."],
    ['train mlp --seed -1', "--seed is '-1'; give an integer of at least 0."],
    ['train mlp --batch-size many', "--batch-size is 'many'; give an integer of at least 1."],
    ['train mlp --lr 0', "--lr is '0'; give a number above 0."],
    ['train mlp --lr -0.1', "--lr is '-0.1'; give a number above 0."],
    ['train mlp --lr NaN', "--lr is 'NaN'; give a number above 0."],
    ['train mlp --weight-decay -1', "--weight-decay is '-1'; give a number of at least 0."],
    ['train mlp --dropout 1', "--dropout is '1'; give a number of at least 0 and below 1."],
    [
      'train mlp --val-fraction 2',
      "--val-fraction is '2'; give a number of at least 0 and below 1.",
    ],
    [
      'train mlp --hidden 12,x',
      "--hidden is '12,x'; give integers above 0 separated by commas, such as 256,128.",
    ],
    ['train linear --hidden 12', "unknown option '--hidden'; see --help."],
    [
      'train mlp --json --quiet',
      "option '--quiet' cannot be used with option '--json'; see --help.",
    ],
    [
      'train mlp --batch-size 60000',
      '--batch-size 60000 is larger than the training part, which has 9167 samples; use at most 9167.',
    ],
    [
      'train mlp --val-fraction 0.00001',
      '--val-fraction 0.00001 of 10000 samples leaves a part without any; use 0 for no validation, or a fraction that leaves some on both sides.',
    ],
  ])('%s', async (args, message) => {
    expect(await gradus(args)).toEqual({ status: 2, stdout: '', stderr: `error: ${message}\n` });
  });

  test('a word too many', async () => {
    const { status, stderr } = await gradus('train mlp extra');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: too many arguments for 'mlp'.*\n$/);
  });

  test('an empty value is no number', async () => {
    const { status, stderr } = await gradus('train mlp --lr=');
    expect([status, stderr]).toEqual([2, "error: --lr is ''; give a number above 0.\n"]);
  });
});

test('--debug adds the stack trace', async () => {
  const { status, stderr } = await gradus('train mlp --epochs 0 --debug');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: --epochs is '0'.*\nUsageError: .*\n {4}at /);
});

test('--version', async () => {
  expect(await gradus('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('help on stdout when asked for, on stderr with status 2 when needed', async () => {
  for (const args of ['--help', 'train --help', 'train mlp --help', 'tour --help', 'data --help']) {
    const { status, stdout, stderr } = await gradus(args);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: gradus/);
  }
  for (const args of ['', 'data']) {
    const { status, stdout, stderr } = await gradus(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: gradus/);
  }
});

test('help has examples, and the defaults of a family', async () => {
  const program = await gradus('--help');
  expect(program.stdout).toContain('Examples:\n  $ gradus tour');
  const { stdout } = await gradus('train mlp --help');
  expect(stdout).toContain('$ gradus train mlp --epochs 5');
  expect(stdout).toContain('default: 256,128,100');
  expect(stdout).toContain('--debug');
});
