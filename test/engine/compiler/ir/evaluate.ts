import { InternalError } from '../../../../src/engine/core/errors.js';
import { saturateToI32 } from '../../../../src/engine/core/dtype.js';
import type {
  BinOp,
  CmpOp,
  Elem,
  Expr,
  Func,
  MemElem,
  Module,
  Stmt,
  Ty,
  UnOp,
  Val,
} from '../../../../src/engine/compiler/ir/ir.js';
import { BYTES_OF, formatTy } from '../../../../src/engine/compiler/ir/ir.js';

/** A value: one number per lane. Bools are 0 or 1 in every lane. */
type Lanes = readonly number[];

const words = new DataView(new ArrayBuffer(8));

function bitsOfF32(x: number): number {
  words.setFloat32(0, x);
  return words.getInt32(0);
}

function f32OfBits(x: number): number {
  words.setInt32(0, x);
  return words.getFloat32(0);
}

/** Half to even; exact for all doubles. */
function nearestEven(x: number): number {
  if (!(Math.abs(x) < 4503599627370496)) return x;
  const shifted = Math.abs(x) + 4503599627370496 - 4503599627370496;
  return x < 0 || Object.is(x, -0) ? -shifted : shifted;
}

const FLOAT_UNARY: Record<Exclude<UnOp, 'not'>, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  nearest: nearestEven,
};

type Binary = (a: number, b: number) => number;

const FLOAT_BINARY: Partial<Record<BinOp, Binary>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
};

const INT_BINARY: Record<BinOp, Binary> = {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: Math.imul,
  div: (a, b) => (b === 0 ? 0 : (a / b) | 0),
  rem: (a, b) => (b === 0 ? 0 : (a % b) | 0),
  min: Math.min,
  max: Math.max,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shrS: (a, b) => a >> b,
  shrU: (a, b) => (a >>> b) | 0,
  mulHiU: (a, b) => Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n) | 0,
};

const COMPARE: Record<CmpOp, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  ltU: (a, b) => a >>> 0 < b >>> 0,
  geU: (a, b) => a >>> 0 >= b >>> 0,
};

function roundElem(elem: Elem, x: number): number {
  return elem === 'f32' ? Math.fround(x) : x;
}

function unary(fn: UnOp, elem: Elem, x: number): number {
  if (fn === 'not') return elem === 'bool' ? 1 - x : ~x;
  if (elem === 'i32') {
    if (fn === 'neg') return -x | 0;
    if (fn === 'abs') return Math.abs(x) | 0;
    throw new InternalError(`${fn} of i32`);
  }
  return roundElem(elem, FLOAT_UNARY[fn](x));
}

function binary(fn: BinOp, elem: Elem, a: number, b: number): number {
  if (elem === 'i32' || elem === 'bool') return INT_BINARY[fn](a, b);
  const float = FLOAT_BINARY[fn];
  if (!float) throw new InternalError(`${fn} of ${elem}`);
  return roundElem(elem, float(a, b));
}

function convert(from: Elem, to: Elem, x: number): number {
  if (to === 'bool') return x !== 0 ? 1 : 0;
  if (to === 'i32') return from === 'bool' ? x : saturateToI32(x);
  return roundElem(to, x);
}

/** Lanes of a constant as the type holds it. */
function constantLanes(ty: Ty, value: number): Lanes {
  return new Array<number>(ty.lanes).fill(
    ty.elem === 'i32' ? value | 0 : roundElem(ty.elem, value),
  );
}

/** One call of one function: its values and variables by id. */
class Frame {
  private readonly values: Lanes[] = [];

  constructor(
    private readonly module: Map<string, Func>,
    private readonly memory: DataView,
  ) {}

  call(func: Func, args: readonly number[]): void {
    func.params.forEach((p, k) => (this.values[p.id] = [args[k]! | 0]));
    this.run(func.body);
  }

  private get(v: Val): Lanes {
    if (v.kind === 'const') return constantLanes(v.ty, v.value);
    const value = this.values[v.id];
    if (!value) throw new InternalError(`%${v.id} is read before it is set`);
    return value;
  }

  private one(v: Val): number {
    const lanes = this.get(v);
    if (lanes.length !== 1) throw new InternalError(`a scalar was expected, not ${formatTy(v.ty)}`);
    return lanes[0]!;
  }

  private set(id: number, ty: Ty, value: Lanes): void {
    if (value.length !== ty.lanes) {
      throw new InternalError(`%${id} is ${formatTy(ty)} but got ${value.length} lanes`);
    }
    this.values[id] = value;
  }

  private run(body: readonly Stmt[]): void {
    for (const s of body) this.step(s);
  }

  private step(s: Stmt): void {
    switch (s.kind) {
      case 'let':
        return this.set(s.id, s.ty, this.expr(s.ty, s.expr));
      case 'declare':
        return this.set(s.id, s.ty, this.get(s.init));
      case 'assign':
        return this.set(s.id, s.value.ty, this.get(s.value));
      case 'store':
        return this.store(s.mem, (this.one(s.addr) >>> 0) + s.offset, this.get(s.value));
      case 'for': {
        const to = this.one(s.to);
        for (let i = this.one(s.from); i < to; i += s.step) {
          this.values[s.id] = [i];
          this.run(s.body);
        }
        return;
      }
      case 'if':
        return this.run(this.one(s.cond) !== 0 ? s.then : s.else);
      case 'call': {
        const func = this.module.get(s.fn);
        if (!func) throw new InternalError(`call of unknown function ${s.fn}`);
        return new Frame(this.module, this.memory).call(
          func,
          s.args.map((a) => this.one(a)),
        );
      }
      case 'barrier':
        if (this.one(s.threads) > 1) throw new InternalError('the evaluator has one thread');
        return;
    }
  }

  private expr(ty: Ty, e: Expr): Lanes {
    switch (e.op) {
      case 'un':
        return this.get(e.a).map((x) => unary(e.fn, ty.elem, x));
      case 'bin': {
        const b = this.get(e.b);
        // A shift count may be scalar under a vector.
        return this.get(e.a).map((x, k) => binary(e.fn, ty.elem, x, b[b.length === 1 ? 0 : k]!));
      }
      case 'cmp': {
        const b = this.get(e.b);
        return this.get(e.a).map((x, k) => (COMPARE[e.fn](x, b[k]!) ? 1 : 0));
      }
      case 'mulAdd': {
        const [b, c] = [this.get(e.b), this.get(e.c)];
        const rounded = this.get(e.a).map((x, k) => binary('mul', ty.elem, x, b[k]!));
        return rounded.map((x, k) => binary('add', ty.elem, x, c[k]!));
      }
      case 'select': {
        const [cond, a, b] = [this.get(e.cond), this.get(e.a), this.get(e.b)];
        return a.map((x, k) => (cond[cond.length === 1 ? 0 : k]! !== 0 ? x : b[k]!));
      }
      case 'convert':
        return this.get(e.a).map((x) => convert(e.a.ty.elem, ty.elem, x));
      case 'bitcast':
        return this.get(e.a).map(ty.elem === 'i32' ? bitsOfF32 : f32OfBits);
      case 'hiWord':
      case 'loWord':
        words.setFloat64(0, this.one(e.a));
        return [words.getInt32(e.op === 'hiWord' ? 0 : 4)];
      case 'fromWords':
        words.setInt32(0, this.one(e.hi));
        words.setInt32(4, this.one(e.lo));
        return [words.getFloat64(0)];
      default:
        return this.movement(ty, e);
    }
  }

  private movement(
    ty: Ty,
    e: Extract<Expr, { op: 'splat' | 'lane' | 'pack' | 'shuffle' | 'load' | 'read' }>,
  ): Lanes {
    switch (e.op) {
      case 'splat':
        return new Array<number>(ty.lanes).fill(this.one(e.a));
      case 'lane':
        return [this.get(e.a)[e.index]!];
      case 'pack':
        return e.parts.map((p) => this.one(p));
      case 'shuffle': {
        const both = [...this.get(e.a), ...this.get(e.b)];
        return e.lanes.map((k) => both[k]!);
      }
      case 'load': {
        const start = (this.one(e.addr) >>> 0) + e.offset;
        const size = BYTES_OF[e.mem];
        return Array.from({ length: ty.lanes }, (_, k) => this.loadOne(e.mem, start + k * size));
      }
      case 'read':
        return this.values[e.variable]!;
    }
  }

  private loadOne(mem: MemElem, at: number): number {
    switch (mem) {
      case 'f32':
        return this.memory.getFloat32(at, true);
      case 'f64':
        return this.memory.getFloat64(at, true);
      case 'i32':
        return this.memory.getInt32(at, true);
      case 'u8':
        return this.memory.getUint8(at);
    }
  }

  private store(mem: MemElem, start: number, value: Lanes): void {
    value.forEach((x, k) => {
      const at = start + k * BYTES_OF[mem];
      if (mem === 'f32') this.memory.setFloat32(at, x, true);
      else if (mem === 'f64') this.memory.setFloat64(at, x, true);
      else if (mem === 'i32') this.memory.setInt32(at, x, true);
      else this.memory.setUint8(at, x & 255);
    });
  }
}

/**
 * Runs function `name` of a module of loop IR over `memory`: the IR's plain reference semantics,
 * against which the backends are checked. `mulAdd` rounds twice. Slow; one thread.
 */
export function evaluate(
  module: Module,
  name: string,
  memory: ArrayBufferLike,
  args: readonly number[] = [],
): void {
  const functions = new Map(module.functions.map((f) => [f.name, f]));
  const func = functions.get(name);
  if (!func) throw new InternalError(`no function ${name} in the module`);
  new Frame(functions, new DataView(memory)).call(func, args);
}
