// covers: src/nn/attention/multihead-attention.ts, src/nn/attention/attention-masks.ts
// covers: src/nn/functional/scaled-dot-product-attention.ts, src/nn/functional/attention-scores.ts
import { expect, test } from 'vitest';
import { MultiheadAttention, scaledDotProductAttention } from '../../../src/nn/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { Generator, compile, grad, manualSeed, ones, tensor } from '../../../src/tensor/index.js';
import { checkGradient, expectClose, f64, sample, values } from '../../tensor/check.js';

const [q, k, v] = [sample([2, 3, 4], 1), sample([2, 5, 4], 2), sample([2, 5, 2], 3)];
const bool = (list: unknown): Tensor => tensor(list as number[], { dtype: 'bool' });

test('gradients, with and without masks', () => {
  checkGradient((a, b, c) => scaledDotProductAttention(a, b, c), [q, k, v]);
  checkGradient((a, b, c) => scaledDotProductAttention(a, b, c, { isCausal: true }), [q, k, v]);
  const mask = bool([
    [1, 0, 1, 1, 0],
    [0, 0, 0, 0, 0],
    [1, 1, 1, 1, 1],
  ]);
  checkGradient((a, b, c) => scaledDotProductAttention(a, b, c, { mask }), [q, k, v]);
  const added = (a: Tensor, m: Tensor): Tensor => scaledDotProductAttention(a, k, v, { mask: m });
  checkGradient(added, [q, sample([3, 5], 4)]);
});

test('the gradient of the gradient', () => {
  const inner = (a: Tensor): Tensor =>
    scaledDotProductAttention(a, k, v, { isCausal: true }).pow(2).sum();
  checkGradient(grad(inner), [q], { tolerance: 1e-5 });
});

test('leading axes broadcast', () => {
  const heads = sample([2, 3, 4, 2], 5);
  const shared = sample([4, 2], 6);
  const wide = shared.broadcastTo(heads.shape);
  expectClose(
    scaledDotProductAttention(heads, shared, shared),
    scaledDotProductAttention(heads, wide, wide).tolist(),
    1e-14,
  );
});

test('a query that may look at nothing gets zeros, and so do gradients', () => {
  for (const mask of [bool([[0], [1], [1]]), f64([[-Infinity], [0], [0]])]) {
    const look = (a: Tensor, b: Tensor): Tensor => scaledDotProductAttention(a, b, v, { mask });
    const y = look(q, k);
    expect(values(y.narrow(1, 0, 1))).toEqual([0, 0, 0, 0]);
    expect(values(y).every(Number.isFinite)).toBe(true);
    const [dq, dk] = [
      grad((a: Tensor) => look(a, k).sum())(q),
      grad((b: Tensor) => look(q, b).sum())(k),
    ];
    expect(values(dq.narrow(1, 0, 1)).every((x) => x === 0)).toBe(true);
    expect([...values(dq), ...values(dk)].every(Number.isFinite)).toBe(true);
  }
  const none = sample([2, 0, 4]);
  expect(values(scaledDotProductAttention(q, none, none))).toEqual(new Array(24).fill(0));
});

test('the future changes nothing before it, to the bit', () => {
  const t = 7;
  const x = sample([2, t, 4], 8).to('f32');
  const other = x.add(ones([t, 1]).mul(3).tril(-3)); // from position 3 on
  const run = compile((a: Tensor) => scaledDotProductAttention(a, a, a, { isCausal: true }));
  const [first, second] = [run(x), run(other)];
  expect(values(first.narrow(1, 0, 3))).toEqual(values(second.narrow(1, 0, 3)));
  expect(values(first.narrow(1, 3, 4))).not.toEqual(values(second.narrow(1, 3, 4)));
});

test('dropout drops weights, by the same seed the same', () => {
  const e = ones([1, 200, 1]);
  const attend = (): Tensor =>
    scaledDotProductAttention(ones([1, 400, 1]), e, e, {
      dropout: 0.25,
      generator: new Generator(7),
    });
  const y = attend();
  expect(values(y)).toEqual(values(attend()));
  expect(Math.abs(y.mean().item() - 1)).toBeLessThan(0.01);
  // Each is a mean of 200 weights, 4 / 3 with probability 3 / 4.
  expect(Math.abs(y.std().item() - Math.sqrt(1 / 3 / 200))).toBeLessThan(0.01);
});

test('weights sum to one over the keys that are there, and average the heads', () => {
  manualSeed(2);
  const layer = new MultiheadAttention(4, 2, { batchFirst: true, dtype: 'f64' });
  const x = sample([2, 3, 4]);
  const padding = bool([
    [0, 0, 1],
    [1, 1, 1],
  ]);
  const call = { keyPaddingMask: padding, needWeights: true };
  const [y, mean] = layer.forward(x, x, x, call);
  expect(mean!.shape).toEqual([2, 3, 3]);
  expectClose(mean!.sum(-1), [
    [1, 1, 1],
    [0, 0, 0],
  ]);
  expect(values(mean!.narrow(2, 2, 1)).every((w) => w === 0)).toBe(true);
  const [, each] = layer.forward(x, x, x, { ...call, averageAttnWeights: false });
  expectClose(each!.mean(1), mean!.tolist(), 1e-14);
  const [fused, none] = layer.forward(x, x, x, { keyPaddingMask: padding });
  expectClose(fused, y.tolist(), 1e-12);
  expect(none).toBeNull();
  // A sequence of nothing but padding gives the offset of the output, here 0.
  expect(values(fused.at(1))).toEqual(new Array(12).fill(0));
});

test('a mask of each kind', () => {
  const layer = new MultiheadAttention(4, 2, { batchFirst: true, dtype: 'f64' });
  const x = sample([2, 3, 4]);
  const causal = ones([3, 3], { dtype: 'bool' }).triu(1);
  const [y] = layer.forward(x, x, x, { isCausal: true });
  expectClose(layer.forward(x, x, x, { attnMask: causal })[0], y.tolist(), 1e-14);
  const keyPaddingMask = f64([
    [0, 0, 0],
    [0, 0, -Infinity],
  ]);
  const [mixed] = layer.forward(x, x, x, { attnMask: causal, keyPaddingMask });
  const padding = bool([
    [0, 0, 0],
    [0, 0, 1],
  ]);
  const [both] = layer.forward(x, x, x, { attnMask: causal, keyPaddingMask: padding });
  expectClose(mixed, both.tolist(), 1e-14);
});

test('without a batch', () => {
  const layer = new MultiheadAttention(4, 2, { dtype: 'f64' });
  const x = sample([3, 4]);
  const keyPaddingMask = bool([0, 0, 1]);
  const options = { needWeights: true, keyPaddingMask };
  const [y, weights] = layer.forward(x, x, x, options);
  expect([y.shape, weights!.shape]).toEqual([
    [3, 4],
    [3, 3],
  ]);
  const [batched] = layer.forward(x.unsqueeze(1), x.unsqueeze(1), x.unsqueeze(1), {
    keyPaddingMask: keyPaddingMask.unsqueeze(0),
  });
  expectClose(batched.squeeze(1), y.tolist(), 1e-14);
});

test('one projection for all, or one for each, give the same', () => {
  const layer = new MultiheadAttention(6, 3, { batchFirst: true, dtype: 'f64' });
  const x = sample([2, 4, 6]);
  const [y] = layer.forward(x, x, x);
  const copy = x.mul(1);
  expectClose(layer.forward(x, copy, copy)[0], y.tolist(), 1e-14);
});

test('what does not fit is refused in a sentence', () => {
  const attend = scaledDotProductAttention;
  expect(() => attend(q, sample([2, 5, 3]), v)).toThrow('q and k need one D, k and v one S');
  expect(() => attend(q, k, sample([2, 4, 2]))).toThrow('k and v one S');
  expect(() => attend(sample([3]), k, v)).toThrow('each needs two axes or more');
  expect(() => attend(q.to('f32'), k, v)).toThrow('k is f64; use one dtype for all, f32 or f64.');
  expect(() => attend(q, k, v, { mask: bool([1, 0]) })).toThrow(
    'mask is [2], and the scores are [*, L, S] = [2, 3, 5]; give a mask that broadcasts to them.',
  );
  expect(() => attend(q, k, v, { mask: bool([[[[1]]]]) })).toThrow('that broadcasts to them');
  expect(() => attend(q, k, v, { mask: tensor([0, 1, 1, 1, 1], { dtype: 'i32' }) })).toThrow(
    'mask is i32; use bool, true where a query may look, or f64',
  );
  expect(() => attend(q, k, v, { dropout: 2 })).toThrow('p is 2');
  expect(() => attend(q, k, v, { scale: NaN })).toThrow('scale is NaN; use a finite number.');

  expect(() => new MultiheadAttention(6, 4)).toThrow(
    'embedDim is 6, which numHeads = 4 does not divide',
  );
  expect(() => new MultiheadAttention(6, 0)).toThrow('numHeads is 0');
  expect(() => new MultiheadAttention(6, 2, { dropout: -1 })).toThrow('dropout is -1');
  const layer = new MultiheadAttention(4, 2, { batchFirst: true });
  const x = ones([2, 3, 4]);
  expect(() => layer.forward(x, ones([2, 3, 5]), x)).toThrow(
    'key is [2, 3, 5]; give one [N, T, D]',
  );
  expect(() => layer.forward(x, x, ones([2, 4, 4]))).toThrow('give a value for each key');
  expect(() => layer.forward(x, ones([1, 3, 4]), ones([1, 3, 4]))).toThrow('differ in N, axis 0');
  expect(() => layer.forward(x, x, x, { keyPaddingMask: bool([[0, 0, 0]]) })).toThrow(
    'keyPaddingMask is [1, 3], and there are N = 2 sequences of S = 3 keys; give [2, 3].',
  );
  expect(() => layer.forward(x, x, x, { attnMask: bool([[0, 0, 0]]) })).toThrow(
    'give [3, 3], or one for each sequence and head, [4, 3, 3].',
  );
  expect(() => layer.forward(x, x, x, { attnMask: tensor([[1, 0, 0]], { dtype: 'i32' }) })).toThrow(
    'attnMask is i32; use bool, true where it is forbidden to look',
  );
});
