import { describe, expect, test } from 'vitest';
import { init } from '../../../src/nn/index.js';
import type { DType, Shape, Tensor } from '../../../src/tensor/index.js';
import {
  Generator,
  Parameter,
  StateTensor,
  compile,
  conv,
  zeros,
} from '../../../src/tensor/index.js';
import { expectClose, sample, values } from '../../tensor/check.js';

const made = (shape: Shape, dtype: DType = 'f64'): Parameter =>
  new Parameter(zeros(shape, { dtype }));

describe('eye and dirac pass on what they get', () => {
  test('eye', () => {
    expect(init.eye(made([2, 3])).tolist()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(() => init.eye(made([2]))).toThrow('eye: the tensor is [2]; use a matrix [out, in].');
  });
  test.each([
    [[3, 3, 3], [2, 3, 5], 1],
    [[5, 2, 3, 5], [2, 2, 4, 6], 1],
    [[2, 4, 1, 3, 3], [1, 4, 2, 3, 3], 1],
    [[6, 2, 3, 3], [1, 4, 3, 3], 2],
  ] as const)('dirac %j of %j in %i groups', (shape, input, groups) => {
    const x = sample([...input], 2);
    const weight = init.dirac(made([...shape]), { groups });
    const y = conv(x, weight, { padding: 'same', groups });
    const [own, inner] = [shape[0] / groups, shape[1]];
    for (let o = 0; o < shape[0]; o++) {
      const [group, channel] = [Math.floor(o / own), o % own];
      const from = x.narrow(1, group * inner + Math.min(channel, inner - 1), 1);
      const want = channel < inner ? values(from) : values(from).map(() => 0);
      expect(values(y.narrow(1, o, 1))).toEqual(want);
    }
  });
  test('an even kernel has its one behind the middle, as in PyTorch', () => {
    expect(values(init.dirac(made([1, 1, 4])))).toEqual([0, 0, 1, 0]);
  });
  test('what dirac cannot do is told', () => {
    expect(() => init.dirac(made([2, 3]))).toThrow(
      'dirac: the tensor is [2, 3]; use the weight of',
    );
    expect(() => init.dirac(made([3, 1, 3]), { groups: 2 })).toThrow(
      'dirac: groups is 2, which does not divide the 3 output channels; use a divisor.',
    );
    expect(() => init.dirac(made([3, 1, 3]), { groups: 0 })).toThrow('dirac: groups is 0');
  });
});

describe('orthogonal', () => {
  /** Rows times rows, or columns times columns. */
  const gram = (w: Tensor): Tensor => {
    const m = w.reshape([w.shape[0]!, w.size / w.shape[0]!]);
    return m.shape[0]! <= m.shape[1]! ? m.matmul(m.T) : m.T.matmul(m);
  };
  const identity = (n: number, scale = 1): number[][] =>
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (i === j ? scale : 0)),
    );

  test.each([[[64, 64]], [[7, 40]], [[40, 7]], [[8, 3, 2, 2]], [[30, 2, 3]], [[1, 1]]] as const)(
    '%j',
    (shape) => {
      const w = init.orthogonal(made([...shape]), { generator: new Generator(1) });
      expectClose(gram(w), identity(Math.min(shape[0], w.size / shape[0])), 1e-13);
    },
  );
  test('in f32, with a gain', () => {
    const w = init.orthogonal(made([96, 96], 'f32'), { gain: 3, generator: new Generator(2) });
    expectClose(gram(w), identity(96, 9), 1e-5);
  });
  test('uniform among rotations and reflections', () => {
    // A row is as likely to point one way as another: its first element has mean 0 and variance ⅓.
    const generator = new Generator(3);
    const firsts = Array.from({ length: 400 }, () =>
      values(init.orthogonal(made([3, 3]), { generator })).slice(-3),
    );
    for (const k of [0, 1, 2]) {
      const v = firsts.map((row) => row[k]!);
      expect(Math.abs(v.reduce((a, b) => a + b) / 400)).toBeLessThan(0.12);
      expect(v.reduce((s, x) => s + x * x, 0) / 400).toBeCloseTo(1 / 3, 1);
    }
  });
  test('the same again for the same seed', () => {
    const again = (): number[] =>
      values(init.orthogonal(made([4, 4]), { generator: new Generator(4) }));
    expect(again()).toEqual(again());
  });
  test('no elements, and what it cannot do', () => {
    expect(init.orthogonal(made([0, 4])).shape).toEqual([0, 4]);
    expect(() => init.orthogonal(made([4]))).toThrow(
      'orthogonal: the tensor is [4]; use a weight [out, in, …].',
    );
    expect(() => init.orthogonal(new StateTensor(zeros([2, 2], { dtype: 'i32' })))).toThrow(
      'orthogonal: the tensor is i32; use one of f32 or f64.',
    );
    const p = made([2, 2]);
    expect(() => compile(() => init.orthogonal(p))()).toThrow('are read while');
  });
});

describe('sparse', () => {
  test('each column has its zeros, the others are normal', () => {
    const [out, inner] = [50, 400];
    const w = init.sparse(made([out, inner]), 0.33, { std: 2, generator: new Generator(1) });
    const zero = w.eq(0).to('i32');
    expect(values(zero.sum(0))).toEqual(Array.from({ length: inner }, () => 17)); // ⌈16.5⌉
    // Each row has its share of them, within five standard deviations.
    const share = values(zero.sum(1)).map((n) => Math.abs(n / inner - 17 / 50));
    expect(Math.max(...share)).toBeLessThan(5 * Math.sqrt((0.34 * 0.66) / inner));
    const rest = values(w).filter((x) => x !== 0);
    const variance = rest.reduce((s, x) => s + x * x, 0) / rest.length;
    expect(variance / 4).toBeCloseTo(1, 1);
  });
  test('all or nothing', () => {
    expect(values(init.sparse(made([3, 2]), 1))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(values(init.sparse(made([3, 2]), 0)).filter((x) => x === 0)).toEqual([]);
  });
  test('what it cannot do is told', () => {
    expect(() => init.sparse(made([2, 2]), 1.5)).toThrow('sparse: sparsity is 1.5; use a fraction');
    expect(() => init.sparse(made([2, 2]), NaN)).toThrow('sparse: sparsity is NaN');
    expect(() => init.sparse(made([2, 2]), 0.5, { std: -1 })).toThrow('sparse: std is -1');
    expect(() => init.sparse(made([2, 2, 2]), 0.5)).toThrow(
      'sparse: the tensor is [2, 2, 2]; use a',
    );
  });
});
