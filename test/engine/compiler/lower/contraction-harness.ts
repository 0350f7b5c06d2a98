import { emitModule } from '../../../../src/engine/backends/wasm/emit.js';
import { type FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import {
  BYTES_OF,
  type Func,
  type Target,
  type Val,
} from '../../../../src/engine/compiler/ir/ir.js';
import type {
  Contraction,
  Epilogue,
  LoweredContraction,
  PaddedAxis,
} from '../../../../src/engine/compiler/lower/contraction.js';

export const WASM_TARGET: Target = {
  name: 'wasm',
  vectorBytes: 16,
  tile: { rows: 4, vectors: 2 },
};

/** Words of the parameter row. */
export const WORDS = { a: 0, b: 1, workspace: 2 };
const OUT_WORD = 3;
const CANARY = 0x5a;
const PAGE = 65536;

export type Numbers = Float32Array | Float64Array | Int32Array;

const ARRAY = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;

/** Elements that an operand spans. */
export function span(extents: readonly number[], strides: readonly number[]): number {
  if (extents.some((e) => e === 0)) return 0;
  return extents.reduce((last, e, i) => last + (e - 1) * strides[i]!, 1);
}

/** Extents and strides of all dimensions of k. */
function kDims(c: Contraction): Record<'extents' | 'a' | 'b', number[]> {
  const outer = c.outerK.map((d) => d.extent);
  const inner =
    c.k /
    Math.max(
      1,
      outer.reduce((n, e) => n * e, 1),
    );
  return {
    extents: [...outer, inner],
    a: [...c.outerK.map((d) => d.a), c.a.k],
    b: [...c.outerK.map((d) => d.b), c.b.k],
  };
}

/** Whether product k of batch index `i` is there, and not beside a padded axis. */
function isThere(c: Contraction, padded: PaddedAxis, i: number, k: number): boolean {
  const inner = c.batch.slice(padded.batch + 1).reduce((n, d) => n * d.extent, 1);
  const p = Math.floor(i / inner) % c.batch[padded.batch]!.extent;
  const { extents } = kDims(c);
  const below = extents.slice(2).reduce((n, e) => n * e, 1);
  const tap = Math.floor(k / below) % extents[1]!;
  const at = padded.stride * p + padded.dilation * tap - padded.low;
  return at >= 0 && at < padded.extent;
}

/** Where each k lies in A and B. */
function kOffsets(c: Contraction): { a: number; b: number }[] {
  const { extents, a, b } = kDims(c);
  let places = [{ a: 0, b: 0 }];
  extents.forEach((extent, d) => {
    places = places.flatMap((p) => {
      return Array.from({ length: extent }, (_, i) => ({ a: p.a + i * a[d]!, b: p.b + i * b[d]! }));
    });
  });
  return places;
}

export function operandSpans(c: Contraction): { a: number; b: number } {
  const batch = c.batch.map((d) => d.extent);
  const k = kDims(c);
  if (c.m === 0 || c.k === 0 || batch.includes(0)) return { a: 0, b: 0 };
  return {
    a:
      span([...batch, 1, ...k.extents], [...c.batch.map((d) => d.aStride), 0, ...k.a]) +
      (c.a.rows ? Math.max(...c.a.rows) : (c.m - 1) * c.a.m),
    b: span([...batch, ...k.extents, c.n], [...c.batch.map((d) => d.bStride), ...k.b, c.b.n]),
  };
}

/** out = sums + the row number, stored contiguously as [batch…, m, n]. */
export function storeEpilogue(c: Contraction): Epilogue {
  return (b: FuncBuilder, p: Val, index, sums: Val) => {
    const out = b.load('i32', 1, p, 4 * OUT_WORD);
    let at: Val = i32(0);
    c.batch.forEach((d, i) => {
      at = b.add(b.mul(at, i32(d.extent)), index.batch[i]!);
    });
    at = b.add(b.mul(at, i32(c.m)), index.m);
    at = b.add(b.mul(at, i32(c.n)), index.n);
    const offset = b.splat(b.convert(c.elem, index.m), index.lanes);
    b.store(c.elem, b.add(out, b.mul(at, i32(BYTES_OF[c.elem]))), b.add(sums, offset));
  };
}

/**
 * What the kernel must give to the bit: for every output one chain over ascending k from 0, each
 * operation rounded; or `chains` of them over every so manieth k, added in halves.
 */
export function reference(c: Contraction, a: Numbers, b: Numbers, chains = 1): Numbers {
  const batch = c.batch.reduce((n, d) => n * d.extent, 1);
  const out = new ARRAY[c.elem](batch * c.m * c.n);
  const round = c.elem === 'f32' ? Math.fround : (x: number): number => x;
  const times = c.elem === 'i32' ? Math.imul : (x: number, y: number): number => round(x * y);
  const plus =
    c.elem === 'i32'
      ? (x: number, y: number): number => (x + y) | 0
      : (x: number, y: number): number => round(x + y);
  let at = 0;
  const offsets = kOffsets(c);
  for (let i = 0; i < batch; i++) {
    let [rest, a0, b0] = [i, 0, 0];
    for (const d of [...c.batch].reverse()) {
      const index = rest % d.extent;
      rest = (rest - index) / d.extent;
      a0 += index * d.aStride;
      b0 += index * d.bStride;
    }
    for (let m = 0; m < c.m; m++) {
      for (let n = 0; n < c.n; n++) {
        const sums = Array<number>(chains).fill(0);
        for (let k = 0; k < c.k; k++) {
          if (c.padded && !isThere(c, c.padded, i, k)) continue;
          const from = offsets[k]!;
          const product = times(
            a[a0 + (c.a.rows?.[m] ?? m * c.a.m) + from.a]!,
            b[b0 + from.b + n * c.b.n]!,
          );
          sums[k % chains] = plus(sums[k % chains]!, product);
        }
        for (let half = chains / 2; half >= 1; half /= 2) {
          for (let i = 0; i < half; i++) sums[i] = plus(sums[i]!, sums[i + half]!);
        }
        out[at++] = plus(sums[0]!, m);
      }
    }
  }
  return out;
}

/** Fills operands with numbers of many magnitudes, or with small whole ones. */
export function drawOperands(c: Contraction, seed: number, whole = false): Operands {
  let state = seed * 2654435761 + 12345;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24 - 0.5;
  };
  const spans = operandSpans(c);
  const fill = (count: number): Numbers => {
    const array = new ARRAY[c.elem](count);
    const scale = c.elem === 'i32' ? 2 ** 32 : 2;
    for (let i = 0; i < count; i++) array[i] = whole ? Math.round(16 * next()) : next() * scale;
    return array;
  };
  return { a: fill(spans.a), b: fill(spans.b) };
}

export interface Operands {
  readonly a: Numbers;
  readonly b: Numbers;
}

/** Makes a module's kernels callable on a memory. */
export type Compile = (
  functions: readonly Func[],
  memory: WebAssembly.Memory,
) => Record<string, (p: number, lo: number, hi: number) => unknown>;

export const compileWasm: Compile = (functions, memory) => {
  const pages = memory.buffer.byteLength / PAGE;
  const options = { sharedMemory: false, initialPages: pages, maxPages: pages, relaxedSimd: false };
  const module = new WebAssembly.Module(emitModule({ functions }, options));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as ReturnType<Compile>;
};

export interface Prepared {
  readonly out: Numbers;
  /** Runs stage after stage, each in that many ranges. */
  run(pieces: number): void;
  /** True where nothing but the output and the workspace was written. */
  intact(): boolean;
  /** The bytes of an overwritten workspace that a range of the last stage writes. */
  scratchOf(lo: number, hi: number): number[];
}

/** Lays the operands out, `last` at the very end of the memory, and compiles. */
export function prepare(
  c: Contraction,
  lowered: LoweredContraction,
  values: Operands,
  last: 'a' | 'b',
  compile: Compile = compileWasm,
): Prepared {
  const bytes = BYTES_OF[c.elem];
  const outCount = c.batch.reduce((n, d) => n * d.extent, 1) * c.m * c.n;
  let end = 256;
  const place = (size: number): number => {
    const at = end;
    end = Math.ceil((end + size) / 64) * 64 + 64;
    return at;
  };
  const first = last === 'a' ? 'b' : 'a';
  const out = place(outCount * bytes);
  const workspace = place(lowered.workspaceBytes);
  const firstAt = place(values[first].byteLength);
  const pages = Math.ceil((end + values[last].byteLength) / PAGE);
  const lastAt = pages * PAGE - values[last].byteLength;
  const memory = new WebAssembly.Memory({ initial: pages });
  const raw = new Uint8Array(memory.buffer).fill(CANARY);
  for (const [name, at] of [[first, firstAt] as const, [last, lastAt] as const]) {
    const { buffer, byteOffset, byteLength } = values[name];
    raw.set(new Uint8Array(buffer, byteOffset, byteLength), at);
  }
  const row = 64;
  const words = new Int32Array(memory.buffer, row, 4);
  words[WORDS[first]] = firstAt;
  words[WORDS[last]] = lastAt;
  words[WORDS.workspace] = workspace;
  words[OUT_WORD] = out;
  const before = raw.slice();
  const kernels = compile(lowered.functions, memory);
  return {
    out: new ARRAY[c.elem](memory.buffer, out, outCount),
    run(pieces) {
      for (const { entry, extent } of lowered.stages) {
        for (let i = 0; i < pieces; i++) {
          const lo = Math.floor((extent * i) / pieces);
          const hi = Math.floor((extent * (i + 1)) / pieces);
          if (lo < hi) kernels[entry]!(row, lo, hi);
        }
      }
    },
    intact() {
      const now = raw.slice();
      const forgive = (at: number, size: number): void => {
        now.set(before.subarray(at, at + size), at);
      };
      forgive(out, outCount * bytes);
      forgive(workspace, lowered.workspaceBytes);
      return Buffer.compare(now, before) === 0;
    },
    scratchOf(lo, hi) {
      const scratch = raw.subarray(workspace, workspace + lowered.workspaceBytes).fill(CANARY);
      kernels[lowered.stages[lowered.stages.length - 1]!.entry]!(row, lo, hi);
      return [...scratch.keys()].filter((i) => scratch[i] !== CANARY);
    },
  };
}

/** The first element that is not the same to the bit. */
export function firstDifference(x: Numbers, y: Numbers): string | undefined {
  for (let i = 0; i < y.length; i++) {
    if (!Object.is(x[i], y[i])) return `at ${i}: ${x[i]} for ${y[i]}`;
  }
  return undefined;
}

export type Layout = 'NN' | 'NT' | 'TN' | 'TT';

export const LAYOUTS: readonly Layout[] = ['NN', 'NT', 'TN', 'TT'];

/** Matrices that lie row by row (N) or column by column (T), `padding` elements between rows. */
export function matrices(
  [m, n, k]: readonly [number, number, number],
  layout: Layout,
  more: Partial<Contraction> = {},
  padding = 0,
): Contraction {
  const a = layout[0] === 'N' ? { m: k + padding, k: 1 } : { m: 1, k: m + padding };
  const b = layout[1] === 'N' ? { k: n + padding, n: 1 } : { k: 1, n: k + padding };
  return { elem: 'f32', batch: [], m, n, k, outerK: [], a, b, words: WORDS, ...more };
}
