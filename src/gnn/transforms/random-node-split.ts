import { ArgumentError } from '../../engine/core/errors.js';
import { permutation } from '../../data/random.js';
import { fromData } from '../../tensor/index.js';
import type { Tensor } from '../../tensor/index.js';
import type { Graph } from '../graph.js';

/** Options of `randomNodeSplit`. */
export interface RandomNodeSplitOptions {
  /** Nodes to validate on: a share of all where below 1, else their number. Default 500. */
  readonly numVal?: number;
  /** Nodes to test on, likewise. Default 1000. */
  readonly numTest?: number;
  /**
   * Nodes of each class to train on; nodes with a label below 0 are in no split then. Default: all
   * that are left.
   */
  readonly numTrainPerClass?: number;
  /** Which nodes those are. Default 0. */
  readonly seed?: number;
}

/**
 * The graph with `trainMask`, `valMask` and `testMask` drawn at random.
 *
 * @throws ArgumentError where a split would be empty, or splits would overlap; where classes are asked
 *   for without `y`.
 * @example
 * const split = randomNodeSplit(graph, { numVal: 0.2, numTest: 0.2, seed: 1 });
 */
export function randomNodeSplit(graph: Graph, options: RandomNodeSplitOptions = {}): Graph {
  const { numVal = 500, numTest = 1000, numTrainPerClass, seed = 0 } = options;
  const n = graph.numNodes;
  const [val, test] = [numVal, numTest].map((size) =>
    size > 0 && size < 1 ? Math.round(size * n) : size,
  ) as [number, number];
  let order = [...permutation(n, seed, 'graph')];
  let train: number[] = [];
  if (numTrainPerClass !== undefined) {
    train = firstOfEachClass(graph, order, numTrainPerClass);
    const taken = new Set(train);
    const y = graph.y!.dataSync();
    order = order.filter((v) => !taken.has(v) && y[v]! >= 0);
  }
  const counts = [
    val,
    test,
    numTrainPerClass === undefined ? order.length - val - test : train.length,
  ];
  const fits = counts.every((count) => Number.isInteger(count) && count >= 1);
  if (!fits || val + test > order.length) {
    throw new ArgumentError(
      `randomNodeSplit: of ${n} nodes ${numVal} are to validate on and ${numTest} to test on, which ` +
        'leaves a split empty; ask for fewer, of each at least one.',
    );
  }
  if (numTrainPerClass === undefined) train = order.slice(val + test);
  return graph.with({
    trainMask: maskOf(n, train),
    valMask: maskOf(n, order.slice(0, val)),
    testMask: maskOf(n, order.slice(val, val + test)),
  });
}

/** bool [n]: true at the nodes given. */
export function maskOf(n: number, nodes: readonly number[]): Tensor {
  const mask = new Uint8Array(n);
  for (const v of nodes) mask[v] = 1;
  return fromData(mask, [n], { dtype: 'bool' });
}

function firstOfEachClass(graph: Graph, order: readonly number[], count: number): number[] {
  if (graph.y?.shape.length !== 1 || graph.y.shape[0] !== graph.numNodes) {
    throw new ArgumentError(
      'randomNodeSplit: numTrainPerClass asks for the classes of the nodes; give the graph y [V].',
    );
  }
  const y = graph.y.dataSync();
  const taken = new Map<number, number>();
  return order.filter((v) => {
    const had = taken.get(y[v]!) ?? 0;
    if (y[v]! < 0 || had >= count) return false;
    taken.set(y[v]!, had + 1);
    return true;
  });
}
