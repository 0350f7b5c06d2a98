/** From a function that has been recorded once to the body of a scan. */
import { influencedBy } from '../engine/autograd/influence.js';
import { isFloat } from '../engine/core/dtype.js';
import { advanceCounter } from '../engine/graph/advance-counter.js';
import { Body, dependents, param, substitute } from '../engine/graph/body.js';
import type { GraphNode } from '../engine/graph/node.js';
import { isOp, topological } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { isTracked, marks, ownerOf } from './history.js';
import type { DrawSource, StepScope } from './step-scope.js';

export interface BodySpec {
  /** Parameters for the carries, and for the slices of the xs. */
  readonly carries: readonly GraphNode[];
  readonly xs: readonly GraphNode[];
  /** What the step computes: the next carries, then the outputs. */
  readonly results: readonly GraphNode[];
  readonly scope: StepScope;
  /** Nodes made since the recording began have this id or a larger one. */
  readonly since: number;
}

export interface ClosedBody {
  readonly body: Body;
  /** Nodes from outside that the body takes as constants, in the order of its last parameters. */
  readonly constants: readonly GraphNode[];
  /** Generators behind the parameters that follow those of the xs. */
  readonly draws: readonly (readonly [DrawSource, number])[];
}

/**
 * The recorded step as a closed graph. What does not depend on its parameters becomes a constant, so
 * that it is computed once, before the scan; only movements stay, as they cost nothing inside.
 */
export function closeBody({ carries, xs, results, scope, since }: BodySpec): ClosedBody {
  const states = [...scope.draws.values()].map((d) => d.param);
  const params = [...carries, ...xs, ...states];
  const inside = dependents(results, params);
  const replaced = new Map(params.map((p) => [p, p]));
  const constants = new Map<GraphNode, GraphNode>();
  const seen = new Set(results);
  for (const node of seen) {
    if (replaced.has(node) || isOp(node, 'constant') || isOp(node, 'iota')) continue;
    const movement = node.id >= since && MOVEMENTS.has(node.op) && ownerOf(node) === undefined;
    if (inside.has(node) || movement) node.inputs.forEach((x) => seen.add(x));
    else if (!constants.has(node)) constants.set(node, param(build, node));
  }
  for (const [node, stand] of constants) replaced.set(node, stand);
  const closed = substitute(build, results, replaced, (copy, of) => marks.copied(copy, of));
  return {
    body: new Body([...params, ...constants.values()], closed),
    constants: [...constants.keys()],
    draws: [...scope.draws].map(([source, { count }]) => [source, count]),
  };
}

const MOVEMENTS = new Set<string>(['reshape', 'permute', 'broadcast', 'slice', 'flip']);

/** Which results gradients flow through, given which inputs are tracked; constants know themselves. */
export function trackedResults(
  { body, constants }: ClosedBody,
  inputs: readonly boolean[],
  carries: number,
): boolean[] {
  const { params, results } = body;
  const first = params.length - constants.length;
  const tracked = new Set(
    params.filter((p, i) => {
      return isFloat(p.dtype) && (i < first ? inputs[i] : isTracked([constants[i - first]!]));
    }),
  );
  const order = topological(results);
  for (;;) {
    const influenced = influencedBy(order, [...tracked], (node) => marks.isCut(node));
    const before = tracked.size;
    for (let i = 0; i < carries; i++) if (influenced.has(results[i]!)) tracked.add(params[i]!);
    if (tracked.size === before) return results.map((r) => influenced.has(r));
  }
}

/**
 * The states [T, 4] of a generator at each of T steps that make `count` draws each, in the order in
 * which the steps run.
 */
export function stackedStates(
  state: GraphNode,
  offset: number,
  { length, count, reverse }: { length: number; count: number; reverse: boolean },
): GraphNode {
  const b = build;
  const states = b.broadcast(b.reshape(state, [1, 4]), [length, 4]);
  const index = b.iota([length], 0, 'i32');
  const order = reverse ? b.sub(b.like(index, length - 1), index) : index;
  const by = b.add(b.mul(order, b.like(index, count)), b.like(index, offset));
  return advanceCounter(b, states, by);
}
