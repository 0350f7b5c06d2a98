import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Generator,
  bernoulli,
  compile,
  defaultGenerator,
  full,
  manualSeed,
  normal,
  ones,
  rand,
  randint,
  randn,
  randperm,
  shuffle,
  tensor,
  uniform,
} from '../../src/tensor/index.js';
import { f64, values } from './check.js';

function moments(t: Tensor): { mean: number; variance: number } {
  const x = t.double();
  return { mean: x.mean().item(), variance: x.variance().item() };
}

describe('distributions', () => {
  const n = 20_000;
  test('uniform', () => {
    manualSeed(1);
    const x = rand([n]);
    const { mean, variance } = moments(x);
    expect(mean).toBeCloseTo(0.5, 1.5);
    expect(variance).toBeCloseTo(1 / 12, 2);
    expect(x.min().item()).toBeGreaterThanOrEqual(0);
    expect(x.max().item()).toBeLessThan(1);
    expect(values(x.mul(2 ** 24)).every(Number.isInteger)).toBe(true);
    const y = values(rand([n], { dtype: 'f64' }).mul(2 ** 53));
    expect(y.every(Number.isInteger)).toBe(true);
    expect(y.some((v) => v % 2 ** 29 !== 0)).toBe(true);
    const z = uniform(-2, 4, [n]);
    expect(moments(z).mean).toBeCloseTo(1, 1);
    expect(() => rand([2], { dtype: 'i32' })).toThrow('use randint()');
  });
  test('normal', () => {
    manualSeed(2);
    for (const dtype of ['f32', 'f64'] as const) {
      const x = randn([n], { dtype });
      const { mean, variance } = moments(x);
      expect(Math.abs(mean)).toBeLessThan(0.03);
      expect(Math.abs(variance - 1)).toBeLessThan(0.05);
      expect(x.isFinite().all().array()).toBe(true);
      expect(x.abs().lt(1.96).double().mean().item()).toBeCloseTo(0.95, 1.5);
    }
    expect(moments(normal(5, 0.1, [n])).mean).toBeCloseTo(5, 2);
  });
  test('integers and coin tosses', () => {
    manualSeed(3);
    const x = randint(-2, 3, [n]);
    expect(x.dtype).toBe('i32');
    for (let k = -2; k < 3; k++) {
      expect(x.eq(k).double().mean().item()).toBeCloseTo(0.2, 1.5);
    }
    expect(() => randint(3, 3, [1])).toThrow('is no range of integers');
    expect(bernoulli(0.3, [n]).double().mean().item()).toBeCloseTo(0.3, 1.5);
    expect(bernoulli(tensor([0, 1])).array()).toEqual([0, 1]);
    expect(bernoulli(f64([0, 1])).dtype).toBe('f64');
    expect(bernoulli(0.5, [2], { dtype: 'bool' }).dtype).toBe('bool');
  });
  test('permutations', () => {
    manualSeed(4);
    const p = values(randperm(100));
    expect([...p].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(p).not.toEqual([...p].sort((a, b) => a - b));
    expect(shuffle('abc'.split('')).sort()).toEqual(['a', 'b', 'c']);
    expect(() => compile(() => randperm(3))()).toThrow('words: inside the compiled function');
  });
});

describe('seeds', () => {
  test('the same seed gives the same numbers, another others', () => {
    const draw = (seed: number): number[] => {
      manualSeed(seed);
      return [...values(rand([3])), ...values(randn([3])), ...values(randperm(5))];
    };
    expect(draw(5)).toEqual(draw(5));
    const seeds = [0, 1, -1, 2 ** 32, 2 ** 32 + 1, -(2 ** 40), Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((s) => String(draw(s)))).size).toBe(seeds.length);
    expect(() => manualSeed(0.5)).toThrow('0.5 is no safe integer');
    expect(() => compile(() => manualSeed(1))()).toThrow('would happen only once');
  });
  test('each call draws anew, at the place where it is recorded', () => {
    manualSeed(6);
    const [a, b] = [rand([2]), rand([2])];
    const second = values(b);
    const first = values(a);
    manualSeed(6);
    expect([values(rand([2])), values(rand([2]))]).toEqual([first, second]);
    expect(first).not.toEqual(second);
  });
  test('the state goes on where it was', () => {
    const g = new Generator(7);
    rand([2], { generator: g });
    const state = g.getState();
    const next = values(rand([2], { generator: g }));
    g.setState(state);
    expect(values(rand([2], { generator: g }))).toEqual(next);
    expect(() => g.setState([1])).toThrow('4 words');
  });
});

describe('inside compiled functions', () => {
  const noisy = (x: Tensor): Tensor =>
    x
      .add(rand([2]))
      .mul(bernoulli(0.5, [2]))
      .add(randn([2]));
  test('the bits are those of lazy code, and new at each call', () => {
    manualSeed(8);
    const lazy = [1, 2, 3].map(() => values(noisy(ones([2]))));
    const after = defaultGenerator.getState();
    manualSeed(8);
    const compiled = compile(noisy);
    expect([1, 2, 3].map(() => values(compiled(ones([2]))))).toEqual(lazy);
    expect(defaultGenerator.getState()).toEqual(after);
    expect(compiled.compilations).toBe(1);
    expect(lazy[0]).not.toEqual(lazy[1]);
  });
  test('the counter carries into its upper word', () => {
    const g = new Generator(9);
    const draw = (): Tensor[] => [1, 2, 3].map(() => rand([2], { generator: g }));
    for (const low of [-2, 2 ** 31 - 2, -(2 ** 31) - 1]) {
      const state = Int32Array.of(1, 2, low, 7);
      g.setState(state);
      const lazy = draw().map(values);
      const after = g.getState();
      g.setState(state);
      expect(compile(draw)().map(values)).toEqual(lazy);
      expect(g.getState()).toEqual(after);
    }
    expect(g.getState()[3]).toBe(7);
    g.setState([1, 2, -2, 7]);
    compile(draw)();
    expect([...g.getState()]).toEqual([1, 2, 1, 8]);
  });
  test('gradients flow through what is drawn', () => {
    const p = full([2], 2, { requiresGrad: true });
    manualSeed(10);
    p.mul(rand([2]))
      .sum()
      .backward();
    manualSeed(10);
    expect(values(p.grad!)).toEqual(values(rand([2])));
  });
});
