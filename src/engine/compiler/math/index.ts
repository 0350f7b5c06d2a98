import { InternalError } from '../../core/errors.js';
import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { formatTy } from '../ir/ir.js';
import { erf32 } from './erf32.js';
import { exp32, expm132, sigmoid32, tanh32 } from './exp32.js';
import { log1p32, log32 } from './log32.js';
import { like } from './pieces.js';
import { cos32, sin32 } from './trig32.js';

export type MathUnary =
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'sqrt'
  | 'rsqrt'
  | 'reciprocal'
  | 'round';

export type MathBinary = 'pow' | 'mod';

type Expansion = (b: FuncBuilder, x: Val) => Val;

const todo: Expansion = () => {
  throw new InternalError('internal: not written yet.');
};

const sqrt: Expansion = (b, x) => b.un('sqrt', x);
const rsqrt: Expansion = (b, x) => b.div(like(x, 1), b.un('sqrt', x));
const reciprocal: Expansion = (b, x) => b.div(like(x, 1), x);
const round: Expansion = (b, x) => b.un('nearest', x);

const UNARY: Record<MathUnary, { readonly f32: Expansion; readonly f64: Expansion }> = {
  exp: { f32: exp32, f64: todo },
  expm1: { f32: expm132, f64: todo },
  log: { f32: log32, f64: todo },
  log1p: { f32: log1p32, f64: todo },
  sin: { f32: sin32, f64: todo },
  cos: { f32: cos32, f64: todo },
  tanh: { f32: tanh32, f64: todo },
  sigmoid: { f32: sigmoid32, f64: todo },
  erf: { f32: erf32, f64: todo },
  sqrt: { f32: sqrt, f64: sqrt },
  rsqrt: { f32: rsqrt, f64: rsqrt },
  reciprocal: { f32: reciprocal, f64: reciprocal },
  round: { f32: round, f64: round },
};

/** `op` of x, f32 in any number of lanes or scalar f64, in operations of the loop IR. */
export function expandUnary(b: FuncBuilder, op: MathUnary, x: Val): Val {
  const { elem, lanes } = x.ty;
  if (elem === 'f32' || (elem === 'f64' && lanes === 1)) return UNARY[op][elem](b, x);
  throw new InternalError(`internal: ${op} of ${formatTy(x.ty)} has no expansion.`);
}

export function expandBinary(_b: FuncBuilder, op: MathBinary, x: Val, _y: Val): Val {
  throw new InternalError(`internal: ${op} of ${formatTy(x.ty)} has no expansion.`);
}
