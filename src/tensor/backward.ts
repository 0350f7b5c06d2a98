import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { gradientNodes, ownedNodes, ownerOf } from './history.js';
import type { TensorValue } from './value.js';

/** The node of the seed of a differentiation: 1 for a scalar, unless a tensor is given. */
export function seedNode<T>(
  op: string,
  output: TensorValue<T>,
  seed: TensorValue<T> | undefined,
): GraphNode {
  if (!output.requiresGrad) {
    throw new ArgumentError(
      `${op}: the tensor ${formatShape(output.shape)} depends on nothing that requires a gradient; ` +
        'it may come from noGrad(), detach() or a compiled function, which has to contain the ' +
        `call of ${op}().`,
    );
  }
  if (seed === undefined) {
    if (output.size === 1) return build.constant(1, output.shape, output.dtype);
    throw new ShapeError(
      `${op}: the tensor has shape ${formatShape(output.shape)}, and only a single number can be ` +
        'differentiated as it is; use sum() or mean() first, or give a seed of that shape.',
    );
  }
  if (sameShape(seed.shape, output.shape)) return build.cast(seed.node(), output.dtype);
  throw new ShapeError(
    `${op}: the seed has shape ${formatShape(seed.shape)} and the tensor ` +
      `${formatShape(output.shape)}; make them equal.`,
  );
}

/** What has to collect gradients of `output`: leaves with their gradients' nodes. */
export function leafGradients<T>(
  output: TensorValue<T>,
  seed: TensorValue<T> | undefined,
): { readonly leaf: object; readonly node: GraphNode }[] {
  const start = seedNode('backward', output, seed);
  const owned = ownedNodes([output.node()]);
  const nodes = gradientNodes([output.node()], [start], owned);
  return owned.map((node, i) => ({ leaf: ownerOf(node)!, node: nodes[i] ?? build.like(node, 0) }));
}
