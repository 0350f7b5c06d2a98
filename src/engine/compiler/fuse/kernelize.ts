import { invariant } from '../../core/errors.js';
import type { Shape } from '../../core/shape.js';
import { sizeOf } from '../../core/shape.js';
import type { GraphNode, OpName } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import {
  add,
  delinearize,
  dimension,
  divMod,
  fixed,
  fromData,
  keyOf,
  linearize,
  scale,
  shift,
} from '../kernel/affine.js';
import { apply, choose, constantOf, iota, random } from '../kernel/expr.js';
import type { Affine, ApplyOp, KernelExpr, Within } from '../kernel/types.js';

/** Operations whose results always lie in memory: they cannot be recomputed at a point. */
export const ROOTS: ReadonlySet<OpName> = new Set<OpName>([
  'sum',
  'prod',
  'reduceMax',
  'reduceMin',
  'argMax',
  'argMin',
  'dot',
  'conv',
  'scatterAdd',
  'segmentSum',
  'segmentMax',
  'segmentArgMax',
  'segmentIds',
  'argsort',
  'cumsum',
  'scanResult',
]);

/** Operations that only rename elements. */
export const MOVEMENT: ReadonlySet<OpName> = new Set<OpName>([
  'reshape',
  'permute',
  'broadcast',
  'pad',
  'slice',
  'flip',
  'concat',
  'window',
]);

/** The value of `node` at `index` if it need not be computed here: a load, or a known result. */
export type Known = (node: GraphNode, index: readonly Affine[]) => KernelExpr | undefined;

/**
 * Writes a node's value at an index as an expression over values in memory, by walking up through
 * elementwise operations and movements.
 */
export class Kernelizer {
  private readonly memo = new Map<string, KernelExpr>();

  constructor(private readonly known: Known) {}

  /** The value of `node` at `index`; the node itself is computed even if it is known. */
  expand(node: GraphNode, index: readonly Affine[]): KernelExpr {
    return this.compute(node, index);
  }

  at(node: GraphNode, index: readonly Affine[]): KernelExpr {
    // It is read nowhere, whatever the index: the arithmetic would divide by its extents.
    if (sizeOf(node.shape) === 0) return constantOf(node.dtype, 0);
    const key = `${node.id}[${index.map(keyOf).join()}]`;
    const seen = this.memo.get(key);
    if (seen) return seen;
    const value = this.known(node, index) ?? this.compute(node, index);
    this.memo.set(key, value);
    return value;
  }

  private compute(node: GraphNode, index: readonly Affine[]): KernelExpr {
    const [x] = node.inputs;
    if (isOp(node, 'constant')) return constantOf(node.dtype, node.attrs.value);
    if (isOp(node, 'iota')) return iota(node.dtype, index[node.attrs.axis]!);
    if (isOp(node, 'randomBits')) {
      const state = memoryOf(x!);
      // A kernel that computes the state itself cannot read all of it: `known` refuses that.
      this.known(
        state,
        state.shape.map(() => fixed(0)),
      );
      return random(state, linearize(index, node.shape), node.attrs.offset);
    }
    if (isOp(node, 'pad')) return this.pad(node, index);
    if (isOp(node, 'concat')) return this.concat(node, index);
    if (isOp(node, 'gather')) return this.gather(node, index);
    if (isOp(node, 'dynamicSlice')) {
      const first = this.windowStart(x!, node.inputs[1]!, node.shape);
      return this.at(
        x!,
        index.map((i, axis) => add(i, first[axis]!)),
      );
    }
    if (isOp(node, 'dynamicUpdate')) return this.dynamicUpdate(node, index);
    if (MOVEMENT.has(node.op)) return this.at(x!, sourceIndex(node, index));
    invariant(!ROOTS.has(node.op) && node.op !== 'leaf', `${node.op} cannot be computed in place`);
    return apply(
      node.op as ApplyOp,
      node.dtype,
      node.inputs.map((input) => this.at(input, index)),
    );
  }

  private pad(node: GraphNode<'pad'>, index: readonly Affine[]): KernelExpr {
    const x = node.inputs[0]!;
    const { low, interior, value } = node.attrs;
    const outside = constantOf(node.dtype, value);
    const when: Within[] = [];
    const inner = index.map((i, axis) => {
      const moved = shift(i, -low[axis]!);
      const step = interior[axis]! + 1;
      const { quotient, remainder } = divMod(moved, step);
      if (remainder.min < 0 || remainder.max > 0) when.push({ index: remainder, low: 0, high: 1 });
      const extent = x.shape[axis]!;
      if (quotient.min < 0 || quotient.max >= extent) {
        when.push({ index: quotient, low: 0, high: extent });
      }
      return quotient;
    });
    const inside = this.at(x, inner);
    return when.length === 0 ? inside : choose(when, inside, outside);
  }

  private concat(node: GraphNode<'concat'>, index: readonly Affine[]): KernelExpr {
    const { axis } = node.attrs;
    let start = node.shape[axis]!;
    let value: KernelExpr | undefined;
    for (let i = node.inputs.length - 1; i >= 0; i--) {
      const part = node.inputs[i]!;
      const extent = part.shape[axis]!;
      start -= extent;
      if (extent === 0) continue;
      const along = shift(index[axis]!, -start);
      // Of a single element the index is 0 wherever the condition holds.
      const inside = extent === 1 ? fixed(0) : along;
      const piece = this.at(
        part,
        index.map((at, a) => (a === axis ? inside : at)),
      );
      const when = [{ index: along, low: 0, high: extent }];
      value = choose(when, piece, value ?? constantOf(node.dtype, 0));
    }
    return value ?? constantOf(node.dtype, 0);
  }

  private gather(node: GraphNode<'gather'>, index: readonly Affine[]): KernelExpr {
    const [x, which] = node.inputs;
    const { axis } = node.attrs;
    const row = this.at(which!, index);
    const size = x!.shape[axis]!;
    const at = fromData(row, `data(n${which!.id}[${index.map(keyOf).join()}])`, size);
    const value = this.at(
      x!,
      index.map((i, a) => (a === axis ? at : i)),
    );
    // The range is claimed by `at`, so it is checked on the value itself.
    return choose([{ index: at, low: 0, high: size }], value, constantOf(node.dtype, 0));
  }

  private dynamicUpdate(node: GraphNode<'dynamicUpdate'>, index: readonly Affine[]): KernelExpr {
    const [x, update, start] = node.inputs as [GraphNode, GraphNode, GraphNode];
    const first = this.windowStart(x, start, update.shape);
    const inner = index.map((i, axis) => add(i, scale(first[axis]!, -1)));
    const when: Within[] = [];
    update.shape.forEach((size, axis) => {
      if (size < x.shape[axis]!) when.push({ index: inner[axis]!, low: 0, high: size });
    });
    const inside = this.at(update, inner);
    return when.length === 0 ? inside : choose(when, inside, this.at(x, index));
  }

  /** Where a window of `sizes` begins in x: `start`, moved so that it lies within. */
  windowStart(x: GraphNode, start: GraphNode, sizes: Shape): Affine[] {
    return sizes.map((size, axis) => {
      const last = x.shape[axis]! - size;
      if (last === 0) return fixed(0);
      const given = this.at(start, [fixed(axis)]);
      if (given.kind === 'constant') return fixed(Math.max(0, Math.min(given.value, last)));
      const least = apply('max', 'i32', [given, constantOf('i32', 0)]);
      const within = apply('min', 'i32', [least, constantOf('i32', last)]);
      return fromData(within, `start(n${start.id}[${axis}],${last})`, last + 1);
    });
  }
}

/** Where element `index` of a pure renaming lies in its operand. */
export function sourceIndex(node: GraphNode, index: readonly Affine[]): Affine[] {
  const x = node.inputs[0]!;
  if (isOp(node, 'reshape')) return delinearize(linearize(index, node.shape), x.shape);
  if (isOp(node, 'permute')) {
    const source = new Array<Affine>(index.length);
    node.attrs.axes.forEach((axis, i) => (source[axis] = index[i]!));
    return source;
  }
  if (isOp(node, 'broadcast')) {
    return index.map((i, axis) => (x.shape[axis] === 1 ? fixed(0) : i));
  }
  if (isOp(node, 'slice')) {
    const { start, step } = node.attrs;
    return index.map((i, axis) => shift(scale(i, step[axis]!), start[axis]!));
  }
  if (isOp(node, 'window')) {
    const { axis, stride, dilation } = node.attrs;
    const within = scale(index[index.length - 1]!, dilation);
    return x.shape.map((_, i) => (i === axis ? add(scale(index[i]!, stride), within) : index[i]!));
  }
  invariant(isOp(node, 'flip'), `${node.op} is not a pure renaming`);
  return index.map((i, axis) =>
    node.attrs.axes.includes(axis) ? add(fixed(x.shape[axis]! - 1), scale(i, -1)) : i,
  );
}

/** Strips reshapes: they share their operand's memory. */
export function memoryOf(node: GraphNode): GraphNode {
  let n = node;
  while (n.op === 'reshape') n = n.inputs[0]!;
  return n;
}

/** The index of every element of `shape`, axis i running over loop dimension dims[i]. */
export function identityIndex(shape: Shape, dims: readonly number[]): Affine[] {
  return shape.map((extent, axis) => dimension(dims[axis]!, extent));
}
