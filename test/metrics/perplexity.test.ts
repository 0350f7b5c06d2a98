import { describe, expect, test } from 'vitest';
import { ArgumentError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import { perplexity } from '../../src/metrics/index.js';
import { crossEntropy } from '../../src/nn/index.js';
import { randn, tensor } from '../../src/tensor/index.js';

describe('perplexity', () => {
  test('is the exponential of the cross-entropy', () => {
    const logits = randn([6, 5], { dtype: 'f64' });
    const labels = tensor([0, 4, 2, 2, -100, 1], { dtype: 'i32' });
    const padded = { ignoreIndex: -100 };
    expect(perplexity(labels, logits, padded)).toBeCloseTo(
      Math.exp(crossEntropy(logits, labels, padded).item()),
      10,
    );
    const sequences = logits.reshape([2, 3, 5]);
    expect(perplexity(labels.reshape([2, 3]), sequences, padded)).toBe(
      perplexity(labels, logits, padded),
    );
  });

  test('of tokens that are certain, impossible and masked', () => {
    expect(perplexity([0], [[1e4, -1e4]])).toBe(1);
    expect(perplexity([1], [[0, -Infinity]])).toBe(Infinity);
    expect(
      perplexity(
        [0, 0],
        [
          [0, 0, -Infinity],
          [5, 5, -Infinity],
        ],
      ),
    ).toBeCloseTo(2, 14);
    expect(
      perplexity(
        [0, 9],
        [
          [0, 0],
          [0, 9],
        ],
        { ignoreIndex: 9 },
      ),
    ).toBeCloseTo(2, 14);
    expect(() => perplexity([-1], [[0, 0]], { ignoreIndex: -1 })).toThrow(
      'perplexity: there are no samples;',
    );
  });

  test('what does not fit is refused', () => {
    expect(() =>
      perplexity(
        [0, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ).toThrow(IndexError);
    expect(() =>
      perplexity(
        [0, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ).toThrow('perplexity: labels[1] is 2; give 0…1, or pass ignoreIndex: 2 to leave it out.');
    expect(() => perplexity([3], [[0, 0]], { ignoreIndex: -1 })).toThrow('or -1 to leave it out.');
    expect(() => perplexity([0], [[NaN, 0]])).toThrow(ArgumentError);
    expect(() => perplexity([0], [[Infinity, 0]])).toThrow('perplexity: logits[0] has Infinity;');
    expect(() => perplexity([0, 1], [[0, 0]])).toThrow(ShapeError);
    expect(() => perplexity([0], tensor([0, 1]))).toThrow(
      'perplexity: logits are [2]; give [N, C].',
    );
  });
});
