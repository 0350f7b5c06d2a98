// covers: src/engine/compiler/math/index.ts, src/engine/compiler/math/exp32.ts
// covers: src/engine/compiler/math/log32.ts, src/engine/compiler/math/trig32.ts
// covers: src/engine/compiler/math/erf32.ts, src/engine/compiler/math/words.ts
// covers: src/engine/compiler/math/pieces.ts
import { describe, expect, it } from 'vitest';
import type { MathUnary } from '../../../../src/engine/compiler/math/index.js';
import { applyMath, countOps } from './apply-math.js';
import { FUNCTIONS, exactValues } from './functions.js';
import { REFERENCES } from './references.js';
import { Worst } from './ulp.js';

/** Operations outside the branches, at four lanes. */
const OPERATIONS: Record<MathUnary, number> = {
  exp: 34,
  expm1: 32,
  log: 43,
  log1p: 45,
  sin: 53,
  cos: 52,
  tanh: 37,
  sigmoid: 38,
  erf: 45,
  sqrt: 1,
  rsqrt: 2,
  reciprocal: 1,
  round: 1,
};
const OPS = Object.keys(OPERATIONS) as MathUnary[];

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
  const reference = REFERENCES[op];
  const ops = OPERATIONS[op];
  const { f32: bound } = FUNCTIONS[op];
  it(`is right to ${bound} ulp at every exponent`, () => {
    const got = applyMath({ op, x: POINTS }, { elem: 'f32', lanes: 4 });
    const worst = new Worst('f32');
    POINTS.forEach((x, i) => worst.add(x, got[i]!, reference(x)));
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

describe('values that are exact in f32', () => {
  const cases = OPS.flatMap((op) => exactValues(op, 'f32'));
  it.each(cases)('%s(%d) = %d', (op, x, y) => {
    expect([...applyMath({ op, x: [x] }, { elem: 'f32', lanes: 4 })]).toEqual([y]);
  });
});
