import { sizeOf } from '../../core/shape.js';
import type { GraphNode, OpName } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import { Group, isReduction, isSegment, reducedAxes } from './group.js';
import type { Materialization } from './materialize.js';
import { isContraction } from './operands.js';

/** Elements above which a kernel needs independent rows, or it could not be split over threads. */
const SPLIT_ABOVE = 65536;
const MIN_ROWS = 16;
/** Values that join no kernel of others. */
const BY_THEMSELVES: ReadonlySet<OpName> = new Set<OpName>([
  'scatterAdd',
  'segmentIds',
  'argsort',
  'cumsum',
]);
/** Kernels that take in further values. */
const OPEN: ReadonlySet<Group['kind']> = new Set(['loops', 'contract', 'segment'] as const);
/** Buffers one kernel may touch. */
const MAX_BUFFERS = 14;

export interface Fusion {
  readonly groups: readonly Group[];
  readonly groupOf: ReadonlyMap<GraphNode, Group>;
}

/**
 * Distributes the values that lie in memory over kernels: each joins the kernel of a value it is
 * computed from, or of a sibling that reads the same data, where the loops agree and no cycle
 * between kernels arises; else it begins a kernel of its own. Unfused, each does, but for the results of
 * a scan, which are one loop's.
 */
export function fuse(
  values: Materialization,
  pinned: ReadonlySet<GraphNode>,
  fused = true,
): Fusion {
  const inMemory = new Set(values.nodes);
  const groups: Group[] = [];
  const groupOf = new Map<GraphNode, Group>();
  const readers = new Map<GraphNode, Group[]>();
  const state: State = { inMemory, groups, groupOf, readers, pinned };
  for (const node of values.nodes) {
    const sources = sourcesOf(node, inMemory);
    const joined = fused || isOp(node, 'scanResult') ? join(state, node, sources) : undefined;
    const group = joined ?? begin(state, node);
    groupOf.set(node, group);
    for (const source of sources) {
      const list = readers.get(source) ?? [];
      if (!list.includes(group)) list.push(group);
      readers.set(source, list);
      const producer = groupOf.get(source);
      if (producer && producer !== group) orderGroups(groups, producer, group);
    }
  }
  return { groups, groupOf };
}

interface State {
  readonly inMemory: ReadonlySet<GraphNode>;
  readonly groups: Group[];
  readonly groupOf: Map<GraphNode, Group>;
  readonly readers: Map<GraphNode, Group[]>;
  /** Values assigned to variables: updates form kernels of their own. */
  readonly pinned: ReadonlySet<GraphNode>;
}

function join(state: State, node: GraphNode, sources: readonly GraphNode[]): Group | undefined {
  if (isContraction(node) || BY_THEMSELVES.has(node.op)) return undefined;
  if (isOp(node, 'scanResult')) return state.groups.find((g) => g.tryResult(node));
  const candidates = new Set<Group>();
  for (let i = sources.length - 1; i >= 0; i--) {
    const g = state.groupOf.get(sources[i]!);
    if (g) candidates.add(g);
  }
  for (const source of sources) {
    for (const g of state.readers.get(source) ?? []) candidates.add(g);
  }
  for (const g of candidates) if (fits(state, g, node, sources) && admit(g, node)) return g;
  return undefined;
}

function fits(state: State, g: Group, node: GraphNode, sources: readonly GraphNode[]): boolean {
  if (!OPEN.has(g.kind)) return false;
  if (isSegment(node) && g.kind !== 'segment') return false;
  if ((g.kind === 'contract' || g.kind === 'segment') && isReduction(node)) return false;
  // Updates stay plain maps: then those of all parameters are one kernel.
  const updates = g.members.some((m) => state.pinned.has(m.node));
  if (state.pinned.has(node) && !updates) return false;
  if (updates && !state.pinned.has(node)) return false;
  for (const source of sources) {
    const producer = state.groupOf.get(source);
    if (producer && producer !== g && producer.before.has(g)) return false;
  }
  if (g.bufferCount + sources.length > MAX_BUFFERS) return false;
  if (g.kind === 'contract' || g.kind === 'segment') return true;
  const axes = isReduction(node) ? reducedAxes(node) : g.reduced;
  if (isReduction(node) && node.inputs[0]!.shape.join() !== g.extents.join()) return false;
  return axes.length === 0 || enoughRows(g.extents, axes);
}

function enoughRows(extents: readonly number[], reduced: readonly number[]): boolean {
  const rows = sizeOf(extents.filter((_, i) => !reduced.includes(i)));
  return rows >= MIN_ROWS || sizeOf(extents) <= SPLIT_ABOVE;
}

function admit(g: Group, node: GraphNode): boolean {
  if (isReduction(node)) return g.tryReduce(node);
  if (isSegment(node)) return g.trySegment(node);
  if (g.kind === 'contract') {
    return g.place(node)?.role === 'full' && g.tryMap(node);
  }
  return g.tryMap(node);
}

function begin(state: State, node: GraphNode): Group {
  let group: Group;
  if (isContraction(node)) {
    group = new Group('contract', node.shape, state.inMemory);
    group.contract(node);
  } else if (isOp(node, 'scatterAdd')) {
    group = new Group('scatter', node.inputs[0]!.shape, state.inMemory);
    group.scatter(node);
  } else if (isSegment(node)) {
    const [first, ...features] = node.inputs[0]!.shape;
    group = new Group('segment', [node.shape[0]!, first!, ...features], state.inMemory);
    group.trySegment(node);
  } else if (isOp(node, 'segmentIds')) {
    group = new Group('ids', node.shape, state.inMemory);
    group.segmentIds(node);
  } else if (isOp(node, 'argsort') || isOp(node, 'cumsum')) {
    group = new Group(
      node.op === 'argsort' ? 'sort' : 'cumulative',
      node.inputs[0]!.shape,
      state.inMemory,
    );
    group.along(node);
  } else if (isOp(node, 'scanResult')) {
    group = new Group('scan', [], state.inMemory);
    group.repeat(node.inputs[0] as GraphNode<'scan'>);
    group.tryResult(node);
  } else if (isReduction(node)) {
    group = new Group('loops', node.inputs[0]!.shape, state.inMemory);
    group.tryReduce(node);
  } else {
    group = new Group('loops', node.shape, state.inMemory);
    group.tryMap(node);
  }
  state.groups.push(group);
  return group;
}

/** Records that `first` runs before `second`, and all that follows from it. */
export function orderGroups(groups: readonly Group[], first: Group, second: Group): void {
  if (second.before.has(first)) return;
  const earlier = [first, ...first.before];
  for (const g of groups) {
    if (g === second || g.before.has(second)) for (const e of earlier) g.before.add(e);
  }
}

/** The values in memory that `node` is computed from. */
function sourcesOf(node: GraphNode, inMemory: ReadonlySet<GraphNode>): GraphNode[] {
  const found = new Set<GraphNode>();
  const seen = new Set<GraphNode>();
  const stack = [...node.inputs].reverse();
  while (stack.length > 0) {
    const x = stack.pop()!;
    if (seen.has(x)) continue;
    seen.add(x);
    if (x.op === 'leaf' || inMemory.has(x)) found.add(x);
    else for (let i = x.inputs.length - 1; i >= 0; i--) stack.push(x.inputs[i]!);
  }
  return [...found];
}
