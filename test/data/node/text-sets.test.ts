// covers: src/data/labelled-texts.ts
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { labelledTexts, selectTexts } from '../../../src/data/index.js';
import { findTexts, loadTextFolder, loadTextTable, TEXTS } from '../../../src/data/node.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-texts-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const env = { GRADUS_CACHE: '/nowhere' };

describe('the named sets', () => {
  test('mr-polarity is windows-1252, and only LF ends a line', async () => {
    put('mr-polarity/rt-polarity.neg', Uint8Array.of(0x62, 0x85, 0x61, 0x0a, 0xe9, 0x0a));
    put('mr-polarity/rt-polarity.pos', 'good \n');
    const set = await findTexts('mr-polarity').load({ dataDir: folder, env, verify: false });
    // Node 20 decodes the byte 0x85 as latin-1, later ones as windows-1252.
    expect(set.texts[0]).toMatch(/^b[…\u0085]a$/u);
    expect(set.texts.slice(1)).toEqual(['é', 'good ']);
    expect(set.classes).toEqual(['negative', 'positive']);
    expect([...set.labels]).toEqual([0, 0, 1]);
    await expect(findTexts('mr-polarity').load({ dataDir: folder, env })).rejects.toThrow(
      'is not the published file',
    );
  });

  test('sms-spam has a label, a tab and a text a line', async () => {
    put('sms-spam/sms.tsv', 'ham\thi "there"\nspam\tWIN\tnow £\n');
    const set = await findTexts('sms-spam').load({ dataDir: folder, env, verify: false });
    expect(set.texts).toEqual(['hi "there"', 'WIN\tnow £']);
    expect(set.classes).toEqual(['ham', 'spam']);
    put('sms-spam/sms.tsv', Uint8Array.of(0x68, 0xff, 0x0a));
    await expect(
      findTexts('sms-spam').load({ dataDir: folder, env, verify: false }),
    ).rejects.toThrow('sms-spam: not utf-8 text');
  });

  test('another name is refused with the nearest', () => {
    expect([...TEXTS.keys()]).toEqual(['mr-polarity', 'sms-spam']);
    expect(() => findTexts('sms-span')).toThrow("did you mean 'sms-spam'?");
  });
});

test('a folder has a sub-folder for each class', async () => {
  put('letters/work/1.txt', 'a report');
  put('letters/home/1.txt', 'dinner');
  put('letters/home/2.txt', 'supper');
  const set = await loadTextFolder(join(folder, 'letters'));
  expect(set.classes).toEqual(['home', 'work']);
  expect(set.texts).toEqual(['dinner', 'supper', 'a report']);
  expect([...set.labels]).toEqual([0, 0, 1]);
  put('letters/home/3.txt', Uint8Array.of(0xc3, 0x28));
  await expect(loadTextFolder(join(folder, 'letters'))).rejects.toThrow(/3\.txt: .*not utf-8/);
});

test('a file of rows has a column of texts and one of classes', async () => {
  const file = put('mail.csv', 'id,body,kind\n1,"buy, now",b\n2,hello,a\n');
  const set = await loadTextTable(file, { text: 'body', label: 'kind' });
  expect(set.texts).toEqual(['buy, now', 'hello']);
  expect(set.classes).toEqual(['a', 'b']);
  expect(selectTexts(set, Int32Array.of(1))).toMatchObject({
    texts: ['hello'],
    classes: ['a', 'b'],
  });
  await expect(loadTextTable(file, { text: 'bodi', label: 'kind' })).rejects.toThrow("'body'?");
  put('mail.csv', 'body,kind\nx,a\ny,\n');
  await expect(loadTextTable(file, { text: 'body', label: 'kind' })).rejects.toThrow(
    "row 2 has nothing in column 'kind'",
  );
});

test('texts and classes come in pairs', () => {
  expect(() => labelledTexts('n', 's', ['a'], [])).toThrow('1 texts and 0 names of classes');
});
