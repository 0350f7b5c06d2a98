import { FuncBuilder, i32 } from '../../../src/engine/compiler/ir/builder.js';
import type { Func, MemElem, Val } from '../../../src/engine/compiler/ir/ir.js';
import { BYTES_OF } from '../../../src/engine/compiler/ir/ir.js';

/**
 * One small kernel per operation of the loop IR, with what plain JavaScript says it computes, for
 * the tests of every code generator. A kernel walks over its inputs `lanes` elements at a time.
 */
export interface IrCase {
  readonly name: string;
  /** Of equal length, a multiple of 16. */
  readonly inputs: readonly Column[];
  readonly output: MemElem;
  /** 64-bit lanes: half as many fit a register. */
  readonly wide: boolean;
  /** Words of an f64 exist as scalars only. */
  readonly scalarOnly?: boolean;
  build(f: FuncBuilder, args: readonly Val[], lanes: number): Val;
  /** What one step gives, from the `lanes` elements of each input. */
  expect(inputs: readonly (readonly number[])[], lanes: number): number[];
}

export interface Column {
  readonly mem: MemElem;
  readonly values: readonly number[];
}

/** Lanes of the case in registers of so many bytes; 0 bytes stand for scalar code. */
export function lanesOf(c: IrCase, vectorBytes: number): number {
  return vectorBytes === 0 || c.scalarOnly ? 1 : vectorBytes / (c.wide ? 8 : 4);
}

/** The kernel: parameters are the inputs' addresses, the output's, and the number of elements. */
export function caseFunction(c: IrCase, lanes: number): Func {
  const f = new FuncBuilder(c.name);
  const bases = c.inputs.map((_, i) => f.param(`in${i}`));
  const out = f.param('out');
  const n = f.param('n');
  f.for(i32(0), n, lanes, (i) => {
    const args = c.inputs.map(({ mem }, k) =>
      f.load(mem, lanes, f.add(bases[k]!, f.mul(i, i32(BYTES_OF[mem])))),
    );
    const value = c.build(f, args, lanes);
    f.store(c.output, f.add(out, f.mul(i, i32(BYTES_OF[c.output]))), value);
  });
  return f.finish(true);
}

/** Runs the kernel in `buffer` and returns what is wrong with its output, at most a few lines. */
export function checkCase(
  c: IrCase,
  lanes: number,
  buffer: ArrayBufferLike,
  kernel: (...args: number[]) => void,
): string[] {
  const view = new DataView(buffer);
  const n = c.inputs[0]!.values.length;
  // Every array begins one element past a multiple of 64: vectors need no alignment.
  let end = 64;
  const place = (mem: MemElem): number => {
    const at = end + BYTES_OF[mem];
    end = Math.ceil((at + n * BYTES_OF[mem]) / 64) * 64;
    return at;
  };
  const addresses = c.inputs.map(({ mem, values }) => {
    const at = place(mem);
    values.forEach((v, i) => write(view, mem, at + i * BYTES_OF[mem], v));
    return at;
  });
  const out = place(c.output);
  kernel(...addresses, out, n);
  const wrong: string[] = [];
  for (let i = 0; i < n && wrong.length < 5; i += lanes) {
    const inputs = c.inputs.map(({ values }) => values.slice(i, i + lanes));
    c.expect(inputs, lanes).forEach((expected, lane) => {
      const got = read(view, c.output, out + (i + lane) * BYTES_OF[c.output]);
      if (Object.is(got, expected)) return;
      const operands = inputs.map((x) => x.map(show).join(' ')).join(' | ');
      wrong.push(`lane ${lane} of (${operands}): ${show(got)}, expected ${show(expected)}`);
    });
  }
  return wrong;
}

const show = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));

function read(view: DataView, mem: MemElem, at: number): number {
  if (mem === 'f32') return view.getFloat32(at, true);
  if (mem === 'f64') return view.getFloat64(at, true);
  return mem === 'i32' ? view.getInt32(at, true) : view.getUint8(at);
}

function write(view: DataView, mem: MemElem, at: number, value: number): void {
  if (mem === 'f32') view.setFloat32(at, value, true);
  else if (mem === 'f64') view.setFloat64(at, value, true);
  else if (mem === 'i32') view.setInt32(at, value, true);
  else view.setUint8(at, value);
}
