import { arms } from './float-helpers.js';
import type { Prelude } from './prelude.js';

/**
 * Inline C functions between vectors of i32 and bytes in memory. `__builtin_convertvector` says
 * it, and clang makes one instruction of it, but gcc takes every lane apart: hence the x86
 * builtins, whose byte operand is a vector of 16 whatever the lanes.
 */

const BYTES16 = 'typedef char char16 __attribute__((vector_size(16)));';

/** Zero-extends the bytes at an address. */
export function loadBytesHelper(p: Prelude, lanes: number): string {
  const t = p.vec('i32', lanes);
  const bytes = p.unaligned('u8', lanes);
  p.vec('u8', lanes);
  const list: [string, string][] = [];
  const name = '__builtin_ia32_pmovzxbd';
  const gcc = (isa: string, fn: string, call: string): number =>
    list.push([`defined(${isa}) && !defined(__clang__) && __has_builtin(${fn})`, call]);
  if (lanes === 4) {
    const low = `(char16)(${p.vec('u32', 4)}){AT32(at)}`;
    gcc('__SSE4_1__', `${name}128`, `return ${name}128(${low});`);
  }
  if (lanes === 8) {
    const low = `(char16)(${p.vec('u64', 2)}){AT64(at)}`;
    gcc('__AVX2__', `${name}256`, `return ${name}256(${low});`);
  }
  if (lanes === 16) {
    const all = `(char16)*(const ${bytes} *)at`;
    gcc('__AVX512F__', `${name}512_mask`, `return ${name}512_mask(${all}, (${t}){0}, -1);`);
  }
  const otherwise = `return __builtin_convertvector((u8x${lanes})*(const ${bytes} *)at, ${t});`;
  return p.define(`load_u8x${lanes}`, () => {
    words(p);
    return `INLINE ${t} load_u8x${lanes}(const char *at) {\n${arms(list, otherwise)}\n}`;
  });
}

/** Stores the low byte of every lane. */
export function storeBytesHelper(p: Prelude, lanes: number): string {
  const t = p.vec('i32', lanes);
  const bytes = p.unaligned('u8', lanes);
  const narrow = p.vec('u8', lanes);
  const list: [string, string][] = [];
  const name = '__builtin_ia32_pmovdb';
  const put: Record<number, (v: string) => string> = {
    4: (v) => `AT32(at) = ((${p.vec('u32', 4)})${v})[0];`,
    8: (v) => `AT64(at) = ((${p.vec('u64', 2)})${v})[0];`,
    16: (v) => `*(${bytes} *)at = (${narrow})${v};`,
  };
  const isa = lanes === 16 ? '__AVX512F__' : '__AVX512VL__';
  const fn = `${name}${lanes * 32}_mask`;
  if (put[lanes]) {
    list.push([
      `defined(${isa}) && !defined(__clang__) && __has_builtin(${fn})`,
      put[lanes](`${fn}(v, (char16){0}, -1)`),
    ]);
  }
  if (lanes === 4 || lanes === 8) {
    const all = p.vec('u8', lanes * 4);
    // Within 128 bits at a time, as x86 shuffles bytes.
    const index = Array.from({ length: lanes * 4 }, (_, i) =>
      i % 16 < 4 ? Math.floor(i / 16) * 16 + (i % 16) * 4 : -1,
    );
    const shuffled = `${all} s = __builtin_shufflevector((${all})v, (${all})v, ${index.join(', ')});`;
    const halves = p.vec('u32', lanes);
    const second = lanes === 8 ? ` AT32(at + 4) = ((${halves})s)[4];` : '';
    list.push([
      'defined(__SSSE3__) && !defined(__clang__) && __GNUC__ >= 12',
      `${shuffled} AT32(at) = ((${halves})s)[0];${second}`,
    ]);
  }
  return p.define(`store_u8x${lanes}`, () => {
    words(p);
    const otherwise = `*(${bytes} *)at = __builtin_convertvector(v, ${narrow});`;
    return `INLINE void store_u8x${lanes}(char *at, ${t} v) {\n${arms(list, otherwise)}\n}`;
  });
}

function words(p: Prelude): void {
  p.define('char16', () => BYTES16);
  const [w32, w64] = [p.unaligned('u32', 1), p.unaligned('u64', 1)];
  p.define('AT32', () => `#define AT32(at) (*(${w32} *)(at))\n#define AT64(at) (*(${w64} *)(at))`);
}
