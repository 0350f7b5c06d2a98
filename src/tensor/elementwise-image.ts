import type { GraphNode } from '../engine/graph/node.js';
import { topological } from '../engine/graph/node.js';
import { isFloat } from '../engine/core/dtype.js';
import { sameShape } from '../engine/core/shape.js';
import { OPS, build } from '../engine/ops/index.js';
import { apply } from './apply.js';
import { gradientNodes } from './history.js';
import type { Tensor } from './tensor.js';

/**
 * What becomes of a tensor, element by element, before anything else is done with it on the way to
 * `outputs`: of the activation a of a unit, z = h(a). Operands that depend neither on `inputs` nor on
 * chance are part of h.
 *
 * @returns x itself where nothing is done so; null where several things are, each used on its own.
 */
export function elementwiseImage(
  x: Tensor,
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
): Tensor | null {
  const ends = outputs.map((t) => t.node());
  const order = topological(ends);
  const varying = new Set<GraphNode>([x, ...inputs].map((t) => t.node()));
  const image = new Set<GraphNode>([x.node()]);
  for (const node of order) {
    if (node.op === 'randomBits' || node.inputs.some((n) => varying.has(n))) varying.add(node);
    if (isImage(node, x, image, varying)) image.add(node);
  }
  const left = new Set(ends.filter((end) => image.has(end)));
  for (const node of order) {
    if (image.has(node)) continue;
    for (const operand of node.inputs) if (image.has(operand)) left.add(operand);
  }
  if (left.size > 1) left.delete(x.node());
  const [node, ...others] = left;
  if (node === undefined || node === x.node()) return x;
  if (others.length > 0 || !isFloat(node.dtype)) return null;
  return apply([x], () => node);
}

/** h′(x) for z = h(x), element by element, whether gradients are recorded for x or not. */
export function elementwiseSlope(x: Tensor, z: Tensor): Tensor {
  const end = z.node();
  const [slope] = gradientNodes([end], [build.like(end, 1)], [x.node()]);
  return apply([x], (b, node) => slope ?? b.like(node, 0)).detach();
}

function isImage(
  node: GraphNode,
  x: Tensor,
  image: ReadonlySet<GraphNode>,
  varying: ReadonlySet<GraphNode>,
): boolean {
  if (image.has(node) || !varying.has(node) || !sameShape(node.shape, x.shape)) return false;
  if (OPS[node.op].family !== 'elementwise') return false;
  return node.inputs.every((n) => image.has(n) || !varying.has(n));
}
