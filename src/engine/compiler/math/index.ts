import { InternalError } from '../../core/errors.js';
import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { formatTy } from '../ir/ir.js';
import { erf32 } from './erf32.js';
import { erf64 } from './erf64.js';
import { exp32, expm132, sigmoid32, tanh32 } from './exp32.js';
import { exp64, expm164, sigmoid64, tanh64 } from './exp64.js';
import { log1p32, log32 } from './log32.js';
import { log1p64, log64 } from './log64.js';
import { mod } from './mod.js';
import { like } from './pieces.js';
import { pow } from './pow.js';
import { cos32, sin32 } from './trig32.js';
import { cos64, sin64 } from './trig64.js';

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

const sqrt: Expansion = (b, x) => b.un('sqrt', x);
const rsqrt: Expansion = (b, x) => b.div(like(x, 1), b.un('sqrt', x));
const reciprocal: Expansion = (b, x) => b.div(like(x, 1), x);
const round: Expansion = (b, x) => b.un('nearest', x);

const UNARY: Record<MathUnary, { readonly f32: Expansion; readonly f64: Expansion }> = {
  exp: { f32: exp32, f64: exp64 },
  expm1: { f32: expm132, f64: expm164 },
  log: { f32: log32, f64: log64 },
  log1p: { f32: log1p32, f64: log1p64 },
  sin: { f32: sin32, f64: sin64 },
  cos: { f32: cos32, f64: cos64 },
  tanh: { f32: tanh32, f64: tanh64 },
  sigmoid: { f32: sigmoid32, f64: sigmoid64 },
  erf: { f32: erf32, f64: erf64 },
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

/** x^y or the remainder of x by y: as `expandUnary`, and the remainder of i32 also. */
export function expandBinary(b: FuncBuilder, op: MathBinary, x: Val, y: Val): Val {
  const { elem, lanes } = x.ty;
  const float = elem === 'f32' || (elem === 'f64' && lanes === 1);
  if (op === 'pow' && float) return pow(b, x, y);
  if (op === 'mod' && (float || elem === 'i32')) return mod(b, x, y);
  throw new InternalError(`internal: ${op} of ${formatTy(x.ty)} has no expansion.`);
}
