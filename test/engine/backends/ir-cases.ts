import { saturateToI32 } from '../../../src/engine/core/dtype.js';
import type { FuncBuilder } from '../../../src/engine/compiler/ir/builder.js';
import { constant, i32 } from '../../../src/engine/compiler/ir/builder.js';
import type { BinOp, CmpOp, MemElem, UnOp, Val } from '../../../src/engine/compiler/ir/ir.js';
import { scalar } from '../../../src/engine/compiler/ir/ir.js';
import type { Column, IrCase } from './ir-case.js';

const { fround, imul } = Math;
const MIN = -2147483648;
const MAX = 2147483647;

const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  -1.5,
  2.5,
  -2.5,
  0.49999997,
  -0.49999997,
  0.7,
  -0.3,
  3,
  -7,
  0.1,
  8388607.5,
  -8388607.5,
  8388609,
  16777217,
  4503599627370495.5,
  -4503599627370497,
  2147483520,
  2147483647,
  2147483648,
  MIN,
  -2147483904,
  -2147483648.5,
  4e9,
  -1e10,
  1e-45,
  -1e-45,
  1e-39,
  1.1754943508222875e-38,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  Infinity,
  -Infinity,
  NaN,
  1e-310,
  1e300,
  -1e300,
  1234567.875,
];
const F32 = FLOATS.map(fround);
const I32 = [
  0,
  1,
  -1,
  2,
  -2,
  3,
  7,
  -7,
  31,
  255,
  256,
  65535,
  65536,
  -65536,
  MIN,
  MIN + 1,
  MAX,
  MAX - 1,
  0x55555555,
  0x55555555 ^ -1,
  123456789,
  -987654321,
  16777217,
  -16777219,
];
const U8 = Array.from({ length: 256 }, (_, i) => i);
/** Products of two are exact in f32, so that mulAdd has one answer. */
const SMALL = [0, -0, 1, -1, 0.5, -3, 7, 1024, -0.125, Infinity, -Infinity, NaN].map(fround);

/** Every combination of a value from each list, cut into as many columns, padded to 16. */
function columns(mem: MemElem, values: readonly number[], count: number): Column[] {
  let rows: number[][] = [[]];
  for (let k = 0; k < count; k++) rows = rows.flatMap((r) => values.map((v) => [...r, v]));
  while (rows.length % 16 !== 0) rows.push(rows[(rows.length * 7) % 16]!);
  return Array.from({ length: count }, (_, k) => ({ mem, values: rows.map((r) => r[k]!) }));
}

type Number1 = (...x: number[]) => number;

/** A case in which every lane is computed by itself. */
function lanewise(
  name: string,
  inputs: readonly Column[],
  output: MemElem,
  build: IrCase['build'],
  expect: Number1,
  extra: Partial<IrCase> = {},
): IrCase {
  const wide = inputs.some((c) => c.mem === 'f64') || output === 'f64';
  return {
    name,
    inputs,
    output,
    wide,
    build,
    expect: (xs, lanes) => Array.from({ length: lanes }, (_, i) => expect(...xs.map((x) => x[i]!))),
    ...extra,
  };
}

/** Half to even; exact for all doubles. */
function nearest(x: number): number {
  const below = Math.floor(x);
  const half = x - below;
  if (!(Math.abs(x) < 2 ** 52) || half === 0) return x;
  const r = half < 0.5 || (half === 0.5 && below % 2 === 0) ? below : below + 1;
  return r === 0 && x < 0 ? -0 : r;
}

const UNARY: Record<Exclude<UnOp, 'not'>, Number1> = {
  neg: (x) => -x!,
  abs: (x) => Math.abs(x!),
  sqrt: (x) => Math.sqrt(x!),
  floor: (x) => Math.floor(x!),
  ceil: (x) => Math.ceil(x!),
  trunc: (x) => Math.trunc(x!),
  nearest: (x) => nearest(x!),
};
const FLOAT_BINARY: Partial<Record<BinOp, Number1>> = {
  add: (a, b) => a! + b!,
  sub: (a, b) => a! - b!,
  mul: (a, b) => a! * b!,
  div: (a, b) => a! / b!,
  min: (a, b) => Math.min(a!, b!),
  max: (a, b) => Math.max(a!, b!),
};
const INT_BINARY: Partial<Record<BinOp, Number1>> = {
  add: (a, b) => (a! + b!) | 0,
  sub: (a, b) => (a! - b!) | 0,
  mul: (a, b) => imul(a!, b!),
  div: (a, b) => (b === 0 ? 0 : (a! / b!) | 0),
  rem: (a, b) => (b === 0 ? 0 : (a! % b!) | 0),
  min: (a, b) => Math.min(a!, b!),
  max: (a, b) => Math.max(a!, b!),
  and: (a, b) => a! & b!,
  or: (a, b) => a! | b!,
  xor: (a, b) => a! ^ b!,
  mulHiU: (a, b) => Number((BigInt(a! >>> 0) * BigInt(b! >>> 0)) >> 32n) | 0,
};
const COMPARE: Record<CmpOp, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  ltU: (a, b) => a >>> 0 < b >>> 0,
  geU: (a, b) => a >>> 0 >= b >>> 0,
};

const entries = <K extends string, T>(record: Partial<Record<K, T>>): [K, T][] =>
  Object.entries(record) as [K, T][];

function floatCases(elem: 'f32' | 'f64'): IrCase[] {
  const round = elem === 'f32' ? fround : (x: number): number => x;
  const values = elem === 'f32' ? F32 : FLOATS;
  const one = columns(elem, values, 1);
  const two = columns(elem, values, 2);
  const ints = columns('i32', I32, 1);
  const asI32 = (f: FuncBuilder, v: Val): Val => f.convert('i32', v);
  return [
    ...entries(UNARY).map(([fn, js]) =>
      lanewise(
        `${elem}.${fn}`,
        one,
        elem,
        (f, [a]) => f.un(fn, a!),
        (x) => round(js(x!)),
      ),
    ),
    ...entries(FLOAT_BINARY).map(([fn, js]) =>
      lanewise(
        `${elem}.${fn}`,
        two,
        elem,
        (f, [a, b]) => f.bin(fn, a!, b!),
        (a, b) => round(js(a!, b!)),
      ),
    ),
    ...entries(COMPARE)
      .filter(([fn]) => !fn.endsWith('U'))
      .map(([fn, js]) =>
        lanewise(
          `${elem}.${fn}`,
          two,
          elem === 'f32' ? 'i32' : 'f64',
          (f, [a, b]) => f.convert(elem === 'f32' ? 'i32' : 'f64', f.cmp(fn, a!, b!)),
          (a, b) => (js(a!, b!) ? 1 : 0),
        ),
      ),
    lanewise(
      `${elem}.select`,
      two,
      elem,
      (f, [a, b]) => f.select(f.cmp('lt', a!, b!), f.un('neg', a!), b!),
      (a, b) => (a! < b! ? -a! : b!),
    ),
    // Never fused: each operation rounds.
    lanewise(
      `${elem}.mul then add`,
      two,
      elem,
      (f, [a, b]) => f.add(f.mul(a!, a!), b!),
      (a, b) => round(round(a! * a!) + b!),
    ),
    lanewise(
      `${elem}.mulAdd`,
      columns(elem, SMALL, 3),
      elem,
      (f, [a, b, c]) => f.mulAdd(a!, b!, c!),
      (a, b, c) => round(a! * b! + c!),
    ),
    lanewise(
      `${elem} to i32`,
      one,
      'i32',
      (f, [a]) => asI32(f, a!),
      (x) => saturateToI32(x!),
      {
        scalarOnly: elem === 'f64',
      },
    ),
    lanewise(
      `i32 to ${elem}`,
      ints,
      elem,
      (f, [a]) => f.convert(elem, a!),
      (x) => round(x!),
      {
        scalarOnly: elem === 'f64',
      },
    ),
    lanewise(
      `${elem} to bool`,
      one,
      elem,
      (f, [a]) => f.convert(elem, f.un('not', f.convert('bool', a!))),
      (x) => (x === 0 ? 1 : 0),
    ),
    ...[1.1, -0, 1e-45, Infinity, -Infinity, NaN, 3.4028234663852886e38, 16777217].map((c, k) =>
      lanewise(
        `${elem}.constant ${k}`,
        one,
        elem,
        (f, [a], lanes) => f.select(f.cmp('eq', a!, a!), constant({ elem, lanes }, c), a!),
        (x) => (x === x ? round(c) : NaN),
      ),
    ),
    ...laneCases(elem, values),
  ];
}

/** Shifts of scalars by a count that is not known before. */
function counted(fn: BinOp, js: Number1): IrCase[] {
  const inputs = columns('i32', I32, 2);
  const build: IrCase['build'] = (f, [a, b]) => f.bin(fn, a!, f.bin('and', b!, i32(31)));
  return [lanewise(`i32.${fn} by a value`, inputs, 'i32', build, js, { scalarOnly: true })];
}

function intCases(): IrCase[] {
  const one = columns('i32', I32, 1);
  const two = columns('i32', I32, 2);
  const bytes = columns('u8', U8, 1);
  const shifts = [0, 1, 13, 31].flatMap((n): IrCase[] => {
    const shift = (fn: BinOp, js: Number1): IrCase =>
      lanewise(`i32.${fn} ${n}`, one, 'i32', (f, [a]) => f.bin(fn, a!, i32(n)), js);
    return [
      shift('shl', (x) => x! << n),
      shift('shrS', (x) => x! >> n),
      shift('shrU', (x) => (x! >>> n) | 0),
    ];
  });
  return [
    lanewise(
      'i32.neg',
      one,
      'i32',
      (f, [a]) => f.un('neg', a!),
      (x) => -x! | 0,
    ),
    lanewise(
      'i32.abs',
      one,
      'i32',
      (f, [a]) => f.un('abs', a!),
      (x) => Math.abs(x!) | 0,
    ),
    lanewise(
      'i32.not',
      one,
      'i32',
      (f, [a]) => f.un('not', a!),
      (x) => ~x!,
    ),
    ...shifts,
    ...counted('shl', (x, n) => x! << n!),
    ...counted('shrS', (x, n) => x! >> n!),
    ...counted('shrU', (x, n) => (x! >>> n!) | 0),
    lanewise(
      'i32.mulAdd',
      columns('i32', I32.slice(0, 16), 3),
      'i32',
      (f, [a, b, c]) => f.mulAdd(a!, b!, c!),
      (a, b, c) => (imul(a!, b!) + c!) | 0,
    ),
    ...entries(INT_BINARY).map(([fn, js]) =>
      lanewise(`i32.${fn}`, two, 'i32', (f, [a, b]) => f.bin(fn, a!, b!), js),
    ),
    ...[0, 1, -1, 3, 16, MIN].flatMap((c) =>
      (['div', 'rem'] as const).map((fn) =>
        lanewise(
          `i32.${fn} by ${c}`,
          one,
          'i32',
          (f, [a], lanes) => f.bin(fn, a!, constant({ elem: 'i32', lanes }, c)),
          (a) => INT_BINARY[fn]!(a!, c),
        ),
      ),
    ),
    ...entries(COMPARE).map(([fn, js]) =>
      lanewise(
        `i32.${fn}`,
        two,
        'i32',
        (f, [a, b]) => f.convert('i32', f.cmp(fn, a!, b!)),
        (a, b) => (js(a!, b!) ? 1 : 0),
      ),
    ),
    lanewise(
      'i32.select',
      two,
      'i32',
      (f, [a, b]) => f.select(f.cmp('gt', a!, b!), a!, f.un('not', b!)),
      (a, b) => (a! > b! ? a! : ~b!),
    ),
    lanewise(
      'u8.load',
      bytes,
      'i32',
      (_, [a]) => a!,
      (x) => x!,
    ),
    lanewise(
      'u8.store',
      one,
      'u8',
      (_, [a]) => a!,
      (x) => x! & 255,
    ),
    lanewise(
      'f32 from bits',
      one,
      'f32',
      (f, [a]) => f.bitcast('f32', f.bin('and', a!, f.splat(i32(0x7f7fffff), a!.ty.lanes))),
      (x) =>
        bits(
          (v) => v.setInt32(0, x! & 0x7f7fffff),
          (v) => v.getFloat32(0),
        ),
    ),
    lanewise(
      'bits of f32',
      columns(
        'f32',
        F32.filter((x) => x === x),
        1,
      ),
      'i32',
      (f, [a]) => f.bitcast('i32', a!),
      (x) =>
        bits(
          (v) => v.setFloat32(0, x!),
          (v) => v.getInt32(0),
        ),
    ),
    ...laneCases('i32', I32),
  ];
}

function bits(put: (v: DataView) => void, get: (v: DataView) => number): number {
  const view = new DataView(new ArrayBuffer(8));
  put(view);
  return get(view);
}

function boolCases(): IrCase[] {
  const two = columns('i32', I32, 2);
  const logic: Record<string, (a: number, b: number) => number> = {
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    eq: (a, b) => (a === b ? 1 : 0),
    ne: (a, b) => (a !== b ? 1 : 0),
  };
  const isNegative = (f: FuncBuilder, v: Val): Val => f.cmp('lt', v, constant(v.ty, 0));
  const sign = (x: number): number => (x < 0 ? 1 : 0);
  const result = (f: FuncBuilder, fn: string, a: Val, b: Val): Val =>
    fn === 'eq' || fn === 'ne' ? f.cmp(fn, a, b) : f.bin(fn as BinOp, a, b);
  return [
    ...entries(logic).map(([fn, js]) =>
      lanewise(
        `bool.${fn}`,
        two,
        'i32',
        (f, [a, b]) => f.convert('i32', result(f, fn, isNegative(f, a!), isNegative(f, b!))),
        (a, b) => js(sign(a!), sign(b!)),
      ),
    ),
    lanewise(
      'bool.select',
      two,
      'i32',
      (f, [a, b], lanes) => {
        const yes = constant({ elem: 'bool', lanes }, 1);
        const chosen = f.select(f.cmp('lt', a!, b!), f.un('not', isNegative(f, a!)), yes);
        return f.convert('i32', chosen);
      },
      (a, b) => (a! < b! ? 1 - sign(a!) : 1),
    ),
    lanewise(
      'bool to f32',
      two,
      'f32',
      (f, [a, b]) => f.convert('f32', f.cmp('ltU', a!, b!)),
      (a, b) => (a! >>> 0 < b! >>> 0 ? 1 : 0),
    ),
    lanewise(
      'i32 to bool',
      two,
      'u8',
      (f, [a]) => f.convert('i32', f.convert('bool', a!)),
      (a) => (a === 0 ? 0 : 1),
    ),
    // Splat, lane and pack of bools: the first lane's sign, or-ed with each lane's, in reverse.
    {
      name: 'bool lanes',
      inputs: columns('i32', I32, 1),
      output: 'i32',
      wide: false,
      build: (f, [a], lanes) => {
        const negative = isNegative(f, a!);
        if (lanes === 1) return f.convert('i32', negative);
        const first = f.splat(f.lane(negative, 0), lanes);
        const parts = Array.from({ length: lanes }, (_, i) => f.lane(negative, lanes - 1 - i));
        return f.convert('i32', f.bin('or', first, f.pack(parts)));
      },
      expect: ([x], lanes) => x!.map((_, i) => sign(x![0]!) | sign(x![lanes - 1 - i]!)),
    },
  ];
}

/** Splat, lane, pack, shuffle. */
function laneCases(elem: 'f32' | 'f64' | 'i32', values: readonly number[]): IrCase[] {
  const two = columns(elem, values, 2);
  const base = { inputs: two, output: elem, wide: elem === 'f64' } as const;
  const shuffles: Record<string, (i: number, lanes: number) => number> = {
    reverse: (i, lanes) => lanes - 1 - i,
    rotate: (i) => i + 1,
    interleave: (i, lanes) => (i % 2 === 0 ? i / 2 : lanes + (i - 1) / 2),
    halves: (i, lanes) => (i < lanes / 2 ? i : lanes + i),
    'swap pairs': (i) => i ^ 1,
  };
  const shuffled = entries(shuffles).map(([name, index]): IrCase => {
    const list = (lanes: number): number[] =>
      Array.from({ length: lanes }, (_, i) => index(i, lanes) % (2 * lanes));
    return {
      ...base,
      name: `${elem}.shuffle ${name}`,
      build: (f, [a, b], lanes) => (lanes === 1 ? a! : f.shuffle(a!, b!, list(lanes))),
      expect: ([x, y], lanes) =>
        lanes === 1 ? [...x!] : list(lanes).map((k) => [...x!, ...y!][k]!),
    };
  });
  return [
    ...shuffled,
    {
      ...base,
      name: `${elem}.splat of a lane`,
      build: (f, [a], lanes) => f.splat(lanes === 1 ? a! : f.lane(a!, lanes - 1), lanes),
      expect: ([x], lanes) => x!.map(() => x![lanes - 1]!),
    },
    {
      ...base,
      name: `${elem}.pack`,
      build: (f, [a, b], lanes) =>
        lanes === 1
          ? b!
          : f.pack(Array.from({ length: lanes }, (_, i) => f.lane(i % 2 === 0 ? b! : a!, i))),
      expect: ([x, y]) => y!.map((v, i) => (i % 2 === 0 ? v : x![i]!)),
    },
  ];
}

function wordCases(): IrCase[] {
  const finite = FLOATS.filter((x) => x === x);
  const word =
    (at: number): Number1 =>
    (x) =>
      bits(
        (v) => v.setFloat64(0, x!),
        (v) => v.getInt32(at),
      );
  return [
    lanewise('f64.hiWord', columns('f64', finite, 1), 'i32', (f, [a]) => f.hiWord(a!), word(0), {
      scalarOnly: true,
    }),
    lanewise('f64.loWord', columns('f64', finite, 1), 'i32', (f, [a]) => f.loWord(a!), word(4), {
      scalarOnly: true,
    }),
    lanewise(
      'f64.fromWords',
      columns('i32', I32, 2),
      'f64',
      (f, [a, b]) => f.fromWords(f.bin('and', a!, i32(0x7fdfffff)), b!),
      (hi, lo) =>
        bits(
          (v) => {
            v.setInt32(0, hi! & 0x7fdfffff);
            v.setInt32(4, lo!);
          },
          (v) => v.getFloat64(0),
        ),
      { scalarOnly: true },
    ),
    lanewise(
      'f32 to f64',
      columns('f32', F32, 1),
      'f64',
      (f, [a]) => f.convert('f64', a!),
      (x) => x!,
      {
        scalarOnly: true,
      },
    ),
    lanewise(
      'f64 to f32',
      columns('f64', FLOATS, 1),
      'f32',
      (f, [a]) => f.convert('f32', a!),
      (x) => fround(x!),
      {
        scalarOnly: true,
      },
    ),
    lanewise(
      'scalar bool of f64 to i32',
      columns('f64', FLOATS, 2),
      'i32',
      (f, [a, b]) => f.select(f.cmp('le', a!, b!), i32(-5), constant(scalar('i32'), MIN)),
      (a, b) => (a! <= b! ? -5 : MIN),
      { scalarOnly: true },
    ),
  ];
}

export const IR_CASES: readonly IrCase[] = [
  ...floatCases('f32'),
  ...floatCases('f64'),
  ...intCases(),
  ...boolCases(),
  ...wordCases(),
];
