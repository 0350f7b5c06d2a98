// covers: src/nn/functional/attention-in-blocks.ts
import { afterAll, describe, expect, test } from 'vitest';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import { attendAtOnce, attendInBlocks } from '../../../src/nn/functional/attention-in-blocks.js';
import type { Attending } from '../../../src/nn/functional/attention-in-blocks.js';
import { scaledDotProductAttention } from '../../../src/nn/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import {
  Generator,
  compile,
  grad,
  ones,
  rand,
  setDevice,
  zeros,
} from '../../../src/tensor/index.js';
import { testDevice } from '../../device.js';
import { expectClose, sample, values } from '../../tensor/check.js';

const plain: Attending = {
  mask: null,
  isCausal: false,
  dropout: 0,
  scale: 0.7,
  generator: undefined,
  scores: 1, // so that blocks have the least number of rows
};
type Attend = (q: Tensor, k: Tensor, v: Tensor) => Tensor;

/** The output and the gradients by q, k and v. */
function results(attend: Attend, inputs: readonly Tensor[]): Tensor[] {
  const loss = (q: Tensor, k: Tensor, v: Tensor): Tensor => {
    const y = attend(q, k, v);
    return y.mul(sample(y.shape, 9)).sum();
  };
  const all = ([q, k, v]: Tensor[]): Tensor[] => [
    attend(q!, k!, v!),
    ...[0, 1, 2].map((argnum) => grad(loss, { argnum: argnum as 0 })(q!, k!, v!)),
  ];
  return compile(all)([...inputs]);
}

/** Masked where a pattern of numbers says so, with rows of nothing. */
function pattern(shape: readonly number[]): Tensor {
  return sample([...shape], 5)
    .gt(-0.3)
    .logicalAnd(sample([shape.at(-2)!, 1], 6).gt(-0.8));
}

const [L, S] = [71, 53];
const [q, k, v] = [sample([2, 3, L, 4], 1), sample([2, 1, S, 4], 2), sample([2, 3, S, 2], 3)];

describe('block by block it is what it is at once', () => {
  test.each<[string, Partial<Attending>]>([
    ['everywhere', {}],
    ['causal', { isCausal: true }],
    ['a mask for all', { mask: pattern([L, S]) }],
    ['of keys', { mask: pattern([2, 1, 1, S]) }],
    ['of each, causal', { mask: pattern([2, 3, L, S]), isCausal: true }],
    ['of queries, causal', { mask: pattern([L, 1]), isCausal: true }],
    ['added', { mask: sample([3, L, S], 7) }],
    ['one row', { mask: sample([S], 8).gt(0) }],
  ])('%s', (_, more) => {
    const how = { ...plain, ...more };
    const whole = results((a, b, c) => attendAtOnce(a, b, c, how), [q, k, v]);
    const blocks = results((a, b, c) => attendInBlocks([a, b, c], [2, 3], how), [q, k, v]);
    blocks.forEach((t, i) => expectClose(t, whole[i]!.tolist(), 1e-12));
  });
});

test('dropout is the same in the gradient as in the value', () => {
  const x = sample([1, 40, 3]);
  const attend = (c: Tensor): Tensor => {
    const how = { ...plain, dropout: 0.4, generator: new Generator(3) };
    return attendInBlocks([x, x, c], [1], how);
  };
  const y = attend(x);
  // The result is linear in v, so that ⟨gradient, v⟩ is the sum of the results.
  const slope = grad((c: Tensor) => attend(c).sum())(x);
  expect(slope.mul(x).sum().item()).toBeCloseTo(y.sum().item(), 10);
  expect(values(y)).not.toEqual(values(attendInBlocks([x, x, x], [1], plain)));
});

describe('memory', () => {
  afterAll(() => {
    setDevice(testDevice);
  });

  /** Bytes of scratch memory of a call with its gradients. */
  function scratchOf(steps: number): number {
    setDevice(new WasmDevice());
    const loss = (x: Tensor): Tensor =>
      scaledDotProductAttention(x, x, x, { isCausal: true }).sum();
    const step = compile((x: Tensor) => grad(loss)(x));
    const text = step.explain(zeros([2, steps, 8]));
    const [, size, unit] = /memory: ([\d.]+) (\w+) of scratch/.exec(text)!;
    const units: Record<string, number> = { B: 1, kB: 1e3, KiB: 1024, MB: 1e6, MiB: 2 ** 20 };
    return Number(size) * units[unit!]!;
  }

  test('grows with T, not with its square', () => {
    const [short, long] = [scratchOf(2048), scratchOf(8192)];
    expect(long / short).toBeLessThan(4);
    expect(long).toBeLessThan((2 * 8192 * 8192 * 4) / 20); // of one matrix of scores
  });
});

test('large attention goes block by block, and the future still changes nothing', () => {
  const t = 600;
  const x = rand([1, t, 2]);
  const run = compile((a: Tensor) => scaledDotProductAttention(a, a, a, { isCausal: true }));
  const later = x.add(ones([t, 1]).tril(-300)); // from position 300 on
  const [first, second] = [run(x), run(later)];
  expect(values(first.narrow(1, 0, 300))).toEqual(values(second.narrow(1, 0, 300)));
  expect(values(first.narrow(1, 300, 300))).not.toEqual(values(second.narrow(1, 300, 300)));
});
