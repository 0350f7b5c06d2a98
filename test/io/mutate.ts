// Files changed at random, for tests of readers that must survive whatever they are given.
import { expect } from 'vitest';
import { philoxBlock } from '../../src/engine/core/philox.js';
import { FormatError } from '../../src/engine/core/errors.js';

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
  "'<f8'",
  '(3,)',
  'True',
  '\r',
  '\n',
  '\t',
  '"",',
  'NA',
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

/**
 * Runs `read` on mutations of `source`; returns how many were read and how many refused. Throws for
 * any error but a `refusal` whose message is a sentence that begins as `message` says, and where the
 * memory grows without bounds.
 */
export async function fuzz(
  source: Uint8Array,
  runs: number,
  read: (bytes: Uint8Array) => unknown,
  message: RegExp,
  refusal: abstract new (...args: never[]) => Error = FormatError,
): Promise<{ read: number; refused: number }> {
  const count = { read: 0, refused: 0 };
  const before = process.memoryUsage().rss;
  for (let run = 0; run < runs; run++) {
    const bytes = mutate(source, drawsOf(run));
    try {
      await read(bytes);
      count.read++;
    } catch (error) {
      if (!(error instanceof refusal)) {
        throw new Error(`mutation ${run} of seed ${SEED}`, { cause: error });
      }
      expect(error.message).toMatch(message);
      expect(error.message).toMatch(/^.{10,1200}[.?]$/su);
      count.refused++;
    }
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
  return count;
}
