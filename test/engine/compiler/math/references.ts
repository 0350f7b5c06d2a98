import type { MathUnary } from '../../../../src/engine/compiler/math/index.js';
import { erf, roundHalfToEven, sigmoid } from '../../../../src/engine/ops/special.js';

/** What f32 results are compared with: f64 values, themselves off by as much as a f64 ulp. */
export const REFERENCES: Record<MathUnary, (x: number) => number> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: sigmoid,
  erf: erf,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  round: (x) => Math.fround(roundHalfToEven(x)),
};
