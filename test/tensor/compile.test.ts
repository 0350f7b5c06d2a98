// covers: src/tensor/trace.ts, src/tensor/tree.ts, src/tensor/flags.ts
import { afterEach, describe, expect, test, vi } from 'vitest';
import { testDevice } from '../device.js';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Flag,
  Generator,
  Parameter,
  StateTensor,
  compile,
  noGrad,
  ones,
  rand,
  setDevice,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { expectClose, f64, i32, sample, values } from './check.js';

afterEach(() => vi.restoreAllMocks());

describe('arguments and results', () => {
  test('structures go in and come out', () => {
    const f = compile((p: { x: Tensor; ys: Tensor[] }, k: number, mode: string | null) => ({
      sum: p.x.add(p.ys[0]!).mul(k),
      pair: [p.x, p.x] as const,
      mode,
    }));
    const out = f({ x: tensor([1]), ys: [tensor([2])] }, 10, 'a');
    expect(out.sum.item()).toBe(30);
    expect(out.pair.map((t) => t.item())).toEqual([1, 1]);
    expect(out.mode).toBe('a');
    expect(compile(() => {})()).toBeUndefined();
  });
  test('results are values, independent of each other and of the arguments', () => {
    const x = tensor([1]);
    const f = compile((t: Tensor) => t);
    const y = f(x);
    expect(y).not.toBe(x);
    expect(y.isConcrete).toBe(true);
    const z = f(tensor([2]));
    expect([y.item(), z.item()]).toEqual([1, 2]);
  });
  test('lazy arguments are evaluated', () => {
    const f = compile((t: Tensor) => t.add(1));
    expect(f(ones([2]).mul(3)).array()).toEqual([4, 4]);
  });
  test('what is neither tensor nor plain is refused, with its place', () => {
    const f = compile((..._: unknown[]) => ones([1]));
    expect(() => f({ a: [1, new Map()] })).toThrow(
      'compile: arguments[0].a[1] is a Map; use tensors',
    );
    expect(() => f(() => 1)).toThrow('arguments[0] is a function');
    expect(() => compile(() => new Set())()).toThrow('the result is a Set');
    expect(() => compile(async () => Promise.resolve(1))()).toThrow('returns a promise');
  });
});

describe('programs', () => {
  test('one for each signature', () => {
    const f = compile((x: Tensor, k?: number | string | boolean | null) =>
      typeof k === 'number' ? x.mul(k) : x,
    );
    const count = (call: () => void): number => {
      const before = f.compilations;
      call();
      return f.compilations - before;
    };
    expect(count(() => f(ones([2])))).toBe(1);
    expect(count(() => f(zeros([2])))).toBe(0);
    expect(count(() => f(ones([3])))).toBe(1);
    expect(count(() => f(ones([3], { dtype: 'f64' })))).toBe(1);
    expect(count(() => f(ones([2]), 3))).toBe(1);
    expect(count(() => f(zeros([2]), 3))).toBe(0);
    expect(count(() => f(ones([2]), '3'))).toBe(1);
    expect(count(() => f(ones([2]), 0))).toBe(1);
    expect(count(() => f(ones([2]), -0))).toBe(1);
    expect(count(() => f(ones([2]), true))).toBe(1);
    expect(count(() => f(ones([2]), null))).toBe(1);
    expect(count(() => noGrad(() => f(ones([2]))))).toBe(1);
    expect(count(() => f(ones([2])))).toBe(0);
  });
  test('the least recently used of more than 64 is dropped', () => {
    const f = compile((x: Tensor, k: number) => x.add(k));
    const x = ones([1]);
    for (let k = 0; k < 64; k++) f(x, k);
    f(x, 0);
    f(x, 64);
    expect(f.compilations).toBe(65);
    f(x, 0);
    expect(f.compilations).toBe(65);
    f(x, 1);
    expect(f.compilations).toBe(66);
  });
  test('another device has its own', () => {
    const f = compile((x: Tensor) => x.add(1));
    f(ones([1]));
    setDevice({ name: 'other', compile: (spec) => testDevice.compile(spec) });
    f(ones([1]));
    setDevice(testDevice);
    f(ones([1]));
    expect(f.compilations).toBe(2);
  });
  test('explain shows the last one, or that for given arguments', () => {
    const f = compile((x: Tensor) => x.exp(), { name: 'step' });
    expect(() => f.explain()).toThrow("explain: 'step' has not been called yet");
    expect(f.explain(ones([2]))).toContain('exp');
    f(ones([3]));
    expect(f.explain()).toContain('[3]');
  });
  test('nested compiled functions are part of the outer one', () => {
    const inner = compile((x: Tensor) => x.mul(2));
    const outer = compile((x: Tensor) => inner(x).add(inner(x)));
    expect(outer(ones([1])).item()).toBe(4);
    expect([inner.compilations, outer.compilations]).toEqual([0, 1]);
  });
});

describe('what a function captures', () => {
  test('tensors from outside are constant', () => {
    const lazy = ones([2]).mul(3);
    const concrete = tensor([1, 2]);
    const f = compile((x: Tensor) => x.add(lazy).add(concrete));
    expect(f(ones([2])).array()).toEqual([5, 6]);
    expect(f(zeros([2])).array()).toEqual([4, 5]);
  });
  test('parameters are read at each call', () => {
    const p = new Parameter(tensor([1]));
    const f = compile((x: Tensor) => x.mul(p));
    expect(f(tensor([2])).item()).toBe(2);
    p.assign(5);
    expect(f(tensor([2])).item()).toBe(10);
    expect(f.compilations).toBe(1);
  });
  test('parameters as arguments are themselves', () => {
    const [a, b] = [new Parameter(tensor([1])), new Parameter(tensor([2]))];
    const double = compile((p: Parameter) => p.assign(p.mul(2)));
    double(a);
    double(a);
    double(b);
    expect([a.item(), b.item(), double.compilations]).toEqual([4, 4, 2]);
  });
  test('reading values inside says what to do', () => {
    const p = new Parameter(ones([2]));
    expect(() => compile((x: Tensor) => x.add(1).item(), { name: 'f' })(ones([1]))).toThrow(
      "compile: the values of a tensor [1] are read while 'f' is traced, when only its shape is known",
    );
    expect(() => compile(() => p.dataSync())()).toThrow('the values of a Parameter [2] are read');
    expect(compile((x: Tensor) => x.mul(tensor([3]).item()))(ones([1])).item()).toBe(3);
  });
  test('tensors that escape say so', () => {
    let escaped: Tensor | undefined;
    compile(
      (x: Tensor) => {
        escaped = x.add(1);
      },
      { name: 'f' },
    )(ones([1]));
    const sentence = "made inside 'f' is used after that has returned; return it";
    expect(() => escaped!.item()).toThrow(sentence);
    expect(() => escaped!.add(1)).toThrow(sentence);
    expect(() => ones([1]).add(escaped!)).toThrow(sentence);
    expect(() => compile(() => escaped!.add(1))()).toThrow(sentence);
  });
});

describe('errors inside', () => {
  test('leave nothing half done', () => {
    const s = new StateTensor(tensor([1]));
    const flag = new Flag('a');
    const generator = new Generator(3);
    const before = generator.getState();
    const f = compile((x: Tensor, fail: boolean) => {
      s.assign(x);
      flag.value = 'b';
      rand([2], { generator });
      if (fail) throw new Error('stop');
      return x;
    });
    expect(() => f(tensor([5]), true)).toThrow('stop');
    expect(s.item()).toBe(1);
    expect(flag.value).toBe('a');
    expect(generator.getState()).toEqual(before);
    f(tensor([5]), false);
    expect([s.item(), flag.value]).toEqual([5, 'b']);
    expect(generator.getState()).not.toEqual(before);
  });
});

describe('flags', () => {
  test('going back and forth uses both programs again', () => {
    const training = new Flag(true);
    const other = new Flag(0);
    const f = compile((x: Tensor) => (training.value ? x.mul(2) : x));
    expect(f(ones([1])).item()).toBe(2);
    training.value = false;
    expect(f(ones([1])).item()).toBe(1);
    training.value = true;
    expect(f(ones([1])).item()).toBe(2);
    other.value = 1;
    f(ones([1]));
    expect(f.compilations).toBe(2);
  });
  test('a flag set inside is set at every call, and not read from outside', () => {
    const mode = new Flag('train');
    const f = compile((x: Tensor) => {
      mode.value = 'eval';
      return mode.value === 'eval' ? x : x.mul(2);
    });
    f(ones([1]));
    mode.value = 'train';
    expect(f(ones([1])).item()).toBe(1);
    expect(mode.value).toBe('eval');
    expect(f.compilations).toBe(1);
  });
});

describe('gradients', () => {
  const x = sample([4, 3]);
  const y = sample([4], 2);
  const model = (w: Parameter): (() => Tensor) => {
    return () => {
      w.grad = null;
      const loss = x.matmul(w).sub(y).pow(2).mean();
      loss.backward();
      noGrad(() => w.assign(w.sub(w.grad!.mul(0.1))));
      return loss;
    };
  };
  test('training steps are the same lazily and compiled', () => {
    const [a, b] = [new Parameter(f64([1, 2, 3])), new Parameter(f64([1, 2, 3]))];
    const [lazy, compiled] = [model(a), compile(model(b))];
    for (let i = 0; i < 5; i++) {
      expect(compiled().item()).toBe(lazy().item());
      expect(values(b)).toEqual(values(a));
    }
    expect(compiled.compilations).toBe(1);
  });
  test('are gone when the function returns', () => {
    const w = new Parameter(f64([1, 2, 3]));
    const step = compile(model(w));
    step();
    expect(w.grad).toBeNull();
    w.mul(2).sum().backward();
    expect(values(w.grad!)).toEqual([2, 2, 2]);
    step();
    expect(w.grad).toBeNull();
  });
  test('from outside are not read inside', () => {
    const w = new Parameter(ones([1]));
    w.sum().backward();
    const accumulate = compile(() => w.sum().backward(), { name: 'accumulate' });
    expect(() => accumulate()).toThrow(
      "computed outside 'accumulate' is read inside; call zeroGrad()",
    );
    expect(values(w.grad!)).toEqual([1]);
  });
  test('freezing a parameter compiles anew, thawing it does not', () => {
    const w = new Parameter(tensor([1]));
    const step = compile((x: Tensor) => {
      const loss = x.mul(w).sum();
      if (!loss.requiresGrad) return;
      w.grad = null;
      loss.backward();
      w.assign(w.sub(w.grad!));
    });
    const run = (requiresGrad: boolean): number => {
      w.requiresGrad = requiresGrad;
      step(tensor([2]));
      return w.item();
    };
    expect([run(true), run(false), run(true), run(false)]).toEqual([-1, -1, -3, -3]);
    expect(step.compilations).toBe(2);
    expect(() => compile(() => (w.requiresGrad = true))()).toThrow('set it outside');
  });
  test('of arguments, inside', () => {
    const f = compile((t: Tensor) => {
      t.mul(t).sum().backward();
      return t.grad!;
    });
    expect(values(f(tensor([3], { requiresGrad: true })))).toEqual([6]);
  });
});

test('compiled and lazy agree on a chain of everything', () => {
  const f = (a: Tensor, b: Tensor): Tensor[] => {
    const h = a
      .matmul(b)
      .softmax()
      .where(a.sum().gt(0), a.exp().sum(1, { keepDim: true }));
    return [
      h,
      h.at({ step: -1 }, null, i32([0, 1])),
      h.std(0),
      h.argmax(1).oneHot(4),
      h.logSumExp(),
    ];
  };
  const [a, b] = [sample([3, 5]), sample([5, 4], 2)];
  compile(f)(a, b).forEach((t, i) => expectClose(t, f(a, b)[i]!.array(), 0));
});
