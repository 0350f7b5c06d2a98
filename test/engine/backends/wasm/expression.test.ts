import { describe, expect, it } from 'vitest';
import { supportsRelaxedSimd } from '../../../../src/engine/backends/wasm/probe.js';
import { constant, FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type {
  BinOp,
  CmpOp,
  Elem,
  MemElem,
  UnOp,
  Val,
} from '../../../../src/engine/compiler/ir/ir.js';
import { scalar } from '../../../../src/engine/compiler/ir/ir.js';
import {
  apply,
  type Elementwise,
  F32_VALUES,
  F64_VALUES,
  I32_VALUES,
  instantiate,
  product,
} from './run.js';
// covers: src/engine/backends/wasm/instructions.ts, src/engine/backends/wasm/lanes.ts
// covers: src/engine/backends/wasm/memory.ts, src/engine/backends/wasm/scope.ts

type Number_ = 'f32' | 'f64' | 'i32';
const { fround } = Math;

const VALUES = { f32: F32_VALUES, f64: F64_VALUES, i32: I32_VALUES };
const WIDTH = { f32: 4, f64: 2, i32: 4 };
const FORMS = (['f32', 'f64', 'i32'] as const).flatMap((elem) => [
  { elem, lanes: 1, name: elem },
  { elem, lanes: WIDTH[elem], name: `${elem}x${WIDTH[elem]}` },
]);
const FLOATS = FORMS.filter((form) => form.elem !== 'i32');
const INTS = FORMS.filter((form) => form.elem === 'i32');

function round(elem: Elem, value: number): number {
  if (elem === 'f32') return fround(value);
  return elem === 'f64' ? value : value | 0;
}

/** To the nearest integer, halves to even; keeps the sign of zero. */
function nearest(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const low = Math.floor(x);
  const even = low % 2 === 0 ? low : low + 1;
  const result = x - low === 0.5 ? even : Math.round(x);
  return result === 0 && (x < 0 || Object.is(x, -0)) ? -0 : result;
}

function toInt(x: number): number {
  if (Number.isNaN(x)) return 0;
  return Math.max(-2147483648, Math.min(2147483647, Math.trunc(x))) | 0;
}

const UN: Record<UnOp, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  nearest,
  not: (x) => ~x,
};

const FLOAT_BIN: Partial<Record<BinOp, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
};

const INT_BIN: Record<BinOp, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: Math.imul,
  div: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  rem: (a, b) => (b === 0 ? 0 : a % b),
  min: Math.min,
  max: Math.max,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shrS: (a, b) => a >> b,
  shrU: (a, b) => a >>> b,
  mulHiU: (a, b) => Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n),
};

const CMP: Record<CmpOp, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  ltU: (a, b) => a >>> 0 < b >>> 0,
  geU: (a, b) => a >>> 0 >= b >>> 0,
};

function check(op: Elementwise, columns: number[][], expected: (...row: number[]) => number): void {
  const found = apply(op, columns);
  found.forEach((value, i) => {
    const row = columns.map((column) => column[i]!);
    expect({ row, value }).toEqual({ row, value: expected(...row) });
  });
}

function unary(
  elem: Number_,
  lanes: number,
  build: Elementwise['build'],
  output = elem,
): Elementwise {
  return { inputs: [elem], output, lanes, build };
}

describe.each(FLOATS)('$name', ({ elem, lanes }) => {
  it.each(['neg', 'abs', 'sqrt', 'floor', 'ceil', 'trunc', 'nearest'] as const)('%s', (fn) => {
    const op = unary(elem, lanes, (f, [a]) => f.un(fn, a!));
    check(op, [VALUES[elem]], (x) => round(elem, UN[fn](x)));
  });

  it.each(['add', 'sub', 'mul', 'div', 'min', 'max'] as const)('%s', (fn) => {
    const op: Elementwise = {
      inputs: [elem, elem],
      output: elem,
      lanes,
      build: (f, [a, b]) => f.bin(fn, a!, b!),
    };
    check(op, product(VALUES[elem], 2), (a, b) => round(elem, FLOAT_BIN[fn]!(a!, b!)));
  });

  it.each(['min', 'max'] as const)('%s with a constant, on either side', (fn) => {
    for (const c of [0, -0, 1.5, -3, NaN, Infinity, -Infinity]) {
      const value = constant({ elem, lanes }, c);
      const expected = (x: number): number => FLOAT_BIN[fn]!(x, c);
      check(
        unary(elem, lanes, (f, [a]) => f.bin(fn, a!, value)),
        [VALUES[elem]],
        expected,
      );
      check(
        unary(elem, lanes, (f, [a]) => f.bin(fn, value, a!)),
        [VALUES[elem]],
        expected,
      );
    }
  });

  it('mulAdd rounds twice without relaxed SIMD', () => {
    const op: Elementwise = {
      inputs: [elem, elem, elem],
      output: elem,
      lanes,
      build: (f, [a, b, c]) => f.mulAdd(a!, b!, c!),
    };
    const expected = (a: number, b: number, c: number): number =>
      round(elem, round(elem, a * b) + c);
    check(op, product(VALUES[elem], 3), expected as (...row: number[]) => number);
  });
});

describe.each(INTS)('$name', ({ elem, lanes }) => {
  it.each(['neg', 'abs', 'not'] as const)('%s', (fn) => {
    check(
      unary(elem, lanes, (f, [a]) => f.un(fn, a!)),
      [I32_VALUES],
      (x) => UN[fn](x) | 0,
    );
  });

  const fns = ['add', 'sub', 'mul', 'div', 'rem', 'min', 'max', 'and', 'or', 'xor'] as const;
  it.each([...fns, 'mulHiU'] as const)('%s', (fn) => {
    const op: Elementwise = {
      inputs: [elem, elem],
      output: elem,
      lanes,
      build: (f, [a, b]) => f.bin(fn, a!, b!),
    };
    check(op, product(I32_VALUES, 2), (a, b) => INT_BIN[fn](a!, b!) | 0);
  });

  it.each(['div', 'rem'] as const)('%s by constants', (fn) => {
    for (const c of [0, 1, -1, 3, -7, 8, -2147483648, 2147483647]) {
      const divisor = constant({ elem, lanes }, c);
      const op = unary(elem, lanes, (f, [a]) => f.bin(fn, a!, divisor));
      check(op, [I32_VALUES], (a) => INT_BIN[fn](a, c) | 0);
      const reverse = unary(elem, lanes, (f, [a]) => f.bin(fn, divisor, a!));
      check(reverse, [I32_VALUES], (a) => INT_BIN[fn](c, a) | 0);
    }
  });

  it.each(['shl', 'shrS', 'shrU'] as const)('%s', (fn) => {
    for (const count of [0, 1, 7, 31]) {
      const op = unary(elem, lanes, (f, [a]) => f.bin(fn, a!, i32(count)));
      check(op, [I32_VALUES], (a) => INT_BIN[fn](a, count) | 0);
    }
  });

  it('mulAdd', () => {
    const op: Elementwise = {
      inputs: [elem, elem, elem],
      output: elem,
      lanes,
      build: (f, [a, b, c]) => f.mulAdd(a!, b!, c!),
    };
    const values = I32_VALUES.filter((_, i) => i % 2 === 1);
    check(op, product(values, 3), (a, b, c) => (Math.imul(a!, b!) + c!) | 0);
  });
});

describe.each(FORMS)('on $name', ({ elem, lanes }) => {
  const compare = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;
  it.each(elem === 'i32' ? [...compare, 'ltU' as const, 'geU' as const] : compare)('%s', (fn) => {
    const op: Elementwise = {
      inputs: [elem, elem],
      output: elem,
      lanes,
      build: (f, [a, b]) => f.convert(elem, f.cmp(fn, a!, b!)),
    };
    check(op, product(VALUES[elem], 2), (a, b) => Number(CMP[fn](a!, b!)));
  });

  it('select by a condition of each lane', () => {
    const op: Elementwise = {
      inputs: [elem, elem],
      output: elem,
      lanes,
      build: (f, [a, b]) => f.select(f.cmp('lt', a!, b!), a!, b!),
    };
    check(op, product(VALUES[elem], 2), (a, b) => (a! < b! ? a! : b!));
  });

  it('select by one condition for all lanes', () => {
    const columns = product(VALUES[elem], 2);
    const n = columns[0]!.length;
    const op = (threshold: number): Elementwise => ({
      inputs: [elem, elem],
      output: elem,
      lanes,
      build: (f, [a, b]) => f.select(f.cmp('lt', i32(threshold), i32(n)), a!, b!),
    });
    check(op(n), columns, (_a, b) => b!);
    check(op(0), columns, (a) => a!);
  });

  it('logic on bools', () => {
    const zero = constant({ elem, lanes }, 0);
    const one = constant({ elem, lanes }, 1);
    for (const fn of ['and', 'or', 'xor'] as const) {
      const op: Elementwise = {
        inputs: [elem, elem],
        output: elem,
        lanes,
        build: (f, [a, b]) => {
          const joined = f.bin(fn, f.cmp('gt', a!, zero), f.cmp('gt', b!, one));
          return f.convert(elem, f.un('not', joined));
        },
      };
      const bit = (x: boolean): number => Number(x);
      const expected = (a: number, b: number): number => 1 - INT_BIN[fn](bit(a > 0), bit(b > 1));
      check(op, product(VALUES[elem], 2), expected as (...row: number[]) => number);
    }
    for (const fn of ['eq', 'ne'] as const) {
      const op = unary(elem, lanes, (f, [a]) =>
        f.convert(elem, f.cmp(fn, f.cmp('gt', a!, zero), constant({ elem: 'bool', lanes }, 1))),
      );
      check(op, [VALUES[elem]], (a) => Number(a > 0 === (fn === 'eq')));
    }
  });

  it('convert to bool and select between bools', () => {
    const yes = constant({ elem: 'bool', lanes }, 5);
    const op = unary(elem, lanes, (f, [a]) => {
      const nonzero = f.convert('bool', a!);
      return f.convert(elem, f.select(nonzero, yes, nonzero));
    });
    check(op, [VALUES[elem]], (a) => Number(a !== 0));
  });

  it('constants, splats and lanes', () => {
    for (const c of VALUES[elem]) {
      const op = unary(elem, lanes, (f, [a]) => {
        const taken = Array.from({ length: lanes }, (_, i) => (lanes === 1 ? a! : f.lane(a!, i)));
        const again = lanes === 1 ? a! : f.pack(taken);
        return f.select(f.cmp('eq', again, a!), constant({ elem, lanes }, c), a!);
      });
      check(op, [VALUES[elem]], (a) => (Number.isNaN(a) ? a : c));
    }
  });
});

describe('convert', () => {
  const pairs: [Number_, Number_, number, (x: number) => number][] = [
    ['f32', 'i32', 1, toInt],
    ['f32', 'i32', 4, toInt],
    ['f64', 'i32', 1, toInt],
    ['i32', 'f32', 1, fround],
    ['i32', 'f32', 4, fround],
    ['i32', 'f64', 1, (x) => x],
    ['f32', 'f64', 1, (x) => x],
    ['f64', 'f32', 1, fround],
  ];
  it.each(pairs)('%s to %s with %i lanes', (from, to, lanes, expected) => {
    check(
      unary(from, lanes, (f, [a]) => f.convert(to, a!), to),
      [VALUES[from]],
      expected,
    );
  });

  it.each([1, 4])('bool to i32 and f32 with %i lanes', (lanes) => {
    for (const to of ['i32', 'f32'] as const) {
      const op = unary('i32', lanes, (f, [a]) => f.convert(to, f.convert('bool', a!)), to);
      check(op, [I32_VALUES], (x) => Number(x !== 0));
    }
  });

  it.each([1, 4])('bitcast with %i lanes', (lanes) => {
    const bits = new Int32Array(Float32Array.from(F32_VALUES).buffer);
    const op = unary('f32', lanes, (f, [a]) => f.bitcast('i32', a!), 'i32');
    expect(apply(op, [F32_VALUES])).toEqual([...bits]);
    const back = unary('i32', lanes, (f, [a]) => f.bitcast('f32', a!), 'f32');
    expect(apply(back, [[...bits]])).toEqual(F32_VALUES);
  });

  it('takes f64 apart and puts it together', () => {
    const words = new Int32Array(Float64Array.from(F64_VALUES).buffer);
    const hi = unary('f64', 1, (f, [a]) => f.hiWord(a!), 'i32');
    const lo = unary('f64', 1, (f, [a]) => f.loWord(a!), 'i32');
    expect(apply(hi, [F64_VALUES])).toEqual(F64_VALUES.map((_, i) => words[2 * i + 1]));
    expect(apply(lo, [F64_VALUES])).toEqual(F64_VALUES.map((_, i) => words[2 * i]));
    const whole = unary('f64', 1, (f, [a]) => f.fromWords(f.hiWord(a!), f.loWord(a!)));
    expect(apply(whole, [F64_VALUES])).toEqual(F64_VALUES);
  });
});

describe('lanes', () => {
  const source = (f: FuncBuilder, mem: MemElem, lanes: number): Val => f.load(mem, lanes, i32(64));

  function runOnce(build: (f: FuncBuilder) => void, init: (v: DataView) => void): DataView {
    const f = new FuncBuilder('main');
    build(f);
    const { exports, view } = instantiate([f.finish(true)]);
    init(view);
    exports['main']!();
    return view;
  }

  it('shuffles two vectors', () => {
    const view = runOnce(
      (f) => {
        const a = f.load('i32', 4, i32(64));
        const b = f.load('i32', 4, i32(80));
        f.store('i32', i32(128), f.shuffle(a, b, [7, 0, 2, 5]));
        const c = f.load('f64', 2, i32(64));
        f.store('f64', i32(144), f.shuffle(c, c, [1, 2]));
      },
      (v) => {
        for (let i = 0; i < 8; i++) v.setInt32(64 + 4 * i, i + 10, true);
      },
    );
    expect([0, 1, 2, 3].map((i) => view.getInt32(128 + 4 * i, true))).toEqual([17, 10, 12, 15]);
    expect([0, 1, 2, 3].map((i) => view.getInt32(144 + 4 * i, true))).toEqual([12, 13, 10, 11]);
  });

  it('splats, packs and takes lanes of every type', () => {
    const view = runOnce(
      (f) => {
        f.store('f32', i32(128), f.splat(f.load('f32', 1, i32(64), 4), 4));
        f.store('f64', i32(144), f.splat(f.load('f64', 1, i32(64), 8), 2));
        f.store(
          'f32',
          i32(160),
          f.pack([3, 2, 1, 0].map((k) => f.load('f32', 1, i32(64 + 4 * k)))),
        );
        f.store('f64', i32(176), f.pack([1, 0].map((k) => f.load('f64', 1, i32(64 + 8 * k)))));
        const x = source(f, 'f32', 4);
        const pair = f.pack([f.lane(x, 2), constant(scalar('f32'), 9), f.lane(x, 0), f.lane(x, 3)]);
        f.store('f32', i32(192), pair);
        f.store('f32', i32(208), f.lane(source(f, 'f32', 4), 3));
        f.store('f64', i32(216), f.lane(source(f, 'f64', 2), 1));
        f.store('i32', i32(224), f.splat(f.load('u8', 1, i32(64), 3), 4));
      },
      (v) => {
        for (let i = 0; i < 4; i++) v.setFloat32(64 + 4 * i, i + 1, true);
      },
    );
    const f32s = (at: number): number[] => [0, 4, 8, 12].map((o) => view.getFloat32(at + o, true));
    const high = view.getFloat64(72, true);
    expect(f32s(128)).toEqual([2, 2, 2, 2]);
    expect([144, 152].map((at) => view.getFloat64(at, true))).toEqual([high, high]);
    expect(f32s(160)).toEqual([4, 3, 2, 1]);
    expect([176, 184].map((at) => view.getFloat64(at, true))).toEqual([
      high,
      view.getFloat64(64, true),
    ]);
    expect(f32s(192)).toEqual([3, 9, 1, 4]);
    expect(view.getFloat32(208, true)).toBe(4);
    expect(view.getFloat64(216, true)).toBe(high);
    expect(view.getInt32(236, true)).toBe(view.getUint8(67));
  });

  it('moves bools between masks and scalars', () => {
    const view = runOnce(
      (f) => {
        const big = f.cmp('gt', source(f, 'i32', 4), constant({ elem: 'i32', lanes: 4 }, 1));
        const bits = [0, 1, 2, 3].map((k) => f.lane(big, k));
        bits.forEach((bit, k) => f.store('u8', i32(128), bit, k));
        f.store('u8', i32(132), f.pack([bits[3]!, bits[2]!, bits[1]!, bits[0]!]));
        f.store('u8', i32(136), f.splat(bits[2]!, 4));
        const wide = f.cmp('gt', source(f, 'f64', 2), constant({ elem: 'f64', lanes: 2 }, 0));
        const pair = f.pack([f.lane(wide, 1), f.lane(wide, 0)]);
        const both = f.splat(f.lane(wide, 0), 2);
        const one = constant({ elem: 'f64', lanes: 2 }, 1);
        const two = constant({ elem: 'f64', lanes: 2 }, 2);
        f.store('f64', i32(144), f.select(pair, one, two));
        f.store('f64', i32(160), f.select(both, one, two));
      },
      (v) => {
        [0, 1, 2, -3].forEach((x, i) => v.setInt32(64 + 4 * i, x, true));
      },
    );
    expect([128, 129, 130, 131].map((at) => view.getUint8(at))).toEqual([0, 0, 1, 0]);
    expect([132, 133, 134, 135].map((at) => view.getUint8(at))).toEqual([0, 1, 0, 0]);
    expect([136, 137, 138, 139].map((at) => view.getUint8(at))).toEqual([1, 1, 1, 1]);
    expect([144, 152].map((at) => view.getFloat64(at, true))).toEqual([2, 1]);
    expect([160, 168].map((at) => view.getFloat64(at, true))).toEqual([1, 1]);
  });
});

describe.each([1, 4])('u8 with %i lanes', (lanes) => {
  it('loads zero-extend and stores keep the low byte', () => {
    const bytes = [0, 1, 127, 128, 200, 254, 255];
    const widen: Elementwise = { inputs: ['u8'], output: 'i32', lanes, build: (_f, [a]) => a! };
    check(widen, [bytes], (x) => x);
    const narrow: Elementwise = { inputs: ['i32'], output: 'u8', lanes, build: (_f, [a]) => a! };
    check(narrow, [I32_VALUES], (x) => x & 0xff);
  });

  it('stores bools as 0 and 1', () => {
    const op: Elementwise = {
      inputs: ['i32'],
      output: 'u8',
      lanes,
      build: (f, [a]) => f.convert('bool', a!),
    };
    check(op, [I32_VALUES], (x) => Number(x !== 0));
  });
});

describe('relaxed SIMD', () => {
  it.skipIf(!supportsRelaxedSimd())('rounds scalars as it rounds lanes', () => {
    for (const [elem, lanes] of [
      ['f32', 4],
      ['f64', 2],
    ] as const) {
      const run = (width: number): number[] =>
        apply(
          {
            inputs: [elem, elem, elem],
            output: elem,
            lanes: width,
            relaxedSimd: true,
            build: (f, [a, b, c]) => f.mulAdd(a!, b!, c!),
          },
          product(VALUES[elem], 3),
        );
      expect(run(lanes)).toEqual(run(1));
    }
  });
});

describe('what is not loop IR', () => {
  function reject(build: (f: FuncBuilder) => void, message: string): void {
    const f = new FuncBuilder('main');
    build(f);
    expect(() => instantiate([f.finish(true)])).toThrow(message);
  }

  it('is rejected', () => {
    reject((f) => f.store('f32', i32(0), f.load('f32', 8, i32(0))), 'f32x8');
    reject((f) => f.store('f64', i32(0), f.load('f64', 4, i32(0))), 'f64x4');
    reject((f) => f.store('f64', i32(0), f.load('f32', 1, i32(0))), 'stores f32 as f64');
    reject((f) => f.store('i32', i32(0), f.cmp('eq', i32(0), i32(1))), 'stores bool as i32');
    const float = constant(scalar('f32'), 1);
    reject((f) => f.store('f32', i32(0), f.bin('rem', float, float)), 'applies rem to f32');
    reject((f) => f.store('i32', i32(0), f.un('sqrt', f.load('i32', 1, i32(0)))), 'sqrt to i32');
    const pair = (f: FuncBuilder): Val => f.load('f64', 2, i32(0));
    reject((f) => f.store('f32', i32(0), f.convert('f32', pair(f))), 'f32x2');
  });
});
