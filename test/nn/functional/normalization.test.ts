// covers: src/nn/functional/normalize.ts, src/nn/functional/running-statistics.ts
// covers: src/nn/functional/batch-norm.ts, src/nn/functional/instance-norm.ts
// covers: src/nn/functional/layer-norm.ts, src/nn/functional/rms-norm.ts
// covers: src/nn/functional/group-norm.ts, src/nn/functional/local-response-norm.ts
import { expect, test } from 'vitest';
import * as F from '../../../src/nn/functional/index.js';
import { StateTensor, compile, ones, tensor, zeros } from '../../../src/tensor/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { checkGradient, expectClose, sample } from '../../tensor/check.js';

const x = sample([3, 4, 2, 3]);
const [weight, bias] = [sample([4], 2), sample([4], 3)];

test('gradients by input, weight and bias', () => {
  const training = { training: true };
  checkGradient((a, w, b) => F.batchNorm(a, null, null, w, b, training), [x, weight, bias]);
  checkGradient((a, w, b) => F.instanceNorm(a, null, null, w, b), [x, weight, bias]);
  checkGradient((a, w, b) => F.groupNorm(a, 2, w, b), [x, weight, bias]);
  const [w, b] = [sample([2, 3], 2), sample([2, 3], 3)];
  checkGradient((a, g, o) => F.layerNorm(a, [2, 3], g, o), [x, w, b]);
  checkGradient((a, g) => F.rmsNorm(a, [2, 3], g), [x, w]);
  checkGradient((a) => F.localResponseNorm(a, 3, { alpha: 0.5 }), [x]);
});

test('running statistics follow the batches, in compiled functions too', () => {
  const [mean, variance] = [new StateTensor(zeros([1])), new StateTensor(ones([1]))];
  const step = compile((a: Tensor) =>
    F.batchNorm(a, mean, variance, null, null, { training: true }),
  );
  const batch = tensor([[1], [3]]);
  expectClose(step(batch), [[-1], [1]], 1e-5);
  expectClose(mean, [0.2]); // 0.9 · 0 + 0.1 · 2
  expectClose(variance, [1.1]); // 0.9 · 1 + 0.1 · 2, with divisor n - 1
  step(batch);
  expectClose(mean, [0.38]);
  expectClose(F.batchNorm(tensor([[0.38]]), mean, variance), [[0]]);
});

test('values', () => {
  expectClose(F.layerNorm(tensor([[1, 2, 3]]), 3, null, null, { eps: 0 }), [
    [-1.2247449, 0, 1.2247449],
  ]);
  expectClose(F.rmsNorm(tensor([[1, 7]]), 2), [[0.2, 1.4]]);
  // Of two channels the one before counts: 1 / (1 + (0 + 1) / 2), 2 / (1 + (1 + 4) / 2).
  const options = { alpha: 1, beta: 1, k: 1 };
  expectClose(F.localResponseNorm(tensor([[1, 2]]), 2, options), [[2 / 3, 4 / 7]]);
});

test('what does not fit is told', () => {
  const none = [null, null, null, null] as const;
  expect(() => F.batchNorm(ones([1, 3]), ...none, { training: true })).toThrow('has 1; use larger');
  expect(() => F.batchNorm(ones([2, 3]), null, null)).toThrow('there must be a runningMean');
  expect(() => F.instanceNorm(ones([2, 3]))).toThrow('instanceNorm: each channel');
  expect(() => F.groupNorm(ones([2, 3]), 2)).toThrow('numGroups is 2');
  expect(() => F.layerNorm(ones([2, 3]), 4)).toThrow('normalizedShape [4]');
  expect(() => F.layerNorm(ones([2, 3]), 3, ones([2]))).toThrow('layerNorm: weight is [2]');
  expect(() => F.rmsNorm(ones([2, 3]), 3, null, { eps: -1 })).toThrow('rmsNorm: eps is -1');
});
