import { expect, test } from 'vitest';
import { forgetPendingOnError } from '../../src/tensor/evaluate.js';
import { Parameter, StateTensor, rand, zeros } from '../../src/tensor/index.js';
import './check.js';

test('what failed work has left to compute is forgotten, what was there before is not', () => {
  const kept = new StateTensor(zeros([2]));
  kept.assign(zeros([2]).add(3));
  const failing = (): void => {
    // 8 GB, which computing it would ask for.
    for (let i = 0; i < 8; i++) new Parameter(rand([16_384, 16_384]));
    throw new Error('too large');
  };
  expect(() => forgetPendingOnError(failing)).toThrow('too large');
  expect([...rand([2]).mul(0).dataSync(), ...kept.dataSync()]).toEqual([0, 0, 3, 3]);
});

test('without an error nothing is lost', () => {
  const parameter = forgetPendingOnError(() => new Parameter(zeros([2]).add(1)));
  expect([...parameter.dataSync()]).toEqual([1, 1]);
});
