// Mutated tables may be read or refused, but only with a sentence, and in bounded memory.
import { expect, test } from 'vitest';
import { FormatError, GradusError } from '../../src/engine/core/errors.js';
import { readCsv, TablePreprocessor } from '../../src/data/index.js';
import { fuzz } from '../io/mutate.js';

const TEXT = Array.from(
  { length: 12 },
  (_, i) => `${i},"job ${i % 3}, ""x""",${i % 4 === 0 ? 'NA' : i / 7},${i % 2}\r\n`,
).join('');
const source = new TextEncoder().encode(`age,job,income,y\r\n${TEXT}`);
const options = {
  target: 'y',
  missing: 'fill',
  types: { y: 'category', job: 'category' },
} as const;

test('csv', async () => {
  const { read, refused } = await fuzz(source, 4000, (bytes) => readCsv(bytes), /^csv: /);
  expect(read).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(1000);
});

test('csv, fitted', async () => {
  const all = (bytes: Uint8Array) => {
    const table = readCsv(bytes);
    TablePreprocessor.fit(table, options).dataset(table);
  };
  const { read, refused } = await fuzz(source, 3000, all, /^(csv|TablePreprocessor)/, GradusError);
  expect(read).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(500);
});

test('csv, applied', async () => {
  const p = TablePreprocessor.fit(readCsv(source), options);
  const apply = (bytes: Uint8Array) => p.dataset(readCsv(bytes));
  const { read } = await fuzz(source, 3000, apply, /^csv: /);
  expect(read).toBeGreaterThan(50);
});

test('stored preprocessing', async () => {
  const p = TablePreprocessor.fit(readCsv(source), options);
  const table = readCsv(source);
  const apply = (bytes: Uint8Array) => {
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      throw new FormatError('csv: what is no JSON does not get this far.');
    }
    TablePreprocessor.fromJSON(json).arrays(table);
  };
  const json = new TextEncoder().encode(JSON.stringify(p));
  const { refused } = await fuzz(json, 3000, apply, /^(csv|TablePreprocessor)/);
  expect(refused).toBeGreaterThan(1000);
});
