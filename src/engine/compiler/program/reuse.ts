import { byteSize } from '../../core/dtype.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { Member } from '../fuse/group.js';
import { keyOf } from '../kernel/affine.js';
import { walk } from '../kernel/expr.js';
import type { Launch } from './launch.js';

/** Launches that run as one kernel, and when. */
export interface TimedLaunches {
  readonly launches: readonly Launch[];
  readonly time: number;
}

/** When a value is touched first and last. */
type Span = ReadonlyMap<GraphNode, { readonly from: number; readonly to: number }>;

/**
 * Values that may be written over one of their operands, and over which: a map's result, where the
 * operand is not needed afterwards and the kernel reads it nowhere but at the place it writes.
 */
export function reuseInPlace(
  steps: readonly TimedLaunches[],
  span: Span,
  outputs: ReadonlySet<GraphNode>,
): ReadonlyMap<GraphNode, GraphNode> {
  const over = new Map<GraphNode, GraphNode>();
  const taken = new Set<GraphNode>();
  for (const { launches, time } of steps) {
    for (const launch of launches) {
      if (launch.group.kind !== 'loops' || launch.group.reduced.length > 0) continue;
      const places = placesRead(launch);
      for (const member of launch.group.members) {
        if (span.get(member.node)?.from !== time) continue;
        const operand = [...places.keys()].find((x) => {
          const last = span.get(x)?.to === time && !outputs.has(x) && !taken.has(x);
          return last && isAlone(x, launch, launches) && fits(x, places.get(x), member);
        });
        if (operand === undefined) continue;
        over.set(member.node, operand);
        taken.add(operand);
      }
    }
  }
  return over;
}

/** For each value that a kernel reads the one place, as text, or undefined if there are several. */
function placesRead({ group }: Launch): Map<GraphNode, string | undefined> {
  const places = new Map<GraphNode, string | undefined>();
  for (const e of walk(group.members.map((m) => m.expr))) {
    if (e.kind === 'random') places.set(e.state, undefined);
    if (e.kind !== 'load') continue;
    const place = keyOf(e.index);
    const known = places.has(e.buffer) && places.get(e.buffer) !== place;
    places.set(e.buffer, known ? undefined : place);
  }
  return places;
}

/** Kernels that run as one have no order. */
function isAlone(x: GraphNode, launch: Launch, launches: readonly Launch[]): boolean {
  return launches.every((other) => {
    return other === launch || !other.words.some((w) => w.kind === 'address' && w.of === x);
  });
}

function fits(x: GraphNode, place: string | undefined, { node, index }: Member): boolean {
  if (place !== keyOf(index) || byteSize(x.dtype) !== byteSize(node.dtype)) return false;
  return sizeOf(x.shape) === sizeOf(node.shape);
}
