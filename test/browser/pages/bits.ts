/** A short text for many values, which is another if one bit of them is. */
export class Bits {
  private words: [number, number] = [0x811c9dc5, 0x01234567];

  add(values: ArrayBufferView): this {
    for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
      const [a, b] = this.words;
      this.words = [Math.imul(a ^ byte, 0x01000193), Math.imul(b ^ a, 0x85ebca6b) + byte];
    }
    return this;
  }

  toString(): string {
    return this.words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
