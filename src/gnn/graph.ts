import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { Tensor } from '../tensor/index.js';
import { EdgeIndex } from './edge-index.js';
import type { EdgeEnds } from './edge-index.js';
import { checkFeatures, checkMasks } from './graph-checks.js';

/** Tensors with a row for each node. */
export interface NodeTensors {
  /** Features [V, F], or anything else with a row for each node. */
  readonly x?: Tensor;
  /** bool [V]: the nodes to train on, to validate on and to test on; none in two of them. */
  readonly trainMask?: Tensor;
  readonly valMask?: Tensor;
  readonly testMask?: Tensor;
}

/** Tensors with an entry for each edge, in the order of the edges. */
export interface EdgeTensors {
  /** Weights [E]. */
  readonly edgeWeight?: Tensor;
  /** Features of edges [E, D], or anything else with a row for each edge. */
  readonly edgeAttr?: Tensor;
  /** i32 [E]: the type of each edge. */
  readonly edgeType?: Tensor;
}

/** What a graph is made of. */
export interface GraphParts extends NodeTensors, EdgeTensors {
  /** [2, E]: where each edge begins, and where it ends; an undirected edge is given both ways. */
  readonly edgeIndex: EdgeEnds | EdgeIndex;
  /** V. Default: the rows of `x`, or else what `edgeIndex` says. */
  readonly numNodes?: number;
  /** Labels: of the nodes [V] or [V, …], or of the graph, [1] or [1, …]. */
  readonly y?: Tensor;
  /** Names of the nodes, each once. */
  readonly ids?: readonly string[];
}

/** The names of the tensors that have a row for each node. */
export const NODE_TENSORS = ['x', 'trainMask', 'valMask', 'testMask'] as const;
/** The names of the tensors that have an entry for each edge. */
export const EDGE_TENSORS = ['edgeWeight', 'edgeAttr', 'edgeType'] as const;

/**
 * A graph: its edges, and tensors about nodes, edges and the whole. Nothing in it changes; `with`
 * gives a graph in which parts are others.
 *
 * @example
 * const graph = new Graph({ edgeIndex: [[0, 1, 1, 2], [1, 0, 2, 1]], x: eye(3) });
 * graph.isUndirected; // true
 * graph.with({ y: tensor([0, 0, 1]).int() }).y?.shape; // [3]
 */
export class Graph implements GraphParts {
  readonly edgeIndex: EdgeIndex;
  readonly x?: Tensor;
  readonly edgeWeight?: Tensor;
  readonly edgeAttr?: Tensor;
  readonly edgeType?: Tensor;
  readonly y?: Tensor;
  readonly trainMask?: Tensor;
  readonly valMask?: Tensor;
  readonly testMask?: Tensor;
  readonly ids?: readonly string[];

  /**
   * @throws IndexError for an edge that leads outside the graph; ShapeError for tensors that do not
   *   have a row for each node or edge; ArgumentError for features that are NaN, splits that are empty
   *   or overlap, or an id that occurs twice.
   */
  constructor(parts: GraphParts) {
    const { edgeIndex, x, numNodes } = parts;
    if (edgeIndex instanceof EdgeIndex) {
      this.edgeIndex = edgeIndex;
      checkCount(numNodes ?? edgeIndex.numNodes, edgeIndex.numNodes);
    } else {
      const count = numNodes ?? x?.shape[0] ?? parts.ids?.length;
      if (count === undefined) {
        throw new ArgumentError(
          'Graph: neither numNodes nor x nor ids say how many nodes there are; give numNodes.',
        );
      }
      this.edgeIndex = new EdgeIndex(edgeIndex, count);
    }
    for (const name of NODE_TENSORS) this.checkRows(name, parts[name], this.numNodes, 'node');
    for (const name of EDGE_TENSORS) this.checkRows(name, parts[name], this.numEdges, 'edge');
    for (const name of ['x', 'edgeWeight', 'edgeAttr'] as const) checkFeatures(name, parts[name]);
    checkMasks(parts);
    checkIds(parts.ids, this.numNodes);
    for (const name of [...NODE_TENSORS, ...EDGE_TENSORS, 'y'] as const) {
      if (parts[name]) this[name] = parts[name];
    }
    if (parts.ids) this.ids = parts.ids;
  }

  /** The number of nodes, V. */
  get numNodes(): number {
    return this.edgeIndex.numNodes;
  }

  /** The number of edges, E; an undirected one counts twice, but a loop once. */
  get numEdges(): number {
    return this.edgeIndex.numEdges;
  }

  /** The number of features of a node, F; 0 without x. */
  get numFeatures(): number {
    return this.x?.shape[1] ?? 0;
  }

  /** Whether every edge has its reverse, and as many of it; weights are not looked at. */
  get isUndirected(): boolean {
    return this.edgeIndex.derived('isUndirected', () => {
      const { sources, targets } = this.edgeIndex;
      const [there, back] = [sources, targets].map((from, i) =>
        Float64Array.from(from, (v, e) => v * this.numNodes + (i ? sources : targets)[e]!).sort(),
      );
      return there!.every((key, e) => key === back![e]);
    });
  }

  /** Whether an edge leads from a node to itself. */
  get hasSelfLoops(): boolean {
    const { sources, targets } = this.edgeIndex;
    return sources.some((v, e) => v === targets[e]);
  }

  /** Whether a node has no edge but loops. */
  get hasIsolatedNodes(): boolean {
    const met = new Uint8Array(this.numNodes);
    const { sources, targets } = this.edgeIndex;
    sources.forEach((v, e) => {
      if (v !== targets[e]) met[v] = met[targets[e]!] = 1;
    });
    return met.includes(0);
  }

  /** This graph with some parts in place of those that are there; undefined takes one away. */
  with(parts: { readonly [K in keyof GraphParts]?: GraphParts[K] | undefined }): Graph {
    const all = { ...this.parts(), ...parts };
    const kept = Object.entries(all).filter(([, part]) => part !== undefined);
    return new Graph(Object.fromEntries(kept) as unknown as GraphParts);
  }

  /** The parts that are there. */
  parts(): GraphParts {
    return Object.fromEntries(Object.entries(this)) as unknown as GraphParts;
  }

  private checkRows(name: string, t: Tensor | undefined, rows: number, of: string): void {
    if (!t || (t.rank > 0 && t.shape[0] === rows)) return;
    throw new ShapeError(
      `Graph: ${name} has shape ${formatShape(t.shape)}, but there are ${rows} ${of}s; give it a ` +
        `row for each ${of}.`,
    );
  }
}

function checkCount(given: number, found: number): void {
  if (given === found) return;
  throw new ArgumentError(
    `Graph: numNodes is ${given}, but edgeIndex is of a graph of ${found} nodes; make them equal.`,
  );
}

function checkIds(ids: readonly string[] | undefined, numNodes: number): void {
  if (!ids) return;
  if (ids.length !== numNodes) {
    throw new ShapeError(
      `Graph: ${ids.length} ids are given for ${numNodes} nodes; give each node one.`,
    );
  }
  const seen = new Map<string, number>();
  for (const [v, id] of ids.entries()) {
    const first = seen.get(id);
    if (first !== undefined) {
      throw new ArgumentError(
        `Graph: nodes ${first} and ${v} both have the id ${JSON.stringify(id)}; make ids unique.`,
      );
    }
    seen.set(id, v);
  }
}
