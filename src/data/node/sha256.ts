import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { readFailure } from '../../io/node/file-error.js';

/**
 * The sha256 of a file in hexadecimal, read piece by piece.
 *
 * @param options.unpack of what the file unpacks to; reading ends after `maxBytes` of that.
 * @throws FileError where it cannot be read or unpacked.
 */
export async function sha256Of(
  file: string,
  options: { unpack?: boolean; maxBytes?: number } = {},
): Promise<string> {
  const { unpack = false, maxBytes = Infinity } = options;
  const hash = createHash('sha256');
  const raw = createReadStream(file, { highWaterMark: 1 << 20 });
  try {
    const unpacker = unpack ? createGunzip() : undefined;
    if (unpacker !== undefined) raw.on('error', (error) => unpacker.destroy(error)).pipe(unpacker);
    let length = 0;
    for await (const chunk of unpacker ?? raw) {
      hash.update(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > maxBytes) break;
    }
  } catch (error) {
    throw readFailure(file, error);
  } finally {
    raw.destroy();
  }
  return hash.digest('hex');
}
