// covers: src/data/node/table-recipes.ts, src/data/node/load-csv.ts, src/data/node/verify-file.ts, src/data/node/sha256.ts
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../../src/engine/core/errors.js';
import { findTable, loadCsv, TABLES } from '../../../src/data/node.js';
import { sha256Of } from '../../../src/data/node/sha256.js';
import { verifyFile } from '../../../src/data/node/verify-file.js';
import { FileError } from '../../../src/io/node.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-tables-'));
let dir = root;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));
const at = (name: string) => path.join(dir, name);
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('loadCsv', () => {
  test('packed or not', async () => {
    fs.writeFileSync(at('a.csv'), 'x,y\n1,2\n');
    fs.writeFileSync(at('a.tsv.gz'), gzipSync('x\ty\n1\t2\n'));
    expect((await loadCsv(at('a.csv'))).rows).toEqual([['1', '2']]);
    expect((await loadCsv(at('a.tsv.gz'))).rows).toEqual([['1', '2']]);
    expect((await loadCsv(at('a.csv'), { header: false })).rows.length).toBe(2);
  });

  test('names the file', async () => {
    await expect(loadCsv(at('no.csv'))).rejects.toThrow(FileError);
    fs.writeFileSync(at('b.csv'), 'x,y\n1\n');
    await expect(loadCsv(at('b.csv'))).rejects.toThrow(`csv: ${at('b.csv')}: line 2 has 1 cell`);
    fs.writeFileSync(at('c.csv.gz'), gzipSync('x,y\n1,2\n').subarray(0, 20));
    await expect(loadCsv(at('c.csv.gz'))).rejects.toThrow(`csv: ${at('c.csv.gz')}: the gzip data`);
  });
});

describe('verifyFile', () => {
  test('right, repacked, another, changed', async () => {
    fs.writeFileSync(at('a'), 'abc');
    await verifyFile('s', at('a'), { sha256: [ABC] });
    fs.writeFileSync(at('a.gz'), gzipSync('abc', { level: 1 }));
    await verifyFile('s', at('a.gz'), { sha256: ['0'.repeat(64), ABC] });
    const known = { sha256: ['0'.repeat(64)], others: { [ABC]: 'the alphabet' } };
    const other = verifyFile('s', at('a.gz'), known);
    await expect(other).rejects.toThrow(FormatError);
    await expect(other).rejects.toThrow(`s: ${at('a.gz')} is the alphabet, another set`);
    fs.writeFileSync(at('a'), 'abd!');
    await expect(verifyFile('s', at('a'), { sha256: [ABC] })).rejects.toThrow(
      /is not the published file \(sha256 [0-9a-f]{12}…, expected ba7816bf8f01…\); run 'gradus data/,
    );
  });

  test('a state of a file is read once', async () => {
    fs.writeFileSync(at('a'), 'abc');
    const [atime, mtime] = [new Date(1e12), new Date(1.1e12)];
    fs.utimesSync(at('a'), atime, mtime);
    await verifyFile('s', at('a'), { sha256: [ABC] });
    const handle = fs.openSync(at('a'), 'r+');
    fs.writeSync(handle, 'xyz');
    fs.closeSync(handle);
    fs.utimesSync(at('a'), atime, mtime);
    await verifyFile('s', at('a'), { sha256: [ABC] });
    fs.utimesSync(at('a'), atime, new Date(mtime.getTime() + 5000));
    await expect(verifyFile('s', at('a'), { sha256: [ABC] })).rejects.toThrow(
      'is not the published',
    );
  });
});

test('sha256Of', async () => {
  fs.writeFileSync(at('a'), 'abc');
  expect(await sha256Of(at('a'))).toBe(ABC);
  await expect(sha256Of(at('a'), { unpack: true })).rejects.toThrow(FileError);
  await expect(sha256Of(at('no'))).rejects.toThrow(FileError);
  fs.writeFileSync(at('a.gz'), gzipSync('abc'));
  expect(await sha256Of(at('a.gz'), { unpack: true, maxBytes: 3 })).toBe(ABC);
});

describe('the register', () => {
  test('every table has its name and a line of description', () => {
    for (const [name, table] of TABLES) {
      expect(table.name).toBe(name);
      expect(table.description).toMatch(/^[^\n]{20,100}$/);
      expect(findTable(name)).toBe(table);
    }
    expect([...TABLES.keys()]).toContain('california-housing');
    expect(() => findTable('peguins')).toThrow(ArgumentError);
    expect(() => findTable('peguins')).toThrow("did you mean 'penguins'?");
  });

  const rows = Array.from({ length: 20 }, (_, i) => `${i},1,2,3,${i % 2 === 0 ? 'p' : 'q'}\n`);

  test('another file of the name is refused, unless that is asked for', async () => {
    fs.mkdirSync(at('tabular'));
    fs.writeFileSync(at('tabular/iris.csv'), rows.join(''));
    const env = { GRADUS_CACHE: at('cache') };
    const iris = findTable('iris');
    await expect(iris.load({ dataDir: dir, env })).rejects.toThrow('iris.csv is not the published');
    const set = await iris.load({ dataDir: dir, env, verify: false, seed: 1, test: 0.25 });
    expect([set.train.length, set.test.length]).toEqual([15, 5]);
    expect(set).toMatchObject({ name: 'iris', source: at('tabular'), classes: ['p', 'q'] });
    const again = await iris.load({ dataDir: dir, env, verify: false, seed: 1, test: 0.25 });
    expect(again.tables.test).toEqual(set.tables.test);
    const parts = await iris.read({ dataDir: dir, env, verify: false });
    expect(parts).toMatchObject({ source: at('tabular'), fit: { target: 'species' } });
    expect([parts.rows.rows.length, parts.test]).toEqual([20, undefined]);
    const fit = { target: 'species', features: ['petal-width'] };
    const narrow = await iris.load({ dataDir: dir, env, verify: false, fit });
    expect(narrow.train.column('x').shape).toEqual([16, 1]);
  });

  test('no files', async () => {
    const env = { GRADUS_CACHE: at('cache') };
    await expect(findTable('wine').load({ env })).rejects.toThrow("run 'gradus data fetch wine'");
    fs.writeFileSync(at('adult-train.csv'), '');
    await expect(findTable('adult').load({ dataDir: dir, env })).rejects.toThrow(FormatError);
  });
});

const dataDir = process.env['GRADUS_DATA'];
const real = dataDir !== undefined && fs.existsSync(path.join(dataDir, 'tabular'));
if (!real) console.log('skipped: the real tables (set GRADUS_DATA to the data folder)');

describe.skipIf(!real)('the real sets', () => {
  test.each<[string, number, number, number, Record<string, number>]>([
    ['iris', 120, 30, 4, { 'Iris-setosa': 50, 'Iris-versicolor': 50, 'Iris-virginica': 50 }],
    ['wine', 142, 36, 13, { 1: 59, 2: 71, 3: 48 }],
    ['wdbc', 455, 114, 30, { B: 357, M: 212 }],
    ['breast-cancer', 559, 140, 9, { 2: 458, 4: 241 }],
    ['adult', 32_561, 16_281, 105, { '<=50K': 37_155, '>50K': 11_687 }],
    ['california-housing', 16_512, 4128, 13, {}],
    ['penguins', 275, 69, 10, { Adelie: 152, Chinstrap: 68, Gentoo: 124 }],
  ])('%s', async (name, trains, tests, features, counts) => {
    const { train, test: rest, classes, preprocessor } = await findTable(name).load({ dataDir });
    expect([train.length, rest.length]).toEqual([trains, tests]);
    expect(preprocessor.featureNames.length).toBe(features);
    expect(train.column('x')).toMatchObject({ dtype: 'f32', shape: [trains, features] });
    expect(classes).toEqual(Object.keys(counts));
    const labels = [...train.column('y').values, ...rest.column('y').values];
    for (const [k, count] of Object.values(counts).entries()) {
      expect(labels.filter((label) => label === k).length).toBe(count);
    }
    const x = train.column('x').values;
    expect(x.every((v: number) => Number.isFinite(v))).toBe(true);
    // Whatever came out in front is a numeric column, standardized.
    const first = preprocessor.featureNames.findIndex((f) => !f.includes('='));
    const column = Array.from({ length: trains }, (_, i) => x[i * features + first]!);
    const mean = column.reduce((a, b) => a + b) / trains;
    expect(mean).toBeCloseTo(0, 4);
    // What was filled in lies at the mean.
    const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / trains;
    expect(Math.abs(variance - 1)).toBeLessThan(name === 'penguins' ? 0.02 : 1e-4);
  });
});
