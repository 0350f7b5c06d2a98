import { substitute } from '../graph/body.js';
import type { Builder } from '../graph/builder.js';
import type { GraphNode } from '../graph/node.js';
import { isOp, topological } from '../graph/node.js';

/** What a scan gives, once it is made: the values of all steps, and sums over them. */
export interface Done {
  readonly outputs: readonly GraphNode[];
  readonly sums: readonly GraphNode[];
}

/** A node that can be made when the scan is. */
export type Later = (done: Done) => GraphNode;

export interface StackingSpec {
  readonly length: number;
  /** Parameters of the body whose values at all steps are known, and those. */
  readonly stacked: ReadonlyMap<GraphNode, GraphNode>;
  /** Parameters that are the same at each step. */
  readonly constants: ReadonlyMap<GraphNode, GraphNode>;
  /** All nodes of the body that are not the same at each step. */
  readonly varies: ReadonlySet<GraphNode>;
  /** What the scan computes in any case, because its carries need it. */
  readonly inLoop: readonly GraphNode[];
  /** Sums are added up step by step: nothing is stacked that would only be summed behind the scan. */
  readonly stepwise: boolean;
}

/**
 * Moves what a body computes for all steps alike out of it: operations on the values of all steps,
 * stacked, and sums over the steps. What it cannot move becomes an output of the scan, or a carry
 * that adds it up.
 */
export class Stacking {
  readonly outputs: GraphNode[] = [];
  readonly sums: GraphNode[] = [];
  private readonly inLoop: ReadonlySet<GraphNode>;
  private readonly stacks = new Map<GraphNode, Later>();
  private readonly totals = new Map<GraphNode, Later>();

  constructor(
    private readonly b: Builder,
    private readonly spec: StackingSpec,
  ) {
    this.inLoop = new Set(topological(spec.inLoop));
  }

  /** The values of `node` at all steps, [T, …]. */
  stack(node: GraphNode): Later {
    const known = this.stacks.get(node) ?? once(this.stackOf(node));
    this.stacks.set(node, known);
    return known;
  }

  private stackOf(node: GraphNode): Later {
    const { b } = this;
    const { length, stacked, stepwise } = this.spec;
    const shape = [length, ...node.shape];
    const known = stacked.get(node);
    if (known) return () => known;
    if (this.isInvariant(node)) {
      return () => b.broadcastTo(b.reshape(this.outside(node), [1, ...node.shape]), shape);
    }
    if (stepwise || (this.inLoop.has(node) && !isView(node))) return this.output(node);
    const [x, y] = node.inputs as [GraphNode, GraphNode];
    if (isView(node)) {
      const inner = this.stack(x);
      if (isOp(node, 'permute')) {
        const axes = [0, ...node.attrs.axes.map((a) => a + 1)];
        return (done) => b.permute(inner(done), axes);
      }
      if (isOp(node, 'reshape')) return (done) => b.reshape(inner(done), shape);
      return (done) => b.broadcast(inner(done), shape);
    }
    if (isOp(node, 'dot') && this.isInvariant(y)) return this.stackDot(node, this.stack(x), 0);
    if (isOp(node, 'dot') && this.isInvariant(x)) return this.stackDot(node, this.stack(y), 1);
    if (isOp(node, 'add') && this.isDot(x) && this.isDot(y)) {
      const [left, right] = [this.stack(x), this.stack(y)];
      return (done) => b.add(left(done), right(done));
    }
    return this.output(node);
  }

  /** Σ_t of `node`. */
  total(node: GraphNode): Later {
    const known = this.totals.get(node) ?? once(this.totalOf(node));
    this.totals.set(node, known);
    return known;
  }

  private totalOf(node: GraphNode): Later {
    const { b } = this;
    const { length, stepwise } = this.spec;
    if (this.isInvariant(node)) {
      return () => b.mul(this.outside(node), b.like(node, length));
    }
    if (stepwise) return this.sum(node);
    const [x, y] = node.inputs as [GraphNode, GraphNode];
    const through = (make: (inner: GraphNode) => GraphNode): Later => {
      const inner = this.total(x);
      return (done) => make(inner(done));
    };
    if (isOp(node, 'add')) {
      const [left, right] = [this.total(x), this.total(y)];
      return (done) => b.add(left(done), right(done));
    }
    if (isOp(node, 'neg')) return through((inner) => b.neg(inner));
    if (isOp(node, 'reshape')) return through((inner) => b.reshape(inner, node.shape));
    if (isOp(node, 'permute')) return through((inner) => b.permute(inner, node.attrs.axes));
    if (isOp(node, 'broadcast')) return through((inner) => b.broadcast(inner, node.shape));
    if (isOp(node, 'pad') && node.attrs.value === 0) {
      return through((inner) => b.pad(inner, node.attrs));
    }
    if (isOp(node, 'sum')) {
      const { axes } = node.attrs;
      if (this.isDot(x)) return through((inner) => b.sum(inner, axes));
      const stacked = this.stack(x);
      return (done) => b.sum(stacked(done), [0, ...axes.map((a) => a + 1)]);
    }
    if (isOp(node, 'dot')) return this.totalDot(node);
    if (this.spec.stacked.has(node) || this.outputs.includes(node)) {
      const stacked = this.stack(node);
      return (done) => b.sum(stacked(done), [0]);
    }
    return this.sum(node);
  }

  /** A product with what is the same at each step: the step is one more free axis. */
  private stackDot(node: GraphNode<'dot'>, operand: Later, side: 0 | 1): Later {
    const { b } = this;
    const { batch, contract } = node.attrs;
    const other = this.outside(node.inputs[1 - side]!);
    const pair = (axes: readonly (readonly number[])[]): [readonly number[], readonly number[]] => {
      const moved = axes.map((list, i) => (i === side ? list.map((a) => a + 1) : list));
      return [moved[0]!, moved[1]!];
    };
    const attrs = { batch: pair(batch), contract: pair(contract) };
    const freeLeft = node.inputs[0]!.shape.length - batch[0].length - contract[0].length;
    const at = batch[0].length + (side === 0 ? 0 : freeLeft);
    const axes = [at, ...node.shape.map((_, i) => (i < at ? i : i + 1))];
    return (done) => {
      const stacked = operand(done);
      const [left, right] = side === 0 ? [stacked, other] : [other, stacked];
      return b.permute(b.dot(left, right, attrs), axes);
    };
  }

  /** A sum of products: one product that also contracts the steps. */
  private totalDot(node: GraphNode<'dot'>): Later {
    const { b } = this;
    const [x, y] = node.inputs as [GraphNode, GraphNode];
    const { batch, contract } = node.attrs;
    if (this.isInvariant(x) || this.isInvariant(y)) {
      const [left, right] = [x, y].map((n): Later => {
        return this.isInvariant(n) ? () => this.outside(n) : this.total(n);
      });
      return (done) => b.dot(left!(done), right!(done), node.attrs);
    }
    const [left, right] = [this.stack(x), this.stack(y)];
    const moved = (axes: readonly number[]): number[] => axes.map((a) => a + 1);
    const attrs = {
      batch: [moved(batch[0]), moved(batch[1])],
      contract: [
        [0, ...moved(contract[0])],
        [0, ...moved(contract[1])],
      ],
    } as const;
    return (done) => b.dot(left(done), right(done), attrs);
  }

  private sum(node: GraphNode): Later {
    const index = add(this.sums, node);
    return (done) => done.sums[index]!;
  }

  private output(node: GraphNode): Later {
    const index = add(this.outputs, node);
    return (done) => done.outputs[index]!;
  }

  /** Whether `node` is a contraction, moved about perhaps. */
  private isDot(node: GraphNode): boolean {
    let n = node;
    while (isView(n)) n = n.inputs[0]!;
    return isOp(n, 'dot') && !this.inLoop.has(n);
  }

  private isInvariant(node: GraphNode): boolean {
    return !this.spec.varies.has(node);
  }

  private outside(node: GraphNode): GraphNode {
    return substitute(this.b, [node], new Map(this.spec.constants))[0]!;
  }
}

/** The node is made once, however many ask for it. */
function once(later: Later): Later {
  let made: GraphNode | undefined;
  return (done) => (made ??= later(done));
}

function isView(node: GraphNode): boolean {
  return node.op === 'reshape' || node.op === 'permute' || node.op === 'broadcast';
}

function add(list: GraphNode[], node: GraphNode): number {
  const at = list.indexOf(node);
  return at >= 0 ? at : list.push(node) - 1;
}
