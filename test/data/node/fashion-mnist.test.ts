import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/engine/core/errors.js';
import { FASHION_MNIST_NORMALIZATION, loadFashionMnist } from '../../../src/data/node.js';

const FILES = {
  images: 'train-images-idx3-ubyte',
  labels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

/** An idx file of bytes, value i being i · factor mod 10. */
function idx(shape: number[], factor: number): Uint8Array {
  const size = shape.reduce((a, b) => a * b);
  const out = new Uint8Array(4 + 4 * shape.length + size);
  out.set([0, 0, 8, shape.length]);
  const view = new DataView(out.buffer);
  for (const [i, d] of shape.entries()) view.setUint32(4 + 4 * i, d);
  for (let i = 0; i < size; i++) out[out.length - size + i] = (i * factor) % 10;
  return out;
}

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-fashion-'));
const made = path.join(root, 'made');
afterAll(() => fs.rmSync(root, { recursive: true }));

describe('files of the right shape', () => {
  let dir = '';
  beforeAll(() => {
    fs.mkdirSync(made);
    const write = (name: string, bytes: Uint8Array) =>
      fs.writeFileSync(path.join(made, `${name}.gz`), gzipSync(bytes, { level: 1 }));
    write(FILES.images, idx([60_000, 28, 28], 0));
    write(FILES.labels, idx([60_000], 3));
    write(FILES.testImages, idx([10_000, 28, 28], 0));
    write(FILES.testLabels, idx([10_000], 7));
  });
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(root, 't-'));
    for (const name of fs.readdirSync(made))
      fs.copyFileSync(path.join(made, name), path.join(dir, name));
  });
  const gz = (name: string) => path.join(dir, `${name}.gz`);

  test('directly, in a folder fashion-mnist, and unpacked', async () => {
    const {
      train,
      test: rest,
      classes,
      source,
    } = await loadFashionMnist({
      dataDir: dir,
      verify: false,
    });
    expect(source).toBe(dir);
    expect(classes.length).toBe(10);
    expect(train.column('x')).toMatchObject({ dtype: 'u8', shape: [60_000, 1, 28, 28] });
    expect(rest.column('y')).toMatchObject({ dtype: 'i32', shape: [10_000] });
    expect([...rest.column('y').values.subarray(0, 3)]).toEqual([0, 7, 4]);

    fs.rmSync(gz(FILES.testLabels));
    fs.writeFileSync(path.join(dir, FILES.testLabels), idx([10_000], 9));
    const outer = path.join(dir, 'outer');
    fs.mkdirSync(outer);
    fs.symlinkSync(dir, path.join(outer, 'fashion-mnist'));
    const nested = await loadFashionMnist({ dataDir: outer, verify: false });
    expect(nested.source).toBe(path.join(outer, 'fashion-mnist'));
    expect([...nested.test.column('y').values.subarray(0, 3)]).toEqual([0, 9, 8]);
  });

  test('files of another set', async () => {
    const load = loadFashionMnist(dir);
    await expect(load).rejects.toThrow(FormatError);
    await expect(load).rejects.toThrow(
      /-ubyte\.gz is not the published file \(sha256 .*\); run 'gradus data fetch fashion-mnist'/,
    );
  });

  test.each<[string, keyof typeof FILES, (file: string) => void, RegExp]>([
    ['missing', 'labels', (file) => fs.rmSync(file), /is missing; put the four files/],
    [
      'cut off',
      'images',
      (file) => fs.truncateSync(file, 5000),
      /damaged or cut off after .* has 5000 bytes/,
    ],
    [
      'empty',
      'testImages',
      (file) => fs.writeFileSync(file, ''),
      /expected at least 4 bytes, found 0/,
    ],
    [
      'a web page',
      'labels',
      (file) => fs.writeFileSync(file, '<!doctype html>'),
      /not an idx file/,
    ],
    ['a directory', 'labels', (file) => (fs.rmSync(file), fs.mkdirSync(file)), /it is a directory/],
    [
      'images of another size',
      'testImages',
      (file) => fs.writeFileSync(file, gzipSync(idx([100, 28, 28], 0))),
      /expected u8 \[10000, 28, 28\], found u8 \[100, 28, 28\]/,
    ],
    [
      'the labels of the other part',
      'labels',
      (file) => fs.writeFileSync(file, gzipSync(idx([10_000], 1))),
      /expected u8 \[60000\], found u8 \[10000\]/,
    ],
    [
      'a label out of range',
      'testLabels',
      (file) => {
        const bytes = idx([10_000], 1);
        bytes[8 + 1234] = 10;
        fs.writeFileSync(file, gzipSync(bytes));
      },
      /label 10 at index 1234, expected 0…9/,
    ],
  ])('%s', async (_, which, damage, message) => {
    const file = gz(FILES[which]);
    damage(file);
    const load = loadFashionMnist({ dataDir: dir, verify: false });
    await expect(load).rejects.toThrow(FormatError);
    await expect(load).rejects.toThrow(message);
    await expect(load).rejects.toThrow(file);
  });
});

test('a directory that is none', async () => {
  await expect(loadFashionMnist(path.join(root, 'no'))).rejects.toThrow(
    /does not exist; pass --data-dir/,
  );
  const file = path.join(root, 'file');
  fs.writeFileSync(file, '');
  await expect(loadFashionMnist(file)).rejects.toThrow(/is no directory that can be read/);
});

const dataDir = process.env['GRADUS_DATA'];
const real = dataDir !== undefined && fs.existsSync(path.join(dataDir, 'fashion-mnist'));
if (!real) console.log('skipped: the real Fashion-MNIST (set GRADUS_DATA to the data folder)');

test.skipIf(!real)('the real set', async () => {
  const { train, test: rest, normalization, classes } = await loadFashionMnist(dataDir!);
  const counts = (values: ArrayLike<number>) => {
    const out = new Array<number>(10).fill(0);
    for (let i = 0; i < values.length; i++) out[values[i]!]!++;
    return out;
  };
  const y = train.column('y').values;
  expect(counts(y)).toEqual(new Array(10).fill(6000));
  expect(counts(rest.column('y').values)).toEqual(new Array(10).fill(1000));
  expect([...y.subarray(0, 10)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
  expect([...rest.column('y').values.subarray(0, 10)]).toEqual([9, 2, 1, 1, 6, 1, 4, 6, 5, 7]);
  expect(classes[y[0]!]).toBe('Ankle boot');

  const x = train.column('x').values;
  let sum = 0;
  let squares = 0;
  for (const v of x) {
    sum += v;
    squares += v * v;
  }
  const mean = sum / x.length;
  const std = Math.sqrt(squares / x.length - mean * mean);
  expect(mean).toBeCloseTo(72.94035, 5);
  expect(normalization).toBe(FASHION_MNIST_NORMALIZATION);
  expect(mean / 255).toBeCloseTo(FASHION_MNIST_NORMALIZATION.mean, 5);
  expect(std / 255).toBeCloseTo(FASHION_MNIST_NORMALIZATION.std, 5);
});
