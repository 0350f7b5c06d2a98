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

/**
 * Unpacks gzip data.
 *
 * @param maxBytes the most it may unpack to: a small hostile file cannot fill the memory.
 * @throws FormatError where the data are damaged or would take more than that.
 */
export async function gunzip(
  bytes: Uint8Array,
  maxBytes: number,
  prefix: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of gunzipChunks(bytes, prefix)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) {
      throw new FormatError(`${prefix}unpacks to more than ${maxBytes} bytes; divide the file.`);
    }
  }
  return joinBytes(chunks, length);
}

/** Pieces of `length` bytes together as one; not a copy where there is only one. */
export function joinBytes(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const out = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
