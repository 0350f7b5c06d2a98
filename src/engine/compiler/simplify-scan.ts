import { Body, param, substitute } from '../graph/body.js';
import type { GraphNode, ScanAttrs, ScanBody } from '../graph/node.js';
import { isOp, topological } from '../graph/node.js';
import { build } from '../ops/index.js';

type Simplify = (roots: readonly GraphNode[]) => readonly GraphNode[];

/** Bodies that are as simple as they get. */
const simple = new WeakSet<ScanBody>();

/** A scan with a simplified body, into which inputs that are constants have moved. */
export function simplifyScan(scan: GraphNode<'scan'>, simplify: Simplify): GraphNode {
  const { attrs, inputs } = scan;
  const { body, carries, xs } = attrs;
  const inside = new Map<GraphNode, GraphNode>();
  const added: [GraphNode, GraphNode][] = [];
  body.params.forEach((p, i) => {
    const input = inputs[i]!;
    if (i < carries) return;
    if (isOp(input, 'constant')) inside.set(p, build.like(p, input.attrs.value));
    const [x] = input.inputs;
    if (i >= carries + xs || input.op !== 'broadcast' || x!.shape[0] !== 1) return;
    const once = build.reshape(x!, x!.shape.slice(1));
    const stand = param(build, once);
    inside.set(p, build.broadcast(stand, p.shape));
    added.push([stand, once]);
  });
  if (inside.size === 0 && simple.has(body)) return scan;
  const results = simplify(substitute(build, body.results, new Map(inside)));
  const kept = body.params.map((_, i) => i).filter((i) => !inside.has(body.params[i]!));
  const next = new Body(
    [...kept.map((i) => body.params[i]!), ...added.map(([stand]) => stand)],
    results,
  );
  simple.add(next);
  return build.node('scan', [...kept.map((i) => inputs[i]!), ...added.map(([, once]) => once)], {
    ...attrs,
    body: next,
    xs: kept.filter((i) => i >= carries && i < carries + xs).length,
  });
}

/** The result of a scan without the scan, where it is known; one of several that are equal. */
export function simplifyResult(node: GraphNode<'scanResult'>): GraphNode {
  const { index } = node.attrs;
  const scan = node.inputs[0] as GraphNode<'scan'>;
  const { body, length, carries, xs } = scan.attrs;
  if (index < carries) {
    const still = length === 0 || body.results[index] === body.params[index];
    return still ? scan.inputs[index]! : node;
  }
  if (length === 0) return build.like(node, 0);
  const result = body.results[index]!;
  if (isOp(result, 'constant')) return build.like(node, result.attrs.value);
  const at = body.params.indexOf(result);
  if (at >= carries && at < carries + xs) return scan.inputs[at]!;
  const first = body.results.indexOf(result, carries);
  return first === index ? node : build.scanResult(scan, first);
}

/** What becomes of a scan: another, and the place of each result in it. */
interface Replacement {
  readonly attrs: ScanAttrs;
  /** Which of its inputs are left, in which order. */
  readonly inputs: readonly number[];
  readonly indices: readonly number[];
}

/**
 * Makes one of scans that take the same inputs and have the same carries: the forward pass and the
 * one that also stores what the gradient needs, for example. Returns the same roots if there are none.
 */
export function mergeScans(roots: readonly GraphNode[], simplify: Simplify): readonly GraphNode[] {
  const groups = new Map<string, GraphNode<'scan'>[]>();
  for (const node of topological(roots)) {
    if (!isOp(node, 'scan')) continue;
    const { length, carries, xs, reverse } = node.attrs;
    const key = `${[length, carries, xs, reverse].join()}:${node.inputs.map((x) => x.id).join()}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const replaced = new Map<GraphNode, Replacement>();
  for (const scans of groups.values()) {
    if (scans.length > 1) mergeGroup(scans, simplify, replaced);
  }
  return replaced.size === 0 ? roots : replaceScans(roots, replaced);
}

function mergeGroup(
  scans: readonly GraphNode<'scan'>[],
  simplify: Simplify,
  replaced: Map<GraphNode, Replacement>,
): void {
  const { params } = scans[0]!.attrs.body;
  const { carries } = scans[0]!.attrs;
  const all = scans.map(({ attrs: { body } }) => {
    const same = new Map(body.params.map((p, i) => [p, params[i]!]));
    return substitute(build, body.results, same);
  });
  const flat = simplify(all.flat());
  let start = 0;
  const results = all.map((list) => flat.slice(start, (start += list.length)));
  const left = new Set(scans.keys());
  for (const i of left) {
    const alike = [...left].filter((j) => {
      return results[j]!.slice(0, carries).every((r, k) => r === results[i]![k]);
    });
    alike.forEach((j) => left.delete(j));
    if (alike.length < 2) continue;
    const outputs = [...new Set(alike.flatMap((j) => results[j]!.slice(carries)))];
    const body = new Body(params, [...results[i]!.slice(0, carries), ...outputs]);
    simple.add(body);
    for (const j of alike) {
      replaced.set(scans[j]!, {
        attrs: { ...scans[i]!.attrs, body },
        inputs: scans[j]!.inputs.map((_, k) => k),
        indices: results[j]!.map((r, k) => (k < carries ? k : carries + outputs.indexOf(r))),
      });
    }
  }
}

/** Drops results of scans that nobody reads, and what is computed for them alone. */
export function pruneScans(roots: readonly GraphNode[]): readonly GraphNode[] {
  const order = topological(roots);
  const live = new Set(roots);
  const read = new Map<GraphNode, Set<number>>();
  const replaced = new Map<GraphNode, Replacement>();
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (!live.has(node)) continue;
    if (isOp(node, 'scanResult')) {
      const [scan] = node.inputs;
      read.set(scan!, (read.get(scan!) ?? new Set()).add(node.attrs.index));
    }
    if (isOp(node, 'scan')) {
      const next = pruned(node, read.get(node) ?? new Set());
      next.inputs.forEach((k) => live.add(node.inputs[k]!));
      const { params, results } = node.attrs.body;
      const same =
        next.inputs.length === params.length &&
        next.attrs.body.results.length === results.length &&
        next.attrs.carries === node.attrs.carries;
      if (!same) replaced.set(node, next);
    } else node.inputs.forEach((x) => live.add(x));
  }
  return replaced.size === 0 ? roots : replaceScans(roots, replaced);
}

function pruned({ attrs }: GraphNode<'scan'>, read: ReadonlySet<number>): Replacement {
  const { carries, xs, body } = attrs;
  const { params, results } = body;
  const needed = new Set<GraphNode>();
  const visit = (node: GraphNode): void => {
    for (const x of topological([node])) needed.add(x);
  };
  const kept = new Set([...read].sort((x, y) => x - y));
  for (const i of kept) {
    visit(results[i]!);
    params.forEach((p, k) => k < carries && needed.has(p) && kept.add(k));
  }
  // A carry that stays as it is, is a constant.
  const still = (i: number): boolean => i < carries && results[i] === params[i] && !read.has(i);
  const indices = results.map((_, i) => i).filter((i) => kept.has(i) && !still(i));
  const [moving, slices, fixed]: [number[], number[], number[]] = [[], [], []];
  params.forEach((p, i) => {
    if (i < carries) {
      if (kept.has(i)) (still(i) ? fixed : moving).push(i);
    } else if (needed.has(p)) (i < carries + xs ? slices : fixed).push(i);
  });
  const inputs = [...moving, ...slices, ...fixed];
  const next = new Body(
    inputs.map((i) => params[i]!),
    indices.map((i) => results[i]!),
  );
  if (simple.has(body)) simple.add(next);
  return {
    attrs: { ...attrs, body: next, carries: moving.length, xs: slices.length },
    inputs,
    indices: results.map((_, i) => indices.indexOf(i)),
  };
}

function replaceScans(
  roots: readonly GraphNode[],
  replaced: ReadonlyMap<GraphNode, Replacement>,
): GraphNode[] {
  const done = new Map<GraphNode, GraphNode>();
  // Scans that are merged have one body, and become one node.
  const made = new Map<ScanBody, GraphNode>();
  for (const node of topological(roots)) {
    const [first] = node.inputs;
    const next = replaced.get(node);
    const scan = isOp(node, 'scanResult') ? replaced.get(first!) : undefined;
    if (next) {
      const inputs = next.inputs.map((i) => done.get(node.inputs[i]!)!);
      const { body } = next.attrs;
      if (!made.has(body)) made.set(body, build.node('scan', inputs, next.attrs));
      done.set(node, made.get(body)!);
    } else if (scan) {
      const { index } = (node as GraphNode<'scanResult'>).attrs;
      const at = scan.indices[index]!;
      // A result that is never read may still be in the graph below one that is replaced later.
      done.set(node, at < 0 ? node : build.scanResult(done.get(first!)!, at));
    } else done.set(node, rebuilt(node, done));
  }
  return roots.map((r) => done.get(r)!);
}

function rebuilt(node: GraphNode, done: ReadonlyMap<GraphNode, GraphNode>): GraphNode {
  const inputs = node.inputs.map((x) => done.get(x)!);
  if (inputs.every((x, i) => x === node.inputs[i])) return node;
  return build.node(node.op, inputs, node.attrs, { shape: node.shape, dtype: node.dtype });
}
