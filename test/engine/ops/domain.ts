/** What the sampling domains of primitives are made of. */
import type { DType } from '../../../src/engine/core/dtype.js';
import type { Shape } from '../../../src/engine/core/shape.js';
import type { Aval, OpAttrs, OpName } from '../../../src/engine/graph/node.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { Rng } from './rng.js';
import type { Draw } from './values.js';
import { between } from './values.js';

/**
 * plain: finite, discontinuous operations on an exact grid. special: with zeros, infinities, NaN
 * and extremes (as plain where sums would differ). smooth: f64, few elements, away from kinks.
 */
export type Values = 'plain' | 'special' | 'smooth';

/**
 * Every operation but leaf, which has nothing to compute, and those of a scan, which come with a body
 * and in pairs: test/engine/compiler/scan-fuzz.test.ts draws them.
 */
export type DrawnOp = Exclude<OpName, 'leaf' | 'scan' | 'scanResult'>;

export interface OpCase<K extends DrawnOp = DrawnOp> {
  readonly op: K;
  readonly inputs: readonly RefArray[];
  readonly attrs: OpAttrs[K];
  readonly wanted: Partial<Aval>;
}

export interface Context {
  readonly rng: Rng;
  /** That of the operands that hold values, or of the result where there are none. */
  readonly dtype: DType;
  readonly values: Values;
  shape(least?: number, most?: number, empty?: boolean): number[];
  extent(): number;
  /** A tensor with values for this test; floats as `floats` says, smooth ones as `smooth` says. */
  tensor(shape: Shape, floats?: Draw, smooth?: Draw): RefArray;
  /** As `tensor`, but never special: for sums and products, where ∞ - ∞ hides everything else. */
  summand(shape: Shape, floats?: Draw): RefArray;
}

export type Drawn<K extends DrawnOp> = Omit<OpCase<K>, 'op' | 'wanted'> & {
  wanted?: Partial<Aval>;
};
export type Domain<K extends DrawnOp> = (c: Context) => Drawn<K>;

export const UNIT = between(-2, 2);
export const NO_ATTRS = {};
