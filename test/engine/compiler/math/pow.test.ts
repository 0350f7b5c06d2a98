import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pow as reference } from '../../../../src/engine/ops/special.js';
import { applyMath } from './apply-math.js';
import { FUNCTIONS } from './functions.js';
import { Worst } from './ulp.js';

type Point = readonly [x: number, y: number, high: number, low: number];
const goldens = JSON.parse(
  readFileSync(new URL('../../../goldens/math.json', import.meta.url), 'utf8'),
) as { binary: { pow: readonly Point[] } };

/** A fixed stream of numbers in [0, 1). */
function stream(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Operands whose powers cover the exponents of f32, denormals included. */
function operands(count: number): { x: Float32Array; y: Float32Array } {
  const next = stream();
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const wide = i % 3 === 0;
    x[i] = wide
      ? 2 ** (next() * 270 - 145)
      : i % 3 === 1
        ? 2 ** (next() * 8 - 4)
        : 1 + (next() - 0.5) / 64;
    const log = Math.log2(x[i]!) || 1;
    y[i] = (next() * 285 - 152) / log;
  }
  return { x, y };
}

describe('pow in f32', () => {
  it(`is right to ${FUNCTIONS.pow.f32} ulp over the whole range of results`, () => {
    const { x, y } = operands(60000);
    const got = applyMath({ op: 'pow', x, y }, { elem: 'f32', lanes: 4 });
    const worst = new Worst('f32');
    x.forEach((v, i) => worst.add(`${v}^${y[i]}`, got[i]!, v ** y[i]!));
    expect(worst.above(FUNCTIONS.pow.f32)).toBe('');
  });

  it('gives the same bits one at a time, and in the evaluator', () => {
    const { x, y } = operands(400);
    const vector = applyMath({ op: 'pow', x, y }, { elem: 'f32', lanes: 4 });
    for (const evaluator of [true, false]) {
      const got = applyMath({ op: 'pow', x, y }, { elem: 'f32', lanes: 1, evaluator });
      expect(got).toEqual(vector);
    }
  });

  it.each([0, 1, 2, 3, -1, 0.5])('to the constant %d is right to 1.5 ulp', (y) => {
    const x = Float32Array.from({ length: 4000 }, (_, i) => 1.05 ** (i - 2000) * (i % 7 ? 1 : -1));
    const points = Float32Array.from([...x, 0, -0, Infinity, -Infinity, NaN, 1e-45]);
    const got = applyMath({ op: 'pow', x: points, y }, { elem: 'f32', lanes: 4 });
    const worst = new Worst('f32');
    points.forEach((v, i) => worst.add(`${v}^${y}`, got[i]!, reference(v, y)));
    expect(worst.above(1.5)).toBe('');
  });
});

describe('pow in f64', () => {
  const points = goldens.binary.pow;
  const x = Float64Array.from(points, (p) => p[0]);
  const y = Float64Array.from(points, (p) => p[1]);
  it(`is right to ${FUNCTIONS.pow.f64} ulp`, () => {
    const got = applyMath({ op: 'pow', x, y }, { elem: 'f64', lanes: 1 });
    const worst = new Worst('f64');
    points.forEach(([u, v, high, low], i) => worst.add(`${u}^${v}`, got[i]!, high, low));
    expect(worst.above(FUNCTIONS.pow.f64)).toBe('');
  });

  it('gives the same bits in the evaluator', () => {
    const options = { elem: 'f64', lanes: 1 } as const;
    const got = applyMath({ op: 'pow', x, y }, { ...options, evaluator: true });
    expect(got).toEqual(applyMath({ op: 'pow', x, y }, options));
  });
});

describe.each(['f32', 'f64'] as const)('special powers in %s, as in C99', (elem) => {
  it('agree for every pair of special operands', () => {
    const values = [0, 1, 2, 3, 0.5, 1.5, 4, Infinity, 1e-40, 16777217, 9007199254740992, 1e30];
    const signed = [...values, ...values.map((v) => -v), NaN];
    const both = elem === 'f32' ? signed.map(Math.fround) : signed;
    const pairs = both.flatMap((a) => both.map((c) => [a, c] as const));
    const x = pairs.map((p) => p[0]);
    const y = pairs.map((p) => p[1]);
    const got = applyMath({ op: 'pow', x, y }, { elem, lanes: elem === 'f32' ? 4 : 1 });
    const worst = new Worst(elem);
    pairs.forEach(([a, c], i) => worst.add(`${a}^${c}`, got[i]!, reference(a, c)));
    expect(worst.above(1.5)).toBe('');
  });
});
