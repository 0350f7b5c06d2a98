import { expect, test } from 'vitest';
import { addToCounter, philoxBlock, randomWords } from '../../../src/engine/core/philox.js';

/** Random123 1.14.0, tests/kat_vectors, lines "philox4x32 10": counter, key, block. */
const KNOWN_ANSWERS = [
  '00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8',
  'ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd',
  '243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1',
];

test.each(KNOWN_ANSWERS)('known answer of Random123: %s', (line) => {
  const words = line.split(' ').map((word) => parseInt(word, 16));
  const block = new Uint32Array(4);
  philoxBlock(words.slice(0, 4), words.slice(4, 6), block);
  expect([...block]).toEqual(words.slice(6));
});

test('words lie block by block, the state taken as signed or unsigned', () => {
  const state = [-5, 7, -1, 3];
  const words = randomWords(state, 2, 11);
  for (let i = 0; i < 11; i++) {
    const block = new Uint32Array(4);
    philoxBlock([i >> 2, 0, 1, 4], [4294967291, 7], block);
    expect(words[i]! >>> 0).toBe(block[i & 3]);
  }
  expect([...randomWords(state, 2, 5)]).toEqual([...words].slice(0, 5));
});

test('the counter is one 64-bit number', () => {
  expect(addToCounter(5, 6, 7)).toEqual([12, 6]);
  expect(addToCounter(-1, 0, 1)).toEqual([0, 1]);
  expect(addToCounter(-1, -1, 1)).toEqual([0, 0]);
  expect(addToCounter(1, 2, 3 * 2 ** 32 + 4)).toEqual([5, 5]);
});

test('words are uniform, bit by bit', () => {
  const n = 20000;
  const words = randomWords([1, 2, 3, 4], 0, n);
  for (let bit = 0; bit < 32; bit++) {
    const ones = words.reduce((sum, word) => sum + ((word >>> bit) & 1), 0);
    expect(Math.abs(ones - n / 2)).toBeLessThan(5 * Math.sqrt(n / 4));
  }
});
