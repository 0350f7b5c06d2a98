import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { byteSize, fetchData, type FetchManner } from '../../../src/cli/commands/data-fetch.js';
import { InterruptError } from '../../../src/cli/interrupt.js';
import { DATA_SOURCES, FetchError, type DataSource } from '../../../src/data/node.js';
import { cutAfter, FaultyServer, stallAfter, type Answer } from '../../data/node/faulty-server.js';
import { captureIo, gradus } from '../run-gradus.js';

/** Bytes of a file that look like no other's. */
const content = (seed: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) & 255);

const FILES = new Map([
  ['a.bin', content(1, 50_000)],
  ['b.bin', content(2, 3000)],
]);

/** A set of this test, as no real file may be in the repository. */
const TOY: DataSource = {
  name: 'toy-set',
  folder: 'toys',
  licence: 'MIT',
  home: 'https://example.org/toys',
  files: [...FILES].map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    urls: ['https://gradus.invalid/never-asked'],
  })),
};

const sources = DATA_SOURCES as Map<string, DataSource>;
const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-data-fetch-'));
const server = new FaultyServer(new Map());
let base = '';
let dir = root;
beforeAll(async () => {
  base = await server.start();
  sources.set(TOY.name, TOY);
});
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(root, 't-'));
  server.answers = [];
  server.requests.length = 0;
  server.files.clear();
  for (const [name, bytes] of FILES) server.files.set(`/toys/${name}`, bytes);
});
afterAll(async () => {
  sources.delete(TOY.name);
  await server.stop();
  fs.rmSync(root, { recursive: true });
});

const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  GRADUS_CACHE: dir,
  GRADUS_DATA_MIRROR: base,
  ...more,
});
const cache = (...parts: string[]): string => path.join(dir, 'data', ...parts);
const quick: FetchManner = { retries: 1, backoffMs: 1, stallMs: 20_000 };

function expectWhole(folder: string): void {
  for (const [name, bytes] of FILES) {
    expect(fs.readFileSync(path.join(folder, name)).equals(bytes)).toBe(true);
  }
  expect(fs.readdirSync(folder).sort()).toEqual([...FILES.keys()]);
}

describe('a mirror that works', () => {
  test('lines for a person; the second time it is there already', async () => {
    const first = await gradus('data fetch toy-set', env());
    expect(first).toEqual({
      status: 0,
      stdout:
        `toy-set: fetched, 2 files, 53.0 kB, sha256 right, in ${cache('toys')}\n` +
        'licence: MIT; https://example.org/toys\n',
      stderr: 'toy-set: file 1 of 2, a.bin, 50.0 kB\n' + 'toy-set: file 2 of 2, b.bin, 3.0 kB\n',
    });
    expectWhole(cache('toys'));
    expect(server.requests).toEqual(['/toys/a.bin', '/toys/b.bin']);
    const second = await gradus('data fetch toy-set', env());
    expect([second.status, second.stderr]).toEqual([0, '']);
    expect(second.stdout).toMatch(/^toy-set: already there, 2 files, 53\.0 kB, sha256 right, in /);
    expect(server.requests).toHaveLength(2);
  });

  test('--json and --cache-dir', async () => {
    const asked = path.join(dir, 'mine');
    const run = () => gradus(`data fetch toy-set --json --cache-dir ${asked}`, env());
    const { status, stdout, stderr } = await run();
    expect([status, stderr, stdout.trimEnd().includes('\n')]).toEqual([0, '', false]);
    expect(JSON.parse(stdout)).toEqual({
      name: 'toy-set',
      directory: path.join(asked, 'toys'),
      licence: 'MIT',
      home: 'https://example.org/toys',
      files: [
        { name: 'a.bin', bytes: 50_000, fetched: true },
        { name: 'b.bin', bytes: 3000, fetched: true },
      ],
    });
    expectWhole(path.join(asked, 'toys'));
    fs.writeFileSync(path.join(asked, 'toys', 'b.bin'), 'not the file');
    const again = JSON.parse((await run()).stdout) as { files: { fetched: boolean }[] };
    expect(again.files.map(({ fetched }) => fetched)).toEqual([false, true]);
    expectWhole(path.join(asked, 'toys'));
    const told = await gradus(`data fetch toy-set --cache-dir ${asked}`, env());
    expect(told.stdout).toContain(`Commands find it with --data-dir ${asked}.\n`);
  });

  test('a connection that breaks is gone on with', async () => {
    server.answers = [cutAfter(20_000)];
    const { status, stderr } = await gradus('data fetch toy-set', env());
    expect(status).toBe(0);
    expect(stderr).toBe(
      'toy-set: file 1 of 2, a.bin, 50.0 kB\n' + 'toy-set: file 2 of 2, b.bin, 3.0 kB\n',
    );
    expect(server.requests[1]).toBe('/toys/a.bin bytes=20000-');
    expectWhole(cache('toys'));
  });

  test('another folder that comes first in the look-up is named', async () => {
    const other = path.join(dir, 'other');
    fs.mkdirSync(path.join(other, 'toys'), { recursive: true });
    fs.writeFileSync(path.join(other, 'toys', 'a.bin'), 'old');
    const { status, stderr } = await gradus('data fetch toy-set', env({ GRADUS_DATA: other }));
    expect(status).toBe(0);
    expect(stderr).toContain(
      `note: ${path.join(other, 'toys')} (GRADUS_DATA) has files of this set, too, and comes first.`,
    );
  });

  test('a mirror also has the sets that we do not fetch from elsewhere', async () => {
    sources.set(TOY.name, { ...TOY, manual: 'there is no address' });
    const { status } = await gradus('data fetch toy-set', env()).finally(() => {
      sources.set(TOY.name, TOY);
    });
    expect(status).toBe(0);
    expectWhole(cache('toys'));
  });

  test('a terminal gets a bar over the whole set, and no lines', async () => {
    const io = captureIo(env());
    Object.assign(io.stderr, { isTTY: true, columns: 100, cursorTo: () => true });
    await fetchData('toy-set', {}, io, quick);
    const { stdout, stderr } = io.text();
    expect(stderr).toMatch(/toy-set [━─]{24} {2}[\d.]+ k?B of 53\.0 kB/);
    expect(stderr).not.toContain('file 1 of 2');
    expect(stdout).toMatch(/^toy-set: fetched/);
  });
});

describe('what goes wrong', () => {
  const expectNothing = (): void => {
    expect(fs.readdirSync(cache('toys')).filter((name) => !name.startsWith('.'))).toEqual([]);
  };

  test('other bytes than were published', async () => {
    server.files.set('/toys/a.bin', content(9, 50_000));
    const { status, stdout, stderr } = await gradus('data fetch toy-set', env());
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /\nerror: toy-set: http:\S+\/toys\/a\.bin gives other bytes than were published \(sha256 .*\); try again later, put a\.bin, b\.bin from https:\/\/example\.org\/toys into .*toys, or pass --data-dir\.\n$/,
    );
    expectNothing();
  });

  test('offline: nobody listens, or the name is not known', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const mirror = env({ GRADUS_DATA_MIRROR: `http://127.0.0.1:${port}` });
    const refused = fetchData('toy-set', {}, captureIo(mirror), quick);
    await expect(refused).rejects.toThrow(FetchError);
    await expect(refused).rejects.toThrow(
      `toy-set: cannot reach 127.0.0.1:${port} (it refuses the connection); try again later, put ` +
        `a.bin, b.bin from https://example.org/toys into ${cache('toys')}, or pass --data-dir.`,
    );
    const unknown = await gradus(
      'data fetch toy-set',
      env({ GRADUS_DATA_MIRROR: 'http://gradus.invalid' }),
    );
    expect([unknown.status, unknown.stdout]).toEqual([1, '']);
    expect(unknown.stderr).toMatch(
      /^error: toy-set: cannot reach gradus\.invalid \(.*\); try again/,
    );
    expectNothing();
  });

  test('Ctrl-C keeps what has arrived, exits 130, and the next goes on', async () => {
    // The server stalls after a part; the signal comes when that has arrived.
    const stalled: Answer = (...args) => {
      stallAfter(20_000)(...args);
      setTimeout(() => process.emit('SIGINT'), 300);
    };
    server.answers = [stalled];
    const before = process.listenerCount('SIGINT');
    const others = process.listeners('SIGINT');
    process.removeAllListeners('SIGINT');
    const { status, stdout, stderr } = await gradus('data fetch toy-set', env()).finally(() => {
      for (const other of others) process.on('SIGINT', other);
    });
    expect(process.listenerCount('SIGINT')).toBe(before);
    expect([status, stdout]).toEqual([130, '']);
    expect(stderr).toMatch(
      /\nerror: data fetch toy-set: interrupted; what has arrived is kept, .*\.\n$/,
    );
    const [kept] = fs.readdirSync(cache('toys'));
    expect(fs.statSync(cache('toys', kept!)).size).toBe(20_000);
    const again = await gradus('data fetch toy-set', env());
    expect(again.status).toBe(0);
    expect(again.stderr).toContain('file 1 of 2, a.bin, 20.0 kB of 50.0 kB\n');
    expect(server.requests[1]).toBe('/toys/a.bin bytes=20000-');
    expectWhole(cache('toys'));
  });

  test('a signal that has fired before the start', async () => {
    const signal = AbortSignal.abort();
    await expect(fetchData('toy-set', {}, captureIo(env()), { signal })).rejects.toThrow(
      InterruptError,
    );
    expect(server.requests).toEqual([]);
  });
});

describe('names and settings', () => {
  afterEach(() => expect(server.requests).toEqual([]));

  test('an unknown name: the nearest', async () => {
    for (const [name, near] of [
      ['fashoin-mnist', 'fashion-mnist'],
      ['digit', 'digits'],
      ['irsi', 'iris'],
    ]) {
      const { status, stdout, stderr } = await gradus(`data fetch ${name}`, env());
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        new RegExp(
          `^error: there is no data set '${name}'; did you mean '${near}'\\? Known: digits, `,
        ),
      );
    }
    const none = await gradus('data fetch', env());
    expect(none.status).toBe(2);
    expect(none.stderr).toContain("argument 'name'");
  });

  test('a set that needs no files', async () => {
    expect(await gradus('data fetch digits', env())).toEqual({
      status: 0,
      stdout: 'digits needs no files: it is generated when it is used.\n',
      stderr: '',
    });
    const { stdout } = await gradus('data fetch digits --json', env());
    expect(JSON.parse(stdout)).toEqual({ name: 'digits', directory: null, files: [] });
  });

  test('sets that are not fetched say why, and where they belong', async () => {
    for (const { name, folder, manual, home } of DATA_SOURCES.values()) {
      if (manual === undefined) continue;
      const { status, stderr } = await gradus(
        `data fetch ${name}`,
        env({ GRADUS_DATA_MIRROR: '' }),
      );
      expect(status).toBe(1);
      expect(stderr.startsWith(`error: ${name}: ${manual}; put `)).toBe(true);
      expect(stderr).toContain(` into ${cache(folder)}, or pass --data-dir with a folder`);
      expect(stderr).toContain(home);
    }
  });

  test('a mirror or a folder that is none', async () => {
    for (const url of ['nonsense', 'ftp://x/y', 'http:///x', 'https://']) {
      const { status, stderr } = await gradus(
        'data fetch toy-set',
        env({ GRADUS_DATA_MIRROR: url }),
      );
      expect(status).toBe(2);
      expect(stderr).toMatch(
        /^error: GRADUS_DATA_MIRROR is '.*'; give an address that begins with/,
      );
    }
    const { status } = await gradus('data fetch toy-set --cache-dir=', env());
    expect(status).toBe(2);
  });
});

test('byteSize', () => {
  const sizes = [0, 999, 1000, 4549, 999_949, 999_950, 30_878_645].map(byteSize);
  expect(sizes).toEqual(['0 B', '999 B', '1.0 kB', '4.5 kB', '999.9 kB', '1.0 MB', '30.9 MB']);
});
