import { expect, test } from 'vitest';
import { drawImage, sideBySide } from '../../src/cli/picture.js';

test('two pixels a character, one above the other', () => {
  const values = [
    [9, 0, 9, 0],
    [0, 9, 9, 0],
    [0, 0, 0, 9],
    [0, 0, 0, 9],
  ].flat();
  expect(drawImage({ values, height: 4, width: 4 }, 4)).toEqual(['▀▄█ ', '   █']);
});

test('other sizes take means; faint pixels are ground', () => {
  const values = Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 200 : 20));
  expect(drawImage({ values, height: 8, width: 8 }, 4)).toEqual(['██  ', '██  ']);
  expect(drawImage({ values, height: 8, width: 8 }, 6)).toEqual(['███   ', '███   ', '███   ']);
  expect(drawImage({ values: new Uint8Array(16), height: 4, width: 4 }, 2)).toEqual(['  ']);
});

test('blocks stand side by side, shorter ones filled up', () => {
  expect(sideBySide([['a', 'bb'], ['c'], ['d', 'e']], 1)).toEqual(['a  c d', 'bb   e']);
  expect(sideBySide([])).toEqual([]);
});
