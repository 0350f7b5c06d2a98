import { byteSize } from '../../core/dtype.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import { build } from '../../ops/index.js';
import { Group } from '../fuse/group.js';
import { memoryOf } from '../fuse/kernelize.js';
import { align } from './memory.js';
import type { Binding, RootPlace } from './steps.js';
import { typeOf } from './summary.js';

/** A scan laid out: what a step computes, and where the step's values lie. */
export interface LoopPlan {
  /** What the body computes. */
  readonly roots: readonly GraphNode[];
  readonly bindings: ReadonlyMap<GraphNode, Binding>;
  /** Copies of the carries' first values, to run before the loop. */
  readonly first: readonly Group[];
  /** Where the copies and the scan's results lie. */
  readonly places: ReadonlyMap<GraphNode, RootPlace>;
}

/**
 * Decides where the carries and outputs of a scan lie. A carry that is also stacked lives in the
 * stack, one slot more than steps: each step reads one slot and writes the next. Other carries have
 * two slots, which take turns. Outputs are written straight to their place in the stack.
 */
export function planLoop(group: Group): LoopPlan {
  const layout = new LoopLayout(group.scan!);
  layout.run();
  const places = new Map<GraphNode, RootPlace>(layout.starts);
  for (const { node } of group.members) {
    places.set(node, layout.results[(node as GraphNode<'scanResult'>).attrs.index]!);
  }
  const first = [...layout.starts.keys()].map((copy) => copyGroup(copy, group));
  return { roots: layout.roots, bindings: layout.bindings, first, places };
}

function copyGroup(copy: GraphNode, after: Group): Group {
  const source = memoryOf(copy.inputs[0]!);
  const inMemory = source.op === 'constant' ? [] : [source];
  const group = new Group('loops', copy.shape, new Set(inMemory));
  group.tryMap(copy);
  for (const g of after.before) group.before.add(g);
  return group;
}

/** Where the states of a carry lie, as places of a root. */
interface CarryPlaces {
  readonly first: RootPlace;
  readonly last: RootPlace;
  readonly before: Binding;
  readonly after: Binding;
}

class LoopLayout {
  readonly roots: GraphNode[] = [];
  readonly bindings = new Map<GraphNode, Binding>();
  readonly starts = new Map<GraphNode, RootPlace>();
  readonly results: RootPlace[] = [];

  constructor(private readonly scan: GraphNode<'scan'>) {}

  run(): void {
    const { body, carries, xs } = this.scan.attrs;
    body.params.forEach((p, i) => {
      if (i < carries) return;
      const stride = i < carries + xs ? bytesOf(p) : 0;
      this.bindings.set(p, { kind: 'value', of: memoryOf(this.scan.inputs[i]!), stride });
    });
    for (let i = 0; i < carries; i++) this.carry(i);
    for (let i = carries; i < body.results.length; i++) this.results[i] ??= this.output(i);
  }

  private carry(i: number): void {
    const { body } = this.scan.attrs;
    const param = body.params[i]!;
    const result = memoryOf(body.results[i]!);
    const stackOf = (node: GraphNode): number =>
      body.results.findIndex((r, k) => k >= this.scan.attrs.carries && memoryOf(r) === node);
    const stackBefore = stackOf(param);
    const stackAfter = this.isOwn(result) ? stackOf(result) : -1;
    const stacked = stackBefore >= 0 || stackAfter >= 0;
    const bytes = bytesOf(param);
    const type = typeOf(param);
    const places = stacked ? this.slots(bytes, type) : this.turns(bytes, type);
    this.bindings.set(param, places.before);
    this.compute(body.results[i]!, places.after);
    this.results[i] = places.last;
    const start = this.scan.inputs[i]!;
    if (bytes > 0) this.starts.set(copyOf(start), places.first);
    if (stackBefore >= 0) this.results[stackBefore] = base(places.before);
    if (stackAfter >= 0) this.results[stackAfter] = base(places.after);
  }

  private output(i: number): RootPlace {
    const result = this.scan.attrs.body.results[i]!;
    const bytes = bytesOf(result);
    const { length } = this.scan.attrs;
    const what = `output ${length} × ${typeOf(result)}`;
    const at = { root: { bytes: bytes * length, what }, offset: 0 };
    this.compute(result, { kind: 'root', at, stride: bytes, turns: false });
    return at;
  }

  /** Lets the body compute `node` at a place; by a copy, if it lies elsewhere already. */
  private compute(node: GraphNode, at: Binding): void {
    const own = this.isOwn(memoryOf(node)) ? node : copyOf(node);
    this.roots.push(own);
    this.bindings.set(memoryOf(own), at);
  }

  /** Whether the body computes a value by a kernel of its own, and it has no place yet. */
  private isOwn(node: GraphNode): boolean {
    return node.op !== 'leaf' && node.op !== 'scanResult' && !this.bindings.has(node);
  }

  /** One slot more than steps. */
  private slots(bytes: number, type: string): CarryPlaces {
    const { length, reverse } = this.scan.attrs;
    const root = { bytes: bytes * (length + 1), what: `carry ${length + 1} × ${type}` };
    const slot = (i: number): RootPlace => ({ root, offset: i * bytes });
    const at = (i: number): Binding => ({ kind: 'root', at: slot(i), stride: bytes, turns: false });
    if (reverse) return { first: slot(length), last: slot(0), before: at(1), after: at(0) };
    return { first: slot(0), last: slot(length), before: at(0), after: at(1) };
  }

  /** Two slots. */
  private turns(bytes: number, type: string): CarryPlaces {
    const size = align(bytes);
    const root = { bytes: 2 * size, what: `carry 2 × ${type}` };
    const slot = (i: number): RootPlace => ({ root, offset: i * size });
    const at = (i: number): Binding => {
      return { kind: 'root', at: slot(i), stride: i === 0 ? size : -size, turns: true };
    };
    const last = slot(this.scan.attrs.length % 2);
    return { first: slot(0), last, before: at(0), after: at(1) };
  }
}

function base(binding: Binding): RootPlace {
  return (binding as Extract<Binding, { kind: 'root' }>).at;
}

function copyOf(node: GraphNode): GraphNode {
  return build.node('cast', [node], {}, { dtype: node.dtype });
}

function bytesOf({ shape, dtype }: GraphNode): number {
  return sizeOf(shape) * byteSize(dtype);
}
