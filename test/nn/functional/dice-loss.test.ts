import { describe, expect, test } from 'vitest';
import { diceLoss } from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, grad, ones, tensor, zeros } from '../../../src/tensor/index.js';
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
const x = sample([2, 3, 4]).mul(2);
const classes = i32([
  [0, 1, 2, 0],
  [2, 2, 1, 1],
]);

test('gradients against differences, also of the gradient', () => {
  checkGradient((v) => diceLoss(v, classes, { ignoreIndex: 2 }), [x]);
  checkGradient((v, t) => diceLoss(v, t), [x, sample([2, 3, 4], 2).sigmoid()]);
  checkTwice((v) => diceLoss(v, classes, { smooth: 0.1 }), x);
});

describe('laws', () => {
  test('what is surely right has the loss 0, what is surely wrong nearly 1', () => {
    const sure = classes.oneHot(3, { dtype: 'f32' }).permute([0, 2, 1]).mul(2e4).sub(1e4);
    expectClose(diceLoss(sure, classes, none), zeros([2, 3]).array(), 0);
    const wrong = diceLoss(sure.neg(), sure.gt(0).float(), { smooth: 1e-3, ...none });
    values(wrong).forEach((value) => expect(value).toBeGreaterThan(0.99));
  });
  test('masks are each channel by itself', () => {
    const masks = sample([2, 3, 4], 5).gt(0).double();
    const whole = values(diceLoss(x, masks, none));
    for (const c of [0, 1, 2]) {
      const one = values(diceLoss(x.narrow(1, c, 1), masks.narrow(1, c, 1), none));
      expect(one).toEqual([whole[c], whole[3 + c]]);
    }
    expect(values(diceLoss(x, masks.to('u8'), none))).toEqual(whole);
  });
  test('ignored places count as if they were not there', () => {
    const some = i32([
      [0, 1, -1, -1],
      [2, 2, -1, -1],
    ]);
    const cut = diceLoss(x.narrow(2, 0, 2), some.narrow(1, 0, 2), none);
    expectClose(diceLoss(x, some, { ignoreIndex: -1, ...none }), cut.array(), 1e-15);
  });
  test('where nothing is and nothing is seen the loss is 0', () => {
    const loss = (v: Tensor): Tensor => diceLoss(v, zeros([1, 1, 3]));
    const low = tensor([[[-1e4, -1e4, -1e4]]]);
    expect(loss(low).item()).toBe(0);
    expect(values(grad(loss)(low)).every(Number.isFinite)).toBe(true);
  });
});

describe('what does not fit is told', () => {
  test.each([
    [() => diceLoss(ones([3]), i32(0)), 'diceLoss: input is [3]; give [N, C, d1, …].'],
    [
      () => diceLoss(x, i32([0, 1])),
      'diceLoss: input [N, C, …] = [2, 3, 4] takes class numbers of',
    ],
    [() => diceLoss(x, classes, { smooth: 0 }), 'diceLoss: smooth is 0; use a number above 0.'],
    [
      () => diceLoss(ones([1, 1, 2]), tensor([[[0, 255]]], { dtype: 'u8' })),
      'diceLoss: target has 255; use numbers from 0 to 1.',
    ],
    [() => diceLoss(ones([1, 2, 1]), i32([[2]])), 'diceLoss: target has class 2'],
    [
      () => diceLoss(x, x, { ignoreIndex: 0 }),
      'diceLoss: ignoreIndex is a class number, and target holds masks; use class numbers.',
    ],
    [() => diceLoss(i32([[1]]), i32([0])), 'diceLoss: input is i32; use f32 or f64.'],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
});

test('compiled it is the same', () => {
  const step = compile((v: Tensor, t: Tensor) => diceLoss(v, t));
  expectClose(step(x, classes), diceLoss(x, classes).item(), 1e-14);
  expect(() => step(x, classes.add(1))).toThrow('diceLoss: target has class 3');
});

test('the example of the documentation', () => {
  expectClose(diceLoss(tensor([[[-9, 9, 9, -9]]]), tensor([[[0, 1, 0, 0]]])), 0.25, 1e-3);
  expectClose(diceLoss(f64([[[0]]]), f64([[[1]]])), 1 - 2 / 2.5, 1e-15);
});
