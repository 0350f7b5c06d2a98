import type { GraphNode } from '../../graph/node.js';
import { IDS_BLOCK } from '../../ops/segment.js';
import type { Group } from '../fuse/group.js';
import { FuncBuilder, constant, i32 } from '../ir/builder.js';
import type { Func, Target, Val } from '../ir/ir.js';
import { Emitter, NO_LANES, rowContext } from './emitter.js';

/**
 * Lowers the numbering of segments: units are blocks of elements. Each finds the segments of its
 * first and last element by halving, then walks from one to the other, so that the time is linear.
 */
export function lowerSegmentIds(
  group: Group,
  buffers: readonly GraphNode[],
  target: Target,
  name: string,
): { readonly func: Func; readonly extent: number; readonly plan: string } {
  const node = group.members[0]!.node;
  const size = node.shape[0]!;
  const count = node.inputs[0]!.shape[0]! - 1;
  const b = new FuncBuilder(name);
  const p = b.param('p');
  const lo = b.param('lo');
  const hi = b.param('hi');
  const context = rowContext(b, p, buffers, 0);
  const place = (e: Val): Val => b.add(context.address(node), b.mul(e, i32(4)));
  const pointer = (v: Val): Val =>
    new Emitter(context, new Map([[0, v]]), NO_LANES).emit(group.pointer!);
  const fill = (from: Val, to: Val, value: Val, lanes: number): void =>
    b.for(from, to, lanes, (e) => b.store('i32', place(e), b.splat(value, lanes)));

  /** The last segment that begins at `e` or before. */
  const find = (e: Val): Val => {
    const low = b.declare(i32(0));
    const high = b.declare(i32(count));
    b.for(i32(0), i32(Math.ceil(Math.log2(count)) + 1), 1, () => {
      const middle = b.bin('shrU', b.add(b.read(low), b.read(high)), i32(1));
      const below = b.cmp('le', pointer(middle), e);
      b.assign(low, b.select(below, middle, b.read(low)));
      b.assign(high, b.select(below, b.read(high), middle));
    });
    return b.read(low);
  };

  b.for(lo, hi, 1, (block) => {
    const from = b.mul(block, i32(IDS_BLOCK));
    const to = b.bin('min', i32(size), b.add(from, i32(IDS_BLOCK)));
    const lanes = target.vectorBytes / 4;
    const room = b.sub(to, from);
    const whole = b.add(from, b.sub(room, b.bin('and', room, i32(lanes - 1))));
    const none = constant({ elem: 'i32', lanes: 1 }, -1);
    fill(from, whole, none, lanes);
    fill(whole, to, none, 1);
    if (count === 0) return;
    const last = find(b.sub(to, i32(1)));
    b.for(find(from), b.add(last, i32(1)), 1, (v) => {
      const start = b.bin('max', from, pointer(v));
      const stop = b.bin('min', to, pointer(b.add(v, i32(1))));
      fill(start, stop, v, 1);
    });
  });
  return {
    func: b.finish(),
    extent: Math.ceil(size / IDS_BLOCK),
    plan: `number ${size} elements of ${count} segments`,
  };
}
