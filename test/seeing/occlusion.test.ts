import { describe, expect, test } from 'vitest';
import { Flatten, Linear, Sequential } from '../../src/nn/index.js';
import { occlusion } from '../../src/seeing/index.js';
import { unpack } from '../nn/check.js';
import { expectClose, f64, i32, sample, values } from '../tensor/check.js';
import { goldenNet, goldens } from './net.js';

const x = unpack(goldens.net.x, 'f64');

/** The mean over the windows of how much the score of class 1 falls, window by window. */
function expected(
  tops: readonly number[],
  lefts: readonly number[],
  size: [number, number],
): number[] {
  const net = goldenNet().eval();
  const scores = (input: number[][][][]): number[] =>
    (net.forward(f64(input)).array() as number[][]).map((row) => row[1]!);
  const whole = scores(x.array() as number[][][][]);
  const [sums, counts] = [new Array<number>(3 * 96).fill(0), new Array<number>(96).fill(0)];
  for (const [top, left] of tops.flatMap((t) => lefts.map((l) => [t, l] as const))) {
    const hidden = x.array() as number[][][][];
    const covered: number[] = [];
    for (let r = top; r < Math.min(8, top + size[0]); r++) {
      for (let c = left; c < Math.min(12, left + size[1]); c++) {
        covered.push(r * 12 + c);
        for (const plane of hidden.flat()) plane[r]![c] = 0.5;
      }
    }
    const without = scores(hidden);
    for (const at of covered) {
      counts[at]! += 1;
      for (let k = 0; k < 3; k++) sums[k * 96 + at]! += whole[k]! - without[k]!;
    }
  }
  return sums.map((sum, i) => (sum === 0 ? 0 : sum / counts[i % 96]!));
}

describe('occlusion', () => {
  test('of single pixels of a linear model is what these add to the score', () => {
    const linear = new Sequential(new Flatten(), new Linear(40, 3, { dtype: 'f64' }));
    const image = sample([2, 2, 4, 5]);
    const weight = (linear.at(1) as Linear).weight.indexSelect(0, i32([2, 0]));
    const parts = image.sub(0.25).mul(weight.reshape([2, 2, 4, 5]));
    const found = occlusion(linear, image, { target: i32([2, 0]), window: 1, baseline: 0.25 });
    expectClose(found, parts.sum(1, { keepDim: true }).array(), 1e-12);
  });
  test('of windows that overlap is the mean, at the edge of smaller ones', () => {
    const options = { target: 1, window: [3, 4], stride: [2, 3], baseline: 0.5 } as const;
    const found = occlusion(goldenNet(), x, options);
    expect(found.shape).toEqual([3, 1, 8, 12]);
    const want = expected([0, 2, 4, 6], [0, 3, 6, 9], [3, 4]);
    values(found).forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 10));
    const single = occlusion(goldenNet('f32'), unpack(goldens.net.x, 'f32'), options);
    values(single).forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 3));
  });
  test('leaves out what no window covers, and takes more windows than fit into one run', () => {
    const apart = occlusion(goldenNet(), x, { target: 1, window: 2, stride: 6, baseline: 0.5 });
    const want = expected([0, 6], [0, 6], [2, 2]);
    values(apart).forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 10));
    const each = occlusion(goldenNet(), x, { target: 1, window: 1, baseline: 0.5 });
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const single = expected(all.slice(0, 8), all, [1, 1]);
    values(each).forEach((v, i) => expect(v).toBeCloseTo(single[i]!, 10));
  });
  test.each([
    [
      { window: 0 },
      'window is 0, 0; use integers of at least 1, at most those of the image, 8 and 12.',
    ],
    [
      { window: [9, 2] },
      'window is 9, 2; use integers of at least 1, at most those of the image, 8',
    ],
    [{ window: 2, stride: 0.5 }, 'stride is 0.5, 0.5; use integers of at least 1.'],
  ] as const)('refuses %o', (options, message) => {
    expect(() => occlusion(goldenNet(), x, options)).toThrow(`occlusion: ${message}`);
  });
  test('refuses what is no image', () => {
    expect(() => occlusion(goldenNet(), sample([2, 3]), { window: 1 })).toThrow(
      'occlusion: x is [2, 3]; give images [N, C, H, W].',
    );
  });
});
