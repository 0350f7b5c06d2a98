import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { FormatError } from '../../../src/engine/core/errors.js';
import { findDataset, loadImageFolder } from '../../../src/data/node.js';
import { pngFile, type PngParts } from '../../io/png-file.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-images-'));
let dir = root;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

function put(name: string, content: Uint8Array): string {
  const file = path.join(dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

/** An image of one grey value, or of one colour. */
function plain(value: number | number[], width = 4, height = 3): Uint8Array {
  const pixel = [value].flat();
  const samples = Array.from({ length: width * height }, () => pixel).flat();
  const parts: PngParts = {
    width,
    height,
    colourType: pixel.length === 1 ? 0 : 2,
    depth: 8,
    samples,
  };
  return pngFile(parts);
}

/** Cats are dark, dogs are bright; the value tells which file it is. */
function pets(count = 5): void {
  for (let i = 0; i < count; i++) {
    put(`cat/${i}.png`, plain(10 + i));
    put(`dog/${i}.png`, plain(200 + i));
  }
}

test('parts that share nothing, each class in both, the same for the same seed', async () => {
  pets(10);
  const { train, test: rest, classes, normalization, name, source } = await loadImageFolder(dir);
  expect([name, source]).toEqual([dir, `20 images of [1, 3, 4] in ${dir}`]);
  expect(classes).toEqual(['cat', 'dog']);
  expect(train.column('x')).toMatchObject({ dtype: 'u8', shape: [16, 1, 3, 4] });
  expect(rest.column('x').shape).toEqual([4, 1, 3, 4]);
  const firsts = (set: typeof train) =>
    Array.from({ length: set.length }, (_, i) => set.get(i).x.values[0]!);
  const all = [...firsts(train), ...firsts(rest)].sort((a, b) => a - b);
  expect(all).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ...all.slice(10)]);
  expect(new Set(all).size).toBe(20);
  for (const set of [train, rest]) {
    const y = [...set.column('y').values];
    expect(y).toEqual(firsts(set).map((v) => (v < 100 ? 0 : 1)));
    expect(y.filter((v) => v === 0).length).toBe(set.length / 2);
  }
  const values = firsts(train).map((v) => v / 255);
  const mean = values.reduce((a, b) => a + b) / 16;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 16;
  expect((normalization.mean as number[])[0]).toBeCloseTo(mean, 12);
  expect((normalization.std as number[])[0]).toBeCloseTo(Math.sqrt(variance), 9);

  expect((await loadImageFolder(dir)).test.column('x')).toEqual(rest.column('x'));
  const others = await Promise.all([1, 2, 3].map((seed) => loadImageFolder(dir, { seed })));
  expect(others.some((set) => firsts(set.test).join() !== firsts(rest).join())).toBe(true);
});

test('grey among colours becomes colour; channels of one value have deviation 1', async () => {
  pets();
  put('cat/red.png', plain([255, 0, 7]));
  const { train, test: rest } = await loadImageFolder(dir, { testFraction: 0.3 });
  const images = [train, rest].flatMap((s) =>
    Array.from({ length: s.length }, (_, i) => s.get(i).x),
  );
  expect(images[0]!.shape).toEqual([3, 3, 4]);
  const pixels = images.map(({ values }) => [values[0]!, values[12]!, values[24]!].join());
  expect(pixels).toContain('255,0,7');
  expect(pixels).toContain('12,12,12');
  const grey = await loadImageFolder(dir, { channels: 1 });
  expect(grey.train.get(0).x.shape).toEqual([1, 3, 4]);
  for (const name of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png']) put(`same/${name}`, plain(9));
  const same = await loadImageFolder(path.join(dir, 'same'), { testFraction: 0.5 });
  expect(same.normalization.std).toEqual([1]);
});

test('other sizes: named with both, or resized', async () => {
  pets();
  const file = put('dog/9.png', plain(250, 8, 6));
  const mixed = loadImageFolder(dir);
  await expect(mixed).rejects.toThrow(FormatError);
  await expect(mixed).rejects.toThrow(
    `${file} has 6×8 pixels (height × width), ${path.join(dir, 'cat/0.png')} has 3×4; give a size`,
  );
  const set = await loadImageFolder(dir, { size: [2, 5] });
  expect(set.train.get(0).x.shape).toEqual([1, 2, 5]);
});

test('one class, none, parts for classes, a single image', async () => {
  await expect(loadImageFolder(path.join(dir, 'no'))).rejects.toThrow('there is no such file');
  await expect(loadImageFolder(dir)).rejects.toThrow(
    `${dir} has no sub-folders; put the files into`,
  );
  put('cat/1.png', plain(1));
  await expect(loadImageFolder(dir)).rejects.toThrow(
    `${dir} has one sub-folder, cat; put the images`,
  );
  put('dog/1.png', plain(1));
  await expect(loadImageFolder(dir)).rejects.toThrow(`${path.join(dir, 'cat')} has a single image`);
  for (const part of ['train', 'test']) put(`set/${part}/cat/1.png`, plain(1));
  await expect(loadImageFolder(path.join(dir, 'set'))).rejects.toThrow(
    'has the sub-folders test and train, which are parts and not classes; name',
  );
});

test('a file that is no image, or cut off, is named', async () => {
  pets();
  const file = put('cat/3.png', plain(3).subarray(0, 60));
  await expect(loadImageFolder(dir)).rejects.toThrow(`image: ${file}: this PNG image is damaged`);
  put('cat/3.png', new TextEncoder().encode('<html>'));
  await expect(loadImageFolder(dir)).rejects.toThrow(
    `image: ${file}: this is no image; PNG and JPEG`,
  );
});

test('as a set named by its path', async () => {
  pets();
  const set = await findDataset(dir).load({ images: { size: 2, testFraction: 0.4 } });
  expect([set.name, set.train.length, set.test.length]).toEqual([dir, 6, 4]);
  expect(set.train.get(0).x.shape).toEqual([1, 2, 2]);
  await expect(findDataset('./nowhere').load()).rejects.toThrow('./nowhere');
});
