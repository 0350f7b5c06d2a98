/** What docs/mathematics.md states and the tests here check: functions.json. */
import { readFileSync } from 'node:fs';
import type { MathBinary, MathUnary } from '../../../../src/engine/compiler/math/index.js';

export interface FunctionFacts {
  /** The largest error in ulp, rounded up: over all 2³² arguments where there is one. */
  readonly f32: number;
  /** As f32, over eight million random arguments. */
  readonly f64: number;
  /** Arguments whose values are met exactly, and those values. */
  readonly exact?: Record<'f32' | 'f64', readonly (readonly [x: string, y: string])[]>;
}

export const FUNCTIONS = JSON.parse(
  readFileSync(new URL('functions.json', import.meta.url), 'utf8'),
) as Record<MathUnary | MathBinary | 'div', FunctionFacts>;

/** Cases of one function, for a table of tests. */
export function exactValues(
  op: MathUnary,
  elem: 'f32' | 'f64',
): [op: MathUnary, x: number, y: number][] {
  return (FUNCTIONS[op].exact?.[elem] ?? []).map(([x, y]) => [op, Number(x), Number(y)]);
}
