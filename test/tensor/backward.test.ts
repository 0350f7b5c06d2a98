// covers: src/tensor/history.ts, src/tensor/grad.ts, src/tensor/grad-mode.ts, src/tensor/apply.ts
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Parameter,
  apply,
  compile,
  enableGrad,
  grad,
  isGradEnabled,
  noGrad,
  ones,
  tensor,
  valueAndGrad,
  zeros,
} from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, sample, values } from './check.js';

const leaf = (v: number[]): Tensor => tensor(v, { requiresGrad: true });

describe('backward', () => {
  test('adds up in every leaf that asks for it', () => {
    const [a, b, c] = [leaf([1, 2]), leaf([3, 4]), tensor([5, 6])];
    a.mul(b).add(c).sum().backward();
    expect(values(a.grad!)).toEqual([3, 4]);
    expect(values(b.grad!)).toEqual([1, 2]);
    expect(c.grad).toBeNull();
    a.sum().backward();
    expect(values(a.grad!)).toEqual([4, 5]);
    a.grad = null;
    a.mul(2).backward(tensor([1, 10]));
    expect(values(a.grad!)).toEqual([2, 20]);
  });
  test('the gradient is linear in its seed', () => {
    const x = leaf([1, 2]);
    const y = x.exp();
    const of = (seed: number[]): number[] => values(grad(y, [x], { seed: tensor(seed) })[0]!);
    const [g1, g2] = [of([1, 0]), of([0, 2])];
    expect(of([1, 2])).toEqual(g1.map((v, i) => v + g2[i]!));
  });
  test('values that have been read, and leaves used twice, count in full', () => {
    const x = leaf([3]);
    const y = x.mul(x);
    expect(y.item()).toBe(9);
    const z = y.mul(x);
    expect(z.item()).toBe(27);
    z.sum().backward();
    expect(values(x.grad!)).toEqual([27]);
  });
  test('gradients are detached unless asked for otherwise', () => {
    const x = leaf([2]);
    x.pow(3).sum().backward();
    expect(x.grad!.requiresGrad).toBe(false);
    x.grad = null;
    x.pow(3).sum().backward(undefined, { createGraph: true });
    const g = x.grad!;
    x.grad = null;
    g.sum().backward();
    expect(values(x.grad!)).toEqual([12]);
  });
  test('old and new values of a parameter both count', () => {
    const p = new Parameter(ones([1]));
    const before = p.mul(3);
    p.assign(tensor([2]));
    expect(values(p)).toEqual([2]);
    before.add(p.mul(4)).sum().backward();
    expect(values(p.grad!)).toEqual([7]);
    expect(values(grad(before.sum(), [p])[0]!)).toEqual([3]);
  });
  test('what cannot be differentiated is named', () => {
    expect(() => ones([1]).backward()).toThrow('depends on nothing that requires a gradient');
    expect(() => leaf([1, 2]).mul(2).backward()).toThrow('use sum() or mean() first');
    expect(() => leaf([1, 2]).backward(ones([3]))).toThrow('the seed has shape [3]');
    const compiled = compile((x: Tensor) => x.sum());
    expect(() => compiled(leaf([1])).backward()).toThrow('or a compiled function');
  });
});

describe('where gradients end', () => {
  test('detach', () => {
    const x = leaf([2]);
    x.mul(x.detach()).sum().backward();
    expect(values(x.grad!)).toEqual([2]);
    x.grad = null;
    x.add(x.round().sub(x).detach()).sum().backward();
    expect(values(x.grad!)).toEqual([1]);
  });
  test('noGrad and enableGrad', () => {
    const x = leaf([2]);
    const y = noGrad(() => {
      expect(isGradEnabled()).toBe(false);
      expect(enableGrad(() => x.mul(2)).requiresGrad).toBe(true);
      return x.mul(3);
    });
    expect(isGradEnabled()).toBe(true);
    expect(y.requiresGrad).toBe(false);
    y.mul(x).sum().backward();
    expect(values(x.grad!)).toEqual([6]);
    expect(() =>
      noGrad(() => x.reshape([1]))
        .sum()
        .backward(),
    ).toThrow('requires a gradient');
    expect(() =>
      noGrad(() => {
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(isGradEnabled()).toBe(true);
  });
  test('integers', () => {
    const x = leaf([2.5]);
    const y = x.int().float().mul(x);
    y.sum().backward();
    expect(values(x.grad!)).toEqual([2]);
    expect(x.argmax().requiresGrad).toBe(false);
  });
});

describe('grad of functions', () => {
  const cube = (x: Tensor): Tensor => x.pow(3).sum();
  test('to any order', () => {
    const x = f64(2);
    expect(grad(cube)(x).item()).toBe(12);
    const second = grad((t: Tensor) => grad(cube)(t).sum());
    expect(second(x).item()).toBe(12);
    expect(grad((t: Tensor) => second(t).sum())(x).item()).toBe(6);
    expect(grad((t: Tensor) => t.tanh().sum())(f64([0, 1])).requiresGrad).toBe(false);
  });
  test('structures, argnum and values', () => {
    const f = (c: number, p: { w: Tensor; b: Tensor[] }): Tensor =>
      p.w.mul(c).add(p.b[0]!).pow(2).sum();
    const [value, g] = valueAndGrad(f, { argnum: 1 })(2, { w: ones([2]), b: [ones([2])] });
    expect(value.item()).toBe(18);
    expect(values(g.w)).toEqual([12, 12]);
    expect(values(g.b[0]!)).toEqual([6, 6]);
    expect(() => grad(cube, { argnum: 1 as 0 })(ones([]))).toThrow('argnum is 1');
    expect(() => grad((() => 3) as never as typeof cube)(ones([]))).toThrow(
      'has to return a tensor',
    );
    expect(() => grad((x: Tensor) => x)(ones([2]))).toThrow('use sum() or mean() first');
  });
  test('what does not matter has gradient 0', () => {
    expect(values(grad((_: Tensor) => ones([]))(ones([2])))).toEqual([0, 0]);
    expect(values(grad((x: Tensor) => x.floor().sum())(ones([2])))).toEqual([0, 0]);
  });
  test('leaves .grad alone, and works on parameters', () => {
    const p = new Parameter(tensor([1, 2]));
    const g = grad((w: Tensor) => w.mul(p).sum())(p);
    expect(values(g)).toEqual([1, 2]);
    expect(p.grad).toBeNull();
    expect(g.requiresGrad).toBe(true); // p itself, captured, still counts
  });
  test('inside noGrad', () => {
    noGrad(() => expect(grad(cube)(f64(2)).item()).toBe(12));
  });
  test('through a compiled function', () => {
    const f = compile((x: Tensor) => x.pow(3).sum());
    expect(grad(f)(f64(2)).item()).toBe(12);
    expect(compile(grad(cube))(f64(2)).item()).toBe(12);
  });
  test('a step of Newton: Hessian times vector', () => {
    const v = f64([1, 2]);
    const f = (x: Tensor): Tensor =>
      x
        .pow(3)
        .sum()
        .add(x.at(0).mul(x.at(1)));
    const hv = grad((x: Tensor) => grad(f)(x).mul(v).sum())(f64([1, 3]));
    expectClose(hv, [6 * 1 + 2, 18 * 2 + 1]);
  });
});

describe('grad of tensors', () => {
  test('by leaves and by what lies between', () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const z = y.mul(y).sum();
    const [gx, gy] = grad(z, [x, y]);
    expect(values(gx!)).toEqual([18, 36]);
    expect(values(gy!)).toEqual([6, 12]);
    expect(x.grad).toBeNull();
    expect(values(grad(gx!.sum(), [x])[0]!)).toEqual([18, 18]);
    expect(values(grad([z, y], [x], { seed: [ones([]), ones([2])] })[0]!)).toEqual([21, 39]);
  });
  test('unused inputs', () => {
    const [x, y] = [leaf([1]), leaf([1])];
    expect(() => grad(x.sum(), [y])).toThrow('has no influence on the outputs; pass allowUnused');
    expect(values(grad(x.sum(), [y], { allowUnused: true })[0]!)).toEqual([0]);
    expect(() => grad(x.sum(), [zeros([1])])).toThrow('does not require a gradient');
  });
});

test('apply makes operations of primitives differentiable', () => {
  const f = (x: Tensor): Tensor => apply([x], (b, n) => b.flip(b.mul(n!, n!), [0]));
  checkGradient(f, [sample([3])]);
  const x = leaf([1, 2]);
  expect(noGrad(() => f(x)).requiresGrad).toBe(false);
});
