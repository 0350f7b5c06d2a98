// covers: src/data/node/fetch-request.ts, src/data/node/fetch-error.ts
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/engine/core/errors.js';
import { FetchError } from '../../../src/data/node.js';
import type { SourceFile } from '../../../src/data/node/data-source.js';
import { fetchFile } from '../../../src/data/node/fetch-file.js';
import { FileError } from '../../../src/io/node.js';
import {
  cutAfter,
  FaultyServer,
  rangeStart,
  stallAfter,
  status,
  whole,
  type Answer,
} from './faulty-server.js';

const BYTES = new Uint8Array(300_000).map((_, i) => (i * 7919) >> 3);
const sha256 = createHash('sha256').update(BYTES).digest('hex');

const root = fs.mkdtempSync(path.join(tmpdir(), 'gradus-fetch-'));
let server: FaultyServer;
let file: SourceFile;
let dir = '';
let target = '';
beforeEach(async () => {
  server = new FaultyServer(new Map([['/f.bin', BYTES]]));
  const base = await server.start();
  file = { name: 'f.bin', bytes: BYTES.length, sha256, urls: [`${base}/f.bin`] };
  dir = fs.mkdtempSync(path.join(root, 't-'));
  target = path.join(dir, 'set', 'f.bin');
});
afterEach(() => server.stop());
afterAll(() => fs.rmSync(root, { recursive: true }));

const quick = { retries: 2, backoffMs: 1, stallMs: 5000 };
/** Short, where a stall is what the test is about. */
const stalling = { ...quick, stallMs: 300 };
const check = () => {
  expect(fs.readFileSync(target).equals(BYTES)).toBe(true);
  expect(fs.readdirSync(path.dirname(target))).toEqual(['f.bin']);
};
const leftOvers = () => fs.readdirSync(path.dirname(target)).filter((n) => n.endsWith('.part'));

test('a good server: one request, closed to others, progress to the end', async () => {
  const seen: number[] = [];
  await fetchFile(target, file, { ...quick, onProgress: (n) => seen.push(n) });
  check();
  expect(server.requests).toEqual(['/f.bin']);
  expect(seen[0]).toBe(0);
  expect(seen.at(-1)).toBe(BYTES.length);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  if (process.platform !== 'win32') {
    expect(fs.statSync(target).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(target)).mode & 0o777).toBe(0o700);
  }
});

test('what is there and right is not fetched; what is wrong is replaced', async () => {
  fs.mkdirSync(path.dirname(target));
  fs.writeFileSync(target, BYTES);
  await fetchFile(target, file, quick);
  expect(server.requests).toEqual([]);
  fs.writeFileSync(
    target,
    BYTES.map((b, i) => (i === 1000 ? b ^ 1 : b)),
  );
  await fetchFile(target, file, quick);
  check();
  fs.writeFileSync(target, 'short');
  await fetchFile(target, file, quick);
  check();
});

test('several at once, as from several processes: all end well, none disturbs another', async () => {
  server.answers = [cutAfter(1000), cutAfter(100_000), cutAfter(50_000), cutAfter(2000)];
  await Promise.all([1, 2, 3, 4].map(() => fetchFile(target, file, quick)));
  check();
});

describe('goes on where it stopped', () => {
  test('a server that cuts', async () => {
    server.answers = [cutAfter(100_000), cutAfter(50_000)];
    await fetchFile(target, file, quick);
    check();
    // What had come but was not read yet may be lost with the connection.
    const starts = server.requests.map((request) => Number(/=(\d+)-$/.exec(request)?.[1] ?? 0));
    expect(starts.length).toBe(3);
    expect(starts[1]).toBeGreaterThan(0);
    expect(starts[1]).toBeLessThanOrEqual(100_000);
    expect(starts[2]).toBeGreaterThanOrEqual(starts[1]!);
  });

  test('a server that cuts again and again, as long as it brings something', async () => {
    server.answers = new Array<Answer>(15).fill(cutAfter(15_000));
    await fetchFile(target, file, { ...quick, retries: 5 });
    check();
  });

  test('a server that stalls, before and after it began', async () => {
    server.answers = [() => undefined, stallAfter(100_000), stallAfter(0)];
    await fetchFile(target, file, stalling);
    check();
    expect(server.requests.length).toBe(4);
  });

  test('in another process: what was left is used, and only of those that are gone', async () => {
    fs.mkdirSync(path.dirname(target));
    const put = (owner: string, length: number) =>
      fs.writeFileSync(
        path.join(path.dirname(target), `.f.bin.${owner}.part`),
        BYTES.subarray(0, length),
      );
    put('0-0', 1000);
    put(`${process.pid}-abc`, 5000);
    put(`${process.ppid}-abc`, 9000);
    await fetchFile(target, file, quick);
    expect(server.requests).toEqual(['/f.bin bytes=5000-']);
    expect(leftOvers()).toEqual([`.f.bin.${process.ppid}-abc.part`]);
  });

  test('after a failure', async () => {
    server.answers = [cutAfter(100_000), status(404)];
    await expect(fetchFile(target, file, quick)).rejects.toThrow(FetchError);
    expect(leftOvers()).toEqual(['.f.bin.0-0.part']);
    await fetchFile(target, file, quick);
    check();
    expect(server.requests.at(-1)).toMatch(/bytes=[1-9]\d+-$/);
  });

  test('after a signal', async () => {
    server.answers = [stallAfter(100_000)];
    const control = new AbortController();
    const reason = new Error('stopped by hand');
    const onProgress = (n: number) => n >= 100_000 && control.abort(reason);
    const fetching = fetchFile(target, file, { ...quick, signal: control.signal, onProgress });
    await expect(fetching).rejects.toBe(reason);
    expect(fs.existsSync(target)).toBe(false);
    await fetchFile(target, file, quick);
    expect(server.requests).toEqual(['/f.bin', '/f.bin bytes=100000-']);
    await expect(fetchFile(target, file, { signal: control.signal })).rejects.toBe(reason);
  });

  test('a part that is complete only needs the check; one that is too long goes', async () => {
    fs.mkdirSync(path.dirname(target));
    const part = path.join(path.dirname(target), '.f.bin.0-0.part');
    fs.writeFileSync(part, BYTES);
    await fetchFile(target, file, quick);
    expect(server.requests).toEqual([]);
    fs.rmSync(target);
    fs.writeFileSync(part, new Uint8Array(400_000));
    await fetchFile(target, file, quick);
    check();
  });

  test('a part with wrong bytes: from the start', async () => {
    fs.mkdirSync(path.dirname(target));
    fs.writeFileSync(path.join(path.dirname(target), '.f.bin.0-0.part'), new Uint8Array(5000));
    await fetchFile(target, file, quick);
    check();
    expect(server.requests).toEqual(['/f.bin bytes=5000-', '/f.bin']);
  });
});

describe('servers that do not know ranges', () => {
  test('the whole file again', async () => {
    const again: Answer = (_, response, bytes) => response.end(bytes);
    server.answers = [cutAfter(100_000), again];
    await fetchFile(target, file, quick);
    check();
  });

  test('another part than asked for', async () => {
    const other: Answer = (request, response, bytes) => {
      expect(rangeStart(request)).toBeGreaterThan(7);
      response.writeHead(206, { 'content-range': `bytes 7-${bytes.length - 1}/${bytes.length}` });
      response.end(bytes.subarray(7));
    };
    server.answers = [cutAfter(100_000), other];
    await fetchFile(target, file, quick);
    check();
  });

  test('416', async () => {
    server.answers = [cutAfter(100_000), status(416)];
    await fetchFile(target, file, quick);
    check();
    expect(server.requests.at(-1)).toBe('/f.bin');
  });
});

describe('gives up with a sentence', () => {
  const fails = async (message: RegExp, over: Partial<SourceFile> = {}, options = quick) => {
    const fetching = fetchFile(target, { ...file, ...over }, options);
    await expect(fetching).rejects.toThrow(FetchError);
    await expect(fetching).rejects.toThrow(FormatError);
    await expect(fetching).rejects.toThrow(message);
    expect(fs.existsSync(target)).toBe(false);
  };
  const times = (count: number, answer: Answer) => new Array<Answer>(count).fill(answer);

  test('404 at once', async () => {
    server.answers = [status(404)];
    await fails(/^127\.0\.0\.1:\d+ answers 404 Not Found for http:\/\/127.*\/f\.bin$/);
    expect(server.requests.length).toBe(1);
  });

  test('500 and 429 after some attempts, also when they pass', async () => {
    server.answers = [status(500), status(429, { 'retry-after': '0' })];
    await fetchFile(target, file, quick);
    check();
    fs.rmSync(target);
    server.answers = times(9, status(503));
    await fails(/answers 503 Service Unavailable/);
    expect(server.answers.length).toBe(6);
  });

  test('a server that says nothing', async () => {
    server.answers = times(9, () => undefined);
    await fails(/was silent for 0\.3 s \(0 of 300000 bytes came\)/, {}, stalling);
    expect(server.answers.length).toBe(6);
  });

  test('drops are a stall too', async () => {
    const drip: Answer = (_, response) => {
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    };
    server.answers = times(9, drip);
    await fails(/was silent for 0\.3 s/, {}, stalling);
  });

  test('another length announced', async () => {
    server.answers = [(_, r) => r.writeHead(200, { 'content-length': 5 }).end('hello')];
    await fails(/announces 5 bytes instead of 300000/);
  });

  test('a length announced that is not kept', async () => {
    const short: Answer = (_, response, bytes) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 10));
      setTimeout(() => response.destroy(), 20);
    };
    server.answers = times(9, short);
    await fails(/cannot reach 127\.0\.0\.1:\d+ \(it broke off the connection\)/);
  });

  test('too few bytes with a proper end', async () => {
    server.answers = times(
      9,
      (_, response) => void response.writeHead(200, { 'transfer-encoding': 'chunked' }).end('few'),
    );
    await fails(/stopped after 3 of 300000 bytes/);
  });

  test('without end', async () => {
    const flood: Answer = (_, response) => {
      const more = () => {
        while (response.write(new Uint8Array(70_001)));
      };
      response.on('drain', more);
      more();
    };
    server.answers = times(9, flood);
    await fails(/sends more than the 300000 bytes/);
    expect(leftOvers()).toEqual([]);
    expect(server.answers.length).toBe(7);
  });

  test('other bytes', async () => {
    const wrong: Answer = (request, response, bytes) =>
      whole(
        request,
        response,
        bytes.map((b) => b ^ 1),
      );
    server.answers = times(9, wrong);
    await fails(/gives other bytes than were published \(sha256 [0-9a-f]{12}…, expected/);
    expect(server.answers.length).toBe(7);
    expect(leftOvers()).toEqual([]);
    server.answers = [wrong];
    await fetchFile(target, file, quick);
    check();
  });

  test('nobody there, no such name, no address', async () => {
    await server.stop();
    await fails(/cannot reach 127\.0\.0\.1:\d+ \(it refuses the connection\)/);
    await fails(/cannot reach gradus\.invalid \(/, { urls: ['http://gradus.invalid/f.bin'] });
    await fails(/no address is known/, { urls: [] });
    server = new FaultyServer(new Map());
    await server.start();
  });

  test('the next address is tried', async () => {
    const urls = [`${file.urls[0]}.gone`, file.urls[0]!];
    await fetchFile(target, { ...file, urls }, quick);
    check();
    fs.rmSync(target);
    server.answers = [status(404), status(404)];
    await fails(/answers 404 .*\.gone; .* answers 404/, { urls });
  });
});

test('what a listener throws comes through', async () => {
  const boom = new Error('boom');
  const onProgress = () => {
    throw boom;
  };
  await expect(fetchFile(target, file, { ...quick, onProgress })).rejects.toBe(boom);
});

test('a folder that cannot be', async () => {
  fs.writeFileSync(path.join(dir, 'set'), 'a file');
  await expect(fetchFile(target, file, quick)).rejects.toThrow(FileError);
});
