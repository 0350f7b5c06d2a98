// covers: src/io/node/file-error.ts
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { FormatError } from '../../src/engine/core/errors.js';
import {
  FileError,
  loadIdx,
  loadNpy,
  loadNpz,
  loadSafetensors,
  readFile,
  saveNpy,
  saveNpz,
  saveSafetensors,
  writeFileAtomic,
} from '../../src/io/node.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-io-'));
let dir = root;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const at = (name: string) => path.join(dir, name);
const bytes = (...values: number[]) => new Uint8Array(values);
const isRoot = process.getuid?.() === 0;

describe('readFile', () => {
  test('bytes, and none', async () => {
    fs.writeFileSync(at('a'), bytes(1, 2, 3));
    fs.writeFileSync(at('empty'), '');
    expect(await readFile(at('a'))).toEqual(bytes(1, 2, 3));
    expect(await readFile(at('empty'))).toEqual(bytes());
  });

  test('names the path and the reason', async () => {
    const missing = readFile(at('missing'));
    await expect(missing).rejects.toThrow(FileError);
    await expect(missing).rejects.toThrow(FormatError);
    await expect(missing).rejects.toThrow(`cannot read ${at('missing')}: there is no such file`);
    await expect(missing).rejects.toMatchObject({ path: at('missing'), code: 'ENOENT' });
    await expect(readFile(dir)).rejects.toThrow(`cannot read ${dir}: it is a directory`);
    fs.writeFileSync(at('file'), '');
    await expect(readFile(at('file/x'))).rejects.toThrow('a part of the path is a file');
  });

  test.skipIf(process.platform === 'win32')('does not wait for a device or a pipe', async () => {
    await expect(readFile('/dev/zero')).rejects.toThrow('it is not a regular file');
    spawnSync('mkfifo', [at('pipe')]);
    await expect(readFile(at('pipe'))).rejects.toThrow('it is not a regular file');
  });

  test.skipIf(isRoot || process.platform === 'win32')('no permission', async () => {
    fs.writeFileSync(at('secret'), 'x', { mode: 0o000 });
    await expect(readFile(at('secret'))).rejects.toThrow('no permission to read it');
  });
});

describe('writeFileAtomic', () => {
  test('creates, replaces, keeps the mode, leaves nothing else behind', async () => {
    await writeFileAtomic(at('a'), bytes(1));
    fs.chmodSync(at('a'), 0o640);
    await writeFileAtomic(at('a'), bytes(2, 3));
    expect(fs.readFileSync(at('a'))).toEqual(Buffer.from([2, 3]));
    expect(fs.statSync(at('a')).mode & 0o777).toBe(0o640);
    expect(fs.readdirSync(dir)).toEqual(['a']);
  });

  test('follows a symbolic link', async () => {
    await writeFileAtomic(at('target'), bytes(1));
    fs.symlinkSync('target', at('link'));
    await writeFileAtomic(at('link'), bytes(9));
    expect(fs.lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(at('target'))).toEqual(Buffer.from([9]));
  });

  test('a reader never sees a part', async () => {
    const size = 1 << 20;
    await writeFileAtomic(at('big'), new Uint8Array(size));
    const writes = (async () => {
      for (let v = 1; v <= 20; v++) await writeFileAtomic(at('big'), new Uint8Array(size).fill(v));
    })();
    let done = false;
    void writes.then(() => (done = true));
    while (!done) {
      const seen = await readFile(at('big'));
      expect(seen.length).toBe(size);
      expect(seen[size - 1]).toBe(seen[0]);
    }
    await writes;
  });

  test('names the path and the reason, and cleans up', async () => {
    await expect(writeFileAtomic(at('no/file'), bytes(1))).rejects.toThrow(
      `cannot write ${at('no/file')}: its directory does not exist`,
    );
    await expect(writeFileAtomic(dir, bytes(1))).rejects.toThrow('it is a directory');
    expect(fs.readdirSync(dir)).toEqual([]);
    expect(fs.readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test.skipIf(isRoot || process.platform === 'win32')('a read-only folder', async () => {
    await writeFileAtomic(at('a'), bytes(1));
    fs.chmodSync(dir, 0o500);
    await expect(writeFileAtomic(at('a'), bytes(2))).rejects.toThrow('no permission to write');
    fs.chmodSync(dir, 0o700);
    expect(fs.readFileSync(at('a'))).toEqual(Buffer.from([1]));
  });
});

describe('formats', () => {
  const w = { dtype: 'f32', shape: [2], values: new Float32Array([1, 2]) } as const;

  test('safetensors there and back', async () => {
    await saveSafetensors(at('m.safetensors'), { w }, { model: 'mlp' });
    const { tensors, metadata } = await loadSafetensors(at('m.safetensors'));
    expect(tensors.get('w')).toEqual(w);
    expect(metadata).toEqual({ model: 'mlp' });
  });

  test('a malformed file is named', async () => {
    fs.writeFileSync(at('m.safetensors'), 'not a model');
    await expect(loadSafetensors(at('m.safetensors'))).rejects.toThrow(
      `safetensors: ${at('m.safetensors')}: the header claims`,
    );
    fs.writeFileSync(at('a.gz'), gzipSync('not idx'));
    await expect(loadIdx(at('a.gz'))).rejects.toThrow(
      `idx: ${at('a.gz')}: expected two zero bytes`,
    );
  });

  test('idx', async () => {
    fs.writeFileSync(at('a.gz'), gzipSync(bytes(0, 0, 8, 1, 0, 0, 0, 2, 5, 6)));
    expect(await loadIdx(at('a.gz'))).toEqual({ dtype: 'u8', shape: [2], values: bytes(5, 6) });
  });

  test('npy and npz', async () => {
    await saveNpy(at('w.npy'), w);
    expect(await loadNpy(at('w.npy'))).toEqual(w);
    await saveNpz(at('all.npz'), { w }, { compress: true });
    expect([...(await loadNpz(at('all.npz')))]).toEqual([['w', w]]);
    await expect(loadNpz(at('all.npz'), { maxBytes: 10 })).rejects.toThrow('the limit is 10');
    await expect(loadNpy(at('all.npz'))).rejects.toThrow(`npy: ${at('all.npz')}: expected`);
    await expect(loadNpz(at('w.npy'))).rejects.toThrow(`npz: ${at('w.npy')}: the archive is`);
    await expect(loadNpy(at('no'))).rejects.toThrow(FileError);
  });
});
