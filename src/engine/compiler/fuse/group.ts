import type { GraphNode, OpName, SegmentOp } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import { add, dimension, fixed, keyOf, linearize } from '../kernel/affine.js';
import { dataOf, load, loadsOf, resultOf, walk } from '../kernel/expr.js';
import type { Affine, KernelExpr } from '../kernel/types.js';
import { identityIndex, Kernelizer } from './kernelize.js';
import type { ContractionNode } from './operands.js';
import { reachOperands, scanOperands } from './operands.js';

/**
 * - full: a value for every point of the kernel's space;
 * - reduce: a reduction over the space's reduced dimensions;
 * - outer: a value for every point of the kept dimensions, computed from reductions;
 * - contract: the contraction itself; scatter: the scatter itself; ids: the numbers of segments;
 * - sort, cumulative: an order or sums along an axis, of which the expression is the operand;
 * - scan: a result of a scan, which is the whole group and becomes a loop over kernels.
 */
export type Role =
  | 'full'
  | 'reduce'
  | 'outer'
  | 'contract'
  | 'scatter'
  | 'ids'
  | 'sort'
  | 'cumulative'
  | 'scan';

export interface Member {
  readonly node: GraphNode;
  readonly role: Role;
  /** The element's value; of a reduction, what is reduced; of a contraction, its sums. */
  readonly expr: KernelExpr;
  /** Where the element lies in the node's own memory. */
  readonly index: Affine;
}

/** Thrown while a member is written as an expression: it reads another member out of place. */
class OutOfPlace extends Error {}

/** Values computed by one kernel: a space of loops, some of them reduced, and its members. */
export class Group {
  readonly members: Member[] = [];
  /** Groups that must run earlier, directly or not. */
  readonly before = new Set<Group>();
  private readonly byNode = new Map<GraphNode, Member>();
  private readonly kernelizer: Kernelizer;
  /** Reduced dimensions of the space; none for a map. */
  reduced: readonly number[] = [];
  private read: readonly GraphNode[] = [];
  private touched: number | undefined;
  /** Of a scatter: the index each update goes to. */
  row: KernelExpr | undefined;
  /** Of segments, which dimension 0 counts, and whose elements 1: where each of them begins. */
  pointer: KernelExpr | undefined;
  /** Of a scan: the scan. */
  scan: GraphNode<'scan'> | undefined;

  constructor(
    readonly kind:
      | 'loops'
      | 'contract'
      | 'scatter'
      | 'segment'
      | 'ids'
      | 'sort'
      | 'cumulative'
      | 'scan',
    /** Extents of the loop dimensions. */
    readonly extents: readonly number[],
    private readonly inMemory: ReadonlySet<GraphNode>,
  ) {
    this.kernelizer = new Kernelizer((node, index) => this.known(node, index));
  }

  private known(node: GraphNode, index: readonly Affine[]): KernelExpr | undefined {
    const member = this.byNode.get(node);
    if (member) {
      const linear = linearize(index, node.shape);
      if (keyOf(linear) !== keyOf(member.index)) throw new OutOfPlace();
      if (member.role === 'full' || member.role === 'outer') return member.expr;
      return resultOf(node, this.outerMask());
    }
    if (node.op === 'leaf' || this.inMemory.has(node)) {
      return load(node, linearize(index, node.shape));
    }
    return undefined;
  }

  private outerMask(): number {
    let mask = 0;
    for (const d of this.outerDims()) if (this.extents[d] !== 1) mask |= 1 << d;
    return mask;
  }

  outerDims(): number[] {
    return this.extents.map((_, i) => i).filter((i) => !this.reduced.includes(i));
  }

  /** Values read other than through the members' expressions: of a contraction, or its like. */
  operands(): readonly GraphNode[] {
    return this.read;
  }

  /** How many values in memory the kernel touches: those its members read, and the members. */
  get bufferCount(): number {
    this.touched ??= loadsOf(this.members.map((m) => m.expr)).size + this.members.length;
    return this.touched;
  }

  private add(member: Member): void {
    this.members.push(member);
    this.touched = undefined;
    this.byNode.set(member.node, member);
  }

  /** The dimensions over which a value of `node`'s shape would lie in this space, if it fits. */
  place(node: GraphNode): { role: 'full' | 'outer'; dims: number[] } | undefined {
    const all = this.extents.map((_, i) => i);
    const full = this.kind !== 'segment' && matchDims(node.shape, this.extents, all);
    if (full) return { role: 'full', dims: full };
    if (this.reduced.length === 0) return undefined;
    const outer = matchDims(node.shape, this.extents, this.outerDims());
    return outer && { role: 'outer', dims: outer };
  }

  /** Adds an elementwise value; false, and nothing changed, if it reads a member out of place. */
  tryMap(node: GraphNode): boolean {
    const place = this.place(node);
    if (!place) return false;
    return this.attempt(() => {
      const index = identityIndex(node.shape, place.dims);
      const expr = this.kernelizer.expand(node, index);
      this.add({ node, role: place.role, expr, index: linearize(index, node.shape) });
    });
  }

  /** Adds a reduction over this space, which a map's space becomes reducible by. */
  tryReduce(node: GraphNode): boolean {
    const axes = reducedAxes(node);
    if (this.reduced.length > 0 && this.reduced.join() !== axes.join()) return false;
    const operand = node.inputs[0]!;
    const dims = operand.shape.map((_, i) => i);
    return this.attempt(() => {
      const expr = this.kernelizer.at(operand, identityIndex(operand.shape, dims));
      const kept = dims.filter((d) => !axes.includes(d));
      this.reduced = axes;
      const index = linearize(identityIndex(node.shape, kept), node.shape);
      this.add({ node, role: 'reduce', expr, index });
    });
  }

  /** Makes this the group of contraction `node`, whose space is the result's axes. */
  contract(node: ContractionNode): void {
    this.read = reachOperands(node).operands.map((o) => o.base);
    const dims = this.extents.map((_, i) => i);
    const index = linearize(identityIndex(node.shape, dims), node.shape);
    this.add({ node, role: 'contract', expr: resultOf(node, this.outerMask()), index });
  }

  /** Makes this the group of a scatter, whose space is the updates' axes. */
  scatter(node: GraphNode<'scatterAdd'>): void {
    const [updates, which] = node.inputs;
    const index = identityIndex(
      updates!.shape,
      updates!.shape.map((_, i) => i),
    );
    const expr = this.kernelizer.at(updates!, index);
    this.row = this.kernelizer.at(which!, index);
    this.read = [...loadsOf([this.row])];
    this.add({ node, role: 'scatter', expr, index: linearize(index, updates!.shape) });
  }

  /**
   * Adds a reduction over segments, of which dimension 0 counts the segments and 1 the elements. It
   * joins others over the same pointers that read some of the same data.
   */
  trySegment(node: GraphNode): boolean {
    const [x, ptr] = node.inputs as [GraphNode, GraphNode];
    const [first] = this.members;
    const extents = [node.shape[0]!, ...x.shape];
    if (first && (first.node.inputs[1] !== ptr || extents.join() !== this.extents.join())) {
      return false;
    }
    return this.attempt(() => {
      const expr = this.kernelizer.at(
        x,
        identityIndex(
          x.shape,
          x.shape.map((_, i) => i + 1),
        ),
      );
      if (walk([expr]).some((e) => e.kind === 'result')) throw new OutOfPlace();
      const known = loadsOf(this.members.filter((m) => m.role === 'reduce').map((m) => m.expr));
      if (first && ![...loadsOf([expr])].some((n) => known.has(n))) throw new OutOfPlace();
      this.pointer = this.kernelizer.at(ptr, [dimension(0, ptr.shape[0]!)]);
      this.read = [...loadsOf([this.pointer])];
      this.reduced = [1];
      const dims = node.shape.map((_, i) => (i === 0 ? 0 : i + 1));
      const index = linearize(identityIndex(node.shape, dims), node.shape);
      this.add({ node, role: 'reduce', expr, index });
    });
  }

  /** Makes this the group that numbers the segments of pointers, whose space is their elements. */
  segmentIds(node: GraphNode<'segmentIds'>): void {
    const ptr = node.inputs[0]!;
    this.pointer = this.kernelizer.at(ptr, [dimension(0, ptr.shape[0]!)]);
    const index = linearize(identityIndex(node.shape, [0]), node.shape);
    this.add({ node, role: 'ids', expr: this.pointer, index });
  }

  /** Makes this the group of an operation along an axis, whose space is the operand's axes. */
  along(node: GraphNode<'argsort' | 'cumsum'>): void {
    const x = node.inputs[0]!;
    const dims = x.shape.map((_, i) => i);
    const expr = this.kernelizer.at(x, identityIndex(x.shape, dims));
    const role = node.op === 'argsort' ? 'sort' : 'cumulative';
    this.add({ node, role, expr, index: linearize(identityIndex(node.shape, dims), node.shape) });
  }

  /**
   * A kernel that writes only the window of an update, over a value that lies where the result is
   * to be; undefined if it reads elements of that value which it may have overwritten.
   */
  window(node: GraphNode<'dynamicUpdate'>): Group | undefined {
    const [x, update, start] = node.inputs as [GraphNode, GraphNode, GraphNode];
    const group = new Group('loops', update.shape, this.inMemory);
    const { kernelizer } = group;
    const at = identityIndex(
      update.shape,
      update.shape.map((_, i) => i),
    );
    const first = kernelizer.windowStart(x, start, update.shape);
    const index = linearize(
      at.map((i, axis) => add(i, first[axis]!)),
      node.shape,
    );
    const expr = kernelizer.at(update, at);
    const readsInPlace = walk([expr, ...dataOf(index)]).every((e) => {
      return e.kind !== 'load' || e.buffer !== x || keyOf(e.index) === keyOf(index);
    });
    if (!readsInPlace) return undefined;
    group.read = [...loadsOf(dataOf(index))];
    group.add({ node, role: 'full', expr, index });
    for (const g of this.before) group.before.add(g);
    return group;
  }

  /** Makes this the group of a scan. */
  repeat(scan: GraphNode<'scan'>): void {
    this.scan = scan;
    this.read = scanOperands(scan);
  }

  /** Adds a result of this group's scan; false if it is another's. */
  tryResult(node: GraphNode<'scanResult'>): boolean {
    if (this.scan === undefined || this.scan !== node.inputs[0]) return false;
    this.add({ node, role: 'scan', expr: resultOf(node, 0), index: fixed(0) });
    return true;
  }

  private attempt(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (error instanceof OutOfPlace) return false;
      throw error;
    }
  }
}

const REDUCTIONS: ReadonlySet<OpName> = new Set<OpName>([
  'sum',
  'prod',
  'reduceMax',
  'reduceMin',
  'argMax',
  'argMin',
]);

export function isReduction(node: GraphNode): boolean {
  return REDUCTIONS.has(node.op);
}

const SEGMENTS: Record<SegmentOp, true> = {
  segmentSum: true,
  segmentMax: true,
  segmentArgMax: true,
};

export function isSegment(node: GraphNode): boolean {
  return node.op in SEGMENTS;
}

export function reducedAxes(node: GraphNode): readonly number[] {
  if (isOp(node, 'argMax') || isOp(node, 'argMin')) return [node.attrs.axis];
  return (node as GraphNode<'sum'>).attrs.axes;
}

/** Assigns the axes of `shape` to `dims` in order, ignoring extents of 1 on both sides. */
function matchDims(
  shape: readonly number[],
  extents: readonly number[],
  dims: readonly number[],
): number[] | undefined {
  const wide = dims.filter((d) => extents[d] !== 1);
  const placed: number[] = [];
  let next = 0;
  for (const extent of shape) {
    if (extent === 1) {
      placed.push(0); // the index is 0 whatever the dimension
    } else {
      const d = wide[next++];
      if (d === undefined || extents[d] !== extent) return undefined;
      placed.push(d);
    }
  }
  return next === wide.length ? placed : undefined;
}
