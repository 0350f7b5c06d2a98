// covers: src/data/node/open-sources.ts, src/data/node/graph-sources.ts, src/data/node/manual-sources.ts, src/data/node/data-source.ts
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../../src/engine/core/errors.js';
import { DATA_SOURCES, findSource } from '../../../src/data/node.js';

describe('every source', () => {
  test.each([...DATA_SOURCES.values()].map((source) => [source.name, source] as const))(
    '%s',
    (name, source) => {
      expect(DATA_SOURCES.get(name)).toBe(source);
      expect(source.home).toMatch(/^https:\/\//);
      expect(source.files.length).toBeGreaterThan(0);
      for (const file of source.files) {
        expect(file.name).toMatch(/^[\w.-]+$/);
        expect(file.bytes).toBeGreaterThan(0);
        expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(file.urls.length > 0).toBe(source.manual === undefined);
        for (const url of file.urls) {
          expect(url).toMatch(/^https?:\/\/[\w.-]+\/[\w./-]+$/);
          // An address on GitHub names a commit: a branch would move.
          if (url.includes('githubusercontent')) expect(url).toMatch(/\/[0-9a-f]{40}\//);
        }
      }
    },
  );

  test('what may not be passed on is not fetched', () => {
    const manual = [...DATA_SOURCES.values()].filter((source) => source.manual !== undefined);
    expect(manual.map(({ name }) => name)).toEqual([
      'planetoid-cora',
      'karate-club',
      'musae-facebook',
      'mr-polarity',
      'timeseries',
      'cifar10',
    ]);
    for (const source of DATA_SOURCES.values()) {
      if (source.licence === 'none stated') expect(source.manual).toBeDefined();
    }
  });
});

test('an unknown name: the nearest', () => {
  expect(findSource('iris').folder).toBe('tabular');
  expect(() => findSource('irys')).toThrow(ArgumentError);
  expect(() => findSource('irys')).toThrow("no data set 'irys' in files; did you mean 'iris'?");
});

const dataDir = process.env['GRADUS_DATA'];
const real = dataDir !== undefined && existsSync(path.join(dataDir, 'tabular/SOURCE.md'));
if (!real) console.log('skipped: sources against SOURCE.md (set GRADUS_DATA to the data folder)');

test.skipIf(!real)('lengths and sha256 are those of SOURCE.md', () => {
  for (const { name, folder, files } of DATA_SOURCES.values()) {
    // Published unpacked, kept packed there.
    if (name === 'adult') continue;
    const text = readFileSync(path.join(dataDir!, folder, 'SOURCE.md'), 'utf8');
    for (const file of files) {
      expect(text).toContain(`- ${file.name}  ${file.bytes}  ${file.sha256}`);
    }
  }
});
