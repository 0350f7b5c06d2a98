import { describe, expect, test } from 'vitest';
import { SGD, clipGradNorm, clipGradValue } from '../../src/optim/index.js';
import { Parameter, compile, tensor } from '../../src/tensor/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { expectClose, values } from '../tensor/check.js';
import { energy, flat, goldens, startParameters } from './check.js';

describe('clipped descent goes as with PyTorch', () => {
  test.each(goldens.clipped.map((c) => [JSON.stringify(c.clip), c] as const))('%s', (_, c) => {
    const { maxNorm, normType, clipValue } = c.clip;
    const params = startParameters();
    const optimizer = new SGD(params, { lr: 0.1 });
    const step = compile((): Tensor | null => {
      optimizer.zeroGrad();
      energy(params).backward();
      const norm =
        clipValue === undefined
          ? clipGradNorm(params, Number(maxNorm), { normType: Number(normType ?? 2) })
          : null;
      if (clipValue !== undefined) clipGradValue(params, Number(clipValue));
      optimizer.step();
      return norm;
    });
    const norms: number[] = [];
    for (let t = 1; t <= goldens.steps; t++) {
      if (t === goldens.lrDrop) optimizer.lr /= 2;
      const norm = step();
      const wanted = c.points[t];
      if (!wanted) continue;
      if (norm) norms.push(norm.item());
      expectClose(tensor(flat(params), { dtype: 'f64' }), [...wanted], 1e-12);
    }
    expectClose(tensor(norms, { dtype: 'f64' }), [...c.norms], 1e-12);
  });
});

test('small gradients stay as they are', () => {
  const p = new Parameter(tensor([3, 4]));
  const unused = new Parameter(tensor([1]));
  p.pow(2).sum().mul(0.5).backward();
  const before = values(p.grad!);
  expect(clipGradNorm([p, unused], 6).item()).toBe(5);
  clipGradValue([p], 5);
  expect(values(p.grad!)).toEqual(before);
  expect(unused.grad).toBe(null);
  clipGradValue([p], 3.5);
  expect(values(p.grad!)).toEqual([3, 3.5]);
});

test('what cannot be used is refused', () => {
  const p = new Parameter(tensor([3, 4]));
  expect(() => clipGradNorm([p], 1)).toThrow('clipGradNorm: no parameter has a gradient');
  expect(() => clipGradValue([p], 1)).toThrow('clipGradValue: no parameter has a gradient');
  p.sum().backward();
  expect(() => clipGradNorm([p], 0)).toThrow('clipGradNorm: maxNorm is 0; use a number above 0.');
  expect(() => clipGradNorm([p], NaN)).toThrow('maxNorm is NaN');
  expect(() => clipGradNorm([p], 1, { normType: 0 })).toThrow('normType is 0');
  expect(() => clipGradValue([p], -1)).toThrow('clipGradValue: clipValue is -1');
});
