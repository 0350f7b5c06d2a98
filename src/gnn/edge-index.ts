import { ArgumentError, IndexError, ShapeError } from '../engine/core/errors.js';
import { Csr } from '../sparse/index.js';
import type { DType, Tensor } from '../tensor/index.js';
import { fromData } from '../tensor/index.js';

/** Where edges begin and where they end: a tensor or nested array [2, E]. */
export type EdgeEnds = Tensor | readonly [sources: ArrayLike<number>, targets: ArrayLike<number>];

/**
 * The edges of a graph, [2, E]: edge e leads from node edgeIndex[0, e] to node edgeIndex[1, e], and
 * messages flow that way. An undirected edge is two of them. What layers need of it, the edges sorted
 * by target and by source, is made once and kept, in time O(V + E).
 *
 * Attributes of edges are always in the order in which the edges were given here.
 *
 * @example
 * const edges = new EdgeIndex([[0, 1, 2], [1, 2, 0]], 3); // a ring: 0 → 1 → 2 → 0
 * edges.incoming.ptr; // [0, 1, 2, 3]
 */
export class EdgeIndex {
  /** The node where each edge begins. */
  readonly sources: Int32Array;
  /** The node where each edge ends. */
  readonly targets: Int32Array;
  #tensor: Tensor | undefined;
  #incoming: Csr | undefined;
  readonly #derived = new Map<string, unknown>();

  /**
   * @param ends [2, E]: the node where each edge begins, and the node where it ends.
   * @param numNodes V, the number of nodes.
   * @throws IndexError for a node that is not in the graph; ShapeError for ends that are not [2, E].
   */
  constructor(
    ends: EdgeEnds,
    readonly numNodes: number,
  ) {
    if (!Number.isInteger(numNodes) || numNodes < 0) {
      throw new ArgumentError(`EdgeIndex: numNodes is ${numNodes}; use an integer of at least 0.`);
    }
    const [sources, targets] = isTensor(ends) ? rowsOf(ends) : ends;
    if (sources.length !== targets.length) {
      throw new ShapeError(
        `EdgeIndex: ${sources.length} sources and ${targets.length} targets are given; give one ` +
          'of each per edge.',
      );
    }
    for (let e = 0; e < sources.length; e++) {
      if (isNode(sources[e]!, numNodes) && isNode(targets[e]!, numNodes)) continue;
      const outside = isNode(sources[e]!, numNodes) ? targets[e] : sources[e];
      throw new IndexError(
        `EdgeIndex: edge ${e} leads from ${sources[e]} to ${targets[e]}, and ${outside} is no node ` +
          `of a graph of ${numNodes} nodes; ` +
          (numNodes === 0 ? 'give the number of nodes.' : `use 0…${numNodes - 1}.`),
      );
    }
    this.sources = Int32Array.from(sources);
    this.targets = Int32Array.from(targets);
  }

  /** The number of edges, E. */
  get numEdges(): number {
    return this.sources.length;
  }

  /** As an i32 tensor [2, E]. */
  get tensor(): Tensor {
    if (!this.#tensor) {
      const both = new Int32Array(2 * this.numEdges);
      both.set(this.sources);
      both.set(this.targets, this.numEdges);
      this.#tensor = fromData(both, [2, this.numEdges]);
    }
    return this.#tensor;
  }

  /**
   * The edges as a sparse matrix [targets, sources]: its row v has a slot for each edge that ends in v.
   * `transpose()` of it has the edges that begin in v.
   */
  get incoming(): Csr {
    const { numNodes } = this;
    this.#incoming ??= Csr.fromEdges(this.targets, this.sources, [numNodes, numNodes]);
    return this.#incoming;
  }

  /**
   * [V]: the number of edges into each node.
   *
   * @param options.dtype Default f32.
   */
  degrees({ dtype = 'f32' }: { readonly dtype?: DType } = {}): Tensor {
    const count = this.derived('degrees', () => {
      const into = new Int32Array(this.numNodes);
      for (const v of this.targets) into[v]!++;
      return fromData(into, [into.length]);
    });
    return count.to(dtype);
  }

  /** @internal What `make` makes of these edges, which never change, made once for each name. */
  derived<T>(name: string, make: () => T): T {
    if (!this.#derived.has(name)) this.#derived.set(name, make());
    return this.#derived.get(name) as T;
  }
}

function isTensor(ends: EdgeEnds): ends is Tensor {
  return !Array.isArray(ends);
}

function isNode(i: number, numNodes: number): boolean {
  return Number.isInteger(i) && i >= 0 && i < numNodes;
}

function rowsOf(ends: Tensor): [ArrayLike<number>, ArrayLike<number>] {
  if (ends.rank !== 2 || ends.shape[0] !== 2) {
    throw new ShapeError(
      `EdgeIndex: the ends of edges have shape [${ends.shape.join(', ')}]; give [2, E].`,
    );
  }
  const data = ends.dataSync();
  const count = ends.shape[1]!;
  return [data.subarray(0, count), data.subarray(count)];
}
