import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { FormatError } from '../../../src/engine/core/errors.js';
import { CIFAR10_NORMALIZATION, findDataset, loadCifar10 } from '../../../src/data/node.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-cifar-'));
let dir = root;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

/** A batch whose images are all of the label's value. */
function put(name: string, ...labels: number[]): string {
  const bytes = new Uint8Array(labels.length * 3073);
  for (const [i, label] of labels.entries()) bytes.fill(label, i * 3073, (i + 1) * 3073);
  const file = path.join(dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  return file;
}

const load = () => loadCifar10({ dataDir: dir, verify: false });

test('the subset, packed or not', async () => {
  put('cifar10-subset/data_batch_1.bin.gz', 3, 1);
  put('cifar10-subset/test_batch_first1000.bin', 9);
  const set = await load();
  expect(set.source).toBe(`${path.join(dir, 'cifar10-subset')} (the first 10,000 + 1,000 images)`);
  expect(set.classes[3]).toBe('cat');
  expect(set.train.column('x')).toMatchObject({ dtype: 'u8', shape: [2, 3, 32, 32] });
  expect([...set.train.column('y').values]).toEqual([3, 1]);
  expect([...set.test.column('y').values]).toEqual([9]);
  expect(set.train.get(1).x.values.every((v) => v === 1)).toBe(true);
});

test('the whole set: batches in order, and none may be missing', async () => {
  for (const i of [1, 2, 3, 4, 5]) put(`cifar-10-batches-bin/data_batch_${i}.bin`, i, i + 4);
  put('cifar-10-batches-bin/test_batch.bin', 0, 8);
  const { train, test: rest, source } = await load();
  expect(source).toBe(path.join(dir, 'cifar-10-batches-bin'));
  expect([...train.column('y').values]).toEqual([1, 5, 2, 6, 3, 7, 4, 8, 5, 9]);
  expect(train.get(9).x.values[3071]).toBe(9);
  expect(rest.length).toBe(2);
  const third = path.join(source, 'data_batch_3.bin');
  fs.rmSync(third);
  await expect(load()).rejects.toThrow(`cifar10: ${third} is missing; put the files of the set`);
});

test('files of another set', async () => {
  put('data_batch_1.bin', 1);
  const file = put('test_batch_first1000.bin', ...Array.from({ length: 1000 }, () => 4));
  const other = loadCifar10(dir);
  await expect(other).rejects.toThrow(FormatError);
  await expect(other).rejects.toThrow(`${file} is not the published file (sha256 `);
  put('test_batch_first1000.bin', 4);
  await expect(loadCifar10(dir)).rejects.toThrow(`${file}: expected 1000 images, found 1; this is`);
});

test('what is missing or cut off is named', async () => {
  const env = { GRADUS_CACHE: '/nowhere' };
  await expect(findDataset('cifar10').load({ env })).rejects.toThrow(
    "cifar10: its files are not in /nowhere/data; run 'gradus data fetch cifar10'.",
  );
  const file = put('data_batch_1.bin', 1, 2);
  await expect(load()).rejects.toThrow('test_batch_first1000.bin is missing');
  put('test_batch_first1000.bin', 1);
  fs.truncateSync(file, 4000);
  await expect(load()).rejects.toThrow(`cifar: ${file}: 4000 bytes are 1 records of 3073 bytes`);
});

const dataDir = process.env['GRADUS_DATA'];
const real = dataDir !== undefined && fs.existsSync(path.join(dataDir, 'cifar10-subset'));
if (!real) console.log('skipped: the real CIFAR-10 (set GRADUS_DATA to the data folder)');

test.skipIf(!real)('the real subset', async () => {
  const { train, test: rest, normalization } = await loadCifar10(dataDir!);
  const counts = (values: ArrayLike<number>) => {
    const out = new Array<number>(10).fill(0);
    for (let i = 0; i < values.length; i++) out[values[i]!]!++;
    return out;
  };
  const y = train.column('y').values;
  expect(counts(y)).toEqual([1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981]);
  expect(counts(rest.column('y').values)).toEqual([103, 89, 100, 103, 90, 86, 112, 102, 106, 109]);
  expect([...y.subarray(0, 10)]).toEqual([6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);

  expect(normalization).toBe(CIFAR10_NORMALIZATION);
  const x = train.normalized('x', normalization).column('x').values;
  for (let c = 0; c < 3; c++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < 10_000; i++) {
      for (let k = i * 3072 + c * 1024, end = k + 1024; k < end; k++) {
        sum += x[k]!;
        squares += x[k]! * x[k]!;
      }
    }
    const mean = sum / 1024e4;
    expect(mean).toBeCloseTo(0, 4);
    expect(Math.sqrt(squares / 1024e4 - mean * mean)).toBeCloseTo(1, 4);
  }
});
