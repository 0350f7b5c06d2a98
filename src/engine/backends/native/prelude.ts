import type { Ty } from '../../compiler/ir/ir.js';

/** Elements of the vectors in generated C. */
export type CElem = 'f32' | 'f64' | 'i32' | 'u32' | 'i64' | 'u64' | 'u8';

const C_BYTES: Record<CElem, number> = { f32: 4, f64: 8, i32: 4, u32: 4, i64: 8, u64: 8, u8: 1 };

/** No header is included: the compiler predefines all that is needed. */
const HEADER = `typedef __UINT8_TYPE__ u8;
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
`;

/**
 * What stands before the kernels in the generated C: the typedefs and inline functions which the
 * kernels use, each once, dependencies first.
 */
export class Prelude {
  private readonly texts = new Map<string, string>();

  constructor(readonly vectorBytes: number) {}

  /** Declares `name` by the text that `make` returns, unless it is there; gives `name` back. */
  define(name: string, make: () => string): string {
    if (!this.texts.has(name)) {
      const text = make();
      this.texts.set(name, text);
    }
    return name;
  }

  /** The C type of `lanes` elements. */
  vec(elem: CElem, lanes: number): string {
    if (lanes === 1) return elem;
    const bytes = C_BYTES[elem] * lanes;
    return this.define(
      `${elem}x${lanes}`,
      () => `typedef ${elem} ${elem}x${lanes} __attribute__((vector_size(${bytes})));`,
    );
  }

  /** The same type as it may lie in memory: at any address, aliasing anything. */
  unaligned(elem: CElem, lanes: number): string {
    const name = lanes === 1 ? elem : `${elem}x${lanes}`;
    const size = lanes === 1 ? '' : `vector_size(${C_BYTES[elem] * lanes}), `;
    return this.define(
      `${name}_u`,
      () => `typedef ${elem} ${name}_u __attribute__((${size}aligned(1), may_alias));`,
    );
  }

  /**
   * Element of a vector mask. Types carry lanes only, and a register holds half as many 64-bit
   * lanes as 32-bit ones, so the lane count tells which kind was compared.
   */
  maskElem(lanes: number): 'i32' | 'i64' {
    return lanes * 8 <= this.vectorBytes ? 'i64' : 'i32';
  }

  /** The C type of a value of the IR. */
  type(ty: Ty): string {
    if (ty.elem !== 'bool') return this.vec(ty.elem, ty.lanes);
    return ty.lanes === 1 ? 'i32' : this.vec(this.maskElem(ty.lanes), ty.lanes);
  }

  text(): string {
    return [HEADER, ...this.texts.values()].join('\n') + '\n';
  }
}

/** `elem` as a signed integer of the same size, in which masks and bits are handled. */
export function intOf(elem: CElem): 'i32' | 'i64' {
  return C_BYTES[elem] === 8 ? 'i64' : 'i32';
}

/** A scalar literal of the IR's element. */
export function literal(elem: Ty['elem'], value: number): string {
  switch (elem) {
    case 'bool':
      return value !== 0 ? '1' : '0';
    case 'i32':
      return (value | 0) === -2147483648 ? '(-2147483647 - 1)' : String(value | 0);
    case 'f32':
      return floatLiteral(Math.fround(value), 'f');
    case 'f64':
      return floatLiteral(value, '');
  }
}

/** JavaScript's shortest decimal of a double reads back as that double, and as that float. */
function floatLiteral(value: number, suffix: string): string {
  if (Number.isNaN(value)) return `__builtin_nan${suffix}("")`;
  if (!Number.isFinite(value)) return `${value < 0 ? '-' : ''}__builtin_inf${suffix}()`;
  const text = Object.is(value, -0) ? '-0' : String(value);
  return (/[.e]/.test(text) ? text : `${text}.0`) + suffix;
}
