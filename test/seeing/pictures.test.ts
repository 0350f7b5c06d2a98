// covers: src/seeing/color-maps.ts, src/seeing/heat-map.ts, src/seeing/tile.ts
import { describe, expect, test } from 'vitest';
import { Conv2d } from '../../src/nn/index.js';
import { colorTable } from '../../src/seeing/color-maps.js';
import { filters, heatMap, overlay, tile } from '../../src/seeing/index.js';
import { zeros } from '../../src/tensor/index.js';
import { f64, sample, values } from '../tensor/check.js';

/** OKLab of a colour of bytes, by the matrices of its author. */
function oklab(rgb: readonly number[]): [number, number, number] {
  const [r, g, b] = rgb.map((byte) => {
    const v = byte / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const colours = (map: 'heat' | 'diverging'): [number, number, number][] =>
  Array.from({ length: 256 }, (_, i) => oklab([...colorTable(map).subarray(3 * i, 3 * i + 3)]));

describe('colours', () => {
  test('of heat grow lighter evenly, those of grey are all bytes', () => {
    colours('heat').forEach(([l], i) => {
      expect(Math.abs(l - 0.15 - (0.8 * i) / 255)).toBeLessThan(0.012);
    });
    const grey = colorTable('grey');
    expect([...grey]).toEqual(Array.from(grey.keys(), (i) => Math.floor(i / 3)));
  });
  test('of diverging fall off evenly on both sides, to blue and to orange', () => {
    const all = colours('diverging');
    all.forEach(([l], i) => {
      expect(Math.abs(l - (0.97 - 0.45 * Math.abs((2 * i) / 255 - 1)))).toBeLessThan(0.012);
    });
    expect(all[0]![2]).toBeLessThan(-0.1);
    expect(all[255]![1]).toBeGreaterThan(0.08);
  });
  test('have steps that look alike', () => {
    const ratio = (map: 'heat' | 'diverging', from: number): number => {
      const all = colours(map);
      const steps = Array.from({ length: 8 }, (_, i) => {
        const [p, q] = [all[from + 15 * i]!, all[from + 15 * (i + 1)]!];
        return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
      });
      return Math.max(...steps) / Math.min(...steps);
    };
    expect(ratio('diverging', 0)).toBeLessThan(1.2);
    expect(ratio('diverging', 135)).toBeLessThan(1.2);
    expect(ratio('heat', 0)).toBeLessThan(1.8);
    expect(ratio('heat', 135)).toBeLessThan(1.8);
  });
});

describe('heatMap', () => {
  const at = (picture: ReturnType<typeof heatMap>, i: number): number[] => {
    const plane = picture.values.length / 3;
    return [0, 1, 2].map((c) => picture.values[c * plane + i]!);
  };
  const colour = (map: 'heat' | 'diverging', i: number): number[] => [
    ...colorTable(map).subarray(3 * i, 3 * i + 3),
  ];
  test('has the first colour at 0 and the last at the largest number, or at the limit', () => {
    const map = f64([
      [0, 1],
      [2, 4],
    ]);
    const picture = heatMap(map);
    expect(picture.shape).toEqual([3, 2, 2]);
    expect([0, 1, 2, 3].map((i) => at(picture, i))).toEqual(
      [0, 64, 128, 255].map((i) => colour('heat', i)),
    );
    const limited = heatMap(map.reshape([1, 1, 2, 2]), { limit: 2 });
    expect([2, 3].map((i) => at(limited, i))).toEqual([colour('heat', 255), colour('heat', 255)]);
  });
  test('has the middle at 0 where numbers are on both sides', () => {
    const picture = heatMap(f64([[-1, 0, 0.5]]));
    expect([0, 1, 2].map((i) => at(picture, i))).toEqual(
      [0, 128, 191].map((i) => colour('diverging', i)),
    );
    expect(at(heatMap(zeros([1, 1])), 0)).toEqual(colour('heat', 0));
  });
  test('is interpolated to a size', () => {
    const picture = heatMap(f64([[0, 1]]), { size: [1, 4] });
    expect([0, 1, 2, 3].map((i) => at(picture, i))).toEqual(
      [0, 64, 191, 255].map((i) => colour('heat', i)),
    );
  });
  test('over an image shows it in grey, pixel by pixel', () => {
    const image = {
      dtype: 'u8',
      shape: [3, 1, 2],
      values: Uint8Array.of(200, 0, 100, 0, 50, 0),
    } as const;
    const map = f64([[1, 1]]);
    const clear = overlay(image, map, { opacity: 0, scale: 2 });
    expect(clear.shape).toEqual([3, 2, 4]);
    const grey = Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50);
    const row = [grey, grey, 0, 0];
    expect([...clear.values]).toEqual([row, row, row, row, row, row].flat());
    expect(overlay(image, map, { opacity: 1, scale: 2 }).values).toEqual(
      heatMap(map, { size: [2, 4] }).values,
    );
  });
  test('refuses what does not fit', () => {
    const image = { dtype: 'u8', shape: [2, 1, 1], values: new Uint8Array(2) } as const;
    const grey = { dtype: 'u8', shape: [1, 1, 1], values: new Uint8Array(1) } as const;
    const map = f64([[1]]);
    expect(() => heatMap(sample([2, 3, 3]))).toThrow('heatMap: the map is [2, 3, 3]; give one,');
    expect(() => heatMap(f64([[NaN]]))).toThrow('heatMap: limit is NaN; give finite numbers');
    expect(() => heatMap(map, { limit: -1 })).toThrow('heatMap: limit is -1; give finite');
    expect(() => overlay(image, map)).toThrow('overlay: the image is u8 [2, 1, 1]; give u8');
    expect(() => overlay(grey, map, { opacity: 2 })).toThrow('overlay: opacity is 2; use a share');
    expect(() => overlay(grey, map, { scale: 0 })).toThrow('overlay: scale is 0; use an integer');
  });
});

describe('tile', () => {
  test('lays pictures row by row, with white between them', () => {
    const maps = f64([0, 1, 2, 3, 5, 9]).reshape([3, 1, 1, 2]);
    const picture = tile(maps, { columns: 2, scale: 2, gap: 1, range: [0, 9] });
    expect(picture.shape).toEqual([3, 5, 9]);
    const grey = (v: number): number => colorTable('grey')[3 * Math.round((255 * v) / 9)]!;
    const row = (numbers: readonly number[]): number[] => [...picture.values].slice(...numbers);
    expect(row([0, 9])).toEqual([0, 0, grey(1), grey(1), 255, grey(2), grey(2), grey(3), grey(3)]);
    expect(row([9, 18])).toEqual(row([0, 9]));
    expect(row([18, 27])).toEqual(new Array(9).fill(255));
    expect(row([27, 36])).toEqual([grey(5), grey(5), 255, 255, 255, 255, 255, 255, 255]);
  });
  test('gives each picture a range of its own, and signs the two sides of a map of colours', () => {
    const picture = tile(f64([0, 1, 0, 100]).reshape([2, 1, 1, 2]), { gap: 0 });
    expect([...picture.values.subarray(0, 4)]).toEqual([0, 255, 0, 255]);
    const signed = tile(f64([-1, 0, 0.5]).reshape([1, 1, 1, 3]));
    const table = colorTable('diverging');
    expect([...signed.values.subarray(0, 3)]).toEqual([table[0], table[3 * 128], table[3 * 191]]);
    const flat = tile(zeros([1, 1, 1, 1]));
    expect([...flat.values]).toEqual([...colorTable('grey').subarray(3 * 128, 3 * 129)]);
  });
  test('takes red, green and blue as they are', () => {
    const picture = tile(f64([0, 255, 51, 102, 0, 0]).reshape([1, 3, 1, 2]));
    expect([...picture.values]).toEqual([0, 255, 51, 102, 0, 0]);
  });
  test('of filters', () => {
    const colour = new Conv2d(3, 4, [2, 3]);
    expect(filters(colour).shape).toEqual([4, 3, 2, 3]);
    const [deep, depthwise] = [new Conv2d(2, 4, 3), new Conv2d(4, 4, 3, { groups: 4 })];
    expect(filters(deep).shape).toEqual([8, 1, 3, 3]);
    expect(filters(depthwise).shape).toEqual([4, 1, 3, 3]);
    expect(values(filters(deep))).toEqual(values(deep.weight));
  });
  test.each([
    [
      'tile: pictures is [2, 2, 3, 3]; give [N, C, H, W] with C = 1 or 3.',
      sample([2, 2, 3, 3]),
      {},
    ],
    ['tile: pictures is [3, 3]; give', sample([3, 3]), {}],
    ['tile: columns is 0; use an integer of at least 1.', sample([2, 1, 3, 3]), { columns: 0 }],
    ['tile: gap is 0.5; use an integer of at least 0.', sample([2, 1, 3, 3]), { gap: 0.5 }],
    ['tile: pictures has a NaN or ∞', f64([NaN]).reshape([1, 1, 1, 1]), {}],
  ])('refuses: %s', (message, pictures, options) => {
    expect(() => tile(pictures, options)).toThrow(message);
  });
});
