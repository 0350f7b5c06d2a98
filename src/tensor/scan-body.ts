/** From a function that has been recorded once to the body of a scan. */
import { influencedBy } from '../engine/autograd/influence.js';
import { isFloat } from '../engine/core/dtype.js';
import { advanceCounter } from '../engine/graph/advance-counter.js';
import { Body, dependents, param, substitute } from '../engine/graph/body.js';
import type { GraphNode, OpAttrs } from '../engine/graph/node.js';
import { isOp, topological } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { isTracked, marks, ownerOf } from './history.js';
import type { DrawSource, StepScope } from './step-scope.js';

export interface BodySpec {
  /** Parameters for the carries, and for the slices of the xs. */
  readonly carries: readonly GraphNode[];
  readonly xs: readonly GraphNode[];
  /** The xs themselves. */
  readonly stacked: readonly GraphNode[];
  /** What the step computes: the next carries, then the outputs. */
  readonly results: readonly GraphNode[];
  readonly scope: StepScope;
  /** Whether products of a slice of the xs are made for all steps at once, which takes memory. */
  readonly productsAhead: boolean;
  /** Nodes made since the recording began have this id or a larger one. */
  readonly since: number;
}

export interface ClosedBody {
  readonly body: Body;
  /** Nodes from outside that the body takes as constants, in the order of its last parameters. */
  readonly constants: readonly GraphNode[];
  /** Generators behind the parameters that follow those of the xs. */
  readonly draws: readonly (readonly [DrawSource, number])[];
  /** Further xs, behind the parameters that follow those: products of all steps at once. */
  readonly products: readonly GraphNode[];
}

/**
 * The recorded step as a closed graph. What does not depend on its parameters becomes a constant, so
 * that it is computed once, before the scan; only movements stay, as they cost nothing inside.
 */
export function closeBody(spec: BodySpec): ClosedBody {
  const { carries, xs, results, scope, since } = spec;
  const states = [...scope.draws.values()].map((d) => d.param);
  const own = [...carries, ...xs, ...states];
  const inside = dependents(results, own);
  const products = spec.productsAhead ? productsOfAllSteps(spec, inside) : NO_PRODUCTS;
  const params = [...own, ...[...products.values()].map(({ slice }) => slice)];
  const replaced = new Map(own.map((p) => [p, p]));
  for (const [node, { slice }] of products) replaced.set(node, slice);
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
    products: [...products.values()].map(({ all }) => all),
  };
}

type Products = ReadonlyMap<GraphNode, { readonly all: GraphNode; readonly slice: GraphNode }>;

const NO_PRODUCTS: Products = new Map();

/**
 * The products of a slice of the xs and what is the same at each step, such as the projection of an
 * RNN's inputs: one large product ahead of the loop instead of a small one at each step.
 */
function productsOfAllSteps(
  { xs, stacked, results }: BodySpec,
  inside: ReadonlySet<GraphNode>,
): Products {
  const found = new Map<GraphNode, { all: GraphNode; slice: GraphNode }>();
  for (const node of topological(results)) {
    if (!isOp(node, 'dot') || !inside.has(node)) continue;
    const side = node.inputs.findIndex((x) => xs.includes(x));
    if (side < 0 || inside.has(node.inputs[1 - side]!)) continue;
    const all = dotOfAll(node, side, stacked[xs.indexOf(node.inputs[side]!)]!);
    found.set(node, { all, slice: param(build, node) });
  }
  return found;
}

/** `dot` with a stack of operands at one side: the stack of its results. */
function dotOfAll(dot: GraphNode<'dot'>, side: number, stack: GraphNode): GraphNode {
  const shifted = (axes: OpAttrs['dot']['batch']): OpAttrs['dot']['batch'] => {
    const [left, right] = axes.map((list, i) => (i === side ? list.map((a) => a + 1) : list));
    return [left!, right!];
  };
  const { batch, contract } = dot.attrs;
  const inputs = dot.inputs.map((x, i) => (i === side ? stack : x));
  const product = build.dot(inputs[0]!, inputs[1]!, {
    batch: shifted(batch),
    contract: shifted(contract),
  });
  // The steps are the first of the free axes of their side.
  const ahead = side === 0 ? 0 : dot.inputs[0]!.shape.length - batch[0].length - contract[0].length;
  const steps = batch[0].length + ahead;
  const others = product.shape.map((_, axis) => axis).filter((axis) => axis !== steps);
  return build.permute(product, [steps, ...others]);
}

const MOVEMENTS = new Set<string>(['reshape', 'permute', 'broadcast', 'slice', 'flip']);

/** Which results gradients flow through, given which inputs are tracked; constants know themselves. */
export function trackedResults(
  { body, products, constants }: ClosedBody,
  inputs: readonly boolean[],
  carries: number,
): boolean[] {
  const { params, results } = body;
  const outside = [...products, ...constants];
  const first = params.length - outside.length;
  const tracked = new Set(
    params.filter((p, i) => {
      return isFloat(p.dtype) && (i < first ? inputs[i] : isTracked([outside[i - first]!]));
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
