// covers: src/nn/functional/embedding.ts
import { describe, expect, test } from 'vitest';
import { Embedding, embedding } from '../../src/nn/index.js';
import type { EmbeddingFunctionOptions } from '../../src/nn/index.js';
import { Adam } from '../../src/optim/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Parameter, compile, grad, manualSeed, randn, tensor } from '../../src/tensor/index.js';
import { expectClose, values } from '../tensor/check.js';
import type { Packed } from './check.js';
import { golden, unpack } from './check.js';

interface Case {
  readonly options: Readonly<Record<string, number | boolean | 'inf'>>;
  readonly input: Packed;
  readonly weight: Packed;
  readonly output: Packed;
  readonly seed: Packed;
  readonly grads: readonly Packed[];
  readonly after: Packed;
}

const { lookups } = golden<{ readonly lookups: readonly Case[] }>('embedding.json');
const ids = (list: unknown): Tensor => tensor(list as number[], { dtype: 'i32' });

function run(c: Case, float: 'f32' | 'f64', compiled: boolean, tolerance: number): void {
  const entries = Object.entries(c.options).map(([k, v]) => [k, v === 'inf' ? Infinity : v]);
  const options = Object.fromEntries(entries) as EmbeddingFunctionOptions;
  const weight = new Parameter(unpack(c.weight, float));
  const both = (x: Tensor, seed: Tensor): Tensor[] => {
    const y = embedding(x, weight, options);
    return [y, ...grad([y], [weight], { seed })];
  };
  const found = (compiled ? compile(both) : both)(unpack(c.input, float), unpack(c.seed, float));
  [c.output, ...c.grads].forEach((want, i) => {
    expect(found[i]!.shape).toEqual(want.shape);
    expectClose(found[i]!.flatten(), [...want.data], tolerance);
  });
  expectClose(weight.flatten(), [...c.after.data], tolerance);
}

describe('values, gradients and the table afterwards are those of PyTorch', () => {
  test.each(lookups.map((c) => [JSON.stringify([c.input.shape, c.options]), c] as const))(
    '%s',
    (_, c) => {
      run(c, 'f64', false, 1e-12);
      run(c, 'f64', true, 1e-12);
      run(c, 'f32', true, 1e-5);
    },
  );
});

test('a layer starts standard normal, with zeros for padding', () => {
  manualSeed(3);
  const layer = new Embedding(200, 50, { paddingIdx: -1 });
  expect(layer.paddingIdx).toBe(199);
  expect(values(layer.weight.at(199))).toEqual(new Array<number>(50).fill(0));
  const drawn = layer.weight.at({ start: 0, stop: 199 });
  expect(Math.abs(drawn.mean().item())).toBeLessThan(0.05);
  expect(Math.abs(drawn.std().item() - 1)).toBeLessThan(0.05);
  expect(layer.toString()).toContain('200, 50, paddingIdx=199');
});

test('training moves only the rows that are looked up, and never that of padding', () => {
  const layer = new Embedding(5, 2, { paddingIdx: 0, dtype: 'f64' });
  const before = layer.weight.tolist() as number[][];
  const optimizer = new Adam(layer.parameters(), { lr: 0.1 });
  const step = compile((x: Tensor) => {
    optimizer.zeroGrad();
    layer.forward(x).sub(3).pow(2).mean().backward();
    optimizer.step();
  });
  for (let i = 0; i < 3; i++) step(ids([[1, 3, 0]]));
  const after = layer.weight.tolist() as number[][];
  expect(after.map((row, i) => row.every((v, d) => v === before[i]![d]))).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});

test('pretrained vectors are kept as they are unless freeze is false', () => {
  const vectors = tensor([
    [1, 2],
    [3, 4],
  ]);
  const layer = Embedding.fromPretrained(vectors, { paddingIdx: 1 });
  expect(values(layer.forward(ids([1, 0])))).toEqual([3, 4, 1, 2]);
  expect(layer.weight.requiresGrad).toBe(false);
  expect(Embedding.fromPretrained(vectors, { freeze: false }).weight.requiresGrad).toBe(true);
  expect(() => Embedding.fromPretrained(tensor([1, 2]))).toThrow(
    'embeddings are [2]; give [V, D].',
  );
});

test('no indices give no rows', () => {
  expect(embedding(ids([]), randn([3, 2])).shape).toEqual([0, 2]);
});

test('what does not fit is refused in a sentence', () => {
  const weight = randn([3, 2]);
  const message = 'embedding: input has index 3, weight [V, D] = [3, 2] has 3 rows; use 0…2';
  expect(() => embedding(ids([0, 3]), weight)).toThrow(message);
  expect(() => embedding(ids([-1]), weight)).toThrow('index -1');
  const f = compile((x: Tensor) => embedding(x, weight));
  expect(values(f(ids([[2], [0]])))).toHaveLength(4);
  expect(() => f(ids([[2], [3]]))).toThrow(message);
  expect(() => embedding(tensor([0, 1]), weight)).toThrow('input is f32, and indices are i32');
  expect(() => embedding(ids([0]), randn([3]))).toThrow('weight is [3]; give one [V, D].');
  expect(() => embedding(ids([0]), ids([[1]]))).toThrow('weight is i32; use f32 or f64.');
  expect(() => embedding(ids([0]), weight, { paddingIdx: 3 })).toThrow(
    'paddingIdx is 3; use an integer from -3 to 2',
  );
  expect(() => embedding(ids([0]), weight, { maxNorm: 1 })).toThrow('pass a Parameter');
  const table = new Parameter(weight);
  expect(() => embedding(ids([0]), table, { maxNorm: -1 })).toThrow('maxNorm is -1');
  expect(() => embedding(ids([0]), table, { maxNorm: 1, normType: 0 })).toThrow('normType is 0');
  expect(() => new Embedding(0, 2)).toThrow('numEmbeddings is 0');
  expect(() => new Embedding(2, 2, { maxNorm: NaN })).toThrow('maxNorm is NaN');
});
