import type { Tensor } from '../tensor/index.js';
import { concat, fromData, segmentMean } from '../tensor/index.js';
import { EdgeIndex } from './edge-index.js';
import { byTarget } from './edge-rows.js';

/** Edges without their loops, and then one loop at each node. */
export interface LoopsReplaced {
  readonly edges: EdgeIndex;
  /** The loops left out. */
  readonly others: EdgeIndex;
  /** i32: the numbers that the edges which are no loops had. */
  readonly kept: Tensor;
}

/** Leaves out all loops, and adds one at each node, made once for the edges. */
export function loopsReplaced(edges: EdgeIndex): LoopsReplaced {
  return edges.derived('loopsReplaced', () => {
    const { sources, targets, numNodes } = edges;
    const kept = Int32Array.from([...sources.keys()].filter((e) => sources[e] !== targets[e]));
    const nodes = Array.from({ length: numNodes }, (_, v) => v);
    const ends = [sources, targets].map((side) => [...kept].map((e) => side[e]!));
    const [from, to] = ends as [number[], number[]];
    return {
      edges: new EdgeIndex([from.concat(nodes), to.concat(nodes)], numNodes),
      others: new EdgeIndex([from, to], numNodes),
      kept: fromData(kept, [kept.length]),
    };
  });
}

/** Attributes [E, D] for the edges of `loopsReplaced`: a loop has the mean of the edges into its node. */
export function attributesWithLoops(attr: Tensor, { others, kept }: LoopsReplaced): Tensor {
  const rest = attr.indexSelect(0, kept);
  return concat([rest, segmentMean(byTarget(rest, others), others.incoming.ptr)], 0);
}
