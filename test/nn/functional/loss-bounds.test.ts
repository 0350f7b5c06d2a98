/** Losses in functions that are compiled once for all sizes below a bound. */
import { expect, test } from 'vitest';
import * as F from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, grad } from '../../../src/tensor/index.js';
import { expectClose, i32, sample } from '../../tensor/check.js';

type Loss = (x: Tensor, y: Tensor, labels: Tensor, signs: Tensor) => Tensor;
const LOSSES: [string, Loss][] = [
  ['mseLoss', (x, y) => F.mseLoss(x, y)],
  ['huberLoss', (x, y) => F.huberLoss(x, y)],
  ['logCoshLoss', (x, y) => F.logCoshLoss(x, y)],
  ['quantileLoss', (x, y) => F.quantileLoss(x, y, { quantile: 0.9 })],
  ['binaryCrossEntropy', (x, y) => F.binaryCrossEntropy(x.sigmoid(), y)],
  ['sigmoidFocalLoss', (x, y) => F.sigmoidFocalLoss(x, y)],
  ['crossEntropy', (x, _, labels) => F.crossEntropy(x, labels, { ignoreIndex: 1 })],
  ['focalLoss', (x, _, labels) => F.focalLoss(x, labels, { ignoreIndex: 1 })],
  ['multiMarginLoss', (x, _, labels) => F.multiMarginLoss(x, labels)],
  ['diceLoss', (x, _, labels) => F.diceLoss(x, labels)],
  ['klDivLoss', (x, y) => F.klDivLoss(x.logSoftmax(), y, { reduction: 'batchmean' })],
  ['poissonNllLoss', (x, y) => F.poissonNllLoss(x, y, { full: true })],
  ['gaussianNllLoss', (x, y) => F.gaussianNllLoss(x, y, x.exp())],
  ['cosineEmbeddingLoss', (x, y, _, signs) => F.cosineEmbeddingLoss(x, y, signs)],
  ['tripletMarginLoss', (x, y) => F.tripletMarginLoss(x, y, y.flip(0), { swap: true })],
  ['infoNceLoss', (x, y) => F.infoNceLoss(x, y, { symmetric: true })],
];

test.each(LOSSES)('%s and its gradient are one program for all sizes below a bound', (_, loss) => {
  const both = (x: Tensor, y: Tensor, labels: Tensor, signs: Tensor): Tensor[] => [
    loss(x, y, labels, signs),
    grad((v: Tensor) => loss(v, y, labels, signs))(x),
  ];
  const step = compile(both, { bounds: [{ N: 8 }, { N: 8 }, { N: 8 }, { N: 8 }] });
  for (const n of [2, 5, 7]) {
    const numbers = Array.from({ length: n }, (_unused, i) => i);
    const args = [
      sample([n, 3]),
      sample([n, 3], 2).sigmoid(),
      i32(numbers.map((i) => (i * 2) % 3)),
      i32(numbers.map((i) => (i % 2) * 2 - 1)),
    ] as const;
    const [value, slope] = step(...args);
    const [wantedValue, wantedSlope] = both(...args);
    expectClose(value!, wantedValue!.item(), 1e-12);
    expectClose(slope!, wantedSlope!.array(), 1e-12);
  }
  expect(step.compilations).toBe(1);
});
