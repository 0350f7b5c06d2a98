import { describe, expect, test } from 'vitest';
import { restrictLogits, sampleLogits, type SamplingOptions } from '../../../src/nn/index.js';
import {
  Generator,
  compile,
  manualSeed,
  scan,
  tensor,
  zeros,
  type Tensor,
} from '../../../src/tensor/index.js';
import { expectClose, f64, values } from '../../tensor/check.js';

/** Shares of each symbol among many draws. */
function shares(logits: readonly number[], options: SamplingOptions, draws = 20_000): number[] {
  const rows = tensor([...logits]).expand([draws, logits.length]);
  const ids = sampleLogits(rows, { generator: new Generator(3), ...options }).dataSync();
  const counts = logits.map(() => 0);
  for (const id of ids) counts[id]!++;
  return counts.map((count) => count / draws);
}

/** 5 standard deviations of a share of 20,000 draws, at most. */
const NOISE = 5 * Math.sqrt(0.25 / 20_000);

function expectShares(found: readonly number[], expected: readonly number[]): void {
  for (const [i, p] of expected.entries()) {
    if (p === 0) expect(found[i]).toBe(0);
    else expect(Math.abs(found[i]! - p)).toBeLessThan(NOISE);
  }
}

const softmax = (z: readonly number[]): number[] => {
  const e = z.map((v) => Math.exp(v));
  const sum = e.reduce((a, b) => a + b);
  return e.map((v) => v / sum);
};

const logits = [1, 0.5, 2, -1, 0];

describe('sampleLogits', () => {
  test.each([0.5, 1, 2])('draws by softmax(logits / τ), τ = %d', (temperature) => {
    const expected = softmax(logits.map((v) => v / temperature));
    expectShares(shares(logits, { temperature }), expected);
  });
  test('with topK draws by the softmax of what is kept', () => {
    const expected = softmax(logits.map((v) => (v >= 0.5 ? v : -Infinity)));
    expectShares(shares(logits, { topK: 3 }), expected);
  });
  test('with topP draws by the softmax of the nucleus', () => {
    // By themselves they have 0.56, 0.21, 0.13, 0.08 and 0.03: two are needed for 0.7.
    const expected = softmax([1, -Infinity, 2, -Infinity, -Infinity]);
    expectShares(shares(logits, { topP: 0.7 }), expected);
  });
  test('divides by the temperature before the nucleus is taken', () => {
    // At τ = 0.5 the likeliest has 0.83.
    expectShares(shares(logits, { topP: 0.8, temperature: 0.5 }), [0, 0, 1, 0, 0]);
  });
  test('with a temperature of 0 takes the argmax, whatever else is said', () => {
    const rows = tensor([
      [0, 3, 3],
      [5, 1, 2],
    ]);
    expect(values(sampleLogits(rows, { temperature: 0 }))).toEqual([1, 0]);
    expect(values(sampleLogits(rows, { temperature: 0, topK: 2, topP: 0.1 }))).toEqual([1, 0]);
    expect(sampleLogits(rows, { temperature: 0 }).dtype).toBe('i32');
  });
  test('with topK 1, and with a very low temperature, is greedy', () => {
    expectShares(shares(logits, { topK: 1 }), [0, 0, 1, 0, 0]);
    expectShares(shares(logits, { temperature: 1e-4 }), [0, 0, 1, 0, 0]);
  });
  test('never draws what has a probability of 0', () => {
    expectShares(shares([-Infinity, 0, -Infinity], {}), [0, 1, 0]);
  });
  test('gives the same for the same seed, and other symbols for another', () => {
    const rows = zeros([100, 7]);
    const draw = (seed: number): number[] =>
      values(sampleLogits(rows, { generator: new Generator(seed) }));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const first = (manualSeed(5), values(sampleLogits(rows)));
    expect((manualSeed(5), values(sampleLogits(rows)))).toEqual(first);
  });
  test('compiled, and step by step in a scan, draws anew each time', () => {
    const rows = zeros([50, 9]);
    manualSeed(2);
    const eager = values(sampleLogits(rows, { topK: 8 }));
    manualSeed(2);
    const draw = compile((z: Tensor) => sampleLogits(z, { topK: 8 }));
    expect(values(draw(rows))).toEqual(eager);
    expect(values(draw(rows))).not.toEqual(eager);
    const [, steps] = scan((c: null, z: Tensor) => [c, sampleLogits(z)], null, zeros([2, 50, 9]));
    const [a, b] = steps.unbind();
    expect(values(a!)).not.toEqual(values(b!));
  });
  test('takes f64 and a single row', () => {
    expect(sampleLogits(f64([0, 9e3, 0])).item()).toBe(1);
    expect(sampleLogits(tensor([4])).item()).toBe(0);
  });
});

describe('restrictLogits', () => {
  const row = tensor([[1, 3, 2, 3]]);
  test('keeps ties with the last one kept', () => {
    expectClose(restrictLogits(row, { topK: 1 }), [[-Infinity, 3, -Infinity, 3]], 0);
    expectClose(restrictLogits(row, { topK: 3 }), [[-Infinity, 3, 2, 3]], 0);
    expectClose(restrictLogits(row, { topP: 0.1 }), [[-Infinity, 3, -Infinity, 3]], 0);
  });
  test('changes nothing for a k of all symbols or more, and a p of 1', () => {
    for (const options of [{}, { topK: 4 }, { topK: 99 }, { topP: 1 }]) {
      expectClose(restrictLogits(row, options), row.array(), 0);
    }
  });
  test('keeps as few as have p together', () => {
    const z = tensor([0.5, 0.25, 0.15, 0.1].map(Math.log)).unsqueeze(0);
    const kept = (topP: number): number =>
      values(restrictLogits(z, { topP })).filter(Number.isFinite).length;
    expect([0.01, 0.49, 0.51, 0.74, 0.76, 0.89, 0.95].map(kept)).toEqual([1, 1, 2, 2, 3, 3, 4]);
  });
  test('counts the nucleus among what topK has left', () => {
    const z = tensor([0.4, 0.35, 0.15, 0.1].map(Math.log)).unsqueeze(0);
    // Of the two the first has 0.53.
    const found = values(restrictLogits(z, { topK: 2, topP: 0.5 })).map(Number.isFinite);
    expect(found).toEqual([true, false, false, false]);
  });
});

describe('what cannot be is refused', () => {
  const z = zeros([2, 3]);
  test.each<[SamplingOptions, string]>([
    [{ temperature: -1 }, 'temperature is -1; use a finite number of at least 0.'],
    [{ temperature: NaN }, 'temperature is NaN; use a finite number of at least 0.'],
    [{ topK: 0 }, 'topK is 0; use an integer of at least 1.'],
    [{ topK: 1.5 }, 'topK is 1.5; use an integer of at least 1.'],
    [{ topP: 0 }, 'topP is 0; use a probability above 0 and at most 1.'],
    [{ topP: 1.1 }, 'topP is 1.1; use a probability above 0 and at most 1.'],
  ])('%j', (options, message) => {
    expect(() => sampleLogits(z, options)).toThrow(`sampleLogits: ${message}`);
    expect(() => sampleLogits(z, { temperature: 0, ...options })).toThrow(message);
  });
  test('logits that are none', () => {
    expect(() => sampleLogits(zeros([2], { dtype: 'i32' }))).toThrow(
      'sampleLogits: logits are i32; give real numbers, f32 or f64.',
    );
    expect(() => sampleLogits(tensor(1))).toThrow('sampleLogits: logits are []; give [*, V]');
    expect(() => restrictLogits(zeros([2, 0]))).toThrow('logits are [2, 0]; give [*, V]');
  });
});
