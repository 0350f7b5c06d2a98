import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { PartialFile } from '../../../src/data/node/partial-file.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-part-'));
let dir = root;
let file = '';
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
  file = path.join(dir, 'a.b');
});
afterAll(() => fs.rmSync(root, { recursive: true }));
const read = (part: PartialFile) => fs.existsSync(part.path) && fs.readFileSync(part.path, 'utf8');

test('one left-over for one claim, the longest first', async () => {
  fs.writeFileSync(path.join(dir, '.a.b.0-0.part'), 'short');
  fs.writeFileSync(path.join(dir, '.a.b.999999999-ff.part'), 'much longer');
  fs.writeFileSync(path.join(dir, '.a.b.c.0-0.part'), 'of another file, the longest of all');
  const parts = await Promise.all([1, 2, 3].map(() => PartialFile.claim(file)));
  expect(parts.map((part) => String(read(part))).sort()).toEqual(['false', 'much longer', 'short']);
  await Promise.all(parts.map((part) => part.release()));
  expect(fs.readdirSync(dir).sort()).toEqual(['.a.b.0-0.part', '.a.b.c.0-0.part']);
});

test('finish renames and clears away', async () => {
  const part = await PartialFile.claim(file);
  fs.writeFileSync(part.path, 'new');
  fs.writeFileSync(file, 'old');
  fs.writeFileSync(path.join(dir, '.a.b.0-0.part'), 'left');
  await part.finish();
  expect(fs.readdirSync(dir)).toEqual(['a.b']);
  expect(fs.readFileSync(file, 'utf8')).toBe('new');
});

test('release of nothing leaves nothing', async () => {
  const part = await PartialFile.claim(file);
  await part.release();
  fs.writeFileSync((await PartialFile.claim(file)).path, '');
  expect(fs.readdirSync(dir).length).toBe(1);
});
