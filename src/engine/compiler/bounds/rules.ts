import { greatestOf, leastOf } from '../../core/dtype.js';
import type { DType } from '../../core/dtype.js';
import type { GraphNode, OpName, ReduceOp } from '../../graph/node.js';
import { BINARY, COMPARE, UNARY } from '../../ops/index.js';
import { DYNAMIC_RULES } from './dynamic-rules.js';
import { INDEXED_RULES } from './indexed-rules.js';
import { MOVEMENT_RULES } from './movement-rules.js';
import { randomBits } from './random-rule.js';
import type { BoundContext, BoundRule, Need } from './rule.js';
import { scan } from './scan-rule.js';
import { WINDOW_RULES } from './window-rules.js';

/** Nothing to do: each element depends on the elements at its own place alone. */
const AS_IT_IS = {};

function elementwise<K extends OpName>(ops: Readonly<Record<K, unknown>>): Record<K, object> {
  return Object.fromEntries(Object.keys(ops).map((op) => [op, AS_IT_IS])) as Record<K, object>;
}

const constant: BoundRule<'constant'> = {
  varying: ['value'],
  build: (c, node) => {
    const value = c.number(node, 'value', node.dtype);
    return value ? c.b.broadcastTo(value, node.shape) : node;
  },
};

/** The result of an empty reduction: what it may meet beyond the extents. */
const IDENTITY: { readonly [K in ReduceOp | 'argMax' | 'argMin']: (dtype: DType) => number } = {
  sum: () => 0,
  prod: () => 1,
  reduceMax: leastOf,
  reduceMin: greatestOf,
  argMax: leastOf,
  argMin: greatestOf,
};

function reduction<K extends ReduceOp>(op: K): BoundRule<K> {
  return {
    needs: (c, node: GraphNode<ReduceOp>) => {
      if (op === 'reduceMax' || op === 'reduceMin') requireSome(c, node, node.attrs.axes);
      return identity(node, op, node.attrs.axes);
    },
  };
}

function search<K extends 'argMax' | 'argMin'>(op: K): BoundRule<K> {
  return {
    needs: (c, node: GraphNode<'argMax' | 'argMin'>) => {
      requireSome(c, node, [node.attrs.axis]);
      // Where all elements are the identity, the first is found, which is a true one.
      return identity(node, op, [node.attrs.axis]);
    },
  };
}

function identity(node: GraphNode, op: keyof typeof IDENTITY, axes: readonly number[]): Need[] {
  return [{ operand: 0, axes, value: IDENTITY[op](node.inputs[0]!.dtype) }];
}

/** Of nothing there is no maximum: the call then throws what it throws without bounds. */
function requireSome(c: BoundContext, node: GraphNode, axes: readonly number[]): void {
  for (const axis of axes) c.require(c.sizesOf(node.inputs[0]!)[axis]!, 1);
}

const dot: BoundRule<'dot'> = {
  // Both operands: 0 times what lies beyond the other would be NaN if that is not finite.
  needs: (_c, { attrs }) => [
    { operand: 0, axes: attrs.contract[0], value: 0 },
    { operand: 1, axes: attrs.contract[1], value: 0 },
  ],
};

/** How each operation stays right at sizes below the bounds: see `BoundRule`. */
export const BOUND_RULES: { readonly [K in OpName]: BoundRule<K> } = {
  ...elementwise(UNARY),
  ...elementwise(BINARY),
  ...elementwise(COMPARE),
  where: AS_IT_IS,
  cast: AS_IT_IS,
  leaf: AS_IT_IS,
  iota: AS_IT_IS,
  constant,
  randomBits,
  ...MOVEMENT_RULES,
  sum: reduction('sum'),
  prod: reduction('prod'),
  reduceMax: reduction('reduceMax'),
  reduceMin: reduction('reduceMin'),
  argMax: search('argMax'),
  argMin: search('argMin'),
  dot,
  ...WINDOW_RULES,
  ...INDEXED_RULES,
  ...DYNAMIC_RULES,
  scan,
  scanResult: AS_IT_IS,
};
