import type { DType } from '../../core/dtype.js';
import type { GraphNode } from '../../graph/node.js';
import { keyOf, nested } from './affine.js';
import type { Affine, ApplyOp, KernelExpr, Within } from './types.js';

export function load(buffer: GraphNode, index: Affine): KernelExpr {
  const key = `n${buffer.id}[${keyOf(index)}]`;
  return { kind: 'load', buffer, index, dtype: buffer.dtype, dims: index.dims, key };
}

export function constantOf(dtype: DType, value: number): KernelExpr {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return { kind: 'constant', value, dtype, dims: 0, key: `${text}:${dtype}` };
}

export function iota(dtype: DType, index: Affine): KernelExpr {
  return { kind: 'iota', index, dtype, dims: index.dims, key: `iota:${dtype}(${keyOf(index)})` };
}

export function random(state: GraphNode, index: Affine, offset: number): KernelExpr {
  const key = `random(n${state.id},${keyOf(index)},${offset})`;
  return { kind: 'random', state, index, offset, dtype: 'i32', dims: index.dims, key };
}

export function apply(op: ApplyOp, dtype: DType, args: readonly KernelExpr[]): KernelExpr {
  let dims = 0;
  for (const a of args) dims |= a.dims;
  return { kind: 'apply', op, args, dtype, dims, key: '' };
}

export function choose(
  when: readonly Within[],
  inside: KernelExpr,
  outside: KernelExpr,
): KernelExpr {
  let dims = inside.dims | outside.dims;
  for (const w of when) dims |= w.index.dims;
  return { kind: 'choose', when, inside, outside, dtype: inside.dtype, dims, key: '' };
}

export function resultOf(of: GraphNode, dims: number): KernelExpr {
  return { kind: 'result', of, dtype: of.dtype, dims, key: `result(n${of.id})` };
}

export function childrenOf(e: KernelExpr): readonly KernelExpr[] {
  switch (e.kind) {
    case 'apply':
      return e.args;
    case 'choose': {
      const inner = [e.inside, e.outside];
      for (const w of e.when) inner.push(...dataOf(w.index));
      return inner;
    }
    case 'load':
    case 'iota':
    case 'random':
      return dataOf(e.index);
    case 'constant':
    case 'result':
      return [];
  }
}

/** The expressions whose values an index uses. */
export function dataOf(index: Affine): KernelExpr[] {
  const out: KernelExpr[] = [];
  for (const a of nested(index)) {
    for (const t of a.terms) if (t.atom.kind === 'data') out.push(t.atom.expr);
  }
  return out;
}

/** The indices that appear directly in `e`. */
export function indicesOf(e: KernelExpr): Affine[] {
  switch (e.kind) {
    case 'load':
    case 'iota':
    case 'random':
      return [...nested(e.index)];
    case 'choose':
      return e.when.flatMap((w) => [...nested(w.index)]);
    case 'apply':
    case 'constant':
    case 'result':
      return [];
  }
}

/** Every distinct expression below `roots`, arguments first. */
export function walk(roots: readonly KernelExpr[]): KernelExpr[] {
  const seen = new Set<KernelExpr>();
  const order: KernelExpr[] = [];
  const visit = (e: KernelExpr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    for (const c of childrenOf(e)) visit(c);
    order.push(e);
  };
  roots.forEach(visit);
  return order;
}

/** Values in memory that expressions read. */
export function loadsOf(roots: readonly KernelExpr[]): Set<GraphNode> {
  const out = new Set<GraphNode>();
  for (const e of walk(roots)) {
    if (e.kind === 'load') out.add(e.buffer);
    else if (e.kind === 'random') out.add(e.state);
  }
  return out;
}
