import { afterEach, describe, expect, test } from 'vitest';
import { ArgumentError, IndexError } from '../../src/engine/core/errors.js';
import type { Tensor } from '../../src/tensor/index.js';
import {
  StateTensor,
  arange,
  checkpoint,
  compile,
  isChecked,
  ones,
  scan,
  segmentMax,
  segmentSum,
  setChecked,
  setDevice,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { testDevice } from '../device.js';

setDevice(testDevice);
afterEach(() => setChecked(false));

const i32 = { dtype: 'i32' } as const;
const checked = { checked: true } as const;

describe('indices', () => {
  test('computed ones are checked where they are asked for', () => {
    const x = tensor([1, 2, 3]);
    const beyond = (): Tensor => x.indexSelect(0, x.int().add(1));
    expect(beyond().array()).toEqual([3, 0, 0]); // never a stray read
    setChecked(true);
    expect(isChecked()).toBe(true);
    expect(beyond).toThrow(IndexError);
    expect(beyond).toThrow('3');
    expect(x.indexSelect(0, x.int().sub(1)).array()).toEqual([1, 2, 3]);
  });

  test('in a compiled function, before any state is assigned', () => {
    const count = new StateTensor(zeros([]));
    const f = compile((x: Tensor, by: Tensor) => {
      count.assign(count.add(1));
      return x.indexSelect(0, arange(3).int().add(by));
    }, checked);
    expect(f(tensor([5, 6, 7]), tensor(0, i32)).array()).toEqual([5, 6, 7]);
    expect(() => f(tensor([5, 6, 7]), tensor(2, i32))).toThrow(IndexError);
    expect(count.item()).toBe(1);
    expect(f(tensor([5, 6, 7]), tensor(0, i32)).array()).toEqual([5, 6, 7]);
    expect(count.item()).toBe(2);
    expect(f.compilations).toBe(1);
  });

  test('of scatter and segments', () => {
    const scatter = compile(
      (x: Tensor, by: Tensor) => zeros([3]).scatterAdd(0, arange(3).int().mul(by), x),
      checked,
    );
    expect(scatter(ones([3]), tensor(1, i32)).array()).toEqual([1, 1, 1]);
    expect(() => scatter(ones([3]), tensor(2, i32))).toThrow(IndexError);
    for (const segment of [segmentSum, segmentMax]) {
      const f = compile((x: Tensor, ptr: Tensor) => segment(x, ptr.mul(2)), checked);
      expect(f(ones([6]), tensor([0, 1, 3], i32)).shape).toEqual([2]);
      expect(() => f(ones([6]), tensor([0, 1, 4], i32))).toThrow(
        'ptr[2] = 8 is out of range for 6 elements',
      );
      expect(() => f(ones([6]), tensor([0, 2, 1], i32))).toThrow('pointers must not decrease');
    }
  });

  test('at each step of a scan, also one within another', () => {
    const x = tensor([10, 20, 30]);
    const look = (k: Tensor): Tensor => x.indexSelect(0, k.reshape([1])).sum();
    const walk = (by: Tensor): Tensor => {
      const steps = (c: Tensor, k: Tensor): [Tensor, Tensor] => {
        const inner = scan((d: Tensor, j: Tensor) => [d.add(look(k.add(j))), null], c, by);
        return [inner[0] as Tensor, c];
      };
      return scan(steps, zeros([]), arange(2).int())[0];
    };
    const f = compile(walk, checked);
    expect(f(tensor([0, 1], i32)).item()).toBe(10 + 20 + 20 + 30);
    expect(() => f(tensor([0, 2], i32))).toThrow(IndexError);
    expect(walk(tensor([0, 2], i32)).item()).toBe(10 + 30 + 20 + 0);
    setChecked(true);
    expect(() => walk(tensor([0, 2], i32))).toThrow(IndexError);
    const again = checkpoint((k: Tensor) => look(k.mul(2)));
    expect(again(tensor(1, i32)).item()).toBe(30);
    expect(() => again(tensor(2, i32))).toThrow(IndexError);
  });

  test('against the sizes of the call where these are open', () => {
    const f = compile((x: Tensor, by: Tensor) => x.indexSelect(0, arange(2).int().add(by)), {
      bounds: [{ N: 8 }],
      checked: true,
    });
    expect(f(ones([4]), tensor(2, i32)).array()).toEqual([1, 1]);
    expect(() => f(ones([3]), tensor(2, i32))).toThrow(IndexError);
    expect(f.compilations).toBe(1);
  });
});

describe('what a function does', () => {
  test('a number that has changed', () => {
    let rate = 0.5;
    const f = compile((x: Tensor) => x.mul(rate), { checked: true, name: 'step' });
    expect(f(ones([2])).array()).toEqual([0.5, 0.5]);
    rate = 0.25;
    expect(() => f(ones([2]))).toThrow(
      new ArgumentError(
        "compile: 'step' does not do what it did when it was compiled: a constant is 0.25 and was " +
          '0.5, an operand of mul [2]; pass what changes as a tensor or another argument, or keep ' +
          'it in a StateTensor or a Flag.',
      ),
    );
  });

  test('a tensor from outside that is another one', () => {
    let scale = tensor([1, 2]);
    const f = compile((x: Tensor) => x.mul(scale), checked);
    expect(f(ones([2])).array()).toEqual([1, 2]);
    scale = tensor([1, 2]); // the same values
    expect(f(ones([2])).array()).toEqual([1, 2]);
    scale = tensor([3, 4]);
    expect(() => f(ones([2]))).toThrow(
      'a tensor from outside or made of values [2] is not the one',
    );
  });

  test('operations that come and go; other shapes compile another program', () => {
    let deep = false;
    const f = compile((x: Tensor) => (deep ? x.exp().sin() : x.exp()), {
      checked: true,
      bounds: [{ N: 4 }],
    });
    f(ones([2]));
    f(ones([3]));
    deep = true;
    expect(() => f(ones([2]))).toThrow('it has 3 operations and values where it had 2');
  });

  test('is not looked at where checks are off', () => {
    let rate = 2;
    const f = compile((x: Tensor) => x.mul(rate));
    f(ones([1]));
    rate = 3;
    expect(f(ones([1])).item()).toBe(2);
  });
});
