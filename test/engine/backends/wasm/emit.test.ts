import { describe, expect, it } from 'vitest';
import { emitModule } from '../../../../src/engine/backends/wasm/emit.js';
import { constant, FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type { Func, Ty, Val } from '../../../../src/engine/compiler/ir/ir.js';
import { instantiate } from './run.js';

const OPTIONS = { sharedMemory: false, initialPages: 1, maxPages: 1, relaxedSimd: false };
const V: Ty = { elem: 'f32', lanes: 4 };

/** How often a run of bytes occurs. */
function count(bytes: Uint8Array, run: readonly number[]): number {
  let found = 0;
  for (let i = 0; i + run.length <= bytes.length; i++) {
    if (run.every((b, k) => bytes[i + k] === b)) found++;
  }
  return found;
}

/** C[4, 8] = A[4, K] · B[K, 8]; k in steps of four, each but the first behind a test. */
function microKernel(): Func {
  const f = new FuncBuilder('micro');
  const [a, lda, b] = [f.param('a'), f.param('lda'), f.param('b')];
  const [c, ldc, size] = [f.param('c'), f.param('ldc'), f.param('K')];
  const rows = (base: Val, stride: Val): Val[] =>
    [0, 1, 2, 3].map((r) => f.add(base, f.mul(stride, i32(r))));
  const rowsC = rows(c, ldc);
  const pointers = rows(a, lda).map((row) => f.declare(row));
  const pointerB = f.declare(b);
  const acc = rowsC.map(() => [f.declare(constant(V, 0)), f.declare(constant(V, 0))]);
  f.for(i32(0), size, 4, (k) => {
    const at = pointers.map((p) => f.read(p));
    const panel = f.read(pointerB);
    const step = (u: number): void => {
      const columns = [0, 1].map((v) => f.load('f32', 4, panel, 32 * u + 16 * v));
      acc.forEach((row, r) => {
        const x = f.splat(f.load('f32', 1, at[r]!, 4 * u), 4);
        row.forEach((m, v) => f.assign(m, f.mulAdd(x, columns[v]!, f.read(m))));
      });
    };
    step(0);
    for (let u = 1; u < 4; u++) f.if(f.cmp('lt', f.add(k, i32(u)), size), () => step(u));
    pointers.forEach((p, r) => f.assign(p, f.add(at[r]!, i32(16))));
    f.assign(pointerB, f.add(panel, i32(128)));
  });
  acc.forEach((row, r) => row.forEach((m, v) => f.store('f32', rowsC[r]!, f.read(m), 16 * v)));
  return f.finish(true);
}

describe('emitModule', () => {
  it.each([512, 511, 3, 1, 0])('prints a 4×8 micro-kernel, K = %i, right to the bit', (size) => {
    const { exports, memory } = instantiate([microKernel()]);
    const floats = new Float32Array(memory.buffer);
    const [a, lda, b, c, ldc] = [64, 520, 8192, 32768, 12];
    for (let i = 0; i < 16384; i++) floats[i] = Math.sin(i) * 3;
    exports['micro']!(a * 4, lda * 4, b * 4, c * 4, ldc * 4, size);
    for (let r = 0; r < 4; r++) {
      for (let j = 0; j < 8; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++) {
          const product = Math.fround(floats[a + r * lda + k]! * floats[b + 8 * k + j]!);
          sum = Math.fround(sum + product);
        }
        expect(floats[c + r * ldc + j]).toBe(sum);
      }
    }
  });

  it('prints it with immediate offsets and splatting loads', () => {
    const bytes = emitModule({ functions: [microKernel()] }, OPTIONS);
    for (let u = 0; u < 4; u++) {
      expect(count(bytes, [0xfd, 0x09, 2, 4 * u])).toBe(4);
      expect(count(bytes, [0xfd, 0x00, 2, 32 * u])).toBe(1);
      expect(count(bytes, [0xfd, 0x00, 2, 32 * u + 16])).toBe(1);
    }
    expect(count(bytes, [0xfd, 0x13])).toBe(0); // f32x4.splat
  });

  it('prints multiply-add in one instruction where it may', () => {
    const relaxed = emitModule({ functions: [microKernel()] }, { ...OPTIONS, relaxedSimd: true });
    expect(count(relaxed, [0xfd, 0x85, 0x02])).toBe(32);
    expect(count(relaxed, [0xfd, 0xe6, 0x01])).toBe(0);
  });

  it('stores lanes, and loads into lanes, without detours', () => {
    const f = new FuncBuilder('main');
    const p = f.param('p');
    const x = f.pack([0, 1, 2, 3].map((k) => f.load('f32', 1, p, 8 * k)));
    f.store('f32', p, f.lane(f.mul(x, x), 1), 64);
    const bytes = emitModule({ functions: [f.finish(true)] }, OPTIONS);
    expect(count(bytes, [0xfd, 0x5c, 2])).toBe(1); // v128.load32_zero
    expect(count(bytes, [0xfd, 0x56, 2])).toBe(3); // v128.load32_lane
    expect(count(bytes, [0xfd, 0x5a, 2, 64, 1])).toBe(1); // v128.store32_lane
  });

  it('calls functions that come before', () => {
    const inner = new FuncBuilder('inner');
    const [at, value] = [inner.param('at'), inner.param('value')];
    inner.store('i32', at, value);
    const outer = new FuncBuilder('outer');
    const n = outer.param('n');
    outer.for(i32(0), n, 1, (i) => {
      outer.call('inner', [outer.add(i32(64), outer.mul(i, i32(4))), outer.mul(i, i)]);
    });
    const functions = [inner.finish(), outer.finish(true)];
    const { exports, view } = instantiate(functions);
    expect(Object.keys(exports)).toEqual(['outer']);
    exports['outer']!(10);
    for (let i = 0; i < 10; i++) expect(view.getInt32(64 + 4 * i, true)).toBe(i * i);

    expect(() => emitModule({ functions: [functions[1]!, functions[0]!] }, OPTIONS)).toThrow(
      'inner',
    );
    expect(() => emitModule({ functions: [functions[0]!, functions[0]!] }, OPTIONS)).toThrow('two');
    const wrong = new FuncBuilder('wrong');
    wrong.call('inner', [i32(0)]);
    const module = { functions: [functions[0]!, wrong.finish()] };
    expect(() => emitModule(module, OPTIONS)).toThrow('takes 2 arguments, got 1');
  });

  it('reads and writes above 2 GiB', () => {
    const f = new FuncBuilder('main');
    const p = f.param('p');
    f.store('i32', f.add(p, i32(64)), f.load('i32', 1, f.add(p, i32(32))));
    const bytes = emitModule({ functions: [f.finish(true)] }, OPTIONS);
    const pages = 2 ** 15 + 1;
    const memory = new WebAssembly.Memory({ initial: pages });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    const view = new DataView(memory.buffer);
    view.setInt32(2 ** 31 + 32, 42, true);
    (instance.exports['main'] as (p: number) => void)(2 ** 31);
    expect(view.getInt32(2 ** 31 + 64, true)).toBe(42);
  });
});
