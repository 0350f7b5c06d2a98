import { isFloat } from '../engine/core/dtype.js';
import { sizeOf } from '../engine/core/shape.js';
import type { GraphNode, ScanBody } from '../engine/graph/node.js';
import { isOp, topological } from '../engine/graph/node.js';
import { OPS } from '../engine/ops/index.js';

/** What is computed for a value. */
export interface OperationCount {
  /**
   * Products that are added up: those of matrices and of convolutions. Taps on the zeros of padding
   * count, those on the zeros between the elements of a transposed convolution do not.
   */
  readonly multiplyAdds: number;
  /**
   * Floating-point operations: two for each multiply-add, one by element for each elementwise operation
   * (exp is one), one for each element that a sum, a maximum or a window takes. Movements and integer
   * arithmetic are free.
   */
  readonly flops: number;
}

const NOTHING: OperationCount = { multiplyAdds: 0, flops: 0 };

/** The sum of counts. */
export function addCounts(...counts: readonly OperationCount[]): OperationCount {
  return counts.reduce(
    (sum, c) => ({
      multiplyAdds: sum.multiplyAdds + c.multiplyAdds,
      flops: sum.flops + c.flops,
    }),
    NOTHING,
  );
}

/** Of `order`, producers first: the nodes that depend on one of `inputs`, without these. */
export function dependents(order: readonly GraphNode[], inputs: Iterable<GraphNode>): GraphNode[] {
  const sources = new Set(inputs);
  const varying = new Set(sources);
  for (const node of order) if (node.inputs.some((x) => varying.has(x))) varying.add(node);
  return order.filter((node) => varying.has(node) && !sources.has(node));
}

/** What one node computes. */
export function countNode(node: GraphNode): OperationCount {
  if (isOp(node, 'scan')) return times(node.attrs.length, countBody(node.attrs.body));
  const floats = [node, ...node.inputs].some(({ dtype }) => isFloat(dtype));
  if (!floats) return NOTHING;
  const multiplyAdds = productsOf(node);
  return { multiplyAdds, flops: 2 * multiplyAdds + singleOperations(node) };
}

/** A step of a scan: all of it that depends on what it is given. */
function countBody({ params, results }: ScanBody): OperationCount {
  return addCounts(...dependents(topological(results), params).map(countNode));
}

function times(n: number, { multiplyAdds, flops }: OperationCount): OperationCount {
  return { multiplyAdds: n * multiplyAdds, flops: n * flops };
}

function productsOf(node: GraphNode): number {
  const [x, w] = node.inputs;
  if (isOp(node, 'dot')) {
    const inner = node.attrs.contract[0].map((axis) => x!.shape[axis]!);
    return sizeOf(node.shape) * sizeOf(inner);
  }
  if (isOp(node, 'conv')) {
    const [samples, groups, channels, ...extents] = x!.shape as [number, number, number];
    const outputs = w!.shape[1]!;
    const { order, inputDilation } = node.attrs;
    const windows = extents.map((extent, i) => {
      const places = node.shape[order.indexOf(LEADING + i)]!;
      return (inputDilation[i] === 1 ? places : extent) * w!.shape[LEADING + i]!;
    });
    return samples * groups * outputs * channels * sizeOf(windows);
  }
  // An element of a sparse matrix meets a row of features.
  if (isOp(node, 'spmm')) return x!.shape[0]! * node.shape[1]!;
  if (isOp(node, 'sddmm')) return node.shape[0]! * x!.shape[1]!;
  return 0;
}

/** Axes of a convolution before the spatial ones. */
const LEADING = 3;

function singleOperations(node: GraphNode): number {
  const [x] = node.inputs;
  if (isOp(node, 'windowSum') || isOp(node, 'windowMax') || isOp(node, 'argMaxWindow')) {
    return sizeOf(node.shape) * sizeOf(node.attrs.size);
  }
  if (isOp(node, 'scatterAdd')) return sizeOf(x!.shape);
  switch (OPS[node.op].family) {
    case 'elementwise':
      return node.op === 'cast' ? 0 : sizeOf(node.shape);
    case 'reduce':
      return sizeOf(x!.shape);
    case 'segment':
      return node.op === 'segmentGather' ? 0 : sizeOf(x!.shape);
    default:
      return 0;
  }
}
