// covers: src/nn/attention/transformer-encoder.ts, src/nn/attention/transformer-decoder.ts
// covers: src/nn/attention/transformer-layer.ts, src/nn/attention/transformer-encoder-layer.ts
// covers: src/nn/attention/transformer-decoder-layer.ts, src/nn/attention/additive-attention.ts
// covers: src/nn/attention/rotary-embedding.ts
// covers: src/nn/attention/sinusoidal-positional-encoding.ts
import { expect, test } from 'vitest';
import {
  AdditiveAttention,
  LayerNorm,
  RotaryEmbedding,
  SinusoidalPositionalEncoding,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from '../../../src/nn/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, manualSeed, ones, tensor } from '../../../src/tensor/index.js';
import { checkGradient, expectClose, sample, values } from '../../tensor/check.js';

const small = { dimFeedforward: 6, dropout: 0, batchFirst: true, dtype: 'f64' } as const;
const bool = (list: unknown): Tensor => tensor(list as number[], { dtype: 'bool' });

test('layers of an encoder and a decoder stand on each other', () => {
  manualSeed(1);
  const norm = new LayerNorm(4, { dtype: 'f64' });
  const encoder = new TransformerEncoder(() => new TransformerEncoderLayer(4, 2, small), 2, {
    norm,
  });
  const decoder = new TransformerDecoder(() => new TransformerDecoderLayer(4, 2, small), 2);
  const [x, y] = [sample([2, 3, 4]), sample([2, 2, 4], 2)];
  const memory = encoder.forward(x);
  const [first, second] = encoder.layers;
  expect(values(memory)).toEqual(values(norm.forward(second!.forward(first!.forward(x)))));
  expect(values(first!.linear1.weight)).not.toEqual(values(second!.linear1.weight));
  expect(decoder.forward(y, memory, { tgtIsCausal: true }).shape).toEqual([2, 2, 4]);
  const names = [...decoder.namedParameters()].map(([name]) => name);
  expect(names).toContain('layers.1.multihead_attn.in_proj_weight');
  expect(() => new TransformerEncoder(() => first!, 0)).toThrow('numLayers is 0');
  expect(() => new TransformerDecoder(() => decoder.layers[0]!, 0)).toThrow('numLayers is 0');
});

test('gradients of layers', () => {
  manualSeed(3);
  const encoder = new TransformerEncoderLayer(4, 2, { ...small, normFirst: true });
  checkGradient((x) => encoder.forward(x, { isCausal: true }), [sample([1, 3, 4])]);
  const decoder = new TransformerDecoderLayer(4, 2, { ...small, activation: (x) => x.tanh() });
  const inputs = [sample([1, 2, 4]), sample([1, 3, 4], 2)];
  checkGradient((x, m) => decoder.forward(x, m, { memoryIsCausal: true }), inputs);
});

test('causal layers do not see the future, to the bit', () => {
  const layer = new TransformerEncoderLayer(4, 2, { ...small, dtype: 'f32' });
  const run = compile((x: Tensor) => layer.forward(x, { isCausal: true }));
  const x = sample([2, 6, 4]).to('f32');
  const later = x.add(ones([6, 4]).tril(-4)); // from position 4 on, in some features
  expect(values(run(x).narrow(1, 0, 4))).toEqual(values(run(later).narrow(1, 0, 4)));
});

test('dropout in training alone', () => {
  const layer = new TransformerEncoderLayer(4, 2, { ...small, dropout: 0.5 });
  const x = sample([1, 3, 4]);
  expect(values(layer.forward(x))).not.toEqual(values(layer.forward(x)));
  layer.eval();
  expect(values(layer.forward(x))).toEqual(values(layer.forward(x)));
});

test('layers refuse what does not fit', () => {
  expect(() => new TransformerEncoderLayer(6, 4)).toThrow('numHeads = 4 does not divide');
  expect(() => new TransformerEncoderLayer(4, 2, { dropout: 2 })).toThrow('p is 2');
  expect(() => new TransformerEncoderLayer(4, 2, { activation: 'tanh' as 'relu' })).toThrow(
    "activation is 'tanh'; use 'relu', 'gelu' or a function.",
  );
  const layer = new TransformerEncoderLayer(4, 2, small);
  expect(() => layer.forward(sample([1, 3, 5]))).toThrow('query is [1, 3, 5]; give one [N, T, D]');
});

test('additive attention: one query, other values, padding', () => {
  manualSeed(6);
  const attention = new AdditiveAttention(2, 3, 4, { dtype: 'f64' });
  const [query, keys] = [sample([2, 2]), sample([2, 4, 3], 2)];
  const keyPaddingMask = bool([
    [0, 0, 1, 1],
    [1, 1, 1, 1],
  ]);
  const [context, weights] = attention.forward(query, keys, { keyPaddingMask });
  expectClose(weights.sum(-1), [1, 0]);
  expect(values(context.at(1))).toEqual([0, 0, 0]);
  expectClose(weights.at(0).unsqueeze(0).matmul(keys.at(0)).squeeze(0), context.at(0).tolist());
  const values2 = sample([2, 4, 5], 3);
  expect(attention.forward(query, keys, { values: values2 })[0].shape).toEqual([2, 5]);
  checkGradient((q, k) => attention.forward(q, k, { keyPaddingMask })[0], [query, keys]);

  expect(() => attention.forward(sample([2, 3]), keys)).toThrow('give a query [N, L, 2] or [N, 2]');
  expect(() => attention.forward(query, keys, { values: sample([2, 3, 5]) })).toThrow(
    'give a value for each key, [2, 4, Dv].',
  );
  const projected = attention.project(keys);
  const [again] = attention.forward(query, keys, { projected });
  expectClose(again, attention.forward(query, keys)[0].array(), 0);
  expect(() => attention.forward(query, keys, { projected: keys })).toThrow(
    'give what project(keys) gives',
  );
  expect(() => attention.forward(query.to('f32'), keys)).toThrow('query is f32');
  expect(() => attention.forward(query, keys, { keyPaddingMask: bool([0, 0]) })).toThrow(
    'give [2, 4].',
  );
  const floats = sample([2, 4]);
  expect(() => attention.forward(query, keys, { keyPaddingMask: floats })).toThrow('use bool');
  expect(() => new AdditiveAttention(0, 1, 1)).toThrow('querySize is 0');
});

test('sinusoidal positions', () => {
  const first = new SinusoidalPositionalEncoding(4, { maxLength: 3, batchFirst: true });
  const x = sample([2, 3, 4]);
  const p = first.forward(x).sub(x);
  expectClose(p.at(0).at(0), [0, 1, 0, 1], 1e-14);
  expectClose(p.at(1).at(2), [Math.sin(2), Math.cos(2), Math.sin(0.02), Math.cos(0.02)], 1e-14);
  expectClose(first.forward(x.at(0)), first.forward(x).at(0).tolist());
  expect(() => first.forward(sample([1, 4, 4]))).toThrow(
    'the input has T = 4 positions, and there are 3; give a larger maxLength.',
  );
  expect(() => first.forward(sample([1, 3, 5]))).toThrow('give one [N, T, D] or [T, D] with D = 4');
  expect(() => new SinusoidalPositionalEncoding(4, { dropout: 2 })).toThrow('p is 2');
  const dropped = new SinusoidalPositionalEncoding(4, { dropout: 1 });
  expect(values(dropped.forward(x)).every((v) => v === 0)).toBe(true);
  expectClose(dropped.eval().forward(x.transpose(0, 1)), first.forward(x).transpose(0, 1).tolist());
});

test('with rotary positions scores depend on distances alone', () => {
  const rotary = new RotaryEmbedding(6);
  const [q, k] = [sample([1, 6]), sample([1, 6], 2)];
  const at = (x: Tensor, t: number): Tensor =>
    rotary.forward(x, tensor([t], { dtype: 'i32' })).reshape([6]);
  const score = at(q, 5).dot(at(k, 2)).item();
  expect(at(q, 103).dot(at(k, 100)).item()).toBeCloseTo(score, 12);
  expect(at(q, 5).dot(at(k, 3)).item()).not.toBeCloseTo(score, 3);
  checkGradient((x) => rotary.forward(x), [sample([2, 3, 6])]);
  expectClose(rotary.forward(q), q.tolist(), 1e-15); // position 0 turns nothing

  expect(() => new RotaryEmbedding(5)).toThrow('headDim is 5; use an even one');
  expect(() => new RotaryEmbedding(4, { base: 0 })).toThrow('base is 0');
  expect(() => rotary.forward(sample([2, 5]))).toThrow('give one [*, T, D] with D = 6');
  const short = new RotaryEmbedding(6, { maxLength: 2 });
  expect(() => short.forward(sample([3, 6]))).toThrow('T = 3 positions, and there are 2');
  expect(() => at(q, 4096)).toThrow('position 4096 is not one of 0 … 4095');
  const three = tensor([0, 1, 2], { dtype: 'i32' });
  expect(() => rotary.forward(q, three)).toThrow('positions are [3], and the input has T = 1');
  expect(() => rotary.forward(q, tensor([0.5]))).toThrow('positions are f32; use i32.');
});
