import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import { readSafetensors, toTensors } from '../../src/io/index.js';
import { Linear, loadPyTorch, ReLU, Sequential } from '../../src/nn/index.js';
import { ones, type Tensor } from '../../src/tensor/index.js';
import { expectClose, values } from '../tensor/check.js';

/** Tensors of a file in test/goldens; see scripts/goldens-model.py. */
function golden(name: string): Record<string, Tensor> {
  const url = new URL(`../goldens/${name}.safetensors`, import.meta.url);
  return toTensors(readSafetensors(readFileSync(url)).tensors);
}

const state = golden('pytorch-mlp');
const { x, logits } = golden('pytorch-mlp-io') as Record<'x' | 'logits', Tensor>;

const network = (): Sequential =>
  new Sequential(
    new Linear(24, 32),
    new ReLU(),
    new Linear(32, 16),
    new ReLU(),
    new Linear(16, 5, { bias: false }),
  );

const rename = [
  [/^fc1/, '0'],
  ['fc2', '2'],
  [/^head\b/, '4'],
] as const;

function expectLogits(model: Sequential): void {
  const wanted = values(logits);
  values(model.forward(x)).forEach((v, i) => expect(Math.abs(v - wanted[i]!)).toBeLessThan(1e-6));
}

test('a network of PyTorch gives the same logits', () => {
  const model = network();
  const result = loadPyTorch(model, state, { prefix: 'module.', rename });
  expect(result).toEqual({ missingKeys: [], unexpectedKeys: [] });
  expectLogits(model);
});

test('so it does with its matrices stored as [in, out]', () => {
  const byPattern = network();
  loadPyTorch(byPattern, state, { prefix: 'turned.', rename, transpose: /weight$/ });
  expectLogits(byPattern);
  const byName = network();
  const transpose = ['0.weight', '2.weight', '4.weight'];
  loadPyTorch(byName, state, { prefix: 'turned.', rename, transpose });
  expectLogits(byName);
});

test('names of the same make need no options', () => {
  const model = new Sequential(new Linear(2, 1));
  loadPyTorch(model, { '0.weight': ones([1, 2]), '0.bias': ones([1]) });
  expectClose(model.forward(ones([1, 2])), [[3]]);
});

describe('what does not fit', () => {
  test.each<[string, Parameters<typeof loadPyTorch>[2], RegExp]>([
    [
      'no such prefix',
      { prefix: 'net.' },
      /no name begins with 'net\.'; the state has turned|module/,
    ],
    ['names', { prefix: 'module.' }, /missing: 0\.weight, .*; not expected: fc1\.\w+,/],
    [
      'one name twice',
      { prefix: 'module.', rename: [[/fc\d/, '0']] },
      /both become '0\.\w+'; change/,
    ],
    [
      'layout',
      { prefix: 'turned.', rename },
      /0\.weight has shape \[24, 32\], the model \[32, 24\]/,
    ],
    [
      'vectors',
      { prefix: 'turned.', rename, transpose: /^2/ },
      /'2\.bias' is to be transposed, but has shape \[16\]/,
    ],
  ])('%s', (_, options, message) => {
    expect(() => loadPyTorch(network(), state, options)).toThrow(ArgumentError);
    expect(() => loadPyTorch(network(), state, options)).toThrow(message);
  });

  test('part of it, where that is wanted', () => {
    const { missingKeys, unexpectedKeys } = loadPyTorch(network(), state, {
      prefix: 'module.',
      rename: rename.slice(0, 2),
      strict: false,
    });
    expect([missingKeys, unexpectedKeys]).toEqual([['4.weight'], ['head.weight']]);
  });
});
