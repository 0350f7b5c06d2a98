import type { Builder } from '../engine/graph/builder.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { isFloat } from '../engine/core/dtype.js';
import { isGradEnabled } from './grad-mode.js';
import { cutFrom } from './history.js';
import { Tensor } from './tensor.js';

/**
 * The tensor of an operation on graph nodes, for layers that need primitives which have no method.
 * Gradients flow through by the primitives' rules.
 *
 * @example
 * const bits = apply([x], (b, x) => b.unary('erf', x));
 */
export function apply(
  operands: readonly Tensor[],
  make: (b: Builder, ...nodes: GraphNode[]) => GraphNode,
): Tensor {
  const made = make(build, ...operands.map((t) => t.node()));
  const tracked = operands.some((t) => t.requiresGrad) && isFloat(made.dtype);
  const requiresGrad = tracked && isGradEnabled();
  const node = tracked && !requiresGrad ? cutFrom(made) : made;
  const { shape, dtype } = node;
  return new Tensor({ shape, dtype, node, requiresGrad, isLeaf: !requiresGrad });
}
