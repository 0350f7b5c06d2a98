import type { GraphNode } from '../engine/graph/node.js';
import { topological } from '../engine/graph/node.js';
import type { OperationCount } from './operation-count.js';
import { addCounts, countNode, dependents } from './operation-count.js';
import type { AxisField } from './receptive-field.js';
import { receptiveFields } from './receptive-field.js';
import type { Tensor } from './tensor.js';

/** What a call computed, and what its first result sees of the input. */
export interface CallCost extends OperationCount {
  /** As `receptiveFields` has it; undefined for what does not depend on the input. */
  readonly field: readonly (AxisField | null)[] | undefined;
}

/** What a call took and gave. */
export interface Call {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/**
 * What each of several calls has computed between its inputs and its outputs that those before it have
 * not. Only what depends on `input` counts: what is made of weights alone could be made once and for all.
 *
 * @param calls Inner calls before outer ones.
 */
export function callCosts(input: Tensor, calls: readonly Call[]): CallCost[] {
  const source = input.node();
  const results = calls.map(({ outputs }) => outputs.map((t) => t.node()));
  const varying = dependents(topological(results.flat()), [source]);
  const fields = receptiveFields(source, varying);
  const open = new Set<GraphNode>(varying);
  return calls.map(({ inputs }, i) => {
    const before = new Set(topological(inputs.map((t) => t.node())));
    const own = topological(results[i]!).filter((node) => !before.has(node) && open.delete(node));
    const [first] = results[i]!;
    return { ...addCounts(...own.map(countNode)), field: first && fields.get(first) };
  });
}
