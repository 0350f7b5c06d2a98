import { expect, test } from 'vitest';
import { nearestName } from '../../src/data/nearest-name.js';

const NAMES = ['digits', 'fashion-mnist', 'cifar10'];

test.each([
  ['digits', 'digits'],
  ['digit', 'digits'],
  ['dgiits', 'digits'],
  ['Digits', 'digits'],
  ['fashion_mnist', 'fashion-mnist'],
  ['fashionmnist', 'fashion-mnist'],
  ['cifar', 'cifar10'],
  ['mnist', undefined],
  ['xyz', undefined],
  ['', undefined],
])('%s → %s', (name, nearest) => {
  expect(nearestName(name, NAMES)).toBe(nearest);
});

test('the first of equally near names; none of no names', () => {
  expect(nearestName('lin', ['min', 'lid'])).toBe('min');
  expect(nearestName('lin', [])).toBeUndefined();
});

test('a swap of neighbours counts as one edit', () => {
  expect(nearestName('abdc', ['abcd', 'abxx'])).toBe('abcd');
  expect(nearestName('mpl', ['mlp'])).toBe('mlp');
});
