// covers: src/engine/runtime/storage.ts
import { describe, expect, it } from 'vitest';
import { Arena } from '../../../src/engine/runtime/arena.js';
import { Storage, Variable } from '../../../src/engine/runtime/storage.js';
import { Rng } from '../ops/rng.js';

const MIB = 2 ** 20;

describe('the arena', () => {
  it('never hands out memory twice, and joins what is given back', () => {
    const arena = new Arena({ shared: false, maximum: 64 * MIB });
    const rng = new Rng(1);
    const held: { offset: number; bytes: number }[] = [];
    for (let i = 0; i < 3000; i++) {
      if (held.length > 0 && rng.chance(0.5)) {
        const [block] = held.splice(rng.int(0, held.length - 1), 1);
        arena.free(block!.offset, block!.bytes);
        continue;
      }
      const bytes = rng.int(0, 4000);
      const offset = arena.allocate(bytes);
      expect(offset % 64).toBe(0);
      for (const b of held) {
        expect(offset + bytes <= b.offset || b.offset + b.bytes <= offset).toBe(true);
      }
      held.push({ offset, bytes: Math.max(1, bytes) });
    }
    const { size } = arena;
    for (const b of held) arena.free(b.offset, b.bytes);
    expect(arena.allocate(size - 64)).toBe(64);
    expect(arena.size).toBe(size);
  });

  it('says what was asked for when it is full', () => {
    const arena = new Arena({ shared: false, maximum: 2 * MIB });
    expect(() => arena.allocate(3 * MIB)).toThrow(
      /out of memory: 3\.0 MiB more were asked for, .* of at most 2\.0 MiB/,
    );
  });

  it('moves values out when room is short, and back in with the same values', () => {
    const arena = new Arena({ shared: false, maximum: 2 * MIB });
    const make = (value: number): Storage =>
      new Storage('f32', MIB / 4, new Float32Array(MIB / 4).fill(value));
    const [a, b] = [make(1), make(2)];
    arena.admit(a, new Set());
    arena.admit(b, new Set([b]));
    expect(a.resident).toBeUndefined();
    expect(a.hostValues()[7]).toBe(1);
    arena.admit(a, new Set([a]));
    expect(a.hostValues()[7]).toBe(1);
    expect(b.hostValues()[7]).toBe(2);
  });
});

describe('a variable', () => {
  it('leaves old values to snapshots when it is set or overwritten', () => {
    const v = new Variable([2], 'f32', Float32Array.of(1, 2));
    const before = v.snapshot();
    v.set(Float32Array.of(3, 4));
    expect([...before.hostValues()]).toEqual([1, 2]);
    const arena = new Arena({ shared: false, maximum: MIB });
    const held = v.snapshot();
    v.beforeOverwrite();
    const slot = arena.admit(v.storage, new Set());
    arena.view('f32', slot.offset, 2).set([5, 6]);
    expect([...held.hostValues()]).toEqual([3, 4]);
    expect([...v.storage.hostValues()]).toEqual([5, 6]);
  });
});
