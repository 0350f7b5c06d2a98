import type { FileHandle } from 'node:fs/promises';
import { writeFailure } from '../../io/node/file-error.js';
import type { SourceFile } from './data-source.js';
import { AttemptFailure, networkFailure } from './fetch-error.js';

/** How to download a file. */
export interface FetchFileOptions {
  /** Called as bytes arrive, with the number there are. */
  onProgress?: (received: number) => void;
  /** Ends the download; what has arrived is kept for the next. */
  signal?: AbortSignal;
  /** An attempt in which less than 1 KiB arrives in this time has failed; default 30,000. */
  stallMs?: number;
  /** Attempts after the first at an address that bring nothing new; default 4. */
  retries?: number;
  /** Before the first of those, doubled for each that follows; default 500, at most 30,000. */
  backoffMs?: number;
}

/** In the time of a stall at least this much has to come. */
export const LEAST_BYTES = 1024;

/**
 * Asks for what `handle` lacks of the file and appends it.
 *
 * @param where the path behind `handle`, for messages.
 * @throws AttemptFailure where the server or the network fails, FileError where the disk does, the
 *   signal's reason where it fires.
 */
export async function requestRest(
  handle: FileHandle,
  where: string,
  file: SourceFile,
  url: string,
  { onProgress, signal, stallMs = 30_000 }: FetchFileOptions,
): Promise<void> {
  const { host } = new URL(url);
  const stall = new AbortController();
  let received = (await handle.stat()).size;
  let mark = received;
  const watch = setInterval(() => {
    if (received - mark < LEAST_BYTES) stall.abort();
    mark = received;
  }, stallMs);
  /** Says of what the network throws why it did. */
  const net = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      if (!stall.signal.aborted) throw networkFailure(host, error);
      const came = `${received} of ${file.bytes} bytes came`;
      throw new AttemptFailure(`${host} was silent for ${stallMs / 1000} s (${came})`, 'again');
    }
  };
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const either = signal === undefined ? stall.signal : AbortSignal.any([signal, stall.signal]);
    // Without the first of these, servers may pack what they send, and ranges count packed bytes.
    const headers = {
      'accept-encoding': 'identity',
      ...(received > 0 ? { range: `bytes=${received}-` } : {}),
    };
    const response = await net(() => fetch(url, { headers, signal: either }));
    reader = response.body?.getReader();
    const start = checkResponse(response, received, file, url);
    if (start !== received) {
      await onDisk(where, () => handle.truncate(start));
      received = mark = start;
    }
    onProgress?.(received);
    while (received < file.bytes) {
      const chunk = (await net(async () => reader?.read()))?.value;
      if (chunk === undefined) break;
      received += chunk.length;
      if (received > file.bytes) {
        throw new AttemptFailure(`${url} sends more than the ${file.bytes} bytes`, 'restart');
      }
      await onDisk(where, () => handle.appendFile(chunk));
      onProgress?.(received);
    }
  } finally {
    clearInterval(watch);
    await reader?.cancel().catch(() => undefined);
  }
  if (received < file.bytes) {
    throw new AttemptFailure(`${host} stopped after ${received} of ${file.bytes} bytes`, 'again');
  }
}

/** The byte that the response begins with: `wanted`, or 0 where the server does not know ranges. */
function checkResponse(response: Response, wanted: number, file: SourceFile, url: string): number {
  const { status, statusText, headers } = response;
  if (status === 416) throw new AttemptFailure(`${url} cannot go on at byte ${wanted}`, 'restart');
  if (status !== 200 && status !== 206) {
    const passing = status >= 500 || status === 408 || status === 429;
    const after = Number(headers.get('retry-after') ?? 0);
    throw new AttemptFailure(
      `${new URL(url).host} answers ${`${status} ${statusText}`.trim()} for ${url}`,
      passing ? 'again' : 'elsewhere',
      Number.isFinite(after) ? after * 1000 : 0,
    );
  }
  let start = 0;
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
    start = Number(range?.[1] ?? NaN);
    if (start !== wanted || (range![2] !== '*' && Number(range![2]) !== file.bytes)) {
      throw new AttemptFailure(`${url} sends another part than was asked for`, 'restart');
    }
  }
  const length = headers.get('content-length');
  const packed = headers.get('content-encoding') ?? 'identity';
  if (length !== null && packed === 'identity' && Number(length) !== file.bytes - start) {
    const wrong = `${url} announces ${length} bytes instead of ${file.bytes - start}`;
    throw new AttemptFailure(wrong, 'elsewhere');
  }
  return start;
}

/** Says of what the file system throws which file it was. */
export async function onDisk<T>(file: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw writeFailure(file, error);
  }
}
