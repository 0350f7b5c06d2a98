// covers: src/engine/compiler/math/exp64.ts, src/engine/compiler/math/log64.ts
// covers: src/engine/compiler/math/trig64.ts, src/engine/compiler/math/erf64.ts
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MathUnary } from '../../../../src/engine/compiler/math/index.js';
import { applyMath } from './apply-math.js';
import { FUNCTIONS, exactValues } from './functions.js';
import { Worst } from './ulp.js';

type Point = readonly [x: number, high: number, low: number];
const goldens = JSON.parse(
  readFileSync(new URL('../../../goldens/math.json', import.meta.url), 'utf8'),
) as { unary: Record<string, readonly Point[]> };

/** Those that are not rounded correctly by nature. */
const OPS: readonly MathUnary[] = [
  'exp',
  'expm1',
  'log',
  'log1p',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'erf',
  'rsqrt',
];
const BOUNDS = OPS.map((op) => [op, FUNCTIONS[op].f64] as const);

describe.each(BOUNDS)('%s in f64', (op, bound) => {
  const points = goldens.unary[op]!;
  const x = Float64Array.from(points, (p) => p[0]);
  it(`is right to ${bound} ulp`, () => {
    const got = applyMath({ op, x }, { elem: 'f64', lanes: 1 });
    const worst = new Worst('f64');
    points.forEach(([at, high, low], i) => worst.add(at, got[i]!, high, low));
    expect(worst.above(bound)).toBe('');
  });

  it('gives the same bits in the evaluator', () => {
    const few = x.filter((_, i) => i % 5 === 0);
    const compiled = applyMath({ op, x: few }, { elem: 'f64', lanes: 1 });
    expect(applyMath({ op, x: few }, { elem: 'f64', lanes: 1, evaluator: true })).toEqual(compiled);
  });
});

describe('values that are exact in f64', () => {
  const ops = Object.keys(FUNCTIONS) as MathUnary[];
  const cases = ops.flatMap((op) => exactValues(op, 'f64'));
  it.each(cases)('%s(%d) = %d', (op, x, y) => {
    expect([...applyMath({ op, x: [x] }, { elem: 'f64', lanes: 1 })]).toEqual([y]);
  });

  it.each(BOUNDS)('%s of NaN is NaN', (op) => {
    expect([...applyMath({ op, x: [NaN] }, { elem: 'f64', lanes: 1 })]).toEqual([NaN]);
  });
});
