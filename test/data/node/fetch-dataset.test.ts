import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArgumentError } from '../../../src/engine/core/errors.js';
import { fetchDataset, FetchError, type FetchProgress } from '../../../src/data/node.js';
import { cutAfter, FaultyServer, stallAfter, status, type Answer } from './faulty-server.js';

const dataDir = process.env['GRADUS_DATA'];
const real = dataDir !== undefined && fs.existsSync(path.join(dataDir, 'tabular'));
if (!real) console.log('skipped: fetching real files from loopback (set GRADUS_DATA)');

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-fetch-set-'));
const server = new FaultyServer(new Map());
let base = '';
let dir = root;
beforeEach(async () => {
  base ||= await server.start();
  server.answers = [];
  server.requests.length = 0;
  dir = fs.mkdtempSync(path.join(root, 't-'));
});
afterEach(() => server.files.clear());
afterAll(async () => {
  await server.stop();
  fs.rmSync(root, { recursive: true });
});

const quick = { retries: 1, backoffMs: 1, stallMs: 1000 };
const serve = (folder: string, ...names: string[]) => {
  for (const name of names) {
    server.files.set(`/${folder}/${name}`, fs.readFileSync(path.join(dataDir!, folder, name)));
  }
};
const isSame = (folder: string, name: string) =>
  fs
    .readFileSync(path.join(dir, folder, name))
    .equals(fs.readFileSync(path.join(dataDir!, folder, name)));

describe('refusals', () => {
  test('a name that is not known; an address that is none', async () => {
    await expect(fetchDataset('irris')).rejects.toThrow(ArgumentError);
    await expect(fetchDataset('irris')).rejects.toThrow("did you mean 'iris'?");
    for (const baseUrl of ['', 'ftp://x/y', 'file:///etc', 'http:///']) {
      await expect(fetchDataset('iris', { baseUrl, cacheDir: dir })).rejects.toThrow(ArgumentError);
    }
  });

  test('a set that we do not fetch says where it is', async () => {
    const fetching = fetchDataset('mr-polarity', { cacheDir: dir });
    await expect(fetching).rejects.toThrow(FetchError);
    await expect(fetching).rejects.toThrow(
      'mr-polarity: no licence is stated, so we do not fetch it for you; put rt-polarity.neg, ' +
        `rt-polarity.pos into ${path.join(dir, 'mr-polarity')}, or pass --data-dir with a folder ` +
        "that has them (the publisher's page: https://github.com/yoonkim/CNN_sentence).",
    );
  });

  test('offline: what to do instead', async () => {
    const baseUrl = 'http://gradus.invalid';
    const fetching = fetchDataset('fashion-mnist', { ...quick, baseUrl, cacheDir: dir });
    await expect(fetching).rejects.toThrow(
      /^fashion-mnist: cannot reach gradus\.invalid \(.*\); try again later, put .*t10k-images.* from https:\/\/.* into .*fashion-mnist, or pass --data-dir\.$/,
    );
  });

  test('a server without the file', async () => {
    server.answers = [status(404)];
    await expect(fetchDataset('iris', { ...quick, baseUrl: base, cacheDir: dir })).rejects.toThrow(
      /^iris: 127.* answers 404 Not Found for .*\/tabular\/iris\.csv; try again later, put iris\.csv/,
    );
  });
});

describe.skipIf(!real)('files of the real size', () => {
  const options = () => ({ ...quick, baseUrl: `${base}/`, cacheDir: dir });

  test('all files, with progress; then none', async () => {
    serve('graphs-MUTAG', ...fs.readdirSync(path.join(dataDir!, 'graphs-MUTAG')));
    const seen: FetchProgress[] = [];
    const set = await fetchDataset('graphs-MUTAG', {
      ...options(),
      onProgress: (progress) => seen.push(progress),
    });
    expect(set.directory).toBe(path.join(dir, 'graphs-MUTAG'));
    expect(set.files.length).toBe(11);
    for (const file of set.files) expect(isSame('graphs-MUTAG', path.basename(file))).toBe(true);
    expect(seen.at(-1)).toMatchObject({ dataset: 'graphs-MUTAG', fileIndex: 10, files: 11 });
    expect(seen.every(({ received, bytes }) => received <= bytes)).toBe(true);
    const before = server.requests.length;
    expect(await fetchDataset('graphs-MUTAG', options())).toEqual(set);
    expect(server.requests.length).toBe(before);
  });

  test('many at once in one process: one download, progress for all', async () => {
    serve('tinyshakespeare', 'input.txt');
    server.answers = [stallAfter(500_000), cutAfter(100_000)];
    const ends: number[] = [];
    const all = Array.from({ length: 8 }, (_, i) =>
      fetchDataset('tinyshakespeare', {
        ...options(),
        onProgress: ({ received }) => (ends[i] = received),
      }),
    );
    await Promise.all(all);
    expect(isSame('tinyshakespeare', 'input.txt')).toBe(true);
    expect(server.requests.length).toBe(3);
    expect(ends).toEqual(new Array(8).fill(1_115_394));
  });

  test('one who gives up does not stop the others', async () => {
    serve('tabular', 'wine.csv');
    server.answers = [stallAfter(3000)];
    const control = new AbortController();
    const first = fetchDataset('wine', { ...options(), signal: control.signal });
    const second = fetchDataset('wine', options());
    setTimeout(() => control.abort(new Error('enough')), 100);
    await expect(first).rejects.toThrow('enough');
    await second;
    expect(isSame('tabular', 'wine.csv')).toBe(true);
  });

  test('several processes at once, some killed', async () => {
    serve('tinyshakespeare', 'input.txt');
    const module = compile();
    server.answers = new Array<Answer>(4).fill(stallAfter(400_000));
    const slow = { ...options(), stallMs: 3000 };
    const children = [1, 2, 3, 4].map(() => startFetch(module, 'tinyshakespeare', slow));
    // All four have begun and wait for more.
    while (server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const { child } of children.slice(0, 2)) child.kill('SIGKILL');
    const codes = await Promise.all(children.map(({ ended }) => ended));
    expect(codes.slice(2)).toEqual([0, 0]);
    expect(isSame('tinyshakespeare', 'input.txt')).toBe(true);
    // What the killed ones left goes with the next download.
    fs.rmSync(path.join(dir, 'tinyshakespeare/input.txt'));
    server.requests.length = 0;
    await fetchDataset('tinyshakespeare', options());
    expect(fs.readdirSync(path.join(dir, 'tinyshakespeare'))).toEqual(['input.txt']);
  });
});

/** Compiles the fetcher for plain Node; returns the path of its module. */
function compile(): string {
  const out = path.join(root, 'compiled');
  const repository = fileURLToPath(new URL('../../..', import.meta.url));
  const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
  const source = path.join(repository, 'src/data/node/fetch-dataset.ts');
  const options = '--ignoreConfig --module nodenext --target es2022 --types node --skipLibCheck';
  const places = ['--rootDir', path.join(repository, 'src'), '--outDir', out];
  const run = spawnSync(process.execPath, [tsc, source, ...options.split(' '), ...places], {
    cwd: repository,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
  fs.writeFileSync(path.join(out, 'package.json'), '{"type":"module"}');
  return path.join(out, 'data/node/fetch-dataset.js');
}

/** Fetches in a process of its own. */
function startFetch(module: string, name: string, options: object) {
  const code =
    `import { fetchDataset } from ${JSON.stringify(pathToFileURL(module).href)};` +
    `await fetchDataset(${JSON.stringify(name)}, ${JSON.stringify(options)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended };
}
