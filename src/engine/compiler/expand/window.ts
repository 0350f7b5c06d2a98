import { leastOf } from '../../core/dtype.js';
import { roundTo } from '../../core/dtype.js';
import { sizeOf, stridesOf } from '../../core/shape.js';
import type { Builder } from '../../graph/builder.js';
import type { GraphNode, OpAttrs } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import { windowsOf } from '../../ops/index.js';

type WindowNode = GraphNode<'windowSum'> | GraphNode<'windowMax'> | GraphNode<'argMaxWindow'>;
type WindowAttrs = OpAttrs['windowMax'];

export function isWindowOp(node: GraphNode): node is WindowNode {
  return node.op === 'windowSum' || node.op === 'windowMax' || node.op === 'argMaxWindow';
}

/** A reduction over windows as a reduction over a view of them. */
export function expandWindow(b: Builder, node: WindowNode): GraphNode {
  const x = node.inputs[0]!;
  const { attrs } = node;
  if (sizeOf(node.shape) === 0) return b.constant(0, node.shape, node.dtype);
  const sums = isOp(node, 'windowSum');
  const padded = padFor(b, x, attrs, sums ? 0 : leastOf(x.dtype));
  const view = windowsOf(b, padded, attrs);
  const within = view.shape.map((_, i) => i).slice(node.shape.length);
  if (isOp(node, 'argMaxWindow')) return firstMaximum(b, node, view);
  return b.reduce(sums ? 'sum' : 'reduceMax', view, within);
}

function padFor(
  b: Builder,
  x: GraphNode,
  { size, low, high }: WindowAttrs,
  value: number,
): GraphNode {
  if ([...low, ...high].every((v) => v === 0)) return x;
  const lead = x.shape.slice(0, x.shape.length - size.length).map(() => 0);
  return b.pad(x, {
    low: [...lead, ...low],
    high: [...lead, ...high],
    interior: x.shape.map(() => 0),
    value: roundTo(x.dtype, value),
  });
}

/**
 * From the place of the maximum within each window its place in the operand. A window's first place
 * may be padding, and wins where nothing is above the least value: then its first element does.
 */
function firstMaximum(b: Builder, node: GraphNode<'argMaxWindow'>, view: GraphNode): GraphNode {
  const { size, stride, dilation, low } = node.attrs;
  const { shape } = node;
  const spatial = node.inputs[0]!.shape.slice(shape.length - size.length);
  const line = b.reshape(view, [...shape, sizeOf(size)]);
  let within: GraphNode = b.arg('argMax', line, shape.length);
  const number = (v: number): GraphNode => b.constant(v, shape, 'i32');
  const steps = stridesOf(spatial);
  let flat = number(0);
  let outside: GraphNode | undefined;
  for (let i = size.length - 1; i >= 0; i--) {
    const tap = i === 0 ? within : b.binary('mod', within, number(size[i]!));
    within = b.div(within, number(size[i]!));
    const window = b.iota(shape, shape.length - size.length + i, 'i32');
    const from = b.sub(b.mul(window, number(stride[i]!)), number(low[i]!));
    const reached = b.add(from, b.mul(tap, number(dilation[i]!)));
    const before = b.compare('lt', reached, number(0));
    const at = b.where(before, b.binary('mod', reached, number(dilation[i]!)), reached);
    const last = b.add(from, number((size[i]! - 1) * dilation[i]!));
    const end = b.binary('min', last, number(spatial[i]! - 1));
    const beyond = b.compare('gt', at, end);
    outside = outside ? b.binary('or', outside, beyond) : beyond;
    flat = b.add(flat, b.mul(at, number(steps[i]!)));
  }
  return outside ? b.where(outside, number(-1), flat) : flat;
}
