// covers: src/tensor/bounded-recording.ts, src/tensor/compiled-call.ts, src/tensor/recording.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import { crossEntropy, dropout } from '../../src/nn/functional/index.js';
import { Linear, ReLU, Sequential } from '../../src/nn/index.js';
import { Adam } from '../../src/optim/index.js';
import type { Compiled, Tensor } from '../../src/tensor/index.js';
import {
  StateTensor,
  compile,
  concat,
  full,
  manualSeed,
  noGrad,
  ones,
  randn,
  segmentSum,
  setDevice,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { testDevice } from '../device.js';

setDevice(testDevice);

const i32 = { dtype: 'i32' } as const;
const N = { N: 16 };

/** Nested arrays with what is close rounded to the same. */
function arrays(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'dataSync' in value) {
    return Array.from((value as Tensor).dataSync(), (v): unknown => expect.closeTo(v, 4));
  }
  if (Array.isArray(value)) return value.map(arrays);
  return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, arrays(v)]));
}

function plain(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'dataSync' in value) {
    return Array.from((value as Tensor).dataSync());
  }
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, plain(v)]));
}

describe('training', () => {
  /** A step of a classifier with two dropouts, whose draws depend on the batches before. */
  const classifier = (options: object): Compiled<[Tensor, Tensor], unknown> => {
    manualSeed(3);
    const model = new Sequential(new Linear(5, 7), new ReLU(), new Linear(7, 3));
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    return compile((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const logits = dropout(model.forward(dropout(x, { p: 0.25 })), { p: 0.1 });
      const loss = crossEntropy(logits, y);
      loss.backward();
      optimizer.step();
      const correct = noGrad(() => logits.argmax(1).eq(y).sum());
      return { loss, correct, logits, weights: [...model.parameters()].map((p) => p.mul(1)) };
    }, options);
  };

  test('a step with smaller batches is that of a program for each', () => {
    const batches = [16, 1, 7, 2, 16, 13].map((n) => {
      const y = Array.from({ length: n }, (_, i) => i % 3);
      return [tensor(randn([n, 5]).array()), tensor(y, i32)] as const;
    });
    const exact = classifier({ guard: true });
    const wanted = batches.map(([x, y]) => arrays(exact(x, y)));
    const bounded = classifier({ bounds: [N, N], guard: true });
    expect(batches.map(([x, y]) => plain(bounded(x, y)))).toEqual(wanted);
    expect([bounded.compilations, exact.compilations]).toEqual([1, 5]);
  });

  test('diagnose looks at the call, not at what lies beyond its size', () => {
    const step = compile((x: Tensor) => x.log().sum(), { bounds: [N], guard: true });
    expect(step(ones([3])).item()).toBe(0);
    expect(step.diagnose(ones([3]))).toBeUndefined();
    expect(step.diagnose(zeros([3]))!.description).toBe(
      'log of f32 [3] from 0 to 0 gave ±∞ in 3 of 3 elements, f32 [3]',
    );
  });

  test('state that is assigned keeps its shape; only its rows within the size change', () => {
    const cache = new StateTensor(zeros([6, 2]));
    const write = compile(
      (x: Tensor, at: Tensor) => {
        cache.assign(cache.dynamicUpdate(x, concat([at, zeros([1], i32)])));
        return cache.sum(1);
      },
      { bounds: [{ T: 4 }, null] },
    );
    write(full([3, 2], 1), tensor([0], i32));
    expect(write(full([1, 2], 5), tensor([3], i32)).array()).toEqual([2, 2, 2, 10, 0, 0]);
    expect(write(full([2, 2], 7), tensor([4], i32)).array()).toEqual([2, 2, 2, 10, 14, 14]);
    expect(write.compilations).toBe(1);
  });
});

describe('sizes', () => {
  const sum = (bounds: unknown): Compiled<[Tensor, Tensor], Tensor> =>
    compile((x: Tensor, y: Tensor) => x.sum(0).add(y.sum(0)), {
      name: 'sum',
      bounds: bounds as never,
    });

  test('one name is one size; names may be of any axis', () => {
    const f = compile((x: Tensor, y: Tensor) => x.sum(0).add(y.sum(1)), {
      name: 'sum',
      bounds: [[null, N], N],
    });
    expect(f(ones([2, 3]), ones([3, 3])).array()).toEqual([5, 5, 5]);
    expect(() => f(ones([2, 3]), ones([4, 3]))).toThrow(
      new ShapeError(
        'sum: N is 3 in axis 1 of tensor 0 of the arguments and 4 in axis 0 of tensor 1; make them ' +
          'equal.',
      ),
    );
    expect(() => f(ones([2, 17]), ones([17, 17]))).toThrow(
      new ShapeError(
        'sum: N is 17 in axis 1 of tensor 0 of the arguments, and its bound is 16; compile with a ' +
          'larger bound.',
      ),
    );
    expect(() => f(ones([2]), ones([3]))).toThrow(
      new ShapeError(
        'sum: tensor 0 of the arguments has shape [2], but its bounds name axis 1 of tensor 0 N.',
      ),
    );
    expect(f(ones([2, 0]), ones([0, 3])).shape).toEqual([0]);
    expect(f.compilations).toBe(1);
  });

  test('other extents compile another program', () => {
    const f = sum([N, N]);
    expect(f(ones([2, 3]), ones([2, 3])).array()).toEqual([4, 4, 4]);
    expect(f(ones([5, 4]), ones([5, 4])).array()).toEqual([10, 10, 10, 10]);
    expect(f(ones([1, 3]), ones([1, 3])).array()).toEqual([2, 2, 2]);
    expect(f.compilations).toBe(2);
  });

  test('an extent that is larger than a size by a number', () => {
    const f = compile((x: Tensor, ptr: Tensor) => segmentSum(x, ptr), {
      bounds: [{ E: 20 }, { 'V + 1': 9 }],
    });
    expect(f(ones([5]), tensor([0, 2, 2, 5], i32)).array()).toEqual([2, 0, 3]);
    expect(f(ones([3]), tensor([0, 3], i32)).array()).toEqual([3]);
    expect(f(ones([3]), tensor([0], i32)).shape).toEqual([0]);
    expect(() => f(ones([3]), zeros([0], i32))).toThrow(ShapeError);
    expect(() => f(ones([3]), zeros([10], i32))).toThrow('V is 9');
    expect(f.compilations).toBe(1);
  });

  test.each([
    [[{}], 'hold {}'],
    [[{ N: 0 }], 'hold {"N":0}'],
    [[{ N: 1.5 }], 'hold {"N":1.5}'],
    [[{ N: 2, M: 3 }], 'hold {"N":2,"M":3}'],
    [[{ N: 2 }, { N: 3 }], 'give N as 2 and as 3; one name is one size'],
    [[{ N: 2 }, { 'N + 1': 2 }], 'give N as 2 and as 1; one name is one size'],
  ])('%j is refused', (bounds, message) => {
    expect(() => sum(bounds)).toThrow(ArgumentError);
    expect(() => sum(bounds)).toThrow(message);
  });

  test('arguments are checked against the sizes of the call', () => {
    const f = compile((x: Tensor, i: Tensor) => x.indexSelect(0, i), { bounds: [N] });
    expect(f(ones([5]), tensor([4], i32)).array()).toEqual([1]);
    const message = (call: () => unknown): string => {
      try {
        call();
      } catch (error) {
        expect(error).toBeInstanceOf(IndexError);
        return (error as Error).message;
      }
      return '';
    };
    const exact = compile((x: Tensor, i: Tensor) => x.indexSelect(0, i));
    const wanted = message(() => exact(ones([3]), tensor([4], i32)));
    expect(wanted).toContain('4');
    expect(message(() => f(ones([3]), tensor([4], i32)))).toBe(wanted);
  });
});

describe('what cannot be', () => {
  const at = (f: (x: Tensor) => Tensor, sizes: readonly number[], bound = 40): unknown[] => {
    const g = compile(f, { name: 'f', bounds: [{ N: bound }] });
    return sizes.map((n) => g(ones([n, 2])).array());
  };

  test('an operation that is not right at all sizes is named', () => {
    expect(() => at((x) => x.slice(0, 0, x.shape[0], 2), [3])).toThrow(
      new ArgumentError(
        "compile: 'f' cannot run with bounds, as slice [20, 2] has a size on axis 0 that is no " +
          'multiple of an open size and a constant; compile it without bounds.',
      ),
    );
    expect(() => at((x) => ones([x.shape[0]!, x.shape[0]!]).reshape([-1]), [3])).toThrow(
      'reshape [1600] has a size on axis 0',
    );
  });

  test('a function that does something else at other sizes', () => {
    const f = (x: Tensor): Tensor => (x.shape[0]! % 2 === 0 ? x.exp() : x.sin());
    expect(() => at(f, [3])).toThrow(
      new ArgumentError(
        "compile: 'f' does something else at other sizes of N: there is a sin where there was an " +
          'exp; compile it without bounds.',
      ),
    );
  });

  test('numbers of any kind are looked up; what they were before does not matter', () => {
    const f = (x: Tensor): Tensor => x.sum(0).mul(Math.floor(Math.sqrt(x.shape[0]!)));
    expect(at(f, [40, 16, 5, 2, 1])).toEqual([40 * 6, 16 * 4, 5 * 2, 2, 1].map((v) => [v, v]));
    const odd = (x: Tensor): Tensor => x.sum(0).mul(x.shape[0]! < 3 ? 7 : x.shape[0]!);
    expect(at(odd, [40, 2, 1, 3])).toEqual([1600, 14, 7, 9].map((v) => [v, v]));
  });

  test('sizes at which extents bend or something else is computed have their own program', () => {
    const bent = (x: Tensor): Tensor => zeros([Math.max(2, x.shape[0]! - 3)]).add(x.sum());
    const branched = (x: Tensor): Tensor => (x.shape[0]! < 3 ? x.exp() : x.neg());
    for (const g of [bent, branched]) {
      const f = compile(g, { bounds: [{ N: 40 }] });
      for (const n of [40, 7, 2, 6, 2, 39])
        expect(f(ones([n])).array()).toEqual(g(ones([n])).array());
      expect(f.compilations).toBe(2);
    }
  });

  test('a call that has no result throws what it throws without bounds', () => {
    const f = compile((x: Tensor) => x.max(), { bounds: [N] });
    expect(f(ones([3])).item()).toBe(1);
    expect(() => f(ones([0]))).toThrow('is empty and there is no reduceMax of nothing');
  });
});
