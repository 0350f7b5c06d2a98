/** docs/losses.md has every loss and its plots, and the table of reductions is true. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as F from '../../src/nn/functional/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { f64, i32, sample, values } from '../tensor/check.js';

const docs = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('losses.md', docs), 'utf8');
const losses = Object.keys(F).filter((name) => /Loss$|[cC]rossEntropy/.test(name));

test('every loss has a row in a table', () => {
  expect(losses.length).toBeGreaterThan(20);
  const missing = losses.filter((name) => {
    return !page.includes(`| [\`${name}\`](api/nn.md#${name.toLowerCase()})`);
  });
  expect(missing).toEqual([]);
});

test('every plot is there, with lines of numbers', () => {
  const paths = [...page.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)].map((match) => match[1]!);
  expect(paths).toHaveLength(4);
  for (const path of paths) {
    expect(existsSync(new URL(path, docs))).toBe(true);
    const plot = readFileSync(new URL(path, docs), 'utf8');
    expect(plot).toContain('<svg');
    expect(plot).not.toMatch(/NaN|undefined/);
  }
});

type Options = { readonly reduction: F.Reduction };
const [x, y, t] = [sample([4, 3]), i32([0, 2, 1, 2]), sample([4, 3], 2).sigmoid()];
const signs = sample([4, 3], 6).sign();
const weight = f64([1, 2, 3]);
const samples = sample([4, 3, 5]);
const places = i32(Array.from({ length: 4 }, (_, i) => [0, 1, 2, i % 3, 0]));

/** What the mean divides by, and the shape without a reduction. */
const CASES: [string, (options: Options) => Tensor, number, number[]][] = [
  ['mseLoss', (o) => F.mseLoss(x, t, o), 12, [4, 3]],
  ['klDivLoss', (o) => F.klDivLoss(x, t, o), 12, [4, 3]],
  ['gaussianNllLoss', (o) => F.gaussianNllLoss(x, t, 1, o), 12, [4, 3]],
  ['sigmoidFocalLoss', (o) => F.sigmoidFocalLoss(x, t, o), 12, [4, 3]],
  ['hingeLoss', (o) => F.hingeLoss(x, signs, o), 12, [4, 3]],
  ['crossEntropy', (o) => F.crossEntropy(x, y, o), 4, [4]],
  ['crossEntropy, weights', (o) => F.crossEntropy(x, y, { weight, ...o }), 1 + 3 + 2 + 3, [4]],
  ['nllLoss, ignored', (o) => F.nllLoss(x, y, { weight, ignoreIndex: 2, ...o }), 1 + 2, [4]],
  ['focalLoss, weights', (o) => F.focalLoss(x, y, { weight, ...o }), 9, [4]],
  [
    'crossEntropy of distributions',
    (o) => F.crossEntropy(x, t.softmax(), { weight, ...o }),
    4,
    [4],
  ],
  ['multiMarginLoss', (o) => F.multiMarginLoss(x, y, { weight, ...o }), 4, [4]],
  ['cosineEmbeddingLoss', (o) => F.cosineEmbeddingLoss(x, t, i32([1, -1, 1, 1]), o), 4, [4]],
  ['tripletMarginLoss', (o) => F.tripletMarginLoss(x, t, signs, o), 4, [4]],
  ['infoNceLoss', (o) => F.infoNceLoss(x, t, o), 4, [4]],
  ['diceLoss', (o) => F.diceLoss(samples, places, o), 12, [4, 3]],
];

test.each(CASES)('the reductions of %s are those of the table', (_, loss, divisor, shape) => {
  const [mean, sum] = [loss({ reduction: 'mean' }).item(), loss({ reduction: 'sum' }).item()];
  const none = loss({ reduction: 'none' });
  expect(none.shape).toEqual(shape);
  expect(values(none).reduce((a, b) => a + b)).toBeCloseTo(sum, 10);
  expect(sum / mean).toBeCloseTo(divisor, 10);
});
