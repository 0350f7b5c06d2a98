import { describe, expect, it } from 'vitest';
import { floorMod } from '../../../../src/engine/ops/special.js';
import { applyMath } from './apply-math.js';
import type { MathElem } from './apply-math.js';

const FLOATS = [0, 1, 2, 3, 0.1, 0.7, 5.5, 1e-45, 1.3e-38, 1e-20, 123456789, 1e10, 1e30, 3e38];
const WIDE = [...FLOATS, 5e-324, 2.3e-308, 1e-300, 1e100, 1.7976931348623157e308, 1e308];

/** All pairs, the multiples and near multiples of each among them, with all signs. */
function pairsOf(values: readonly number[]): [number[], number[]] {
  const more = values.flatMap((v) => [v, v * 3, v * 7 * 1.0000001, v * 1023]);
  const signed = [...more, Infinity].flatMap((v) => [v, -v]);
  const all = [...signed, NaN];
  return [all.flatMap((a) => all.map(() => a)), all.flatMap(() => all)];
}

function check(elem: MathElem, lanes: 1 | 4, x: number[], y: number[], evaluator = false): void {
  const round = elem === 'f32' ? Math.fround : (v: number) => v;
  const [a, c] = [x.map(round), y.map(round)];
  const got = applyMath({ op: 'mod', x: a, y: c }, { elem, lanes, evaluator });
  const wrong = a.flatMap((v, i) => {
    const want = elem === 'i32' && c[i] === 0 ? 0 : round(floorMod(v, c[i]!));
    const same = Object.is(got[i], want) || (elem === 'i32' && got[i] === want);
    return same ? [] : [`${v} mod ${c[i]} = ${want}, not ${got[i]}`];
  });
  expect(wrong.slice(0, 10)).toEqual([]);
}

describe('the remainder with the sign of the divisor', () => {
  it.each([1, 4] as const)('is exact in f32, %i at a time', (lanes) => {
    check('f32', lanes, ...pairsOf(FLOATS));
  });

  it('is exact in f64', () => {
    check('f64', 1, ...pairsOf(WIDE));
  });

  it('is the same in the evaluator', () => {
    const [x, y] = pairsOf([0, 1.5, 1e-45, 1e38]);
    check('f32', 4, x, y, true);
    check('f64', 1, x, y, true);
  });

  it.each([1, 4] as const)('wraps nowhere in i32, %i at a time', (lanes) => {
    const values = [0, 1, 2, 3, 7, 10, 12345, 2147483647, -1, -2, -3, -7, -12345, -2147483648];
    check(
      'i32',
      lanes,
      values.flatMap((a) => values.map(() => a)),
      values.flatMap(() => values),
    );
  });
});
