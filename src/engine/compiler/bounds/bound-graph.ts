import type { DType } from '../../core/dtype.js';
import { roundTo } from '../../core/dtype.js';
import { ArgumentError, GradusError, invariant } from '../../core/errors.js';
import { formatShape, sameShape } from '../../core/shape.js';
import type { Shape } from '../../core/shape.js';
import { param } from '../../graph/body.js';
import type { GraphNode, LeafSource, OpName, ScanBody } from '../../graph/node.js';
import { isOp, topological } from '../../graph/node.js';
import { build } from '../../ops/index.js';
import { attributesOf, computationDiffers, graphDifference, isIdleReduction } from './compare.js';
import type { NumberOfSizes } from './number-of-sizes.js';
import { fitNumber } from './number-of-sizes.js';
import type { BoundContext, BoundRule, Need, OpenBody } from './rule.js';
import { BOUND_RULES } from './rules.js';
import type { Size, Sizes } from './size.js';
import { fitSize, formatSize, isFixed, sizeAt } from './size.js';
import { wantedZeros } from './wanted-zeros.js';

/** A function recorded at several sizes. */
export interface Samples {
  /** For messages. */
  readonly name: string;
  readonly symbols: readonly string[];
  /** By `samplePoints`. */
  readonly points: readonly Sizes[];
  /** What is returned and assigned, at each of the points. */
  readonly roots: readonly (readonly GraphNode[])[];
  readonly sameSource: (a: LeafSource, b: LeafSource) => boolean;
  /** Whether a leaf holds zeros beyond its true extents. */
  readonly isZeroBeyond: (source: LeafSource) => boolean;
  /** A scalar that is computed at each call: a further input. Equal keys mean equal values. */
  readonly newScalar: (dtype: DType, key: string, value: NumberOfSizes) => GraphNode;
  /** The function recorded at other sizes; undefined if it is another function there. */
  readonly recordAt: (sizes: Sizes) => readonly GraphNode[] | undefined;
}

/** A graph that gives the right results at all sizes up to the bounds. */
export interface BoundGraph {
  readonly roots: readonly GraphNode[];
  /** The true extents of the roots. */
  readonly sizes: readonly (readonly Size[])[];
  /**
   * Whether it gives at these sizes what the function does, as far as that can be told. False where
   * that has no result or does something else there. Throws what the function throws if it is
   * recorded to find out.
   */
  isRightAt(sizes: Sizes): boolean;
}

/** Thrown where recordings differ in more than numbers. */
export class Misaligned extends ArgumentError {}

/**
 * Turns a graph recorded at the bounds into one that is right at all smaller sizes: which extents,
 * attributes and constants depend on the sizes is told by recordings at other sizes; reductions see
 * the identity beyond the true extents; constants that depend on the sizes become inputs.
 */
export function boundGraph(samples: Samples): BoundGraph {
  return new Rewriting(samples).run();
}

/** How many recordings at the sizes of calls are kept. */
const KEPT = 256;

class Rewriting implements BoundContext {
  readonly b = build;
  /** The nodes at each sample point, in one order. */
  private readonly orders: readonly (readonly GraphNode[])[];
  private readonly indices: ReadonlyMap<GraphNode, number>;
  private readonly sizes = new Map<GraphNode, readonly Size[]>();
  private readonly varying = new Map<GraphNode, ReadonlyMap<string, readonly number[]>>();
  /** Nodes with a number that is a scalar of the program. */
  private readonly lookedUp = new Set<GraphNode>();
  private readonly scalarNodes = new Map<string, GraphNode>();
  private readonly masks = new Map<string, GraphNode>();
  private readonly requirements: { readonly size: Size; readonly least: number }[] = [];
  private readonly needs = new Map<GraphNode, readonly Need[]>();
  /** Samples at small sizes are not as larger ones tell. */
  private bends = false;
  private readonly recorded = new Map<string, Recorded>();
  private readonly spots: readonly { readonly sizes: Sizes; readonly order: GraphNode[] }[];
  private readonly bodies: Rewriting[] = [];

  constructor(private readonly samples: Samples) {
    for (const roots of samples.roots.slice(1)) {
      const found = this.difference(roots);
      if (found === undefined) continue;
      throw new Misaligned(
        `compile: '${samples.name}' does something else at other sizes of ` +
          `${samples.symbols.join(' and ')}: ${found}; compile it without bounds.`,
      );
    }
    this.orders = samples.roots.map((roots) => topological(roots));
    this.indices = new Map(this.orders[0]!.map((node, i) => [node, i]));
    this.spots = smallSizes(samples.points[0]!).flatMap((sizes) => {
      const order = this.tried(sizes);
      if (!order) this.bends = true;
      return order ? [{ sizes, order }] : [];
    });
  }

  run(): BoundGraph {
    for (const node of this.orders[0]!) this.measure(node);
    const zeros = wantedZeros(
      this.orders[0]!,
      this,
      (node) => this.needsOf(node),
      this.samples.isZeroBeyond,
    );
    const done = new Map<GraphNode, GraphNode>();
    for (const node of this.orders[0]!) {
      const next = this.rebuilt(node, done);
      done.set(node, this.masked(next, node, zeros.get(node) ?? [], 0));
    }
    this.bends ||= this.spots.some(({ sizes }) => this.deviatesAt(sizes));
    const roots = this.samples.roots[0]!;
    return {
      roots: roots.map((node) => done.get(node)!),
      sizes: roots.map((node) => this.sizesOf(node)),
      isRightAt: (sizes) => this.isRightAt(sizes),
    };
  }

  sizesOf(node: GraphNode): readonly Size[] {
    return this.sizes.get(node)!;
  }

  isOpen(node: GraphNode, axis: number): boolean {
    return !isFixed(this.sizesOf(node)[axis]!);
  }

  shapesOf(node: GraphNode): readonly Shape[] {
    const index = this.indices.get(node)!;
    return this.orders.map((order) => order[index]!.shape);
  }

  attribute(node: GraphNode, path: string): Size {
    const values = this.varying.get(node)?.get(path);
    if (!values) {
      const base = attributesOf(node).get(path);
      invariant(typeof base === 'number', `${node.op} has no number ${path}`);
      return { base, factors: this.samples.symbols.map(() => 0) };
    }
    return fitSize(values, this.samples.points) ?? this.refuse(node, notAffine(path));
  }

  number(node: GraphNode, path: string, dtype: DType): GraphNode | undefined {
    const index = this.indices.get(node)!;
    const valueIn = (order: readonly GraphNode[]): number => {
      return attributesOf(order[index]!).get(path) as number;
    };
    const values = this.orders.map(valueIn);
    const spots = this.spots.map(({ order }) => valueIn(order));
    if ([...values, ...spots].every((v) => Object.is(v, values[0]))) return undefined;
    const fit = fitNumber(values, this.samples.points, dtype, (f) =>
      this.spots.every(({ sizes }, i) => Object.is(roundTo(dtype, f(sizes)), spots[i])),
    );
    // By node: numbers that are the same at the samples may differ at other sizes.
    this.lookedUp.add(node);
    return this.scalar(dtype, `${path} of ${node.id}`, (sizes) => {
      const order = !fit || this.isLookedUp(sizes) ? this.orderAt(sizes) : undefined;
      if (order) return valueIn(order);
      if (fit) return fit(sizes);
      throw new ArgumentError(
        `compile: '${this.samples.name}' does something else at size ${sizes.join(', ')} than at ` +
          'others, and a number in it depends on the size; compile it without bounds.',
      );
    });
  }

  scalar(dtype: DType, key: string, value: NumberOfSizes): GraphNode {
    const full = `${dtype} ${key}`;
    let node = this.scalarNodes.get(full);
    if (!node) {
      node = this.samples.newScalar(dtype, key, (sizes) => roundTo(dtype, value(sizes)));
      this.scalarNodes.set(full, node);
    }
    return node;
  }

  body(node: GraphNode<'scan'>): OpenBody {
    const index = this.indices.get(node)!;
    const bodyIn = (order: readonly GraphNode[]): ScanBody => {
      return (order[index]! as GraphNode<'scan'>).attrs.body;
    };
    const scalars = new Map<GraphNode, GraphNode>();
    const inner = new Rewriting({
      ...this.samples,
      roots: this.orders.map((order) => bodyIn(order).results),
      sameSource: () => true, // parameters, which have been compared
      isZeroBeyond: () => false,
      newScalar: (dtype, key, value) => {
        const stand = param(this.b, { shape: [], dtype });
        scalars.set(stand, this.scalar(dtype, key, value));
        return stand;
      },
      recordAt: (sizes) => {
        const order = this.orderAt(sizes);
        return order && bodyIn(order).results;
      },
    });
    this.bodies.push(inner);
    return { results: inner.run().roots, scalars };
  }

  extent(size: Size): GraphNode {
    if (isFixed(size)) return this.b.constant(size.base, [], 'i32');
    return this.scalar('i32', `extent ${JSON.stringify(size)}`, (sizes) => sizeAt(size, sizes));
  }

  require(size: Size, least: number): void {
    if (!isFixed(size)) this.requirements.push({ size, least });
  }

  refuse(node: GraphNode, why: string): never {
    throw new ArgumentError(
      `compile: '${this.samples.name}' cannot run with bounds, as ${this.describe(node)} ${why}; ` +
        'compile it without bounds.',
    );
  }

  /** For messages: `sum [N, 10]`. */
  private describe(node: GraphNode): string {
    const sizes = this.sizes.get(node);
    if (!sizes) return `${node.op} ${formatShape(node.shape)}`;
    return `${node.op} [${sizes.map((s) => formatSize(s, this.samples.symbols)).join(', ')}]`;
  }

  private difference(roots: readonly GraphNode[]): string | undefined {
    return graphDifference(this.samples.roots[0]!, roots, {
      sameSource: this.samples.sameSource,
      numbersMayDiffer: true,
    });
  }

  /** Tells how the extents and attributes of a node depend on the sizes. */
  private measure(node: GraphNode): void {
    const { points } = this.samples;
    const shapes = this.shapesOf(node);
    const sizes = node.shape.map((_, axis) => {
      const size = fitSize(
        shapes.map((shape) => shape[axis]!),
        points,
      );
      if (!size || size.factors.some((f) => f < 0))
        this.refuse(node, notAffine(`size on axis ${axis}`));
      return size;
    });
    this.sizes.set(node, sizes);
    for (const size of sizes) {
      if (size.base < 0) this.require(size, 0);
    }
    const varying = this.varyingNumbers(node);
    if (varying.size > 0) this.varying.set(node, varying);
    const allowed = BOUND_RULES[node.op].varying ?? [];
    for (const path of varying.keys()) {
      const name = path.split('.')[0]!;
      if (!allowed.includes(name)) this.refuse(node, `has a ${name} that depends on the sizes`);
    }
  }

  /** Numbers among the attributes that differ from sample to sample, by path. */
  private varyingNumbers(node: GraphNode): Map<string, number[]> {
    const found = new Map<string, number[]>();
    if (isOp(node, 'leaf')) return found;
    const index = this.indices.get(node)!;
    const all = this.orders.map((order) => attributesOf(order[index]!));
    for (const [path, value] of all[0]!) {
      const values = all.map((attrs) => attrs.get(path));
      if (typeof value !== 'number' || values.every((v) => Object.is(v, value))) continue;
      found.set(path, values as number[]);
    }
    return found;
  }

  private needsOf<K extends OpName>(node: GraphNode<K>): readonly Need[] {
    const known = this.needs.get(node);
    if (known) return known;
    const rule: BoundRule<K> = BOUND_RULES[node.op];
    const needs = rule.needs?.(this, node) ?? [];
    this.needs.set(node, needs);
    return needs;
  }

  private rebuilt<K extends OpName>(
    node: GraphNode<K>,
    done: ReadonlyMap<GraphNode, GraphNode>,
  ): GraphNode {
    const rule: BoundRule<K> = BOUND_RULES[node.op];
    const inputs = node.inputs.map((x) => done.get(x)!);
    for (const { operand, axes, value } of this.needsOf(node)) {
      if (value === 0) continue; // so it is wherever it is used
      inputs[operand] = this.masked(inputs[operand]!, node.inputs[operand]!, axes, value);
    }
    if (rule.build) return rule.build(this, node, inputs);
    if (inputs.every((x, i) => x === node.inputs[i])) return node;
    return this.b.node(node.op, inputs, node.attrs, node);
  }

  /** `x`, which stands for `node`, with a value beyond the true extents of those axes that are open. */
  private masked(x: GraphNode, node: GraphNode, axes: readonly number[], value: number): GraphNode {
    const conditions = axes
      .filter((axis) => this.isOpen(node, axis))
      .map((axis) => this.within(x.shape, axis, this.sizesOf(node)[axis]!));
    if (conditions.length === 0) return x;
    const all = conditions.reduce((a, c) => this.b.binary('and', a, c));
    return this.b.where(all, x, this.b.like(x, value));
  }

  private within(shape: Shape, axis: number, size: Size): GraphNode {
    const key = JSON.stringify([shape, axis, size]);
    let mask = this.masks.get(key);
    if (!mask) {
      const limit = this.b.broadcastTo(this.extent(size), shape);
      mask = this.b.compare('lt', this.b.iota(shape, axis, 'i32'), limit);
      this.masks.set(key, mask);
    }
    return mask;
  }

  private isRightAt(sizes: Sizes): boolean {
    if (this.requirements.some(({ size, least }) => sizeAt(size, sizes) < least)) return false;
    if (this.isLookedUp(sizes) && this.deviatesAt(sizes)) return false;
    return this.bodies.every((body) => body.isRightAt(sizes));
  }

  /**
   * Whether to record the function at these sizes rather than trust what larger ones tell: at sizes
   * of 0 and 1, where functions often do something special (max(0, n - 1), say), and where samples
   * at small sizes have shown that this one does.
   */
  private isLookedUp(sizes: Sizes): boolean {
    return this.bends || sizes.some((n) => n < 2);
  }

  /** As `orderAt`; undefined also where the function throws. */
  private tried(sizes: Sizes): GraphNode[] | undefined {
    try {
      return this.orderAt(sizes);
    } catch (error) {
      if (error instanceof GradusError) return undefined;
      throw error;
    }
  }

  /**
   * Whether the function is not at these sizes as the samples tell: in operations, extents,
   * attributes, or constants that are not looked up. Without elements only shapes count.
   */
  private deviatesAt(sizes: Sizes): boolean {
    const { roots, order } = this.recordedAt(sizes);
    if (!order) return roots !== undefined && !sizes.includes(0) && this.computesElse(roots, sizes);
    return this.orders[0]!.some((node, i) => !this.isAsTold(node, order[i]!, sizes));
  }

  private isAsTold(node: GraphNode, now: GraphNode, sizes: Sizes): boolean {
    if (!sameShape(this.shapeAt(node, sizes), now.shape)) return false;
    if (isOp(node, 'leaf') || this.lookedUp.has(node)) return true;
    for (const [path, value] of attributesOf(now)) {
      if (typeof value !== 'number') continue;
      const told = this.varying.get(node)?.get(path);
      const fit = told && fitSize(told, this.samples.points);
      const predicted = fit ? sizeAt(fit, sizes) : attributesOf(node).get(path);
      if (!Object.is(predicted, value)) return false;
    }
    return true;
  }

  private computesElse(roots: readonly GraphNode[], sizes: Sizes): boolean {
    return computationDiffers(this.samples.roots[0]!, roots, this.samples.sameSource, (node) => {
      const owner = this.ownerOf(node);
      return owner !== undefined && isIdleReduction(node, owner.shapeAt(node.inputs[0]!, sizes));
    });
  }

  /** This, or the body that a node belongs to. */
  private ownerOf(node: GraphNode): Rewriting | undefined {
    if (this.sizes.has(node)) return this;
    for (const body of this.bodies) {
      const owner = body.ownerOf(node);
      if (owner) return owner;
    }
    return undefined;
  }

  private shapeAt(node: GraphNode, sizes: Sizes): number[] {
    return this.sizesOf(node).map((size) => sizeAt(size, sizes));
  }

  /** The nodes recorded at these sizes in the common order, if they are the same but for numbers. */
  private orderAt(sizes: Sizes): GraphNode[] | undefined {
    return this.recordedAt(sizes).order;
  }

  private recordedAt(sizes: Sizes): Recorded {
    const key = sizes.join();
    let found = this.recorded.get(key);
    if (!found) {
      const roots = this.samples.recordAt(sizes);
      const aligned = roots && this.difference(roots) === undefined;
      found = { roots, order: aligned ? topological(roots) : undefined };
      if (this.recorded.size >= KEPT) this.recorded.delete(this.recorded.keys().next().value!);
      this.recorded.set(key, found);
    }
    return found;
  }
}

/** A recording at other sizes: undefined if there is none; in the common order if it has that. */
interface Recorded {
  readonly roots: readonly GraphNode[] | undefined;
  readonly order: GraphNode[] | undefined;
}

/** Smaller sizes to try, none of which may tell the truth about all that lie between. */
function smallSizes(bounds: Sizes): Sizes[] {
  return [bounds.map(() => 2), bounds.map((n) => Math.max(2, Math.floor(n / 3)))];
}

function notAffine(what: string): string {
  return `has a ${what} that is no multiple of an open size and a constant`;
}
