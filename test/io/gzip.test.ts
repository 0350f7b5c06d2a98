import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FormatError } from '../../src/engine/core/errors.js';
import { gunzip, joinBytes } from '../../src/io/gzip.js';

test('gunzip: several members, nothing, the limit', async () => {
  const text = new TextEncoder().encode('abc'.repeat(1000));
  const members = Buffer.concat([gzipSync(text.subarray(0, 100)), gzipSync(text.subarray(100))]);
  expect(await gunzip(members, 3000, '')).toEqual(text);
  expect(await gunzip(gzipSync(''), 0, '')).toEqual(new Uint8Array());
  await expect(gunzip(members, 2999, 'x: ')).rejects.toThrow(FormatError);
  await expect(gunzip(members, 2999, 'x: ')).rejects.toThrow('x: unpacks to more than 2999 bytes');
  await expect(gunzip(members.subarray(0, 30), 3000, 'x: ')).rejects.toThrow(
    'x: the gzip data are',
  );
});

test('a bomb is left early', async () => {
  const bomb = gzipSync(Buffer.alloc(1 << 28), { level: 1 });
  const before = process.memoryUsage().arrayBuffers;
  await expect(gunzip(bomb, 1 << 20, '')).rejects.toThrow(FormatError);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
});

test('joinBytes', () => {
  const one = new Uint8Array([1, 2]);
  expect(joinBytes([one], 2)).toBe(one);
  expect(joinBytes([one, new Uint8Array([3])], 3)).toEqual(new Uint8Array([1, 2, 3]));
  expect(joinBytes([], 0)).toEqual(new Uint8Array());
});
