import { describe, expect, test } from 'vitest';
import { init } from '../../../src/nn/index.js';
import type { DType } from '../../../src/tensor/index.js';
import {
  Generator,
  Parameter,
  StateTensor,
  compile,
  manualSeed,
} from '../../../src/tensor/index.js';
import { zeros } from '../../../src/tensor/index.js';
import { values } from '../../tensor/check.js';
import { golden } from '../check.js';

const made = (size: number, dtype: DType = 'f64'): Parameter =>
  new Parameter(zeros([size], { dtype }));

function moments(v: readonly number[]): { mean: number; std: number } {
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  return { mean, std: Math.sqrt(v.reduce((s, x) => s + (x - mean) ** 2, 0) / v.length) };
}

test('uniform and normal', () => {
  manualSeed(2);
  const p = made(4000);
  const u = values(init.uniform(p, -1, 3));
  expect(Math.min(...u)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...u)).toBeLessThan(3);
  expect(moments(u).std).toBeCloseTo(4 / Math.sqrt(12), 1);
  const { mean, std } = moments(values(init.normal(p, 10, 0.5)));
  expect(std).toBeCloseTo(0.5, 1);
  expect(mean).toBeCloseTo(10, 1);
});

test('one value everywhere', () => {
  const p = made(2);
  expect(values(init.ones(p))).toEqual([1, 1]);
  expect(values(init.constant(p, 0.5))).toEqual([0.5, 0.5]);
  expect(values(init.zeros(p))).toEqual([0, 0]);
});

interface Truncated {
  readonly args: readonly [number, number, number, number];
  readonly mean: number;
  readonly std: number;
  readonly tenths: readonly number[];
}

describe('truncated normal numbers', () => {
  const { truncated } = golden<{ readonly truncated: readonly Truncated[] }>('init.json');
  const size = 20_000;

  test.each(truncated.map((c) => [c.args.join(' '), c] as const))('%s', (_, c) => {
    const [mean, std, a, b] = c.args;
    const v = values(
      init.truncNormal(made(size), mean, std, a, b, { generator: new Generator(3) }),
    );
    expect(Math.min(...v)).toBeGreaterThanOrEqual(a);
    expect(Math.max(...v)).toBeLessThanOrEqual(b);
    // Four and a half standard errors.
    const found = moments(v);
    expect(Math.abs(found.mean - c.mean) / c.std).toBeLessThan(4.5 / Math.sqrt(size));
    expect(Math.abs(found.std / c.std - 1)).toBeLessThan(4.5 / Math.sqrt(size));
    // χ² of the tenths of the interval, with 9 degrees of freedom: 99.99% below 33.7.
    const counts = c.tenths.map(() => 0);
    for (const x of v) counts[Math.min(9, Math.floor((10 * (x - a)) / (b - a)))]!++;
    const terms = c.tenths.map((share, i) => (counts[i]! - size * share) ** 2 / (size * share));
    expect(terms.reduce((s, x) => s + x, 0)).toBeLessThan(33.7);
  });
  test('nothing gathers at the ends, as clipping would have it', () => {
    const v = values(init.truncNormal(made(size), 0, 1, -1, 1, { generator: new Generator(4) }));
    expect(v.filter((x) => Math.abs(x) === 1)).toEqual([]);
  });
  test('no limit on one side', () => {
    const v = values(init.truncNormal(made(size), 0, 1, 0, Infinity));
    expect(Math.min(...v)).toBeGreaterThan(0);
    expect(moments(v).mean).toBeCloseTo(Math.sqrt(2 / Math.PI), 1);
  });
  test('f32, by default between -2 and 2, the same again for the same seed', () => {
    const again = (): number[] =>
      values(init.truncNormal(made(1000, 'f32'), 0, 1, -2, 2, { generator: new Generator(5) }));
    expect(again()).toEqual(again());
    expect(Math.max(...values(init.truncNormal(made(1000, 'f32'))).map(Math.abs))).toBeLessThan(2);
  });
  test('inside a compiled function each run draws anew', () => {
    const p = made(8);
    const draw = compile(() => {
      init.truncNormal(p);
    });
    draw();
    const first = values(p);
    draw();
    expect(values(p)).not.toEqual(first);
  });
});

test('what cannot be is told', () => {
  const p = made(2);
  expect(() => init.uniform(p, 1, 0)).toThrow('uniform: low is 1 and high 0; use low ≤ high.');
  expect(() => init.normal(p, 0, -1)).toThrow('normal: std is -1; use a number of at least 0.');
  expect(() => init.truncNormal(p, 0, 0)).toThrow('truncNormal: mean 0, std 0, a -2, b 2; use std');
  expect(() => init.truncNormal(p, 0, 1, 2, 2)).toThrow('with a part of [a, b] within 6 standard');
  expect(() => init.truncNormal(p, 10, 1, -2, 2)).toThrow('truncNormal: mean 10, std 1, a -2, b 2');
  expect(() => init.truncNormal(p, NaN)).toThrow('truncNormal: mean NaN');
  const whole = new StateTensor(zeros([2], { dtype: 'i32' }));
  for (const f of [init.uniform, init.normal, init.truncNormal]) {
    expect(() => f(whole)).toThrow(`${f.name}: the tensor is i32; use one of f32 or f64.`);
  }
});
