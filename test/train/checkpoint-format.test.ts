// covers: src/train/plain-state.ts
import { expect, test } from 'vitest';
import { RandomStream } from '../../src/data/random.js';
import { FormatError, GradusError } from '../../src/engine/core/errors.js';
import { readSafetensors, writeSafetensors } from '../../src/io/index.js';
import { crc32 } from '../../src/io/zip-checksums.js';
import { decodeCheckpoint, encodeCheckpoint, fit } from '../../src/train/index.js';
import type { TrainingState } from '../../src/train/index.js';
import { bitsOf, resumableTask, wholeRun } from './resumable-task.js';

const { states, bits } = await wholeRun();
const state = states[5]!;

test('what is read is what was written, and a run resumes from it', async () => {
  for (const written of [states[0]!, states[4]!, state]) {
    const read = decodeCheckpoint(encodeCheckpoint(written, { model: 'mlp' }));
    expect(read).toEqual({ state: written, metadata: { model: 'mlp' } });
    const task = resumableTask(9);
    expect(bitsOf(task, await fit({ ...task, resume: read.state }))).toEqual(bits);
  }
});

test('it is a safetensors file', () => {
  const { tensors, metadata } = readSafetensors(encodeCheckpoint(state));
  expect(tensors.get('model.0.weight')!.shape).toEqual([8, 3]);
  expect([...tensors.keys()].filter((n) => n.startsWith('optimizer.0.'))).toHaveLength(3);
  expect(tensors.get('generator')!.shape).toEqual([4]);
  expect(metadata['gradus.checkpoint']).toBe('1');
});

test('a byte changed, a part missing, another file: refused', () => {
  const bytes = encodeCheckpoint(state, { model: 'mlp' });
  const random = new RandomStream(1, 'split', 0);
  for (let i = 0; i < 300; i++) {
    const damaged = bytes.slice();
    damaged[random.below(bytes.length)]! ^= 1 << random.below(8);
    // A header may say the same in other bytes, such as a space more or less.
    let read: unknown;
    try {
      read = decodeCheckpoint(damaged, { source: 'x' });
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      expect((error as Error).message).toMatch(/^(safetensors: )?x: [^\n]+\.$/);
      continue;
    }
    expect(read).toEqual({ state, metadata: { model: 'mlp' } });
  }
  for (const length of [0, 7, 8, 100, bytes.length - 1]) {
    expect(() => decodeCheckpoint(bytes.subarray(0, length))).toThrow(FormatError);
  }
  const foreign = writeSafetensors({}, { format: 'pt' });
  expect(() => decodeCheckpoint(foreign)).toThrow(
    'the checkpoint: it is a safetensors file, but no checkpoint; give one that training has',
  );
  const { tensors, metadata } = readSafetensors(bytes);
  const next = writeSafetensors(tensors, { ...metadata, 'gradus.checkpoint': '2' });
  expect(() => decodeCheckpoint(next, { source: 'a.safetensors' })).toThrow(
    'a.safetensors: it is a checkpoint of format 2, readable is 1.',
  );
});

/** A file whose checksum is right, with anything for a state. */
function withState(text: string): Uint8Array {
  const lines = Object.entries(state.arrays).map(([name, { dtype, shape, values }]) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return JSON.stringify([name, dtype, shape.join('x'), crc32(bytes)]);
  });
  const whole = [...lines.sort(), text].join('\n');
  const sum = crc32(new TextEncoder().encode(whole)).toString(16).padStart(8, '0');
  return writeSafetensors(state.arrays, {
    'gradus.checkpoint': '1',
    'gradus.state': text,
    'gradus.checksum': sum,
  });
}

test('a state that lies is refused, where it is read or where it is used', async () => {
  const { arrays: _, ...plain } = state;
  expect(decodeCheckpoint(withState(JSON.stringify(plain))).state).toEqual(state);
  expect(() => decodeCheckpoint(withState('{'))).toThrow('its state is no JSON');
  const places: (readonly string[])[] = [[]];
  const collect = (value: unknown, path: readonly string[]): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      places.push([...path, key]);
      collect(inner, [...path, key]);
    }
  };
  collect(plain, []);
  expect(places.length).toBeGreaterThan(40);
  const lies = [undefined, null, -1, 1.5, 1e300, 'x', [], {}, [null], { length: 1e9 }, true];
  for (const path of places) {
    for (const lie of lies) await survives(replaced(plain, path, lie));
  }
});

/** Either it is refused in a sentence, or it makes no difference to what can be done. */
async function survives(json: unknown): Promise<void> {
  let read: TrainingState;
  try {
    read = decodeCheckpoint(withState(JSON.stringify(json) ?? 'null')).state;
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return;
  }
  // Steps are what takes time: the last ones are enough.
  const task = resumableTask();
  const controller = new AbortController();
  controller.abort();
  const callbacks = [task.callbacks![0]!];
  try {
    await fit({ ...task, callbacks, resume: read, signal: controller.signal });
  } catch (error) {
    expect(error).toBeInstanceOf(GradusError);
    expect((error as Error).message).toMatch(/^fit: [^\n]+\.$/);
  }
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (
    Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }
  ) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}
