// covers: src/engine/backends/native/print-expr.ts, src/engine/backends/native/prelude.ts
// covers: src/engine/backends/native/float-helpers.ts, src/engine/backends/native/int-helpers.ts
// covers: src/engine/backends/native/byte-helpers.ts
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FuncBuilder, constant, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type { Func, Val } from '../../../../src/engine/compiler/ir/ir.js';
import { scalar } from '../../../../src/engine/compiler/ir/ir.js';
import type { NativeFunctions } from '../../../../src/engine/backends/native/addon.js';
import { compileNativeSync } from '../../../../src/engine/backends/native/compile.js';
import { describeCompiler } from '../../../../src/engine/backends/native/compiler.js';
import { printModule } from '../../../../src/engine/backends/native/print.js';
import { caseFunction, checkCase, lanesOf } from '../ir-case.js';
import { IR_CASES } from '../ir-cases.js';
import { freshCache, noCompiler } from './fresh-cache.js';

const announce = (): void => undefined;
const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
const words = new Int32Array(memory.buffer);

freshCache();

describe.skipIf(noCompiler)('every operation in C', () => {
  const CC = process.env['CC'];
  afterAll(() => {
    if (CC === undefined) delete process.env['CC'];
    else process.env['CC'] = CC;
  });

  // Without the compiler's own builtins the same functions are spelled in plain vector C.
  const variants = [
    ...[0, 16, 32, 64].map((bytes) => ({ bytes, builtins: 'with' })),
    { bytes: 16, builtins: 'without' },
  ];
  describe.each(variants)('in registers of $bytes bytes, $builtins builtins', (variant) => {
    const { bytes, builtins } = variant;
    let kernels: NativeFunctions;
    beforeAll(() => {
      if (builtins === 'without') {
        process.env['CC'] = `${describeCompiler().command.join(' ')} -D__has_builtin(x)=0`;
      } else if (CC === undefined) delete process.env['CC'];
      const functions = IR_CASES.map((c) => caseFunction(c, lanesOf(c, bytes)));
      const options = { vectorBytes: bytes || 16, announce };
      kernels = compileNativeSync({ functions }, options).bind(memory);
    });
    it.each(IR_CASES.map((c) => [c.name, c] as const))('%s', (name, c) => {
      expect(checkCase(c, lanesOf(c, bytes), memory.buffer, kernels[name]!)).toEqual([]);
    });
  });
});

/** A function of one result: `build` gives the i32 that it stores at address 0. */
function resultOf(name: string, params: string[], build: (f: FuncBuilder, p: Val[]) => Val): Func {
  const f = new FuncBuilder(name);
  const values = params.map((p) => f.param(p));
  f.store('i32', i32(0), build(f, values));
  return f.finish(true);
}

const CONTROL: { func: Func; runs: [number[], number][] }[] = [
  {
    func: resultOf('sum of a loop', ['from', 'to'], (f, [from, to]) => {
      const sum = f.declare(i32(0));
      f.for(from!, to!, 3, (i) => f.assign(sum, f.add(f.read(sum), i)));
      return f.read(sum);
    }),
    runs: [
      [[0, 10], 18],
      [[-7, -6], -7],
      [[5, 5], 0],
      [[5, -5], 0],
    ],
  },
  {
    func: resultOf('nested loops', ['n', 'int'], (f, [n, m]) => {
      const count = f.declare(i32(0));
      f.for(i32(0), n!, 1, (i) => {
        f.for(i, m!, 1, (j) => {
          const odd = f.convert('bool', f.bin('and', f.add(i, j), i32(1)));
          f.if(
            odd,
            () => f.assign(count, f.add(f.read(count), i32(1))),
            () =>
              f.if(f.cmp('gt', j, i32(3)), () => f.assign(count, f.add(f.read(count), i32(100)))),
          );
        });
      });
      return f.read(count);
    }),
    // Pairs i ≤ j < 6, i < 4: 8 of odd sum; (0, 4), (2, 4), (1, 5), (3, 5) of even sum with j > 3.
    runs: [[[4, 6], 408]],
  },
  {
    func: resultOf('negated constants', [], (f) => {
      const minus = f.un('neg', i32(-5));
      return f.add(minus, f.convert('i32', f.un('neg', constant(scalar('f32'), -2))));
    }),
    runs: [[[], 7]],
  },
  {
    func: resultOf('read before assign', ['x'], (f, [x]) => {
      const m = f.declare(x!);
      const before = f.read(m);
      f.assign(m, i32(50));
      return f.sub(f.read(m), before);
    }),
    runs: [[[8], 42]],
  },
];

describe.skipIf(noCompiler)('the statements of C', () => {
  it.each(CONTROL.map(({ func, runs }) => [func.name, func, runs] as const))(
    '%s',
    (name, func, runs) => {
      const kernel = compileNativeSync({ functions: [func] }, { announce }).bind(memory)[name]!;
      for (const [args, expected] of runs) {
        kernel(...args);
        expect(words[0]).toBe(expected);
      }
    },
  );

  it('calls functions that come before, and keeps their names apart', () => {
    const add = (name: string, amount: number): Func => {
      const f = new FuncBuilder(name);
      const at = f.param('at');
      f.store('i32', at, f.add(f.load('i32', 1, at), i32(amount)));
      return f.finish();
    };
    const main = new FuncBuilder('main');
    const at = main.param('at');
    for (const name of ['a+b', 'a-b', 'a_b']) main.call(name, [at]);
    const functions = [add('a+b', 1), add('a-b', 10), add('a_b', 100), main.finish(true)];
    words[4] = 5;
    compileNativeSync({ functions }, { announce }).bind(memory)['main']!(16);
    expect(words[4]).toBe(116);
  });

  it('takes addresses as unsigned, beyond 2 GiB', () => {
    const large = new WebAssembly.Memory({ initial: 40000, maximum: 40000, shared: true });
    const f = new FuncBuilder('far');
    const at = f.param('at');
    f.store('i32', f.add(at, i32(4)), f.load('i32', 1, at, 8), 8);
    const { far } = compileNativeSync({ functions: [f.finish(true)] }, { announce }).bind(large);
    const address = 2 ** 31 + 4096;
    const view = new DataView(large.buffer);
    view.setInt32(address + 8, 77, true);
    far!(address);
    expect(view.getInt32(address + 12, true)).toBe(77);
  });
});

describe('the printer', () => {
  const wrong = (build: (f: FuncBuilder) => void): (() => unknown) => {
    const f = new FuncBuilder('wrong');
    build(f);
    return () => printModule({ functions: [f.finish()] }, { vectorBytes: 16 });
  };

  it('refuses what is no loop IR', () => {
    const f32 = constant(scalar('f32'), 1);
    expect(wrong((f) => f.call('later', []))).toThrow(/calls later/);
    expect(wrong((f) => f.bin('and', f32, f32))).toThrow(/and of f32/);
    expect(wrong((f) => f.store('i32', i32(0), f32))).toThrow(/store of f32/);
    expect(wrong((f) => f.un('sqrt', i32(4)))).toThrow(/sqrt of i32/);
  });

  it('prints only what the kernels use', () => {
    const f = new FuncBuilder('copy');
    f.store('f32', f.param('to'), f.load('f32', 8, f.param('from')), 32);
    const source = printModule({ functions: [f.finish()] }, { vectorBytes: 32 }).units[0]!;
    expect(source).toMatchInlineSnapshot(`
      "typedef __UINT8_TYPE__ u8;
      typedef __INT32_TYPE__ i32;
      typedef __UINT32_TYPE__ u32;
      typedef long long i64;
      typedef unsigned long long u64;
      typedef float f32;
      typedef double f64;
      #ifndef __has_builtin
      #define __has_builtin(x) 0
      #endif
      #define INLINE static inline __attribute__((always_inline))
      #define KERNEL __attribute__((noinline, visibility("hidden")))
      #define AT(T, addr, off) (*(T *)(mem + (u64)(u32)(addr) + (off)))

      typedef f32 f32x8_u __attribute__((vector_size(32), aligned(1), may_alias));
      typedef f32 f32x8 __attribute__((vector_size(32)));

      KERNEL void k_copy(char *mem, i32 p0_to, i32 p1_from) {
        const f32x8 v2 = AT(const f32x8_u, p1_from, 0);
        AT(f32x8_u, p0_to, 32) = v2;
      }
      "
    `);
  });
});
