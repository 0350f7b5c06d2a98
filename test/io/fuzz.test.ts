// Mutated files may be read or refused, but only with a FormatError, and in bounded memory.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { philoxBlock } from '../../src/engine/core/philox.js';
import { FormatError } from '../../src/engine/core/errors.js';
import { readIdx, readSafetensors, writeSafetensors } from '../../src/io/index.js';

const SEED = 20_240_601;

/** A generator of integers below n for mutation `run`. */
function drawsOf(run: number): (n: number) => number {
  const block = new Uint32Array(4);
  let i = 0;
  return (n) => {
    if (i % 4 === 0) philoxBlock([i / 4, 0, run, 0], [SEED, 0], block);
    return block[i++ % 4]! % n;
  };
}

const SNIPPETS = [
  '9999999999',
  '-1',
  '1e9',
  'null',
  '{}',
  '[]',
  '"F64"',
  '"',
  ',',
  '\\u0000',
  '0.5',
];

/** One to four changes: a bit, a byte, a cut, a piece removed, doubled or overwritten by text. */
function mutate(source: Uint8Array, draw: (n: number) => number): Uint8Array {
  let bytes = Uint8Array.from(source);
  for (let k = draw(4); k >= 0; k--) {
    // Most of the structure is at the front.
    const at = draw(draw(2) === 0 ? Math.min(200, bytes.length + 1) : bytes.length + 1);
    const end = Math.min(bytes.length, at + 1 + draw(16));
    const piece = bytes.subarray(at, end);
    const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
    switch (draw(6)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << draw(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = [0, 1, 127, 128, 255][draw(5)]!;
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = join(bytes.subarray(0, at), bytes.subarray(end));
        break;
      case 4:
        bytes = join(bytes.subarray(0, end), piece, bytes.subarray(end));
        break;
      case 5:
        bytes = join(
          bytes.subarray(0, at),
          new TextEncoder().encode(SNIPPETS[draw(SNIPPETS.length)]),
          bytes.subarray(end),
        );
        break;
    }
  }
  return bytes;
}

/** Runs `read` on mutations of `source`; returns how many were read and how many refused. */
async function fuzz(
  source: Uint8Array,
  runs: number,
  read: (bytes: Uint8Array) => unknown,
): Promise<{ read: number; refused: number }> {
  const count = { read: 0, refused: 0 };
  const before = process.memoryUsage().rss;
  for (let run = 0; run < runs; run++) {
    const bytes = mutate(source, drawsOf(run));
    try {
      await read(bytes);
      count.read++;
    } catch (error) {
      if (!(error instanceof FormatError)) {
        throw new Error(`mutation ${run} of seed ${SEED}`, { cause: error });
      }
      expect(error.message).toMatch(/^(safetensors|idx): .{10,1000}[.]$/su);
      count.refused++;
    }
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
  return count;
}

test('safetensors', async () => {
  const source = writeSafetensors(
    {
      w: { dtype: 'f32', shape: [100, 3], values: new Float32Array(300) },
      b: { dtype: 'f64', shape: [3], values: new Float64Array(3) },
      mask: { dtype: 'bool', shape: [5], values: new Uint8Array(5) },
    },
    { model: 'mlp' },
  );
  const { read, refused } = await fuzz(source, 10_000, readSafetensors);
  expect(read).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(5000);
});

test('idx', async () => {
  const source = new Uint8Array(16 + 50);
  source.set([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 5]);
  const { read, refused } = await fuzz(source, 8000, readIdx);
  expect(read).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(3000);
});

test('idx in gzip', async () => {
  const source = new Uint8Array(16 + 50).map((_, i) => i);
  source.set([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 5]);
  const { refused } = await fuzz(gzipSync(source), 2000, readIdx);
  expect(refused).toBeGreaterThan(1000);
});
