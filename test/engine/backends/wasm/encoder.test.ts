import { describe, expect, it } from 'vitest';
import {
  assembleModule,
  ByteWriter,
  CodeWriter,
} from '../../../../src/engine/backends/wasm/encoder.js';
import { Op, ValType } from '../../../../src/engine/backends/wasm/opcodes.js';
// covers: src/engine/backends/wasm/opcodes.ts

function bytesOf(write: (w: CodeWriter) => void): number[] {
  const w = new CodeWriter();
  write(w);
  return [...w.finish()];
}

describe('ByteWriter', () => {
  it('writes unsigned LEB128', () => {
    const cases: [number, number[]][] = [
      [0, [0]],
      [127, [0x7f]],
      [128, [0x80, 0x01]],
      [624485, [0xe5, 0x8e, 0x26]],
      [2 ** 31, [0x80, 0x80, 0x80, 0x80, 0x08]],
      [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
    ];
    for (const [value, bytes] of cases) expect(bytesOf((w) => w.u32(value))).toEqual(bytes);
    for (const value of [-1, 2 ** 32, 0.5, NaN]) {
      expect(() => bytesOf((w) => w.u32(value))).toThrow('u32');
    }
  });

  it('writes signed LEB128 of 32 bits', () => {
    const cases: [number, number[]][] = [
      [0, [0]],
      [63, [0x3f]],
      [64, [0xc0, 0x00]],
      [-1, [0x7f]],
      [-64, [0x40]],
      [-65, [0xbf, 0x7f]],
      [-123456, [0xc0, 0xbb, 0x78]],
      [2147483647, [0xff, 0xff, 0xff, 0xff, 0x07]],
      [-2147483648, [0x80, 0x80, 0x80, 0x80, 0x78]],
    ];
    for (const [value, bytes] of cases) expect(bytesOf((w) => w.s32(value))).toEqual(bytes);
    for (const value of [2 ** 31, -(2 ** 31) - 1, 0.5]) {
      expect(() => bytesOf((w) => w.s32(value))).toThrow('s32');
    }
  });

  it('writes signed LEB128 of 64 bits', () => {
    const ones = Array<number>(9).fill(0xff);
    expect(bytesOf((w) => w.s64(-1n))).toEqual([0x7f]);
    expect(bytesOf((w) => w.s64(64n))).toEqual([0xc0, 0x00]);
    expect(bytesOf((w) => w.s64(2n ** 63n - 1n))).toEqual([...ones, 0x00]);
    const zeros = Array<number>(9).fill(0x80);
    expect(bytesOf((w) => w.s64(-(2n ** 63n)))).toEqual([...zeros, 0x7f]);
    expect(() => bytesOf((w) => w.s64(2n ** 63n))).toThrow('s64');
  });

  it('writes floats in little endian, and names with their length in bytes', () => {
    expect(bytesOf((w) => w.f32(-0))).toEqual([0, 0, 0, 0x80]);
    expect(bytesOf((w) => w.f64(1))).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    expect(bytesOf((w) => w.name('é'))).toEqual([2, 0xc3, 0xa9]);
  });

  it('grows', () => {
    const w = new ByteWriter();
    for (let i = 0; i < 10_000; i++) w.byte(i & 0xff);
    const bytes = w.finish();
    expect(bytes.length).toBe(10_000);
    expect(bytes.every((b, i) => b === (i & 0xff))).toBe(true);
  });
});

describe('CodeWriter', () => {
  it('writes prefixed opcodes, with numbers above 127 in two bytes', () => {
    expect(bytesOf((w) => w.op(Op.i32Add))).toEqual([0x6a]);
    expect(bytesOf((w) => w.op(Op.v128And))).toEqual([0xfd, 0x4e]);
    expect(bytesOf((w) => w.op(Op.f32x4Mul))).toEqual([0xfd, 0xe6, 0x01]);
    expect(bytesOf((w) => w.op(Op.f32x4RelaxedMadd))).toEqual([0xfd, 0x85, 0x02]);
    expect(bytesOf((w) => w.op(Op.i32AtomicRmwAdd))).toEqual([0xfe, 0x1e]);
  });

  it('joins a set and the get that follows', () => {
    const joined = bytesOf((w) => {
      w.localSet(3);
      w.localGet(3);
    });
    expect(joined).toEqual([Op.localTee, 3]);
    const apart = bytesOf((w) => {
      w.localSet(3);
      w.op(Op.end);
      w.localGet(3);
      w.localSet(3);
      w.localGet(4);
    });
    expect(apart).toEqual([Op.localSet, 3, Op.end, Op.localGet, 3, Op.localSet, 3, Op.localGet, 4]);
  });
});

describe('assembleModule', () => {
  it('makes modules that run', () => {
    const code = new CodeWriter();
    code.localGet(0);
    code.localSet(1);
    code.localGet(1);
    code.f32Const(0.5);
    code.op(Op.f32Add);
    const { f32, i32 } = ValType;
    const half = { params: [f32], results: [f32], locals: [f32, i32, i32], code: code.finish() };
    const bytes = assembleModule(undefined, [
      { params: [], results: [], locals: [], code: new Uint8Array() },
      { ...half, exportName: 'half' },
    ]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    expect((exports['half'] as (x: number) => number)(2)).toBe(2.5);
  });

  it('imports the memory as declared', () => {
    const memoryOf = (bytes: Uint8Array<ArrayBuffer>): number => bytes[8 + 15]!;
    const plain = assembleModule({ shared: false, initialPages: 1 }, []);
    expect(memoryOf(plain)).toBe(0);
    expect(memoryOf(assembleModule({ shared: false, initialPages: 1, maxPages: 2 }, []))).toBe(1);
    const shared = assembleModule({ shared: true, initialPages: 1, maxPages: 65536 }, []);
    expect(memoryOf(shared)).toBe(3);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    expect(() => {
      new WebAssembly.Instance(new WebAssembly.Module(shared), { env: { memory } });
    }).not.toThrow();
    expect(() => assembleModule({ shared: true, initialPages: 1 }, [])).toThrow('maximum');
  });
});
