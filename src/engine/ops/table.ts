import { checkShape } from '../core/shape.js';
import { Builder } from '../graph/builder.js';
import type { InferRule } from '../graph/builder.js';
import type { OpName } from '../graph/node.js';
import { BINARY } from './binary.js';
import { COMPARE } from './compare.js';
import { CONTRACTION } from './contraction.js';
import { DYNAMIC } from './dynamic.js';
import { INDEXED } from './indexed.js';
import { MOVEMENT } from './movement.js';
import { CONTROL } from './control.js';
import { ORDERED } from './ordered.js';
import { REDUCE } from './reduce.js';
import type { OpRow } from './row.js';
import { SEGMENT } from './segment.js';
import { SELECT } from './select.js';
import { SOURCE } from './source.js';
import { SPARSE } from './sparse.js';
import { UNARY } from './unary.js';
import { WINDOW } from './window.js';

/** Every primitive, once: what it means, which shapes it takes, and how it is differentiated. */
export const OPS: { readonly [K in OpName]: OpRow<K> } = {
  ...SOURCE,
  ...UNARY,
  ...BINARY,
  ...COMPARE,
  ...SELECT,
  ...MOVEMENT,
  ...REDUCE,
  ...WINDOW,
  ...CONTRACTION,
  ...INDEXED,
  ...SEGMENT,
  ...SPARSE,
  ...ORDERED,
  ...DYNAMIC,
  ...CONTROL,
};

export const OP_NAMES: readonly OpName[] = Object.keys(OPS) as OpName[];

/** Shape and dtype of an operation's result, by its row; also bounds the number of elements. */
export const infer: InferRule = (op, inputs, attrs, wanted) => {
  const result = OPS[op].infer(inputs, attrs, wanted);
  checkShape(op, result.shape);
  return result;
};

/** Makes nodes of the graph by the rules of the table. */
export const build = new Builder(infer);
