import { arms, perLane } from './float-helpers.js';
import type { CElem, Prelude } from './prelude.js';
import { intOf } from './prelude.js';

/** Inline C functions for integers, masks and lanes. */

/** Division and remainder: by zero 0, and MIN / -1 = MIN without a trap. */
export function divHelper(p: Prelude, fn: 'div' | 'rem', lanes: number): string {
  const op = fn === 'div' ? '/' : '%';
  const byMinusOne = fn === 'div' ? '-a' : '0';
  const scalar = p.define(
    `${fn}_i32`,
    () =>
      `INLINE i32 ${fn}_i32(i32 a, i32 b) ` +
      `{ return b == 0 ? 0 : b == -1 ? ${byMinusOne} : a ${op} b; }`,
  );
  if (lanes === 1) return scalar;
  const t = p.vec('i32', lanes);
  return p.define(
    `${fn}_${t}`,
    () =>
      `INLINE ${t} ${fn}_${t}(${t} a, ${t} b) { ${perLane(t, lanes, `${scalar}(a[i], b[i])`)} }`,
  );
}

/** The high word of the unsigned 64-bit product: even and odd lanes apart, as x86 multiplies. */
export function mulHiHelper(p: Prelude, lanes: number): string {
  if (lanes === 1) {
    return p.define(
      'mulHiU_i32',
      () => `INLINE i32 mulHiU_i32(i32 a, i32 b) { return (i32)((u64)(u32)a * (u32)b >> 32); }`,
    );
  }
  const t = p.vec('i32', lanes);
  const w = p.vec('u64', lanes / 2);
  const low = `pmuludq_${t}`;
  p.define(low, () => {
    const s = p.vec('i64', lanes / 2);
    const name = '__builtin_ia32_pmuludq';
    const list: [string, string][] = [];
    const gcc = (isa: string, fn: string, call: string): number =>
      list.push([`defined(${isa}) && !defined(__clang__) && __has_builtin(${fn})`, call]);
    if (lanes === 4) gcc('__SSE2__', `${name}128`, `return (${w})${name}128(a, b);`);
    if (lanes === 8) gcc('__AVX2__', `${name}256`, `return (${w})${name}256(a, b);`);
    if (lanes === 16) {
      gcc('__AVX512F__', `${name}512_mask`, `return (${w})${name}512_mask(a, b, (${s})a, -1);`);
    }
    const otherwise = `return ((${w})a & 0xffffffffull) * ((${w})b & 0xffffffffull);`;
    return `INLINE ${w} ${low}(${t} a, ${t} b) {\n${arms(list, otherwise)}\n}`;
  });
  return p.define(
    `mulHiU_${t}`,
    () =>
      `INLINE ${t} mulHiU_${t}(${t} a, ${t} b) {\n` +
      `  ${w} even = ${low}(a, b);\n` +
      `  ${w} odd = ${low}((${t})((${w})a >> 32), (${t})((${w})b >> 32));\n` +
      `  return (${t})((even >> 32) | (odd & 0xffffffff00000000ull));\n}`,
  );
}

/** Lanes of `a` where the mask is set, else of `b`. */
export function selectHelper(p: Prelude, elem: CElem, lanes: number): string {
  const t = p.vec(elem, lanes);
  const m = p.vec(intOf(elem), lanes);
  return p.define(
    `select_${t}`,
    () =>
      `INLINE ${t} select_${t}(${m} m, ${t} a, ${t} b) ` +
      `{ return (${t})((m & (${m})a) | (~m & (${m})b)); }`,
  );
}

/** All lanes the same scalar. */
export function splatHelper(p: Prelude, elem: CElem, lanes: number): string {
  const t = p.vec(elem, lanes);
  const all = new Array<string>(lanes).fill('a').join(', ');
  return p.define(
    `splat_${t}`,
    () => `INLINE ${t} splat_${t}(${elem} a) { return (${t}){${all}}; }`,
  );
}

/** Lanes of the two operands put together: gcc has its own spelling before version 12. */
export function shuffleHelper(p: Prelude): string {
  return p.define(
    'SHUFFLE',
    () =>
      '#if defined(__clang__) || __GNUC__ >= 12\n' +
      '#define SHUFFLE(T, a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)\n' +
      '#else\n' +
      '#define SHUFFLE(T, a, b, ...) __builtin_shuffle(a, b, (T){__VA_ARGS__})\n' +
      '#endif',
  );
}

/**
 * All threads meet. The words at `addr`: arrivals, generation, abort. The lowest bit of the
 * generation says that somebody sleeps on it, so that the last to arrive calls the kernel only
 * then. A thread looks for 5 µs, then yields its core between looks for about half a millisecond,
 * since the one it waits for may be waiting for that very core; then it sleeps. Sleepers wake now
 * and then to look at the abort word. Returns 1 on abort: the caller returns to JavaScript, and the
 * arrivals are then whoever resets the program's to clear.
 */
export function barrierHelper(p: Prelude): string {
  return p.define('gradus_barrier', () => BARRIER);
}

const BARRIER = `extern int sched_yield(void);
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
extern long syscall(long number, ...);
#ifdef __x86_64__
#define SYS_FUTEX 202
#else
#define SYS_FUTEX 98
#endif
static void gradus_sleep(u32 *word, u32 seen) {
  struct { long seconds, nanoseconds; } limit = {0, 20000000};
  syscall(SYS_FUTEX, word, 128, seen, &limit, (void *)0, 0);
}
static void gradus_wake(u32 *word) {
  syscall(SYS_FUTEX, word, 129, 2147483647, (void *)0, (void *)0, 0);
}
#else
static void gradus_sleep(u32 *word, u32 seen) { (void)word; (void)seen; sched_yield(); }
static void gradus_wake(u32 *word) { (void)word; }
#endif
INLINE void gradus_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
static __attribute__((noinline)) int gradus_barrier(char *mem, i32 addr, i32 threads) {
  u32 *words = (u32 *)(mem + (u64)(u32)addr), *generation = words + 1, *abort = words + 2;
  if (threads <= 1) return 0;
  u32 seen = __atomic_load_n(generation, __ATOMIC_ACQUIRE) & ~1u;
  if (__atomic_add_fetch(words, 1, __ATOMIC_ACQ_REL) == (u32)threads) {
    __atomic_store_n(words, 0, __ATOMIC_RELAXED);
    if (__atomic_exchange_n(generation, seen + 2, __ATOMIC_ACQ_REL) & 1) gradus_wake(generation);
    return __atomic_load_n(abort, __ATOMIC_RELAXED) != 0;
  }
  for (i32 spins = 0;; spins++) {
    u32 now = __atomic_load_n(generation, __ATOMIC_ACQUIRE);
    if (__atomic_load_n(abort, __ATOMIC_RELAXED)) return 1;
    if ((now & ~1u) != seen) return 0;
    if (spins < 200) gradus_pause();
    else if (spins < 1200) sched_yield();
    else if (now & 1) gradus_sleep(generation, now);
    else __atomic_compare_exchange_n(generation, &now, now | 1, 0, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED);
  }
}`;
