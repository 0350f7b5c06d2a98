// covers: src/tensor/evaluate.ts, src/tensor/device.ts, src/tensor/tensor.ts, src/tensor/index.ts
import { afterEach, describe, expect, test, vi } from 'vitest';
import { testDevice } from '../device.js';
import { topological } from '../../src/engine/graph/node.js';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Parameter,
  StateTensor,
  arange,
  evaluate,
  getDevice,
  ones,
  rand,
  setDevice,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { i32, values } from './check.js';

afterEach(() => vi.restoreAllMocks());

/** How many programs `f` compiles, and how many outputs each has. */
function programs(f: () => void): number[] {
  const compile = vi.spyOn(testDevice, 'compile');
  const before = compile.mock.calls.length;
  f();
  return compile.mock.calls.slice(before).map(([spec]) => spec.outputs.length);
}

describe('reading', () => {
  test('shape, rank, size', () => {
    const x = ones([2, 0, 3]);
    expect([x.rank, x.ndim, x.size]).toEqual([3, 3, 0]);
    expect(x.dtype).toBe('f32');
  });
  test('data is a copy in row-major order', async () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const data = await x.data();
    expect(data).toEqual(Float32Array.of(1, 2, 3, 4));
    data[0] = 9;
    x.dataSync()[1] = 9;
    expect(values(x)).toEqual([1, 2, 3, 4]);
  });
  test('item, array', () => {
    expect(tensor([[5]]).item()).toBe(5);
    expect(tensor(true).item()).toBe(1);
    expect(tensor([[true], [false]]).array()).toEqual([[true], [false]]);
    expect(tensor(2).tolist()).toBe(2);
    expect(zeros([2, 0]).array()).toEqual([[], []]);
    expect(() => ones([2]).item()).toThrow('item: a tensor of shape [2] has 2 elements, not one');
  });
  test('clone and detach have the same values', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(values(x.clone())).toEqual([1, 2]);
    expect(x.clone().requiresGrad).toBe(true);
    expect(x.detach().requiresGrad).toBe(false);
    expect(values(x.detach())).toEqual([1, 2]);
  });
});

describe('laziness', () => {
  test('operations compute nothing; reading computes once', () => {
    let y: Tensor;
    expect(programs(() => (y = ones([3]).add(1).mul(2)))).toEqual([]);
    expect(y!.isConcrete).toBe(false);
    expect(programs(() => values(y))).toEqual([1]);
    expect(y!.isConcrete).toBe(true);
    expect(programs(() => values(y))).toEqual([]);
  });
  test('what has been read is not computed again', () => {
    const x = ones([3]).exp();
    const y = x.add(1);
    values(x);
    const compile = vi.spyOn(testDevice, 'compile');
    values(y);
    const [spec] = compile.mock.calls[0]!;
    expect(spec.outputs[0]!.inputs[0]!.op).toBe('leaf');
  });
  test('several values in one program', () => {
    const x = rand([3]);
    const [a, b] = [x.add(1), x.mul(2)];
    expect(programs(() => evaluate(a, b, a, ones([1])))).toEqual([3]);
    expect(programs(() => [values(a), values(b)])).toEqual([]);
  });
  test('chains of 100,000 operations', () => {
    let x = tensor([0]);
    for (let i = 0; i < 100_000; i++) x = x.add(1);
    expect(x.item()).toBe(100_000);
    let y = tensor(0, { requiresGrad: true });
    const start = y;
    for (let i = 0; i < 20_000; i++) y = y.add(1);
    y.backward();
    expect(start.grad!.item()).toBe(1);
  });
  test('a value keeps what its variable was when it was recorded', () => {
    const p = new Parameter(ones([2]));
    const before = p.mul(2);
    p.assign(tensor([5, 6]));
    const after = p.mul(2);
    p.assign(p.add(100));
    expect(values(before)).toEqual([2, 2]);
    expect(values(after)).toEqual([10, 12]);
    expect(values(p)).toEqual([105, 106]);
  });
  test('assignments wait for the next evaluation and join its program', () => {
    const states = [1, 2, 3].map((v) => new StateTensor(ones([2]).mul(v)));
    expect(programs(() => states.forEach((s) => s.assign(s.add(1))))).toEqual([3]);
    const x = ones([2]).neg();
    expect(programs(() => values(x))).toEqual([4]);
    expect(programs(() => states.map(values))).toEqual([]);
    expect(states.map(values)).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
  });
});

describe('requiresGrad', () => {
  test('can be set on leaves of floats', () => {
    const x = arange(3);
    expect(() => (x.requiresGrad = true)).toThrow('dtype i32 has no gradient; use f32 or f64');
    const y = ones([3]).mul(2);
    y.requiresGrad = true;
    y.mul(y).sum().backward();
    expect(values(y.grad!)).toEqual([4, 4, 4]);
    y.requiresGrad = false;
    expect(y.mul(2).requiresGrad).toBe(false);
    const z = tensor([1], { requiresGrad: true }).mul(2);
    expect(() => (z.requiresGrad = false)).toThrow('use detach()');
    expect(i32([1]).requiresGrad).toBe(false);
  });
});

test('eager training holds on to one step only', () => {
  const w = new Parameter(ones([8]));
  const moment = new StateTensor(zeros([8]));
  for (let i = 0; i < 200; i++) {
    w.grad = null;
    const loss = w.mul(w).sum();
    loss.backward();
    moment.assign(moment.mul(0.9).add(w.grad!));
    w.assign(w.sub(moment.mul(0.01)));
  }
  const seen = new Set(topological([w.mul(1).node(), moment.node()]));
  expect(seen.size).toBeLessThan(20);
});

test('without a device, programs run on WebAssembly', async () => {
  vi.resetModules();
  const fresh = await import('../../src/tensor/index.js');
  expect(fresh.ones([1]).add(1).item()).toBe(2);
  expect(fresh.getDevice().name).toMatch(/^wasm(-relaxed)?$/);
  expect(fresh.getDevice()).toBe(fresh.getDevice());
  expect(getDevice()).toBe(testDevice);
  setDevice(testDevice);
});
