import { describe, expect, test } from 'vitest';
import { printRates } from '../../../src/cli/commands/lr-find.js';
import { MODELS } from '../../../src/cli/models.js';
import { findDataset } from '../../../src/data/node.js';
import type { LrFindResult } from '../../../src/train/index.js';
import { captureIo, gradus } from '../run-gradus.js';
import { FAMILIES } from '../../../src/train/index.js';

const NAMES = FAMILIES.map(({ name }) => name).join(', ');

const SMALL = 'lr-find linear --val-fraction 0.9';

test('--json is the whole result, the same for the same seed', async () => {
  const args = `${SMALL} --steps 40 --start-lr 1e-5 --end-lr 100 --json`;
  const { status, stdout, stderr } = await gradus(args);
  expect([status, stderr]).toEqual([0, '']);
  const { curve, diverged, steepest, valley } = JSON.parse(stdout) as LrFindResult;
  expect(curve[0]!.lr).toBe(1e-5);
  expect(curve.length).toBeGreaterThan(20);
  expect(diverged).toBe(curve.length < 40);
  for (const rate of [steepest!, valley!]) {
    expect(rate).toBeGreaterThan(1e-5);
    expect(rate).toBeLessThan(1);
  }
  expect((await gradus(args)).stdout).toBe(stdout);
  expect((await gradus(`${args} --seed 1`)).stdout).not.toBe(stdout);
});

test('a curve, a table and a command for a person', async () => {
  const { status, stdout } = await gradus(`${SMALL} --optimizer momentum --batch-size 32`);
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('linear on digits, momentum, batch size 32');
  expect(lines[2]).toMatch(/^[▁▂▃▄▅▆▇█]{60}$/);
  expect(lines[2]).toContain('▁');
  expect(lines[3]).toMatch(/^1\.0e-7 +\d\.\de[+-]\d$/);
  expect(lines[5]).toMatch(/^lr +loss +smoothed$/);
  expect(lines.slice(6, 18).every((l) => /^\d\.\de[+-]\d +\d+\.\d{4} +\d+\.\d{4}$/.test(l))).toBe(
    true,
  );
  expect(stdout).toMatch(/\nThe loss (diverged behind|did not diverge up to) \d\S+\. Begin with/);
  expect(stdout).toMatch(
    /\ngradus train linear --val-fraction 0\.9 --batch-size 32 --optimizer momentum --lr [\d.e-]+\n$/,
  );
  // What is suggested can be typed.
  const command = lines.at(-2)!.replace(/^gradus /, '');
  const run = await gradus(`${command} --epochs 1 --json`);
  expect(run.status).toBe(0);
});

test('what a loss tells that falls nowhere, or does not diverge', async () => {
  const plan = {
    family: MODELS[0]!,
    data: await findDataset('digits').load(),
    optimizer: 'sgd',
    batchSize: 8,
  };
  const curve = [1, 2, 3].map((loss) => ({ lr: 10 ** -loss, loss, smoothed: loss }));
  const shown = (changes: Partial<LrFindResult>): string => {
    const io = captureIo();
    const result = { curve, diverged: true, steepest: undefined, valley: undefined, ...changes };
    printRates(plan, result, ['--optimizer', 'sgd', '--seed', '2'], io);
    return io.text().stdout;
  };
  expect(shown({})).toMatch(
    /\nThe loss diverged behind 1\.0e-3, and fell nowhere: try a higher --start-lr or more --steps\.\n$/,
  );
  const found = shown({ diverged: false, steepest: 0.02, valley: 0.00123 });
  expect(found).toContain('The loss did not diverge up to 1.0e-3. Begin with');
  expect(found).toMatch(/1\.2e-3, half way .* 2\.0e-2, where it is steepest:\n/);
  expect(found).toMatch(/gradus train mlp --optimizer sgd --seed 2 --lr 0\.0012\n$/);
});

describe('wrong usage', () => {
  test.each([
    ['lr-find', `lr-find: for which model? Give one of: ${NAMES}.`],
    ['lr-find mpl', `there is no model 'mpl'; did you mean 'mlp'? Known: ${NAMES}.`],
    ['lr-find mlp --steps 2', "--steps is '2'; give an integer of at least 3."],
    ['lr-find mlp --start-lr 0', "--start-lr is '0'; give a number above 0."],
    [
      'lr-find mlp --start-lr 1 --end-lr 0.5',
      'lrFind: endLr is 0.5; use a number above startLr, 1.',
    ],
    ['lr-find mlp --smoothing 1', "--smoothing is '1'; give a number of at least 0 and below 1."],
    ['lr-find mlp --optimizer adm', "there is no --optimizer 'adm'; did you mean 'adam'?"],
  ])('%s', async (args, message) => {
    const { status, stdout, stderr } = await gradus(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${message}`);
  });
});
