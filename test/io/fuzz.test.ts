// Mutated files may be read or refused, but only with a FormatError, and in bounded memory.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readCifar, readIdx, readNpy, readNpz, readSafetensors } from '../../src/io/index.js';
import { writeNpy, writeNpz, writeSafetensors } from '../../src/io/index.js';
import { fuzz } from './mutate.js';

test('safetensors', async () => {
  const source = writeSafetensors(
    {
      w: { dtype: 'f32', shape: [100, 3], values: new Float32Array(300) },
      b: { dtype: 'f64', shape: [3], values: new Float64Array(3) },
      mask: { dtype: 'bool', shape: [5], values: new Uint8Array(5) },
    },
    { model: 'mlp' },
  );
  const { read, refused } = await fuzz(source, 10_000, readSafetensors, /^safetensors: /);
  expect(read).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(5000);
});

test('idx', async () => {
  const source = new Uint8Array(16 + 50);
  source.set([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 5]);
  const { read, refused } = await fuzz(source, 8000, readIdx, /^idx: /);
  expect(read).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(3000);
});

test('idx in gzip', async () => {
  const source = new Uint8Array(16 + 50).map((_, i) => i);
  source.set([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 5]);
  const { refused } = await fuzz(gzipSync(source), 2000, readIdx, /^idx: /);
  expect(refused).toBeGreaterThan(1000);
});

const w = { dtype: 'f32', shape: [10, 3], values: new Float32Array(30).fill(0.5) } as const;
const mask = { dtype: 'bool', shape: [5], values: new Uint8Array(5) } as const;

test.each([false, true])('cifar, in gzip %s', async (packed) => {
  const plain = new Uint8Array(2 * 3073).map((_, i) => i % 10);
  const source = packed ? gzipSync(plain) : plain;
  const { refused } = await fuzz(source, 2000, readCifar, /^cifar: /);
  expect(refused).toBeGreaterThan(packed ? 1000 : 300);
});

test('npy', async () => {
  const { read, refused } = await fuzz(writeNpy(w), 6000, readNpy, /^npy: /);
  expect(read).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(2000);
});

test.each([false, true])('npz, compress %s', async (compress) => {
  const source = writeNpz({ w, mask }, { compress });
  const { refused } = await fuzz(source, 2000, readNpz, /^np[yz]: /);
  expect(refused).toBeGreaterThan(1000);
});
