import * as fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceFile } from './data-source.js';
import { AttemptFailure, FetchError } from './fetch-error.js';
import { LEAST_BYTES, onDisk, requestRest, type FetchFileOptions } from './fetch-request.js';
import { PartialFile } from './partial-file.js';
import { sha256Of } from './sha256.js';

const LONGEST_WAIT = 30_000;
/** However much each brings. */
const MAX_ATTEMPTS = 100;
/** Of one address that gave wrong bytes. */
const MAX_RESTARTS = 1;

/**
 * Downloads a file: under a temporary name, going on where an earlier download stopped, and renamed
 * only when length and sha256 are right. Does nothing where the right file is there already.
 *
 * @throws FetchError where no address gives the right bytes, FileError where the disk fails, the
 *   signal's reason where it fires.
 */
export async function fetchFile(
  target: string,
  file: SourceFile,
  options: FetchFileOptions = {},
): Promise<void> {
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  if (await isRight(target, file)) {
    onProgress?.(file.bytes);
    return;
  }
  const directory = path.dirname(target);
  const part = await onDisk(directory, async () => {
    await fs.mkdir(directory, { recursive: true, mode: 0o700 });
    return PartialFile.claim(target);
  });
  try {
    await download(part, file, options);
    await onDisk(target, () => part.finish());
  } catch (error) {
    await part.release().catch(() => undefined);
    throw error;
  }
}

async function isRight(target: string, file: SourceFile): Promise<boolean> {
  const found = await fs.stat(target).catch(() => undefined);
  if (found?.isFile() !== true || found.size !== file.bytes) return false;
  return (await sha256Of(target)) === file.sha256;
}

/** Tries the addresses in turn, each as often as its failures may pass. */
async function download(
  part: PartialFile,
  file: SourceFile,
  options: FetchFileOptions,
): Promise<void> {
  const { retries = 4, backoffMs = 500, signal } = options;
  const reasons = new Map<string, string>();
  let attempts = 0;
  for (const url of file.urls) {
    let [idle, restarts] = [0, 0];
    while (idle <= retries && restarts <= MAX_RESTARTS && attempts < MAX_ATTEMPTS) {
      attempts++;
      const before = await sizeOf(part.path);
      try {
        await attempt(part, file, url, options);
        return;
      } catch (error) {
        if (!(error instanceof AttemptFailure)) throw error;
        reasons.set(url, error.message);
        if (error.remedy === 'elsewhere') break;
        if (error.remedy === 'restart') {
          restarts++;
          await onDisk(part.path, () => fs.truncate(part.path, 0));
        }
        const progress = (await sizeOf(part.path)) - before >= LEAST_BYTES;
        idle = progress ? 0 : idle + 1;
        if (idle > retries || restarts > MAX_RESTARTS) break;
        await pause(Math.max(backoffMs * 2 ** Math.max(0, idle - 1), error.waitMs), signal);
      }
    }
  }
  const why = [...reasons.values()].join('; ');
  throw new FetchError(why === '' ? 'no address is known' : why);
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(Math.min(ms, LONGEST_WAIT), undefined, signal && { signal });
  } catch (error) {
    throw signal?.reason ?? error;
  }
}

const sizeOf = (file: string): Promise<number> =>
  fs.stat(file).then(
    (found) => found.size,
    () => 0,
  );

/** One request for what is missing, then the check of the whole. */
async function attempt(
  part: PartialFile,
  file: SourceFile,
  url: string,
  options: FetchFileOptions,
): Promise<void> {
  const handle = await onDisk(part.path, () => fs.open(part.path, 'a', 0o600));
  try {
    const before = (await handle.stat()).size;
    // A file of the full length only lacks the check; a longer one is none of ours.
    if (before > file.bytes) await handle.truncate(0);
    if (before !== file.bytes) await requestRest(handle, part.path, file, url, options);
    await onDisk(part.path, () => handle.sync());
  } finally {
    await handle.close();
  }
  const found = await sha256Of(part.path);
  if (found !== file.sha256) {
    throw new AttemptFailure(
      `${url} gives other bytes than were published (sha256 ${found.slice(0, 12)}…, expected ` +
        `${file.sha256.slice(0, 12)}…)`,
      'restart',
    );
  }
}
