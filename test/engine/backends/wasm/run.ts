import { FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import {
  BYTES_OF,
  type Func,
  type MemElem,
  type Module,
  type Val,
} from '../../../../src/engine/compiler/ir/ir.js';
import { emitModule } from '../../../../src/engine/backends/wasm/emit.js';

export type Exports = Record<string, (...args: number[]) => void>;

export interface Instance {
  readonly exports: Exports;
  readonly memory: WebAssembly.Memory;
  readonly view: DataView;
}

const PAGES = 16;

/** Prints, compiles and instantiates functions on a fresh memory. */
export function instantiate(functions: readonly Func[], relaxedSimd = false): Instance {
  const module: Module = { functions };
  const options = { sharedMemory: false, initialPages: 1, maxPages: PAGES, relaxedSimd };
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(emitModule(module, options)), {
    env: { memory },
  });
  return {
    exports: instance.exports as Exports,
    memory,
    view: new DataView(memory.buffer),
  };
}

export function write(view: DataView, mem: MemElem, at: number, value: number): void {
  if (mem === 'f32') view.setFloat32(at, value, true);
  else if (mem === 'f64') view.setFloat64(at, value, true);
  else if (mem === 'i32') view.setInt32(at, value, true);
  else view.setUint8(at, value);
}

export function read(view: DataView, mem: MemElem, at: number): number {
  if (mem === 'f32') return view.getFloat32(at, true);
  if (mem === 'f64') return view.getFloat64(at, true);
  return mem === 'i32' ? view.getInt32(at, true) : view.getUint8(at);
}

export interface Elementwise {
  readonly inputs: readonly MemElem[];
  readonly output: MemElem;
  readonly lanes: number;
  readonly relaxedSimd?: boolean;
  build(f: FuncBuilder, args: readonly Val[]): Val;
}

/** Applies an operation to columns of values: element i of the result is that of row i. */
export function apply(op: Elementwise, columns: readonly (readonly number[])[]): number[] {
  const f = new FuncBuilder('apply');
  const bases = op.inputs.map((_, k) => f.param(`in${k}`));
  const out = f.param('out');
  const count = f.param('count');
  const at = (base: Val, i: Val, mem: MemElem): Val => f.add(base, f.mul(i, i32(BYTES_OF[mem])));
  f.for(i32(0), count, op.lanes, (i) => {
    const args = op.inputs.map((mem, k) => f.load(mem, op.lanes, at(bases[k]!, i, mem)));
    f.store(op.output, at(out, i, op.output), op.build(f, args));
  });
  const { exports, view } = instantiate([f.finish(true)], op.relaxedSimd);
  const n = columns[0]!.length;
  const padded = Math.ceil(n / op.lanes) * op.lanes;
  const room = padded * 8;
  columns.forEach((column, k) => {
    const mem = op.inputs[k]!;
    column.forEach((value, i) => write(view, mem, 64 + k * room + i * BYTES_OF[mem], value));
  });
  const outAt = 64 + op.inputs.length * room;
  exports['apply']!(...op.inputs.map((_, k) => 64 + k * room), outAt, padded);
  return columns[0]!.map((_, i) => read(view, op.output, outAt + i * BYTES_OF[op.output]));
}

/** All rows of a table of values, as columns. */
export function product(values: readonly number[], columns: number): number[][] {
  let rows: number[][] = [[]];
  for (let k = 0; k < columns; k++) rows = rows.flatMap((row) => values.map((v) => [...row, v]));
  return Array.from({ length: columns }, (_, k) => rows.map((row) => row[k]!));
}

const { fround } = Math;

export const F64_VALUES = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.7,
  1e-310,
  -5e-324,
  1e300,
  -1e300,
  2147483647,
  -2147483648,
  2147483648.5,
  4294967296,
  1 / 3,
  NaN,
  Infinity,
  -Infinity,
];

export const F32_VALUES = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.7,
  1e-45,
  -1.1e-38,
  3e38,
  -3e38,
  2147483520,
  -2147483648,
  2147483648,
  8388609,
  1 / 3,
  NaN,
  Infinity,
  -Infinity,
].map(fround);

export const I32_VALUES = [
  0, 1, -1, 2, -2, 3, 7, -7, 10, 255, 256, 65537, -65537, 123456789, -987654321, 2147483647,
  -2147483647, -2147483648,
];
