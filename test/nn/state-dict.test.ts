import { describe, expect, test } from 'vitest';
import { Linear, Module, Sequential } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { StateTensor, compile, tensor, zeros } from '../../src/tensor/index.js';
import { values } from '../tensor/check.js';

function model(): Sequential {
  return new Sequential(new Linear(3, 2), new Linear(2, 1, { dtype: 'f64' }));
}

describe('values go from one model to another', () => {
  test('and are copies', () => {
    const [a, b] = [model(), model()];
    const state = a.stateDict();
    const before = values(a.at(0).stateDict()['weight']!);
    expect(b.loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    for (const [name, t] of Object.entries(b.stateDict())) {
      expect(t.dtype).toBe(state[name]!.dtype);
      expect(values(t)).toEqual(values(state[name]!));
      expect(t.requiresGrad).toBe(false);
    }
    const [weight] = [...a.parameters()];
    weight!.assign(0);
    expect(values(state['0.weight']!)).toEqual(before);
    expect(values([...b.parameters()][0]!)).toEqual(before);
  });
  test('of another dtype, into buffers, and into a compiled function', () => {
    class Counter extends Module {
      readonly count = new StateTensor(zeros([], { dtype: 'i32' }));
      readonly scale = new StateTensor(zeros([]));
      forward(x: Tensor): Tensor {
        return x.mul(this.scale);
      }
    }
    const counter = new Counter();
    const f = compile((x: Tensor) => counter.forward(x));
    f(tensor(2));
    counter.loadStateDict({
      count: tensor(3, { dtype: 'u8' }),
      scale: tensor(0.5, { dtype: 'f64' }),
    });
    expect(counter.count.item()).toBe(3);
    expect(f(tensor(2)).item()).toBe(1);
  });
});

describe('what does not fit', () => {
  const state = model().stateDict();
  const { '0.bias': bias, ...withoutBias } = state;
  const start = 'loadStateDict: the state does not fit this Sequential: ';
  test.each([
    ['missing', withoutBias, 'missing: 0.bias. '],
    ['left over', { ...state, '2.weight': bias! }, 'not expected: 2.weight. '],
    [
      'of another shape',
      { ...state, '0.bias': zeros([3]) },
      '0.bias has shape [3], the model [2]. ',
    ],
    [
      'of another kind',
      { ...state, '0.bias': zeros([2], { dtype: 'i32' }) },
      '0.bias is i32, in the model f32. ',
    ],
    [
      'all at once',
      { ...withoutBias, bias: bias!, '1.bias': zeros([2]) },
      'missing: 0.bias; not expected: bias; 1.bias has shape [2], the model [1]. ',
    ],
  ])('%s', (_, bad, message) => {
    const target = model();
    const before = values([...target.parameters()][0]!);
    expect(() => target.loadStateDict(bad)).toThrow(start + message);
    expect(values([...target.parameters()][0]!)).toEqual(before);
  });
  test('is told when not strict, but for shapes', () => {
    const target = model();
    const partial = { '0.bias': tensor([1, 2]), other: zeros([]) };
    expect(target.loadStateDict(partial, { strict: false })).toEqual({
      missingKeys: ['0.weight', '1.weight', '1.bias'],
      unexpectedKeys: ['other'],
    });
    expect(values(target.stateDict()['0.bias']!)).toEqual([1, 2]);
    expect(() => target.loadStateDict({ '0.bias': zeros([1]) }, { strict: false })).toThrow(
      '0.bias has shape [1]',
    );
  });
});
