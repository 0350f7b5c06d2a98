import { FormatError } from '../engine/core/errors.js';

/** Whether `bytes` begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip data chunk by chunk, so that the caller can stop early.
 *
 * @param prefix begins the error message: the reader and the file.
 * @throws FormatError where the data are cut off or damaged (gzip carries a checksum).
 */
export async function* gunzipChunks(
  bytes: Uint8Array,
  prefix: string,
): AsyncGenerator<Uint8Array, void> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  let done = false;
  let unpacked = 0;
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) break;
      unpacked += next.value.length;
      yield next.value;
    }
    done = true;
  } catch (error) {
    done = true;
    throw new FormatError(
      `${prefix}the gzip data are damaged or cut off after ${unpacked} unpacked bytes ` +
        `(${(error as Error).message}; the file has ${bytes.length} bytes); fetch the file again.`,
      { cause: error },
    );
  } finally {
    if (!done) await reader.cancel().catch(() => undefined);
  }
}
