import { invariant } from '../../core/errors.js';
import { Op, type ValTypeCode } from './opcodes.js';

/** A growing byte array with the number formats of WebAssembly binaries. */
export class ByteWriter {
  private buffer = new Uint8Array(256);
  private size = 0;

  get length(): number {
    return this.size;
  }

  private reserve(extra: number): void {
    if (this.size + extra <= this.buffer.length) return;
    const next = new Uint8Array(Math.max(this.buffer.length * 2, this.size + extra));
    next.set(this.buffer.subarray(0, this.size));
    this.buffer = next;
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.size++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    this.reserve(values.length);
    this.buffer.set(values, this.size);
    this.size += values.length;
  }

  /** Overwrites a byte written earlier. */
  patch(position: number, value: number): void {
    this.buffer[position] = value;
  }

  /** Unsigned LEB128 of an integer in [0, 2^32). */
  u32(value: number): void {
    invariant(Number.isInteger(value) && value >= 0 && value < 2 ** 32, `u32 of ${value}`);
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** Signed LEB128 of an integer in [-2^31, 2^31). */
  s32(value: number): void {
    invariant((value | 0) === value, `s32 of ${value}`);
    let rest = value;
    while (rest < -0x40 || rest > 0x3f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** Signed LEB128 of an integer in [-2^63, 2^63). */
  s64(value: bigint): void {
    invariant(BigInt.asIntN(64, value) === value, `s64 of ${value}`);
    let rest = value;
    while (rest < -0x40n || rest > 0x3fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  f32(value: number): void {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value, true);
    this.bytes(new Uint8Array(view.buffer));
  }

  f64(value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, true);
    this.bytes(new Uint8Array(view.buffer));
  }

  name(text: string): void {
    const utf8 = new TextEncoder().encode(text);
    this.u32(utf8.length);
    this.bytes(utf8);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.size);
  }
}

/** The instructions of one function body. */
export class CodeWriter extends ByteWriter {
  private setEnd = -1;
  private setStart = -1;
  private setIndex = -1;

  op(code: number): void {
    if (code <= 0xff) {
      this.byte(code);
    } else {
      this.byte(code >>> 16);
      this.u32(code & 0xffff);
    }
  }

  localGet(index: number): void {
    if (this.setEnd === this.length && this.setIndex === index) {
      this.patch(this.setStart, Op.localTee); // set directly followed by get
      this.setEnd = -1;
      return;
    }
    this.op(Op.localGet);
    this.u32(index);
  }

  localSet(index: number): void {
    this.setStart = this.length;
    this.op(Op.localSet);
    this.u32(index);
    this.setEnd = this.length;
    this.setIndex = index;
  }

  i32Const(value: number): void {
    this.op(Op.i32Const);
    this.s32(value);
  }

  i64Const(value: bigint): void {
    this.op(Op.i64Const);
    this.s64(value);
  }

  f32Const(value: number): void {
    this.op(Op.f32Const);
    this.f32(value);
  }

  f64Const(value: number): void {
    this.op(Op.f64Const);
    this.f64(value);
  }

  v128Const(bytes: Uint8Array): void {
    invariant(bytes.length === 16, `v128.const of ${bytes.length} bytes`);
    this.op(Op.v128Const);
    this.bytes(bytes);
  }

  /** A load or store: `align` is the logarithm of the alignment hint. */
  memory(code: number, align: number, offset: number): void {
    this.op(code);
    this.u32(align);
    this.u32(offset);
  }

  block(code: number, type: number): void {
    this.op(code);
    this.byte(type);
  }

  branch(code: number, depth: number): void {
    this.op(code);
    this.u32(depth);
  }

  call(index: number): void {
    this.op(Op.call);
    this.u32(index);
  }
}

export interface WasmFunction {
  readonly params: readonly ValTypeCode[];
  readonly results: readonly ValTypeCode[];
  /** Types of the locals after the parameters. */
  readonly locals: readonly ValTypeCode[];
  /** The instructions, without the final `end`. */
  readonly code: Uint8Array;
  readonly exportName?: string;
}

export interface WasmMemory {
  readonly shared: boolean;
  readonly initialPages: number;
  /** Needed when the memory is shared; otherwise may be left out, and any memory fits. */
  readonly maxPages?: number;
}

const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

/** Puts a module together whose memory is the import ("env", "memory"). */
export function assembleModule(
  memory: WasmMemory | undefined,
  functions: readonly WasmFunction[],
): Uint8Array<ArrayBuffer> {
  const types = new Map<string, number>();
  const typeOf = functions.map((f) => {
    const key = `${f.params.join()}:${f.results.join()}`;
    const index = types.get(key) ?? types.size;
    types.set(key, index);
    return index;
  });
  const out = new ByteWriter();
  out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  writeVector(out, SECTION.type, [...types.keys()], (w, key) => {
    const [params, results] = key.split(':').map((s) => (s === '' ? [] : s.split(',').map(Number)));
    w.byte(0x60);
    w.u32(params!.length);
    w.bytes(params!);
    w.u32(results!.length);
    w.bytes(results!);
  });
  if (memory) writeVector(out, SECTION.import, [memory], writeMemoryImport);
  writeVector(out, SECTION.function, typeOf, (w, index) => w.u32(index));
  const exported = functions.flatMap((f, index) =>
    f.exportName === undefined ? [] : [{ name: f.exportName, index }],
  );
  writeVector(out, SECTION.export, exported, (w, item) => {
    w.name(item.name);
    w.byte(0x00);
    w.u32(item.index);
  });
  writeVector(out, SECTION.code, functions, (w, f) => {
    const body = new ByteWriter();
    writeLocals(body, f.locals);
    body.bytes(f.code);
    body.byte(Op.end);
    w.u32(body.length);
    w.bytes(body.finish());
  });
  return out.finish();
}

function writeVector<T>(
  out: ByteWriter,
  id: number,
  items: readonly T[],
  write: (w: ByteWriter, item: T) => void,
): void {
  if (items.length === 0) return;
  const w = new ByteWriter();
  w.u32(items.length);
  for (const item of items) write(w, item);
  out.byte(id);
  out.u32(w.length);
  out.bytes(w.finish());
}

function writeMemoryImport(w: ByteWriter, memory: WasmMemory): void {
  const { shared, initialPages, maxPages } = memory;
  invariant(!shared || maxPages !== undefined, 'a shared memory needs a maximum');
  w.name('env');
  w.name('memory');
  w.byte(0x02);
  w.byte((shared ? 2 : 0) | (maxPages === undefined ? 0 : 1));
  w.u32(initialPages);
  if (maxPages !== undefined) w.u32(maxPages);
}

/** Locals are declared as runs of equal types. */
function writeLocals(w: ByteWriter, locals: readonly ValTypeCode[]): void {
  const runs: { type: ValTypeCode; count: number }[] = [];
  for (const type of locals) {
    const last = runs[runs.length - 1];
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  w.u32(runs.length);
  for (const run of runs) {
    w.u32(run.count);
    w.byte(run.type);
  }
}
