// covers: src/engine/compiler/math/exp64.ts, src/engine/compiler/math/log64.ts
// covers: src/engine/compiler/math/trig64.ts, src/engine/compiler/math/erf64.ts
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MathUnary } from '../../../../src/engine/compiler/math/index.js';
import { applyMath } from './apply-math.js';
import { Worst } from './ulp.js';

type Point = readonly [x: number, high: number, low: number];
const goldens = JSON.parse(
  readFileSync(new URL('../../../goldens/math.json', import.meta.url), 'utf8'),
) as { unary: Record<string, readonly Point[]> };

/** The largest errors in ulp, rounded up, in eight million random arguments each. */
const BOUNDS: [MathUnary, number][] = [
  ['exp', 0.81],
  ['expm1', 1.42],
  ['log', 0.82],
  ['log1p', 1.38],
  ['sin', 0.78],
  ['cos', 0.78],
  ['tanh', 1.92],
  ['sigmoid', 2],
  ['erf', 1.28],
  ['rsqrt', 1.5],
];

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
  const cases: [MathUnary, number, number][] = [
    ['exp', 0, 1],
    ['exp', -Infinity, 0],
    ['exp', -746, 0],
    ['exp', 709.79, Infinity],
    ['exp', 1e308, Infinity],
    ['expm1', -0, -0],
    ['expm1', -1e30, -1],
    ['expm1', 710, Infinity],
    ['log', 1, 0],
    ['log', 0, -Infinity],
    ['log', -1, NaN],
    ['log', Infinity, Infinity],
    ['log1p', -1, -Infinity],
    ['log1p', -0, -0],
    ['log1p', -2, NaN],
    ['log1p', Infinity, Infinity],
    ['sin', Infinity, NaN],
    ['sin', -0, -0],
    ['cos', -Infinity, NaN],
    ['tanh', Infinity, 1],
    ['tanh', -1e9, -1],
    ['tanh', -0, -0],
    ['sigmoid', 0, 0.5],
    ['sigmoid', -Infinity, 0],
    ['sigmoid', Infinity, 1],
    ['erf', Infinity, 1],
    ['erf', -0, -0],
    ['sqrt', -0, -0],
    ['reciprocal', -0, -Infinity],
    ['round', 3.5, 4],
  ];
  it.each(cases)('%s(%d) = %d', (op, x, y) => {
    expect([...applyMath({ op, x: [x] }, { elem: 'f64', lanes: 1 })]).toEqual([y]);
  });

  it.each(BOUNDS)('%s of NaN is NaN', (op) => {
    expect([...applyMath({ op, x: [NaN] }, { elem: 'f64', lanes: 1 })]).toEqual([NaN]);
  });
});
