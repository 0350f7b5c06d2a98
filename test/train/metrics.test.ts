// covers: src/train/sources.ts
import { expect, test } from 'vitest';
import { tensor, zeros } from '../../src/tensor/index.js';
import { checkMetrics, countCorrect } from '../../src/train/metrics.js';
import { tensorsOf } from '../../src/train/sources.js';

const i32 = { dtype: 'i32' } as const;

test('targets with the highest output are counted; the first of equal ones is taken', () => {
  const output = tensor([
    [1, 2, 0],
    [5, 5, 5],
    [0, 0, 1],
  ]);
  expect(countCorrect(output, tensor([1, 0, 2], i32)).item()).toBe(3);
  expect(countCorrect(output, tensor([0, 1, 2], { dtype: 'u8' })).item()).toBe(1);
});

test('classes are on axis 1; one sample has them on its only axis', () => {
  const output = zeros([2, 3, 4]);
  expect(countCorrect(output, zeros([2, 4], i32)).item()).toBe(8);
  expect(countCorrect(tensor([0, 7]), tensor(1, i32)).item()).toBe(1);
});

test('an output that is not a number counts like any other', () => {
  const output = tensor([[NaN, 1]]);
  const correct = [0, 1].map((label) => countCorrect(output, tensor([label], i32)).item());
  expect(correct[0]! + correct[1]!).toBe(1);
});

test('names of metrics are checked', () => {
  expect(() => checkMetrics('fit', ['accuracy'])).not.toThrow();
  expect(() => checkMetrics('fit', ['auc' as 'accuracy'])).toThrow("fit: there is no metric 'auc'");
});

test('batches may be tensors or arrays', () => {
  const values = Float32Array.of(1, 2);
  const x = { dtype: 'f32', shape: [1, 2], values } as const;
  const y = tensor([3], i32);
  const [a, b] = tensorsOf({ x, y });
  expect(a.tolist()).toEqual([[1, 2]]);
  expect(b).toBe(y);
});
