import type { DType } from '../core/dtype.js';
import type { CompareOp } from '../graph/node.js';
import type { ElementwiseRow } from './elementwise.js';
import { agreeing, elementwise } from './elementwise.js';
import { ALL, NUMERIC } from './operands.js';

function compare<K extends CompareOp>(
  name: K,
  symbol: string,
  dtypes: readonly DType[],
  holds: (x: number, y: number) => boolean,
): ElementwiseRow<K> {
  return elementwise(name, 2, {
    dtypes,
    infer: (inputs) => ({ shape: agreeing(name, inputs, 2, dtypes).shape, dtype: 'bool' }),
    scalar: (_dtype, x, y) => Number(holds(x!, y!)),
    gradient: { none: 'a truth value has no derivative' },
  });
}

export const COMPARE: { readonly [K in CompareOp]: ElementwiseRow<K> } = {
  eq: compare('eq', '=', ALL, (x, y) => x === y),
  ne: compare('ne', '≠', ALL, (x, y) => x !== y),
  lt: compare('lt', '<', NUMERIC, (x, y) => x < y),
  le: compare('le', '≤', NUMERIC, (x, y) => x <= y),
  gt: compare('gt', '>', NUMERIC, (x, y) => x > y),
  ge: compare('ge', '≥', NUMERIC, (x, y) => x >= y),
};
