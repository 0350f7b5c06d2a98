import { FuncBuilder, i32 } from '../../../../src/engine/compiler/ir/builder.js';
import type { Func, Val } from '../../../../src/engine/compiler/ir/ir.js';
import { BYTES_OF } from '../../../../src/engine/compiler/ir/ir.js';
import { emitModule } from '../../../../src/engine/backends/wasm/emit.js';
import type { MathBinary, MathUnary } from '../../../../src/engine/compiler/math/index.js';
import { expandBinary, expandUnary } from '../../../../src/engine/compiler/math/index.js';
import { evaluate } from '../ir/evaluate.js';

export type MathElem = 'f32' | 'f64' | 'i32';
type Numbers = Float32Array | Float64Array | Int32Array;

/** An expansion, with its operands; a second operand may be one constant. */
export type MathCall =
  | { readonly op: MathUnary; readonly x: ArrayLike<number> }
  | {
      readonly op: MathBinary | 'div';
      readonly x: ArrayLike<number>;
      readonly y: ArrayLike<number> | number;
    };

export interface Options {
  readonly elem: MathElem;
  readonly lanes: 1 | 4;
  /** The evaluator of the tests, instead of WebAssembly. */
  readonly evaluator?: boolean;
}

const ARRAYS = { f32: Float32Array, f64: Float64Array, i32: Int32Array };

/** A function of (x, y, out, count), addresses and a number of elements, that applies the call. */
function kernel(call: MathCall, { elem, lanes }: Options): Func {
  const b = new FuncBuilder('kernel');
  const [x, y, out, count] = [b.param('x'), b.param('y'), b.param('out'), b.param('count')];
  b.for(i32(0), count, lanes, (i) => {
    const at = b.mul(i, i32(BYTES_OF[elem]));
    const load = (from: Val): Val => b.load(elem, lanes, b.add(from, at));
    b.store(
      elem,
      b.add(out, at),
      expand(b, call, load(x), () => load(y)),
    );
  });
  return b.finish(true);
}

function expand(b: FuncBuilder, call: MathCall, x: Val, y: () => Val): Val {
  if (!('y' in call)) return expandUnary(b, call.op, x);
  const { op } = call;
  const second: Val = typeof call.y === 'number' ? { kind: 'const', ty: x.ty, value: call.y } : y();
  return op === 'div' ? b.div(x, second) : expandBinary(b, op, x, second);
}

/** The results of the expansion of `call`. */
export function applyMath(call: MathCall, options: Options): Numbers {
  const { elem, lanes } = options;
  const { length } = call.x;
  const padded = Math.ceil(length / lanes) * lanes;
  const size = padded * BYTES_OF[elem];
  const pages = Math.ceil((3 * size) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages });
  const view = (k: number): Numbers => new ARRAYS[elem](memory.buffer, k * size, padded);
  view(0).set(call.x);
  if ('y' in call && typeof call.y !== 'number') view(1).set(call.y);
  const module = { functions: [kernel(call, options)] };
  const args = [0, size, 2 * size, padded];
  if (options.evaluator) evaluate(module, 'kernel', memory.buffer, args);
  else {
    const limits = { sharedMemory: false, initialPages: pages, maxPages: pages };
    const bytes = emitModule(module, { ...limits, relaxedSimd: false });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    (instance.exports['kernel'] as (...args: number[]) => void)(...args);
  }
  return view(2).slice(0, length);
}

/** The number of `let` statements of an expansion outside its branches: its operations. */
export function countOps(op: MathUnary): number {
  const b = new FuncBuilder('count');
  expandUnary(b, op, b.load('f32', 4, i32(0)));
  return b.finish().body.filter((s) => s.kind === 'let').length - 1;
}
