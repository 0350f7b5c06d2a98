/** The cells of the table in docs/coverage.md, and the cases that each backend is tested on. */
import type { DType, TypedArray } from '../../../src/engine/core/dtype.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import type { DrawnOp, OpCase } from '../ops/domains.js';
import { DRAWN_OPS, describeCase, drawCase, supportedDtypes } from '../ops/domains.js';
import { Rng } from '../ops/rng.js';
import { interpreterDevice, runOn, tolerance, worstError } from './device-oracle.js';

/** One operation in one dtype. */
export interface Cell {
  readonly op: DrawnOp;
  readonly dtype: DType;
}

export const CELLS: readonly Cell[] = DRAWN_OPS.flatMap((op) =>
  supportedDtypes(op).map((dtype) => ({ op, dtype })),
);

/** Every third case has zeros, infinities, NaN and extremes. */
export function caseOf({ op, dtype }: Cell, seed: number): OpCase {
  const values = seed % 3 === 2 ? 'special' : 'plain';
  return drawCase(op, new Rng(seed), { dtype, values });
}

export function nodeOf(drawn: OpCase, leaves: readonly GraphNode[]): GraphNode {
  return build.node(drawn.op, leaves, drawn.attrs, drawn.wanted);
}

/** What is wrong with a device's result; undefined if nothing is. */
export function wrongness(drawn: OpCase, got: TypedArray): string | undefined {
  const leaves = drawn.inputs.map((x) => build.leaf({ kind: 'input' }, x.shape, x.dtype));
  const { dtype } = nodeOf(drawn, leaves);
  const [want] = runOn(interpreterDevice, drawn.inputs, (x) => [nodeOf(drawn, x)]);
  const { error, at } = worstError(got, want!);
  if (error <= tolerance(dtype)) return undefined;
  return `${describeCase(drawn)} at ${at}: ${got[at]} instead of ${want![at]}`;
}
