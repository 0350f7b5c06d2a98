// covers: src/nn/functional/embedding-bag.ts
import { describe, expect, test } from 'vitest';
import { EmbeddingBag, embeddingBag } from '../../src/nn/index.js';
import type { EmbeddingBagFunctionOptions } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Parameter, compile, grad, randn, tensor } from '../../src/tensor/index.js';
import { expectClose, values } from '../tensor/check.js';
import type { Packed } from './check.js';
import { golden, unpack } from './check.js';

interface Case {
  readonly options: EmbeddingBagFunctionOptions;
  readonly input: Packed;
  readonly weight: Packed;
  readonly offsets?: Packed;
  readonly perSampleWeights?: Packed;
  readonly output: Packed;
  readonly seed: Packed;
  readonly grads: readonly Packed[];
  readonly after: Packed;
}

const { bags } = golden<{ readonly bags: readonly Case[] }>('embedding.json');
const ids = (list: unknown): Tensor => tensor(list as number[], { dtype: 'i32' });

function run(c: Case, float: 'f32' | 'f64', compiled: boolean, tolerance: number): void {
  const weight = new Parameter(unpack(c.weight, float));
  const both = (x: Tensor, seed: Tensor, offsets?: Tensor, factors?: Tensor): Tensor[] => {
    const given = {
      ...c.options,
      ...(offsets ? { offsets } : {}),
      ...(factors ? { perSampleWeights: factors } : {}),
    };
    const y = embeddingBag(x, weight, given);
    return [y, ...grad([y], factors ? [weight, factors] : [weight], { seed })];
  };
  const found = (compiled ? compile(both) : both)(
    unpack(c.input, float),
    unpack(c.seed, float),
    c.offsets && unpack(c.offsets, float),
    c.perSampleWeights && unpack(c.perSampleWeights, float, true),
  );
  [c.output, ...c.grads].forEach((want, i) => {
    expect(found[i]!.shape).toEqual(want.shape);
    expectClose(found[i]!.flatten(), [...want.data], tolerance);
  });
  expectClose(weight.flatten(), [...c.after.data], tolerance);
}

describe('values and gradients are those of PyTorch', () => {
  test.each(
    bags.map((c) => [JSON.stringify([c.input.shape, c.offsets?.data, c.options]), c] as const),
  )('%s', (_, c) => {
    run(c, 'f64', false, 1e-12);
    run(c, 'f64', true, 1e-12);
    run(c, 'f32', true, 1e-5);
  });
});

test('a layer holds its options; a bag of nothing, or of padding alone, gives zeros', () => {
  for (const mode of ['sum', 'mean', 'max'] as const) {
    const layer = new EmbeddingBag(4, 2, { mode, paddingIdx: 0 });
    expect(layer.toString()).toContain(`4, 2, mode=${mode}`);
    expect(values(layer.forward(ids([[0, 0]])))).toEqual([0, 0]);
    const offsets = ids([0, 0, 2]);
    const y = layer.forward(ids([3, 3]), { offsets });
    expect(values(y.at(0))).toEqual([0, 0]);
    expect(values(y.at(2))).toEqual([0, 0]);
    expect(values(y.at(1)).every((v) => v !== 0)).toBe(true);
  }
});

test('what does not fit is refused in a sentence', () => {
  const weight = randn([4, 2]);
  const bag =
    (x: unknown, options: EmbeddingBagFunctionOptions = {}) =>
    () =>
      embeddingBag(ids(x), weight, options);
  expect(bag([1])).toThrow('input is [1]; give [B, T] without offsets');
  expect(bag([[1]], { offsets: ids([0]) })).toThrow('or [n] with them');
  expect(bag([[1]], { mode: 'product' as never })).toThrow("there is no mode 'product'");
  expect(bag([1], { offsets: tensor([0]) })).toThrow('offsets are f32');
  expect(bag([1], { offsets: ids([]) })).toThrow('offsets are [0]; give a vector');
  expect(bag([1, 2], { offsets: ids([1]) })).toThrow('offsets[0] = 1; they begin at 0');
  expect(bag([1, 2], { offsets: ids([0, 2, 1]) })).toThrow('offsets[2] = 1');
  expect(bag([1, 2], { offsets: ids([0, 3]) })).toThrow('offsets[1] = 3');
  expect(bag([[1]], { perSampleWeights: randn([1, 1]) })).toThrow("use mode 'sum'");
  expect(bag([[1]], { mode: 'sum', perSampleWeights: randn([2]) })).toThrow('give f32 [1, 1]');
  expect(bag([[4]])).toThrow('input has index 4');
  expect(() => new EmbeddingBag(0, 2)).toThrow('numEmbeddings is 0');
});
