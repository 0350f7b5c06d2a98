import { sizeOf } from '../../core/shape.js';
import type { GraphNode, LeafSource } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import type { Fusion } from '../fuse/fuse.js';
import { fuse, orderGroups } from '../fuse/fuse.js';
import { Group } from '../fuse/group.js';
import { memoryOf } from '../fuse/kernelize.js';
import { materialize } from '../fuse/materialize.js';
import { build } from '../../ops/index.js';
import { keyOf } from '../kernel/affine.js';
import { loadsOf, walk } from '../kernel/expr.js';

export interface Assignment {
  readonly target: LeafSource;
  readonly value: GraphNode;
}

/** The kernels of a program in the order in which they run. */
export interface Schedule {
  readonly groups: readonly Group[];
  /** Values that are written to memory. */
  readonly stored: ReadonlySet<GraphNode>;
  /** Values written straight into a variable's memory. */
  readonly destination: ReadonlyMap<GraphNode, LeafSource>;
  /** What holds each output. */
  readonly outputs: readonly GraphNode[];
  /** From this group on, kernels overwrite variables, and nothing else needs them. */
  readonly firstUpdate: number;
}

/**
 * Fuses a simplified graph into kernels, lets them overwrite variables safely, and orders them.
 * `guarded`: the updates may be left out, so nothing that a result needs may be among them.
 * Not `fused`: each operation is a kernel of its own.
 */
export function schedule(
  results: readonly GraphNode[],
  assigns: readonly Assignment[],
  guarded = false,
  fused = true,
): Schedule {
  // A leaf is not computed by any kernel: copy it, so that it may be returned or assigned.
  const own = (n: GraphNode): GraphNode =>
    memoryOf(n).op === 'leaf' ? build.node('cast', [n], {}, { dtype: n.dtype }) : n;
  const outputs = results.map(own);
  const values = assigns.map((a) => own(a.value));
  const roots = [...outputs, ...values];
  const materialization = materialize(roots, fused);
  const pinned = new Set(values.map(memoryOf));
  const fusion = fuse(materialization, pinned, fused);
  const destination = new Map<GraphNode, LeafSource>();
  const groups = [...fusion.groups];
  const kept = outputs.map(memoryOf);
  const needed = guarded ? groupsBehind(kept, fusion) : new Set<Group>();
  const readers = readersOfSources(groups);
  assigns.forEach((a, i) => {
    const value = memoryOf(values[i]!);
    const home = fusion.groupOf.get(value)!;
    const others = (readers.get(a.target) ?? []).filter((g) => g !== home);
    const free = !destination.has(value) && !needed.has(home);
    if (free && canOverwrite(others, home, value, a.target)) {
      destination.set(value, a.target);
      for (const g of others) orderGroups(groups, g, home);
    } else {
      const copy = build.node('cast', [value], {}, { dtype: value.dtype });
      const group = new Group('loops', value.shape, new Set([value]));
      group.tryMap(copy);
      groups.push(group);
      orderGroups(groups, home, group);
      destination.set(copy, a.target);
      for (const g of readers.get(a.target) ?? []) orderGroups(groups, g, group);
    }
  });
  writeOnlyWindows(groups, destination);
  const updates = new Set(groups.filter((g) => g.members.some((m) => destination.has(m.node))));
  const ordered = order(groups, updates);
  const stored = prune(ordered, new Set([...kept, ...destination.keys()]));
  const alive = ordered.filter((g) => g.members.length > 0);
  const first = alive.findIndex((g) => updates.has(g));
  return {
    groups: alive,
    stored,
    destination,
    outputs: kept,
    firstUpdate: first < 0 ? alive.length : first,
  };
}

/** Where a variable becomes itself with a window replaced, the rest need not be written again. */
function writeOnlyWindows(groups: Group[], destination: ReadonlyMap<GraphNode, LeafSource>): void {
  for (const [value, target] of destination) {
    if (!isOp(value, 'dynamicUpdate') || !isLeafOf(value.inputs[0]!, target)) continue;
    const at = groups.findIndex((g) => g.members.some((m) => m.node === value));
    const home = groups[at]!;
    const window = home.members.length === 1 ? home.window(value) : undefined;
    if (!window) continue;
    groups[at] = window;
    for (const g of groups) if (g.before.delete(home)) g.before.add(window);
  }
}

/** Everything in memory that a kernel reads. */
function readsOf(g: Group): Set<GraphNode> {
  const reads = loadsOf(g.members.map((m) => m.expr));
  for (const n of g.operands()) reads.add(n);
  return reads;
}

/** The kernels that read each source. */
function readersOfSources(groups: readonly Group[]): Map<LeafSource, Group[]> {
  const readers = new Map<LeafSource, Group[]>();
  for (const g of groups) {
    const sources = new Set<LeafSource>();
    for (const n of readsOf(g)) if (isOp(n, 'leaf')) sources.add(n.attrs.source);
    for (const s of sources) {
      const list = readers.get(s) ?? [];
      list.push(g);
      readers.set(s, list);
    }
  }
  return readers;
}

/** The kernels that have to run for the values of `nodes`. */
function groupsBehind(nodes: readonly GraphNode[], { groupOf }: Fusion): Set<Group> {
  const found = new Set<Group>();
  const add = (n: GraphNode): void => {
    const g = groupOf.get(n);
    if (g) found.add(g);
  };
  nodes.forEach(add);
  for (const g of found) readsOf(g).forEach(add);
  return found;
}

function isLeafOf(n: GraphNode, target: LeafSource): boolean {
  return isOp(n, 'leaf') && n.attrs.source === target;
}

/** May `value`, computed in `home`, go straight into the memory of `target`, which `others` read? */
function canOverwrite(
  others: readonly Group[],
  home: Group,
  value: GraphNode,
  target: LeafSource,
): boolean {
  if (home.kind !== 'loops' || home.reduced.length > 0) {
    // It writes a value only once it has read all that the value is made of, but not in any order.
    const known = home.kind === 'loops' || home.kind === 'contract';
    const reads = [...readsOf(home)].some((n) => isLeafOf(n, target));
    return known && !reads && others.every((g) => !g.before.has(home));
  }
  const place = keyOf(home.members.find((m) => m.node === value)!.index);
  for (const e of walk(home.members.map((m) => m.expr))) {
    if (e.kind === 'random' && isLeafOf(e.state, target)) return false;
    if (e.kind === 'load' && isLeafOf(e.buffer, target) && keyOf(e.index) !== place) return false;
  }
  return others.every((g) => !g.before.has(home));
}

/** Earlier kernels first; among the ready ones, in the order of creation, and updates last. */
function order(groups: readonly Group[], updates: ReadonlySet<Group>): Group[] {
  const done = new Set<Group>();
  const ordered: Group[] = [];
  const left = [...groups];
  while (left.length > 0) {
    const ready = (g: Group): boolean => [...g.before].every((x) => done.has(x));
    let at = left.findIndex((g) => !updates.has(g) && ready(g));
    if (at < 0) at = left.findIndex(ready);
    const [g] = left.splice(at, 1);
    done.add(g!);
    ordered.push(g!);
  }
  return ordered;
}

const CARRIERS: ReadonlySet<Group['kind']> = new Set<Group['kind']>(['contract', 'segment']);

/** Drops members that nobody needs; returns the values that have to be written to memory. */
function prune(ordered: readonly Group[], needed: Set<GraphNode>): Set<GraphNode> {
  for (let i = ordered.length - 1; i >= 0; i--) {
    const g = ordered[i]!;
    const results = new Set<GraphNode>();
    for (let j = g.members.length - 1; j >= 0; j--) {
      const m = g.members[j]!;
      const nothing = sizeOf(m.node.shape) === 0;
      // What joined a contraction or a segment is computed in its loops, even if it reads no sums.
      const carries = j === 0 && g.members.length > 1 && CARRIERS.has(g.kind);
      if (nothing || !(carries || needed.has(m.node) || results.has(m.node))) {
        g.members.splice(j, 1);
        continue;
      }
      const opaque = m.role === 'contract' || m.role === 'scan';
      for (const e of walk(opaque ? [] : [m.expr])) {
        if (e.kind === 'result') results.add(e.of);
        else if (e.kind === 'load') needed.add(e.buffer);
        else if (e.kind === 'random') needed.add(e.state);
      }
      for (const n of g.operands()) needed.add(n);
    }
  }
  return needed;
}
