import { describe, expect, test } from 'vitest';
import { infoNceLoss } from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, concat, grad, ones, tensor } from '../../../src/tensor/index.js';
import {
  checkGradient,
  checkTwice,
  expectClose,
  f64,
  i32,
  sample,
  values,
} from '../../tensor/check.js';

const none = { reduction: 'none' } as const;
const [q, k, others] = [sample([4, 3]), sample([4, 3], 2), sample([5, 3], 3)];

test('gradients against differences, also of the gradient', () => {
  checkGradient((a, b) => infoNceLoss(a, b, { symmetric: true }), [q, k]);
  checkGradient((a, b, negatives) => infoNceLoss(a, b, { negatives }), [q, k, others]);
  checkGradient(
    (a, b, negatives) => infoNceLoss(a, b, { negatives }),
    [q, k, sample([4, 2, 3], 4)],
  );
  checkTwice((a) => infoNceLoss(a, k, { temperature: 0.5 }), q);
});

describe('laws', () => {
  test('the order of the pairs does not count', () => {
    const order = i32([2, 0, 3, 1]);
    const moved = infoNceLoss(q.indexSelect(0, order), k.indexSelect(0, order));
    expectClose(moved, infoNceLoss(q, k).item(), 1e-14);
  });
  test('the negatives of the batch may be given as such, for each query', () => {
    const rest = [0, 1, 2, 3].map((i) => i32([0, 1, 2, 3].filter((j) => j !== i)));
    const negatives = concat(
      rest.map((index) => k.indexSelect(0, index).unsqueeze(0)),
      0,
    );
    expectClose(infoNceLoss(q, k, { negatives, ...none }), infoNceLoss(q, k, none).array(), 1e-13);
  });
  test('with symmetric it is the mean of both directions', () => {
    const both = infoNceLoss(q, k).item() + infoNceLoss(k, q).item();
    expectClose(infoNceLoss(q, k, { symmetric: true }), both / 2, 1e-14);
  });
  test('lengths do not count', () => {
    expectClose(infoNceLoss(q.mul(9), k.mul(0.1)), infoNceLoss(q, k).item(), 1e-14);
  });
  test('one pair alone has nothing to be told from', () => {
    expect(infoNceLoss(ones([1, 3]), ones([1, 3])).item()).toBe(0);
  });
});

test('has no NaN for zero vectors, long ones, or a small temperature', () => {
  const [a, b] = [
    tensor([
      [0, 0],
      [1e4, 0],
      [0, 1],
    ]),
    tensor([
      [0, 0],
      [0, 1e4],
      [0, 1],
    ]),
  ];
  const loss = (v: Tensor, w: Tensor): Tensor => infoNceLoss(v, w, { temperature: 1e-4 });
  expect(Number.isFinite(loss(a, b).item())).toBe(true);
  for (const argnum of [0, 1]) {
    expect(values(grad(loss, { argnum })(a, b)).every(Number.isFinite)).toBe(true);
  }
});

describe('what does not fit is told', () => {
  const a = ones([2, 3]);
  test.each([
    [() => infoNceLoss(a, ones([3, 3])), 'infoNceLoss: query is [2, 3] and positive [3, 3]'],
    [() => infoNceLoss(ones([3]), ones([3])), 'infoNceLoss: query is [3]; give [N, D].'],
    [
      () => infoNceLoss(i32([[1]]), i32([[1]])),
      'infoNceLoss: query is i32 and positive i32; use f32',
    ],
    [
      () => infoNceLoss(a, a, { temperature: 0 }),
      'infoNceLoss: temperature is 0; use a number above 0.',
    ],
    [
      () => infoNceLoss(a, a, { negatives: ones([5, 4]) }),
      'infoNceLoss: negatives is [5, 4], query [N, D] = [2, 3]; give [M, D] or [N, M, D].',
    ],
    [
      () => infoNceLoss(a, a, { negatives: ones([3, 5, 3]) }),
      'infoNceLoss: negatives is [3, 5, 3]',
    ],
    [() => infoNceLoss(a, a, { negatives: f64([[1, 2, 3]]) }), 'infoNceLoss: negatives is f64'],
    [
      () => infoNceLoss(a, a, { negatives: a, symmetric: true }),
      'infoNceLoss: symmetric takes the other samples of the batch; leave out symmetric, or negatives.',
    ],
    [
      () => infoNceLoss(a, a, { reduction: 'all' as 'mean' }),
      "infoNceLoss: reduction is 'all'; use 'mean', 'sum' or 'none'.",
    ],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
});

test('is one program for batches of any size below a bound', () => {
  const step = compile((a: Tensor, b: Tensor) => infoNceLoss(a, b), {
    bounds: [{ N: 8 }, { N: 8 }],
  });
  for (const n of [2, 3, 7]) {
    const [a, b] = [sample([n, 3]), sample([n, 3], 2)];
    expectClose(step(a, b), infoNceLoss(a, b).item(), 1e-12);
  }
  expect(step.compilations).toBe(1);
});

test('the example of the documentation', () => {
  const loss = infoNceLoss(
    tensor([
      [1, 0],
      [0, 1],
    ]),
    tensor([
      [1, 0],
      [0, 2],
    ]),
    { temperature: 1 },
  );
  expectClose(loss, Math.log(1 + 1 / Math.E));
});
