import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/engine/core/errors.js';
import { dataCacheFolder, findDataFolder } from '../../../src/data/node.js';
import { kindOf } from '../../../src/data/node/data-folders.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-folders-'));
let dir = root;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const put = (...parts: string[]) => {
  const file = path.join(dir, ...parts);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, 'x');
  return path.dirname(file);
};

describe('dataCacheFolder', () => {
  test('GRADUS_CACHE, XDG_CACHE_HOME, the home', () => {
    const home = { HOME: '/home/me' };
    expect(dataCacheFolder({ ...home, GRADUS_CACHE: '/c', XDG_CACHE_HOME: '/x' })).toBe(
      path.resolve('/c/data'),
    );
    expect(dataCacheFolder({ ...home, XDG_CACHE_HOME: '/x' })).toBe(path.join('/x/gradus/data'));
    expect(dataCacheFolder({ ...home, XDG_CACHE_HOME: '' })).toBe(
      path.join('/home/me/.cache/gradus/data'),
    );
  });
});

describe('findDataFolder', () => {
  const find = (env: Record<string, string>, dataDir?: string) =>
    findDataFolder('set', 'folder', ['a.gz', 'a'], {
      dataDir,
      env: { GRADUS_CACHE: path.join(dir, 'cache'), ...env },
    });

  test('--data-dir, then GRADUS_DATA, then the cache', async () => {
    const cached = put('cache/data/folder/a');
    expect(await find({})).toBe(cached);
    const fromEnv = put('env/folder/a.gz');
    const env = { GRADUS_DATA: path.join(dir, 'env') };
    expect(await find(env)).toBe(fromEnv);
    const given = put('given/folder/a');
    expect(await find(env, path.join(dir, 'given'))).toBe(given);
    fs.rmSync(given, { recursive: true });
    expect(await find(env, path.join(dir, 'given'))).toBe(fromEnv);
  });

  test('the files themselves; a folder without them does not count', async () => {
    const flat = put('flat/a');
    expect(await find({}, flat)).toBe(flat);
    put('other/folder/b');
    const cached = put('cache/data/folder/a');
    expect(await find({}, path.join(dir, 'other'))).toBe(cached);
  });

  test('nowhere', async () => {
    const found = find({ GRADUS_DATA: dir });
    await expect(found).rejects.toThrow(FormatError);
    await expect(found).rejects.toThrow(
      `set: its files are not in ${dir} or ${path.join(dir, 'cache/data')}; ` +
        "run 'gradus data fetch set'. Pass --data-dir or set GRADUS_DATA",
    );
  });

  test('a place that is none', async () => {
    put('cache/data/folder/a');
    const missing = path.join(dir, 'no');
    await expect(find({}, missing)).rejects.toThrow(
      `set: the data directory ${missing} does not exist; pass --data-dir or set GRADUS_DATA`,
    );
    const file = path.join(put('x/file'), 'file');
    await expect(find({ GRADUS_DATA: file })).rejects.toThrow('is no directory that can be read');
  });
});

test('kindOf', async () => {
  put('f');
  expect(await kindOf(dir)).toBe('directory');
  expect(await kindOf(path.join(dir, 'f'))).toBe('other');
  expect(await kindOf(path.join(dir, 'f/x'))).toBe('missing');
});
