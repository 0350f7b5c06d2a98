/**
 * The CRC-32 of each entry of a zip file, in the order of its directory. fflate unpacks archives but
 * neither checks these nor tells them.
 */
export function* entryChecksums(bytes: Uint8Array): Generator<number, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number): number => view.getUint32(at, true);
  const u16 = (at: number): number => view.getUint16(at, true);
  let end = bytes.length - 22;
  while (end >= 0 && u32(end) !== 0x06054b50) end--;
  if (end < 0) return;
  let at = u32(end + 16);
  if (end >= 20 && u32(end - 20) === 0x07064b50) {
    const wide = u32(end - 12);
    if (wide + 52 <= bytes.length && u32(wide) === 0x06064b50) at = u32(wide + 48);
  }
  while (at + 46 <= bytes.length && u32(at) === 0x02014b50) {
    yield u32(at + 16);
    at += 46 + u16(at + 28) + u16(at + 30) + u16(at + 32);
  }
}

/** Filled at first use. */
let table: Uint32Array | undefined;

/** The CRC-32 of ISO 3309, as zip, gzip and PNG use it. */
export function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, i) => {
    let c = i;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
