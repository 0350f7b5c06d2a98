import type { Prelude } from './prelude.js';
import { intOf } from './prelude.js';

/**
 * Inline C functions for float operations that C's operators lack. gcc leaves vectors of calls to
 * `sqrtf` or `floorf` in pieces, so on x86 the instruction is named; clang has element-wise
 * builtins; elsewhere rounding is arithmetic on vectors, and the rest goes lane by lane.
 */

type Float = 'f32' | 'f64';
type Round = 'floor' | 'ceil' | 'trunc' | 'nearest';

/** x86 register of the vector: its width in bits, or 0 if there is none of that size. */
function x86Width(elem: Float, lanes: number): 0 | 128 | 256 | 512 {
  const bits = lanes * (elem === 'f32' ? 32 : 64);
  return bits === 128 || bits === 256 || bits === 512 ? bits : 0;
}

const packed = (elem: Float): string => (elem === 'f32' ? 'ps' : 'pd');

/** `#if` arms, each a condition and a body, the last without condition. */
export function arms(list: readonly (readonly [string, string])[], otherwise: string): string {
  const lines: string[] = [];
  list.forEach(([condition, body], i) => {
    lines.push(`${i === 0 ? '#if' : '#elif'} ${condition}`, `  ${body}`);
  });
  if (list.length === 0) return `  ${otherwise}`;
  return [...lines, '#else', `  ${otherwise}`, '#endif'].join('\n');
}

/** A statement that fills `r` lane by lane and returns it. */
export function perLane(type: string, lanes: number, lane: string): string {
  return `${type} r; for (int i = 0; i < ${lanes}; i++) r[i] = ${lane}; return r;`;
}

export function sqrtHelper(p: Prelude, elem: Float, lanes: number): string {
  const t = p.vec(elem, lanes);
  const scalar = elem === 'f32' ? '__builtin_sqrtf' : '__builtin_sqrt';
  if (lanes === 1) return scalar;
  const name = `__builtin_ia32_sqrt${packed(elem)}`;
  const list: [string, string][] = [
    ['__has_builtin(__builtin_elementwise_sqrt)', 'return __builtin_elementwise_sqrt(a);'],
  ];
  const width = x86Width(elem, lanes);
  if (width === 128)
    list.push([`defined(__SSE2__) && __has_builtin(${name})`, `return ${name}(a);`]);
  if (width === 256) {
    list.push([`defined(__AVX__) && __has_builtin(${name}256)`, `return ${name}256(a);`]);
  }
  if (width === 512) {
    list.push([
      `defined(__AVX512F__) && __has_builtin(${name}512_mask)`,
      `return ${name}512_mask(a, a, -1, 4);`,
    ]);
  }
  return p.define(
    `sqrt_${t}`,
    () => `INLINE ${t} sqrt_${t}(${t} a) {\n${arms(list, perLane(t, lanes, `${scalar}(a[i])`))}\n}`,
  );
}

const C_ROUND: Record<Round, string> = {
  floor: 'floor',
  ceil: 'ceil',
  trunc: 'trunc',
  nearest: 'rint',
};
const CLANG_ROUND: Record<Round, string> = {
  floor: 'floor',
  ceil: 'ceil',
  trunc: 'trunc',
  nearest: 'roundeven',
};
const X86_ROUND: Record<Round, number> = { nearest: 8, floor: 9, ceil: 10, trunc: 11 };

export function roundHelper(p: Prelude, fn: Round, elem: Float, lanes: number): string {
  if (lanes === 1) return `__builtin_${C_ROUND[fn]}${elem === 'f32' ? 'f' : ''}`;
  const t = p.vec(elem, lanes);
  const clang = `__builtin_elementwise_${CLANG_ROUND[fn]}`;
  const list: [string, string][] = [[`__has_builtin(${clang})`, `return ${clang}(a);`]];
  const width = x86Width(elem, lanes);
  const imm = X86_ROUND[fn];
  if (width === 128 || width === 256) {
    const name = `__builtin_ia32_round${packed(elem)}${width === 256 ? '256' : ''}`;
    const guard = width === 256 ? '__AVX__' : '__SSE4_1__';
    list.push([`defined(${guard}) && __has_builtin(${name})`, `return ${name}(a, ${imm});`]);
  }
  if (width === 512) {
    const name = `__builtin_ia32_rndscale${packed(elem)}_mask`;
    list.push([
      `defined(__AVX512F__) && __has_builtin(${name})`,
      `return ${name}(a, ${imm}, a, -1, 4);`,
    ]);
  }
  return p.define(
    `${fn}_${t}`,
    () => `INLINE ${t} ${fn}_${t}(${t} a) {\n${arms(list, arithmeticRound(p, fn, elem, lanes))}\n}`,
  );
}

/** Adding and subtracting 2^23 (2^52) rounds to an even integer; the sign is put back after. */
function arithmeticRound(p: Prelude, fn: Round, elem: Float, lanes: number): string {
  const t = p.vec(elem, lanes);
  const it = p.vec(intOf(elem), lanes);
  const [sign, big, one] =
    elem === 'f32'
      ? ['(i32)0x80000000u', '8388608.0f', '1.0f']
      : ['(i64)0x8000000000000000ull', '4503599627370496.0', '1.0'];
  const start = fn === 'trunc' ? `(${t})((${it})a & ~s)` : 'a';
  const end: Record<Round, string> = {
    nearest: '',
    floor: ` n = n - (${t})((${it})(n > x) & (${it})one);`,
    trunc: ` n = n - (${t})((${it})(n > x) & (${it})one);`,
    ceil: ` n = n + (${t})((${it})(n < x) & (${it})one);`,
  };
  // Where a sign is or-ed in at the end, the result has it already or is a zero.
  const signed = fn === 'floor' ? 'n' : `(${t})((${it})n | s)`;
  return (
    `${it} sign = ${sign} - (${it}){0}, s = (${it})a & sign; ${t} one = ${one} - (${t}){0};\n` +
    `  ${t} x = ${start}, m = (${t})((${it})x & ~sign), n = (m + ${big}) - ${big};\n` +
    `  ${it} small = (${it})(m < ${big});\n` +
    `  n = (${t})((small & (${it})n) | (~small & (${it})m) | ((${it})x & sign));${end[fn]}\n` +
    `  return ${signed};`
  );
}

/**
 * a·b + c. Fused wherever the processor has it, and spelled as such: `-ffp-contract` stays off,
 * so nothing else is ever fused.
 */
export function mulAddHelper(p: Prelude, elem: Float, lanes: number): string {
  const t = p.vec(elem, lanes);
  const scalar = elem === 'f32' ? '__builtin_fmaf' : '__builtin_fma';
  const fused = `(defined(__FMA__) || defined(__FP_FAST_FMA${elem === 'f32' ? 'F' : ''}) || defined(__aarch64__))`;
  const list: [string, string][] = [];
  if (lanes === 1) {
    list.push([fused, `return ${scalar}(a, b, c);`]);
  } else {
    const clang = '__builtin_elementwise_fma';
    list.push([`${fused} && __has_builtin(${clang})`, `return ${clang}(a, b, c);`]);
    const width = x86Width(elem, lanes);
    const name = `__builtin_ia32_vfmadd${packed(elem)}`;
    if (width === 128) {
      list.push([`defined(__FMA__) && __has_builtin(${name})`, `return ${name}(a, b, c);`]);
      const arm = `__builtin_aarch64_fma${elem === 'f32' ? 'v4sf' : 'v2df'}`;
      list.push([`__has_builtin(${arm})`, `return ${arm}(a, b, c);`]);
    }
    if (width === 256) {
      list.push([`defined(__FMA__) && __has_builtin(${name}256)`, `return ${name}256(a, b, c);`]);
    }
    if (width === 512) {
      list.push([
        `defined(__AVX512F__) && __has_builtin(${name}512_mask)`,
        `return ${name}512_mask(a, b, c, -1, 4);`,
      ]);
    }
    list.push([fused, perLane(t, lanes, `${scalar}(a[i], b[i], c[i])`)]);
  }
  return p.define(
    `mulAdd_${t}`,
    () =>
      `INLINE ${t} mulAdd_${t}(${t} a, ${t} b, ${t} c) {\n${arms(list, 'return a * b + c;')}\n}`,
  );
}

/** The bits of a scalar float, and back. Vectors are cast. */
function bitsIn(
  p: Prelude,
  elem: Float,
  lanes: number,
): [(e: string) => string, (e: string) => string] {
  const t = p.vec(elem, lanes);
  const it = p.vec(intOf(elem), lanes);
  if (lanes > 1) return [(e) => `(${it})(${e})`, (e) => `(${t})(${e})`];
  const to = bitsHelper(p, elem, it);
  const from = bitsHelper(p, it, elem);
  return [(e) => `${to}(${e})`, (e) => `${from}(${e})`];
}

/** Reinterprets a scalar as another of the same size. */
export function bitsHelper(p: Prelude, from: string, to: string): string {
  return p.define(
    `bits_${from}_${to}`,
    () =>
      `INLINE ${to} bits_${from}_${to}(${from} a) ` +
      `{ ${to} r; __builtin_memcpy(&r, &a, sizeof r); return r; }`,
  );
}

/** NaN if either is NaN; the zeros are ordered, as in WebAssembly. */
export function minMaxHelper(p: Prelude, fn: 'min' | 'max', elem: Float, lanes: number): string {
  const t = p.vec(elem, lanes);
  const it = p.vec(intOf(elem), lanes);
  const pick = pickHelper(p, fn, elem, lanes);
  const [bits, float] = bitsIn(p, elem, lanes);
  // The two orders differ only for zeros of unlike sign and for NaN; or-ing keeps a NaN a NaN.
  const body =
    fn === 'min'
      ? `return ${float(`${bits('x')} | ${bits('y')}`)};`
      : `${it} d = ${bits('x')} ^ ${bits('y')}; return ${float(`${bits('x')} | d`)} - ${float('d')};`;
  return p.define(
    `${fn}_${t}`,
    () =>
      `INLINE ${t} ${fn}_${t}(${t} a, ${t} b) {\n` +
      `  ${t} x = ${pick}(a, b), y = ${pick}(b, a);\n  ${body}\n}`,
  );
}

/** a < b ? a : b (or >): x86's own minimum. */
function pickHelper(p: Prelude, fn: 'min' | 'max', elem: Float, lanes: number): string {
  const t = p.vec(elem, lanes);
  const it = p.vec(intOf(elem), lanes);
  const less = fn === 'min' ? '<' : '>';
  const list: [string, string][] = [];
  const width = lanes === 1 ? 0 : x86Width(elem, lanes);
  const name = `__builtin_ia32_${fn}${packed(elem)}`;
  if (width === 128)
    list.push([`defined(__SSE2__) && __has_builtin(${name})`, `return ${name}(a, b);`]);
  if (width === 256) {
    list.push([`defined(__AVX__) && __has_builtin(${name}256)`, `return ${name}256(a, b);`]);
  }
  if (width === 512) {
    list.push([
      `defined(__AVX512F__) && __has_builtin(${name}512_mask)`,
      `return ${name}512_mask(a, b, a, -1, 4);`,
    ]);
  }
  const otherwise =
    lanes === 1
      ? `return a ${less} b ? a : b;`
      : `${it} m = (${it})(a ${less} b); return (${t})((m & (${it})a) | (~m & (${it})b));`;
  return p.define(
    `pick_${fn}_${t}`,
    () => `INLINE ${t} pick_${fn}_${t}(${t} a, ${t} b) {\n${arms(list, otherwise)}\n}`,
  );
}

/** Truncates, saturates, and turns NaN into 0, without asking C for a conversion out of range. */
export function toIntHelper(p: Prelude, elem: Float, lanes: number): string {
  const t = p.vec(elem, lanes);
  const it = p.vec('i32', lanes);
  const end = elem === 'f32' ? '2147483648.0f' : '2147483648.0';
  const name = `${t}_to_i32`;
  if (lanes === 1) {
    return p.define(
      name,
      () =>
        `INLINE i32 ${name}(${t} a) {\n  if (a >= ${end}) return 2147483647;\n` +
        `  if (a < -${end}) return -2147483647 - 1;\n  return a != a ? 0 : (i32)a;\n}`,
    );
  }
  const wide = p.vec(intOf(elem), lanes);
  const narrow = (e: string): string =>
    wide === it ? `(${it})(${e})` : `__builtin_convertvector((${wide})(${e}), ${it})`;
  return p.define(
    name,
    () =>
      `INLINE ${it} ${name}(${t} a) {\n` +
      `  ${wide} in = (${wide})(a >= -${end}) & (${wide})(a < ${end});\n` +
      `  ${it} r = __builtin_convertvector((${t})(in & (${wide})a), ${it});\n` +
      `  return r | (${narrow(`a >= ${end}`)} & 2147483647)` +
      ` | (${narrow(`a < -${end}`)} & (-2147483647 - 1));\n}`,
  );
}
