import { stat } from 'node:fs/promises';
import { FormatError } from '../../engine/core/errors.js';
import { sha256Of } from './sha256.js';

/** What a file may be. */
export interface KnownFile {
  /** sha256 of the right file, packed or not. */
  readonly sha256: readonly string[];
  /** What other well-known files of the same name are, by their sha256. */
  readonly others?: Readonly<Record<string, string>>;
  /** Bytes of the right file unpacked, at most; only so much is read of another. */
  readonly maxBytes?: number;
}

/** Verdicts of this process, by path, size and time of change; undefined is: the right file. */
const verdicts = new Map<string, string | undefined>();

/**
 * Throws unless a file is the one a data set is known by. Each state of a file is read once in a
 * process. One packed anew with gzip is judged by what it unpacks to.
 *
 * @throws FormatError naming the file, and what it is instead where that is known.
 */
export async function verifyFile(set: string, file: string, known: KnownFile): Promise<void> {
  const { size, mtimeMs, ino } = await stat(file);
  const key = JSON.stringify([file, size, mtimeMs, ino, known.sha256]);
  if (!verdicts.has(key)) verdicts.set(key, await judge(file, known));
  const verdict = verdicts.get(key);
  if (verdict !== undefined) {
    throw new FormatError(`${set}: ${file} ${verdict}; run 'gradus data fetch ${set}'.`);
  }
}

async function judge(file: string, known: KnownFile): Promise<string | undefined> {
  const found = [await sha256Of(file)];
  if (known.sha256.includes(found[0]!)) return undefined;
  if (file.endsWith('.gz')) {
    const { maxBytes = 2 ** 30 } = known;
    const unpacked = await sha256Of(file, { unpack: true, maxBytes }).catch(() => undefined);
    if (unpacked !== undefined) found.push(unpacked);
    if (unpacked !== undefined && known.sha256.includes(unpacked)) return undefined;
  }
  const other = found.map((hash) => known.others?.[hash]).find((name) => name !== undefined);
  if (other !== undefined) return `is ${other}, another set whose files have the same names`;
  return (
    `is not the published file (sha256 ${found[0]!.slice(0, 12)}…, expected ` +
    `${known.sha256[0]!.slice(0, 12)}…)`
  );
}
