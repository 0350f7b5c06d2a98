import { readFileSync } from 'node:fs';
import type { ArrayFile } from '../measure/protocol.js';

function bytesOf(file: ArrayFile): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(file.path);
  return (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
}

export function readFloats(file: ArrayFile): Float32Array<ArrayBuffer> {
  return new Float32Array(bytesOf(file));
}

export function readInts(file: ArrayFile): Int32Array<ArrayBuffer> {
  return new Int32Array(bytesOf(file));
}

export function readBytes(file: ArrayFile): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytesOf(file));
}

/** The parts of an array along its first dimension. */
export function unstack<T extends Float32Array | Int32Array>(values: T, file: ArrayFile): T[] {
  const count = file.shape[0]!;
  const size = values.length / count;
  return Array.from({ length: count }, (_, i) => values.slice(i * size, (i + 1) * size) as T);
}

/** Labels as rows of zeros with a one. */
export function oneHot(labels: Int32Array, classes: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => (rows[i * classes + label] = 1));
  return rows;
}

/** A matrix [rows, columns] turned over. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j]!;
  }
  return out;
}
