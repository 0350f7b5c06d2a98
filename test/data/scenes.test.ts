import { expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import { SCENE_CLASSES, scenes } from '../../src/data/index.js';

test('shapes, and each class on some pixels', () => {
  const set = scenes({ count: 40 });
  const { x, y } = { x: set.column('x'), y: set.column('y') };
  expect([x.dtype, x.shape, y.dtype, y.shape]).toEqual([
    'u8',
    [40, 3, 48, 48],
    'i32',
    [40, 48, 48],
  ]);
  const shares = SCENE_CLASSES.map((_, c) => y.values.filter((v: number) => v === c).length);
  for (const n of shares) expect(n / y.values.length).toBeGreaterThan(0.05);
});

test('a scene depends on its seed, part and number alone', () => {
  const few = scenes({ count: 3, seed: 4, size: 20 });
  const more = scenes({ count: 5, seed: 4, size: 20 });
  expect(more.get(2)).toEqual(few.get(2));
  expect(more.get(3).x).not.toEqual(more.get(2).x);
  expect(scenes({ count: 3, seed: 5, size: 20 }).get(2)).not.toEqual(few.get(2));
  expect(scenes({ count: 3, seed: 4, size: 20, part: 'test' }).get(2)).not.toEqual(few.get(2));
});

test('colours say nothing about classes: their means are those of all', () => {
  const set = scenes({ count: 600, size: 24 });
  const [x, y] = [set.column('x').values, set.column('y').values];
  const pixels = 24 * 24;
  const sums = SCENE_CLASSES.map(() => ({ n: 0, channels: [0, 0, 0] }));
  for (let at = 0; at < y.length; at++) {
    const sum = sums[y[at]!]!;
    const first = 3 * pixels * Math.floor(at / pixels) + (at % pixels);
    sum.n++;
    for (let c = 0; c < 3; c++) sum.channels[c]! += x[first + c * pixels]!;
  }
  for (const { n, channels } of sums) {
    for (const sum of channels) expect(Math.abs(sum / n - 127.5)).toBeLessThan(13);
  }
});

test('the two colours of a shape differ, so that a texture can be seen', () => {
  const set = scenes({ count: 20 });
  const { x, y } = set.get(7);
  const label = y.values.find((v: number) => v > 0)!;
  const inside = [...y.values.keys()].filter((at) => y.values[at] === label);
  const reds = inside.map((at) => x.values[at]! + x.values[at + 2304]! + x.values[at + 4608]!);
  const spread = (from: readonly number[]): number => Math.max(...from) - Math.min(...from);
  expect(spread(reds)).toBeGreaterThan(80);
});

test('what cannot be drawn', () => {
  expect(() => scenes({ count: 0 })).toThrow(ArgumentError);
  expect(() => scenes({ size: 8 })).toThrow('scenes: size is 8; give an integer from 16 to 512.');
  expect(() => scenes({ seed: -1 })).toThrow(/scenes: seed is -1/);
});
