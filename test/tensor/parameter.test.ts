// covers: src/tensor/constant-node.ts
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Parameter,
  StateTensor,
  assignAll,
  compile,
  ones,
  rand,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { i32, values } from './check.js';

describe('assignment outside a compiled function', () => {
  test('takes effect at once', () => {
    const s = new StateTensor(zeros([2]));
    s.assign(tensor([1, 2]));
    s.assign(s.add(s));
    expect(values(s)).toEqual([2, 4]);
    s.assign(7);
    expect(s.array()).toEqual([7, 7]);
    s.load([1.5, 2.5]);
    expect(values(s.mul(2))).toEqual([3, 5]);
    expect(() => s.load([1])).toThrow('load: 1 values for a tensor [2] of 2');
  });
  test('copies its first value', () => {
    const data = tensor([1, 2]);
    const [a, b] = [new StateTensor(data), new StateTensor(data)];
    compile(() => a.assign(a.add(1)))();
    expect([values(data), values(a), values(b)]).toEqual([
      [1, 2],
      [2, 3],
      [1, 2],
    ]);
    const c = new StateTensor(a);
    a.assign(0);
    expect(values(c)).toEqual([2, 3]);
  });
  test('a random first value stays', () => {
    const p = new Parameter(rand([3]));
    const first = values(p.mul(1));
    expect(values(p)).toEqual(first);
    expect(values(p)).toEqual(first);
  });
  test('all at once: the values are those from before', () => {
    const [a, b] = [new Parameter(tensor([1])), new Parameter(tensor([2]))];
    assignAll([
      [a, b],
      [b, a],
    ]);
    expect([a.item(), b.item()]).toEqual([2, 1]);
    assignAll([
      [a, a.add(b)],
      [b, a.sub(b)],
    ]);
    expect([a.item(), b.item()]).toEqual([3, 1]);
  });
  test('gradients do not flow through', () => {
    const p = new Parameter(tensor([3]));
    p.assign(p.mul(p));
    p.mul(2).sum().backward();
    expect(values(p.grad!)).toEqual([2]);
    expect(p.requiresGrad && p.isLeaf).toBe(true);
    expect(new StateTensor(ones([1])).requiresGrad).toBe(false);
    expect(new Parameter(ones([1]), { requiresGrad: false }).mul(2).requiresGrad).toBe(false);
  });
  test('misfits are named', () => {
    const s = new StateTensor(zeros([2]));
    expect(() => s.assign(ones([3]))).toThrow(
      'assign: a value of shape [3] for a tensor of shape [2]',
    );
    expect(() => s.assign(i32([1, 2]))).toThrow("use to('f32')");
    expect(() => new Parameter(i32([1]))).toThrow('use f32 or f64');
    const t = new StateTensor(zeros([1]));
    expect(() =>
      assignAll([
        [t, ones([1])],
        [s, ones([1])],
      ]),
    ).toThrow('assign');
    expect(t.item()).toBe(0);
  });
});

describe('assignment inside a compiled function', () => {
  test('is seen by later reads and lands at the end', () => {
    const s = new StateTensor(tensor([1]));
    const step = compile((x: Tensor) => {
      const before = s.mul(1);
      s.assign(s.add(x));
      s.assign(s.mul(2));
      return [before, s.mul(1), s] as const;
    });
    expect(step(ones([1])).map((t) => t.item())).toEqual([1, 4, 4]);
    expect(step(ones([1])).map((t) => t.item())).toEqual([4, 10, 10]);
    expect(s.item()).toBe(10);
    expect(step.compilations).toBe(1);
  });
  test('lazy values recorded before keep the old value', () => {
    const s = new StateTensor(tensor([1]));
    const old = s.mul(10);
    const step = compile(() => s.assign(s.add(1)));
    step();
    step();
    expect(old.item()).toBe(10);
    expect(s.item()).toBe(3);
  });
  test('a pending assignment outside happens first', () => {
    const s = new StateTensor(tensor([1]));
    const step = compile(() => s.assign(s.mul(2)));
    s.assign(s.add(4));
    step();
    expect(s.item()).toBe(10);
  });
  test('two steps in one program', () => {
    const p = new Parameter(tensor([8]));
    const descend = (): void => {
      p.grad = null;
      p.mul(p).sum().backward();
      p.assign(p.sub(p.grad!.mul(0.25)));
    };
    compile(() => {
      descend();
      descend();
    })();
    expect(p.item()).toBe(2);
  });
  test('state made inside starts from a constant', () => {
    let moment: StateTensor | undefined;
    const step = compile((x: Tensor) => {
      moment ??= new StateTensor(zeros([1]));
      moment.assign(moment.add(x));
    });
    step(ones([1]));
    step(ones([1]));
    expect(moment!.item()).toBe(2);
    expect(() => compile((x: Tensor) => new StateTensor(x).add(1))(ones([1]))).toThrow(
      'create it outside, or start from a constant',
    );
    expect(() => compile(() => moment!.load([1]))()).toThrow('load: not inside');
  });
});
