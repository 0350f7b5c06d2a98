import { emitModule } from '../../../../src/engine/backends/wasm/emit.js';
import { type FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import { BYTES_OF, type Target, type Val } from '../../../../src/engine/compiler/ir/ir.js';
import type {
  Contraction,
  Epilogue,
  LoweredContraction,
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

export function operandSpans(c: Contraction): { a: number; b: number } {
  const batch = c.batch.map((d) => d.extent);
  return {
    a: span([...batch, c.m, c.k], [...c.batch.map((d) => d.aStride), c.a.m, c.a.k]),
    b: span([...batch, c.k, c.n], [...c.batch.map((d) => d.bStride), c.b.k, c.b.n]),
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

/** What the kernel must give to the bit: ascending chains, each operation rounded. */
export function reference(c: Contraction, a: Numbers, b: Numbers): Numbers {
  const batch = c.batch.reduce((n, d) => n * d.extent, 1);
  const out = new ARRAY[c.elem](batch * c.m * c.n);
  const round = c.elem === 'f32' ? Math.fround : (x: number): number => x;
  const times = c.elem === 'i32' ? Math.imul : (x: number, y: number): number => round(x * y);
  const plus =
    c.elem === 'i32'
      ? (x: number, y: number): number => (x + y) | 0
      : (x: number, y: number): number => round(x + y);
  let at = 0;
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
        let sum = 0;
        for (let k = 0; k < c.k; k++) {
          sum = plus(sum, times(a[a0 + m * c.a.m + k * c.a.k]!, b[b0 + k * c.b.k + n * c.b.n]!));
        }
        out[at++] = plus(sum, m);
      }
    }
  }
  return out;
}

export interface Prepared {
  readonly out: Numbers;
  /** Runs stages in ranges: a stage's extent is cut into that many pieces. */
  run(pieces: number): void;
  /** True where nothing but the output and the workspace was written. */
  intact(): boolean;
}

/** Lays the operands out, one of them at the very end of the memory, and compiles. */
export function prepare(
  c: Contraction,
  lowered: LoweredContraction,
  values: { a: Numbers; b: Numbers },
  last: 'a' | 'b',
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
  const address = {
    out: place(outCount * bytes),
    workspace: place(lowered.workspaceBytes),
    [first]: place(values[first].byteLength),
  } as Record<'out' | 'workspace' | 'a' | 'b', number>;
  const pages = Math.ceil((end + values[last].byteLength) / PAGE);
  address[last] = pages * PAGE - values[last].byteLength;
  const memory = new WebAssembly.Memory({ initial: pages });
  const raw = new Uint8Array(memory.buffer).fill(CANARY);
  const write = (name: 'a' | 'b'): void => {
    const v = values[name];
    raw.set(new Uint8Array(v.buffer, v.byteOffset, v.byteLength), address[name]);
  };
  write('a');
  write('b');
  const row = 64;
  const words = new Int32Array(memory.buffer, row, 4);
  words[WORDS.a] = address.a;
  words[WORDS.b] = address.b;
  words[WORDS.workspace] = address.workspace;
  words[OUT_WORD] = address.out;
  const before = raw.slice();
  const module = emitModule(
    { functions: lowered.functions },
    { sharedMemory: false, initialPages: pages, maxPages: pages, relaxedSimd: false },
  );
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } });
  type Kernel = (p: number, lo: number, hi: number) => void;
  const kernels = lowered.stages.map((s) => ({
    run: instance.exports[s.entry] as unknown as Kernel,
    extent: s.extent,
  }));
  return {
    out: new ARRAY[c.elem](memory.buffer, address.out, outCount),
    run(pieces) {
      for (const { run, extent } of kernels) {
        for (let i = 0; i < pieces; i++) {
          const lo = Math.floor((extent * i) / pieces);
          const hi = Math.floor((extent * (i + 1)) / pieces);
          if (lo < hi) run(row, lo, hi);
        }
      }
    },
    intact() {
      const now = raw.slice();
      const skip = (at: number, size: number): void =>
        void now.set(before.subarray(at, at + size), at);
      skip(address.out, outCount * bytes);
      skip(address.workspace, lowered.workspaceBytes);
      return Buffer.compare(now, before) === 0;
    },
  };
}
