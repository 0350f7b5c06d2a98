import { byteSize } from '../../core/dtype.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { Group } from '../fuse/group.js';
import { FuncBuilder, constant, i32 } from '../ir/builder.js';
import type { Func, Target, Ty, Val } from '../ir/ir.js';
import { identityIndex } from '../fuse/kernelize.js';
import { fromData, linearize } from '../kernel/affine.js';
import { walk } from '../kernel/expr.js';
import type { KernelExpr } from '../kernel/types.js';
import { elemOf, memOf } from './apply.js';
import type { Lanes } from './emitter.js';
import { Emitter, rowContext } from './emitter.js';

export interface LoweredScatter {
  readonly func: Func;
  readonly plan: string;
}

/**
 * Lowers a scatter to zeros followed by read-add-write in the order of the updates, so that each
 * sum has one order. Runs as one unit of work.
 */
export function lowerScatter(
  group: Group,
  row: KernelExpr,
  buffers: readonly GraphNode[],
  target: Target,
  name: string,
): LoweredScatter {
  const member = group.members[0]!;
  const node = member.node as GraphNode<'scatterAdd'>;
  const { axis, size } = node.attrs;
  const b = new FuncBuilder(name);
  const p = b.param('p');
  const lo = b.param('lo');
  const hi = b.param('hi');
  const context = rowContext(b, p, buffers, 0);
  const last = group.extents.length - 1;
  // Lanes run along the last axis where all of them go to one row.
  const wide = walk([row, member.expr]).some((e) => e.dtype === 'f64') || node.dtype === 'f64';
  const together = axis !== last && (row.dims >> last) % 2 === 0 && !wide;
  const lanes = together ? target.vectorBytes / 4 : 1;
  b.if(b.cmp('lt', lo, hi), () => {
    emitZeros(b, context.address(node), node, target);
    emitUpdates(group.extents, lanes);
  });

  function emitUpdates(extents: readonly number[], width: number): void {
    const dims = new Map<number, Val>();
    const nest = (d: number): void => {
      if (d < extents.length - 1) {
        b.for(i32(0), i32(extents[d]!), 1, (i) => {
          dims.set(d, i);
          nest(d + 1);
        });
        return;
      }
      const extent = extents[d] ?? 1;
      const whole = extent - (extent % width);
      for (const [from, to, step] of [
        [0, whole, width],
        [whole, extent, 1],
      ] as const) {
        if (from === to) continue;
        b.for(i32(from), i32(to), step, (i) => {
          dims.set(d, i);
          emitOne(new Map(dims), { dim: d, mask: 1 << d, lanes: step });
        });
      }
    };
    nest(0);
  }

  function emitOne(dims: ReadonlyMap<number, Val>, along: Lanes): void {
    const e = new Emitter(context, dims, along);
    const target = e.emit(row);
    b.if(b.cmp('ltU', target, i32(size)), () => {
      const shape = node.inputs[0]!.shape;
      const index = identityIndex(
        shape,
        shape.map((_, i) => i),
      );
      index[axis] = fromData(row, 'row', size);
      const place = linearize(index, node.shape);
      e.accumulate(node, place, member.expr);
    });
  }
  return {
    func: b.finish(),
    plan: `scatter ${group.extents.join('×')} into ${node.shape.join('×')}`,
  };
}

function emitZeros(b: FuncBuilder, base: Val, node: GraphNode, target: Target): void {
  const bytes = sizeOf(node.shape) * byteSize(node.dtype);
  const ty: Ty = { elem: 'i32', lanes: target.vectorBytes / 4 };
  const whole = bytes - (bytes % target.vectorBytes);
  b.for(i32(0), i32(whole), target.vectorBytes, (i) =>
    b.store('i32', b.add(base, i), constant(ty, 0)),
  );
  const step = byteSize(node.dtype);
  const zero = constant({ elem: elemOf(node.dtype), lanes: 1 }, 0);
  b.for(i32(whole), i32(bytes), step, (i) => b.store(memOf(node.dtype), b.add(base, i), zero));
}
