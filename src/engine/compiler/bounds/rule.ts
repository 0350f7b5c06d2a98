import type { DType } from '../../core/dtype.js';
import type { Shape } from '../../core/shape.js';
import type { Builder } from '../../graph/builder.js';
import type { GraphNode, OpName } from '../../graph/node.js';
import type { NumberOfSizes } from './number-of-sizes.js';
import type { Size } from './size.js';

/** What rules know of the graph. Nodes are those recorded at the bounds. */
export interface BoundContext {
  readonly b: Builder;
  /** The true extents of a node, within those at the bounds. */
  sizesOf(node: GraphNode): readonly Size[];
  /** Whether an extent depends on the sizes of the call. */
  isOpen(node: GraphNode, axis: number): boolean;
  /** The shapes of a node at all sample points. */
  shapesOf(node: GraphNode): readonly Shape[];
  /** An integer attribute, given by its path (`stop.0`). */
  attribute(node: GraphNode, path: string): Size;
  /** A number among the attributes as a scalar of the program, if it depends on the sizes. */
  number(node: GraphNode, path: string, dtype: DType): GraphNode | undefined;
  /** A scalar of the program that is computed at each call. */
  scalar(dtype: DType, key: string, value: NumberOfSizes): GraphNode;
  /** An extent as an i32 scalar. */
  extent(size: Size): GraphNode;
  /** The operation is not right in calls in which `size` is below `least`. */
  require(size: Size, least: number): void;
  /** The body of a scan, made right at all sizes in turn. */
  body(node: GraphNode<'scan'>): OpenBody;
  /** Throws an ArgumentError; `why` is a clause about the operation. */
  refuse(node: GraphNode, why: string): never;
}

/** A scan's body that is right at all sizes. */
export interface OpenBody {
  readonly results: readonly GraphNode[];
  /** Further parameters, and the scalars of the program that they stand for. */
  readonly scalars: ReadonlyMap<GraphNode, GraphNode>;
}

/** What an operand has to hold beyond its true extents along some axes. */
export interface Need {
  readonly operand: number;
  readonly axes: readonly number[];
  readonly value: number;
}

/**
 * How an operation recorded at the bounds is made to give, within the true extents of its result,
 * what it would give at the true extents of its operands, whatever lies beyond those. No entries
 * mean that it does so as it is: element i of the result depends on elements i of the operands.
 */
export interface BoundRule<K extends OpName> {
  readonly needs?: (c: BoundContext, node: GraphNode<K>) => readonly Need[];
  /** Attributes that may depend on the sizes; if any other does, the operation is refused. */
  readonly varying?: readonly string[];
  /** The operation on `inputs`, which are as `needs` asks. Default: with the attributes it has. */
  readonly build?: (c: BoundContext, node: GraphNode<K>, inputs: readonly GraphNode[]) => GraphNode;
}
