// covers: src/engine/runtime/storage.ts, src/engine/runtime/memory-error.ts
// covers: src/engine/core/format-bytes.ts
import { describe, expect, it, vi } from 'vitest';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import { build } from '../../../src/engine/ops/index.js';
import { Arena } from '../../../src/engine/runtime/arena.js';
import type { Program } from '../../../src/engine/runtime/device.js';
import { MemoryError } from '../../../src/engine/runtime/memory-error.js';
import { InputSource, Storage, Variable } from '../../../src/engine/runtime/storage.js';
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

  it('keeps two large states that take turns, once it has seen that both are alive', () => {
    const arena = new Arena({ shared: false, maximum: 64 * MIB, evictAbove: MIB });
    const states = [0, 1].map(() => Array.from({ length: 4 }, () => new Storage('f32', MIB / 8)));
    const out = new Set(states.flat()).size;
    const turn = (): number => {
      let moved = 0;
      for (const state of states) {
        moved += state.filter((s) => s.resident === undefined).length;
        for (const s of state) arena.admit(s, new Set(state));
      }
      return moved;
    };
    expect(turn()).toBe(out);
    for (let i = 0; i < 4; i++) turn();
    expect([turn(), turn()]).toEqual([0, 0]);
    // What is never seen again still leaves.
    const gone = Array.from({ length: 60 }, () => new Storage('f32', MIB / 4));
    for (const s of gone) arena.admit(s, new Set([s]));
    expect(gone.filter((s) => s.resident !== undefined).length).toBeLessThan(20);
  });

  it('says what was asked for when it is full, what takes most, and what to do', () => {
    const arena = new Arena({ shared: false, maximum: 2 * MIB });
    expect(() => arena.allocate(3 * MIB)).toThrow(
      'out of memory: 3.0 MiB more were asked for, 64 B of at most 2.0 MiB are in use; use a ' +
        'smaller batch or model, or give the device a larger `maximum`, up to 4 GiB.',
    );
    const weight = new Variable([256, 1024], 'f32');
    weight.origin.name = 'hidden.weight';
    const other = new Variable([100], 'f64');
    arena.admit(weight.storage, new Set());
    const pinned = new Set([weight.storage, other.storage, new Storage('u8', 30)]);
    expect(() => arena.admit(new Storage('f32', MIB / 2), pinned)).toThrow(
      "in use; the largest tensors are variable 'hidden.weight' f32[256, 1024] (1.0 MiB), " +
        'variable f64[100] (800 B), tensor u8 of 30 elements (30 B); use a smaller batch',
    );
  });

  it('says so when the system has no more', () => {
    const arena = new Arena({ shared: false, maximum: 2 ** 32 });
    vi.spyOn(arena.memory, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    });
    expect(() => arena.allocate(2 ** 30)).toThrow(
      /^out of memory: 1\.0 GiB more were asked for, 64 B of at most 4\.0 GiB are in use; the system has no more: .*ulimit -v/,
    );
  });

  it('counts the values of a program that has no room', () => {
    const device = new WasmDevice({ maximum: 2 * MIB });
    const x = build.leaf(new InputSource(0), [512, 512], 'f32');
    const wide = build.broadcastTo(build.sum(x, [0]), [1024, 512]);
    const outputs = [build.unary('exp', wide)];
    const program = device.compile({ inputs: [x], outputs, assigns: [] });
    expect(() => program.run([new Float32Array(512 * 512)])).toThrow(MemoryError);
    expect(() => program.run([new Float32Array(512 * 512)])).toThrow(
      /2\.0 MiB more were asked for, .*; the largest tensors are exp f32\[1024, 512\] \(2\.0 MiB\), input f32\[512, 512\] \(1\.0 MiB\), sum f32\[512\] \(2\.0 KiB\)/,
    );
  });

  it('runs on after it had no room', () => {
    const device = new WasmDevice({ maximum: 2 * MIB });
    const program = (size: number): Program => {
      const x = build.leaf(new InputSource(0), [size], 'f32');
      return device.compile({ inputs: [x], outputs: [build.add(x, x)], assigns: [] });
    };
    expect(() => program(MIB).run([new Float32Array(MIB)])).toThrow(MemoryError);
    expect(program(2).run([Float32Array.of(1, 2)])).toEqual([Float32Array.of(2, 4)]);
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
