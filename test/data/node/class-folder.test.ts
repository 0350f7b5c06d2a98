import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { FormatError, IndexError } from '../../../src/engine/core/errors.js';
import { openImageFolder, openTextFolder } from '../../../src/data/node.js';
import { FileError } from '../../../src/io/node.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-folder-'));
let dir = root;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const put = (name: string, content: string | Uint8Array = name) => {
  fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  fs.writeFileSync(path.join(dir, name), content);
};
const names = (files: readonly { path: string }[]) =>
  files.map((file) => path.relative(dir, file.path).replaceAll(path.sep, '/'));

test('images: classes, labels and order', async () => {
  for (const name of ['dog/b.png', 'dog/A.JPG', 'dog/a.jpeg', 'cat/10.webp', 'cat/9.gif'])
    put(name);
  for (const name of ['cat/deep/x.bmp', 'Ölm/1.png', 'Bird/1.png']) put(name);
  for (const name of ['readme.png', 'cat/notes.txt', 'dog/.hidden.png', '.git/x.png']) put(name);
  const folder = await openImageFolder(dir);
  expect(folder.classes).toEqual(['Bird', 'cat', 'dog', 'Ölm']);
  expect(names(folder.files)).toEqual([
    'Bird/1.png',
    'cat/10.webp',
    'cat/9.gif',
    'cat/deep/x.bmp',
    'dog/A.JPG',
    'dog/a.jpeg',
    'dog/b.png',
    'Ölm/1.png',
  ]);
  expect([...folder.labels()]).toEqual([0, 1, 1, 1, 2, 2, 2, 3]);
  expect(folder.length).toBe(8);
  expect(new TextDecoder().decode(await folder.read(2))).toBe('cat/9.gif');
  await expect(folder.read(8)).rejects.toThrow(IndexError);
});

test('bytes are read when asked for', async () => {
  put('a/1.png', 'old');
  const folder = await openImageFolder(dir);
  put('a/1.png', 'new');
  expect(new TextDecoder().decode(await folder.read(0))).toBe('new');
  fs.rmSync(path.join(dir, 'a/1.png'));
  await expect(folder.read(0)).rejects.toThrow(FileError);
});

test('texts', async () => {
  put('pos/1.txt', 'good\n');
  put('neg/1.txt', new Uint8Array([0xfc]));
  const folder = await openTextFolder(dir);
  expect(await folder.text(1)).toBe('good\n');
  expect(await folder.text(0, 'windows-1252')).toBe('ü');
  await expect(folder.text(0)).rejects.toThrow(`${path.join(dir, 'neg/1.txt')}: not utf-8 text`);
  await expect(folder.text(-1)).rejects.toThrow(IndexError);
});

test('no folder, no sub-folders, an empty one', async () => {
  await expect(openImageFolder(path.join(dir, 'no'))).rejects.toThrow(FileError);
  put('x.png');
  await expect(openImageFolder(dir)).rejects.toThrow(FormatError);
  await expect(openImageFolder(dir)).rejects.toThrow('has no sub-folders; put the files into one');
  put('a/1.png');
  put('b/1.txt');
  await expect(openImageFolder(dir)).rejects.toThrow(
    `${path.join(dir, 'b')} has no files (bmp, gif, jpeg, jpg, png, webp); add some, or remove`,
  );
});

test.skipIf(process.platform === 'win32')('links: followed, broken, in a circle', async () => {
  put('real/1.png');
  put('a/0.png');
  fs.symlinkSync(path.join(dir, 'real/1.png'), path.join(dir, 'a/1.png'));
  fs.symlinkSync(path.join(dir, 'nowhere'), path.join(dir, 'a/2.png'));
  expect(names((await openImageFolder(dir)).files)).toEqual(['a/0.png', 'a/1.png', 'real/1.png']);
  fs.symlinkSync(path.join(dir, 'a'), path.join(dir, 'a/again'));
  fs.symlinkSync(path.join(dir, 'a'), path.join(dir, 'a/and-again'));
  await expect(openImageFolder(dir)).rejects.toThrow('remove the link that leads in a circle');
});
