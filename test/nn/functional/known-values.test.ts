// covers: src/nn/functional/known-values.ts, src/nn/functional/element-loss.ts
import { afterEach, describe, expect, test } from 'vitest';
import * as F from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { Parameter, compile, setChecked, tensor, zeros } from '../../../src/tensor/index.js';
import { sample, values } from '../../tensor/check.js';

afterEach(() => setChecked(false));

type Loss = (x: Tensor, t: Tensor) => Tensor;
const ofNumbers: [string, Loss][] = [
  ['mseLoss', F.mseLoss],
  ['l1Loss', F.l1Loss],
  ['huberLoss', F.huberLoss],
  ['smoothL1Loss', F.smoothL1Loss],
  ['logCoshLoss', F.logCoshLoss],
  ['quantileLoss', F.quantileLoss],
];

describe.each(ofNumbers)('%s refuses NaN in the target', (name, loss) => {
  const message = `${name}: target has NaN; use numbers, and leave out samples that have none.`;
  test('at the call', () => {
    expect(() => loss(zeros([2]), tensor([1, NaN]))).toThrow(message);
    expect(() => loss(zeros([2]), tensor([1, NaN]))).toThrow(
      expect.objectContaining({ name: 'ArgumentError' }) as Error,
    );
    expect(loss(zeros([2]), tensor([1, Infinity])).item()).toBe(Infinity);
  });
  test('at each call of a compiled function, before anything changes', () => {
    const w = new Parameter(zeros([2]));
    const step = compile((t: Tensor) => {
      w.assign(w.add(1));
      return loss(w, t.reshape([2]));
    });
    step(zeros([2, 1]));
    expect(() => step(tensor([[NaN], [1]]))).toThrow(message);
    expect(values(w)).toEqual([1, 1]);
    expect(step.compilations).toBe(1);
  });
  test('where it is computed, only with checks on', () => {
    const computed = (): Tensor => loss(sample([2]), sample([2]).sub(9).log());
    expect(computed().item()).toBeNaN();
    setChecked(true);
    expect(computed).toThrow(message);
  });
});

test('is checked at all sizes below a bound by one program', () => {
  const step = compile((x: Tensor, t: Tensor) => F.mseLoss(x, t), {
    bounds: [{ N: 8 }, { N: 8 }],
  });
  expect(step(zeros([3, 2]), zeros([3, 2])).item()).toBe(0);
  expect(step(zeros([7, 2]), zeros([7, 2])).item()).toBe(0);
  const bad = tensor([
    [1, 2],
    [3, NaN],
  ]);
  expect(() => step(zeros([2, 2]), bad)).toThrow('mseLoss: target has NaN');
  expect(step.compilations).toBe(1);
});
