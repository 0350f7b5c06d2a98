// covers: src/engine/compiler/math/index.ts, src/engine/compiler/math/exp32.ts
// covers: src/engine/compiler/math/log32.ts, src/engine/compiler/math/trig32.ts
// covers: src/engine/compiler/math/erf32.ts, src/engine/compiler/math/words.ts
// covers: src/engine/compiler/math/pieces.ts
import { describe, expect, it } from 'vitest';
import type { MathUnary } from '../../../../src/engine/compiler/math/index.js';
import { erf, roundHalfToEven, sigmoid } from '../../../../src/engine/ops/special.js';
import { applyMath, countOps } from './apply-math.js';
import { Worst } from './ulp.js';

interface Case {
  readonly reference: (x: number) => number;
  /** The largest error, in ulp, over all 2³² arguments, rounded up. */
  readonly bound: number;
  /** Operations outside the branches, at four lanes. */
  readonly ops: number;
}

const CASES: Record<MathUnary, Case> = {
  exp: { reference: Math.exp, bound: 1.01, ops: 33 },
  expm1: { reference: Math.expm1, bound: 1.67, ops: 32 },
  log: { reference: Math.log, bound: 0.87, ops: 43 },
  log1p: { reference: Math.log1p, bound: 1.44, ops: 45 },
  sin: { reference: Math.sin, bound: 1.59, ops: 53 },
  cos: { reference: Math.cos, bound: 1.59, ops: 52 },
  tanh: { reference: Math.tanh, bound: 1.95, ops: 37 },
  sigmoid: { reference: sigmoid, bound: 2, ops: 38 },
  erf: { reference: erf, bound: 1.42, ops: 45 },
  sqrt: { reference: Math.sqrt, bound: 0.5, ops: 1 },
  rsqrt: { reference: (x) => 1 / Math.sqrt(x), bound: 1.5, ops: 2 },
  reciprocal: { reference: (x) => 1 / x, bound: 0.5, ops: 1 },
  round: { reference: roundHalfToEven, bound: 0, ops: 1 },
};
const OPS = Object.keys(CASES) as MathUnary[];

const MANTISSAS = 128;

/** Each sign and exponent with evenly spread mantissas that end in noise: zeros, ∞ and NaN too. */
function sweep(): Float32Array {
  const bits = new Uint32Array(512 * MANTISSAS);
  for (let high = 0; high < 512; high++) {
    for (let k = 0; k < MANTISSAS; k++) {
      const noise = Math.imul(high * MANTISSAS + k, 0x9e3779b1) >>> 16;
      const mantissa = k === 0 ? 0 : k === MANTISSAS - 1 ? 0x7fffff : (k << 16) | noise;
      bits[high * MANTISSAS + k] = (high * 0x800000 + mantissa) >>> 0;
    }
  }
  return new Float32Array(bits.buffer);
}

/** Neighbours, by one ulp, of where something changes. */
function edges(): Float32Array {
  const points = [1, 2, 0.5, 0.875, 10, 4, 20, 104, 88.72284, 87.33655, 103.97208, 17.32868];
  points.push(6433, 102943.7, 0.34657359, 1.0397208, 0.70710678, 1.41421356, 1e-38, 1.1754944e-38);
  for (let k = 1; k < 40; k++) points.push((k * Math.PI) / 2, (k * Math.LN2) / 2);
  const bits = new Int32Array(Float32Array.from(points).buffer);
  const near = [...bits].flatMap((p) => [-2, -1, 0, 1, 2].map((step) => p + step));
  return new Float32Array(Int32Array.from(near.flatMap((p) => [p, p | 0x80000000])).buffer);
}

const POINTS = Float32Array.from([...sweep(), ...edges()]);

describe.each(OPS)('%s in f32', (op) => {
  const { reference, bound, ops } = CASES[op];
  it(`is right to ${bound} ulp at every exponent`, () => {
    const got = applyMath({ op, x: POINTS }, { elem: 'f32', lanes: 4 });
    const worst = new Worst('f32');
    // The f64 references are themselves off by as much as a f64 ulp.
    POINTS.forEach((x, i) => worst.add(x, got[i]!, roundIfExact(op, reference(x))));
    expect(worst.above(bound)).toBe('');
  });

  it('gives the same bits one at a time, and in the evaluator', () => {
    const few = POINTS.filter((_, i) => i % 37 === 0);
    const vector = applyMath({ op, x: few }, { elem: 'f32', lanes: 4 });
    expect(applyMath({ op, x: few }, { elem: 'f32', lanes: 1 })).toEqual(vector);
    expect(applyMath({ op, x: few }, { elem: 'f32', lanes: 4, evaluator: true })).toEqual(vector);
    expect(applyMath({ op, x: few }, { elem: 'f32', lanes: 1, evaluator: true })).toEqual(vector);
  });

  it(`takes ${ops} operations`, () => {
    expect(countOps(op)).toBe(ops);
  });
});

/** Where f32 results are correctly rounded, that is what is expected. */
function roundIfExact(op: MathUnary, y: number): number {
  return op === 'round' ? Math.fround(y) : y;
}

describe('values that are exact in f32', () => {
  const cases: [MathUnary, number, number][] = [
    ['exp', 0, 1],
    ['exp', -Infinity, 0],
    ['exp', -200, 0],
    ['exp', 89, Infinity],
    ['exp', 3e38, Infinity],
    ['expm1', -0, -0],
    ['expm1', -1e30, -1],
    ['expm1', Infinity, Infinity],
    ['log', 1, 0],
    ['log', 0, -Infinity],
    ['log', -0, -Infinity],
    ['log', -1, NaN],
    ['log', -Infinity, NaN],
    ['log', Infinity, Infinity],
    ['log1p', -1, -Infinity],
    ['log1p', -0, -0],
    ['log1p', -2, NaN],
    ['sin', Infinity, NaN],
    ['sin', -0, -0],
    ['cos', -Infinity, NaN],
    ['cos', 0, 1],
    ['tanh', Infinity, 1],
    ['tanh', -1e9, -1],
    ['tanh', -0, -0],
    ['sigmoid', 0, 0.5],
    ['sigmoid', -Infinity, 0],
    ['sigmoid', Infinity, 1],
    ['erf', Infinity, 1],
    ['erf', -Infinity, -1],
    ['erf', -0, -0],
    ['rsqrt', 0, Infinity],
    ['rsqrt', Infinity, 0],
    ['rsqrt', -1, NaN],
    ['round', 2.5, 2],
    ['round', -0.5, -0],
  ];
  it.each(cases)('%s(%d) = %d', (op, x, y) => {
    expect([...applyMath({ op, x: [x] }, { elem: 'f32', lanes: 4 })]).toEqual([y]);
  });
});
