import { isFloat } from '../../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import type { Shape } from '../../engine/core/shape.js';
import { broadcastShapes, formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { arange, where } from '../../tensor/index.js';

/** What decides which query may look at which key. */
export interface MaskOptions {
  /** Broadcasts to [*, L, S]: bool, true where a query may look; or a float that is added. */
  readonly mask?: Tensor | null;
  /** Query i looks at keys 0 … i alone. */
  readonly isCausal?: boolean;
}

/** e^(s - max s) along the last axis, and its sum with that axis of extent 1. */
export interface Exponentials {
  readonly e: Tensor;
  readonly total: Tensor;
}

/** How scores are made of q and k. */
export interface ScoreOptions extends MaskOptions {
  readonly scale: number;
  /** Positions of the queries, i32 [L], for `isCausal`. Default 0 … L - 1. */
  readonly rows?: Tensor;
}

/** q kᵀ · scale, [*, L, S], with the mask; -∞ where a query may not look. */
export function maskedScores(
  q: Tensor,
  k: Tensor,
  { mask = null, isCausal = false, scale, rows }: ScoreOptions,
): Tensor {
  let scores = q.matmul(k.transpose(-1, -2)).mul(scale);
  if (mask) scores = mask.dtype === 'bool' ? where(mask, scores, -Infinity) : scores.add(mask);
  if (!isCausal) return scores;
  const [queries, keys] = [q.shape.at(-2)!, k.shape.at(-2)!];
  const positions = rows ?? arange(queries, { dtype: 'i32' });
  return where(causalMask(positions, keys), scores, -Infinity);
}

/** Whether the query at each of `positions` [L] may look at key 0 … keys - 1: bool [L, keys]. */
function causalMask(positions: Tensor, keys: number): Tensor {
  return positions.unsqueeze(-1).ge(arange(keys, { dtype: 'i32' }));
}

/**
 * The exponentials of scores. Where rows may be -∞ throughout, those give e = 0 with a sum of 1, so
 * that neither they nor their gradients are NaN.
 */
export function exponentials(scores: Tensor, mayBeEmpty: boolean): Exponentials {
  // Without keys there is no maximum.
  if (scores.shape.at(-1) === 0) {
    return { e: scores, total: scores.sum(-1, { keepDim: true }).add(1) };
  }
  const top = scores.max(-1, { keepDim: true }).detach();
  const e = scores.sub(mayBeEmpty ? where(top.eq(-Infinity), 0, top) : top).exp();
  const total = e.sum(-1, { keepDim: true });
  return { e, total: mayBeEmpty ? where(total.eq(0), 1, total) : total };
}

/** Throws unless q [*, L, D], k [*, S, D], v [*, S, Dv] and the mask fit; the axes of *. */
export function checkAttention(
  op: string,
  [q, k, v]: readonly [Tensor, Tensor, Tensor],
  mask: Tensor | null,
): Shape {
  const shapes =
    `q [*, L, D] = ${formatShape(q.shape)}, k [*, S, D] = ${formatShape(k.shape)}, ` +
    `v [*, S, Dv] = ${formatShape(v.shape)}`;
  if (q.rank < 2 || k.rank < 2 || v.rank < 2) {
    throw new ShapeError(`${op}: ${shapes}; each needs two axes or more.`);
  }
  if (q.shape.at(-1) !== k.shape.at(-1) || k.shape.at(-2) !== v.shape.at(-2)) {
    throw new ShapeError(`${op}: ${shapes}; q and k need one D, k and v one S.`);
  }
  if (q.shape.at(-1) === 0) throw new ShapeError(`${op}: ${shapes}; D has to be at least 1.`);
  for (const [name, t] of [['q', q] as const, ['k', k] as const, ['v', v] as const]) {
    if (isFloat(t.dtype) && t.dtype === q.dtype) continue;
    throw new DTypeError(`${op}: ${name} is ${t.dtype}; use one dtype for all, f32 or f64.`);
  }
  const lead = broadcastShapes(
    op,
    broadcastShapes(op, q.shape.slice(0, -2), k.shape.slice(0, -2)),
    v.shape.slice(0, -2),
  );
  if (mask) checkMask(op, mask, [...lead, q.shape.at(-2)!, k.shape.at(-2)!], q);
  return lead;
}

function checkMask(op: string, mask: Tensor, scores: Shape, { dtype }: Tensor): void {
  if (mask.dtype !== 'bool' && mask.dtype !== dtype) {
    throw new DTypeError(
      `${op}: mask is ${mask.dtype}; use bool, true where a query may look, or ${dtype}, which is ` +
        'added to the scores.',
    );
  }
  const from = scores.length - mask.rank;
  const fits = mask.shape.every((d, i) => d === 1 || d === scores[from + i]);
  if (from >= 0 && fits) return;
  throw new ShapeError(
    `${op}: mask is ${formatShape(mask.shape)}, and the scores are [*, L, S] = ` +
      `${formatShape(scores)}; give a mask that broadcasts to them.`,
  );
}

/** Throws an ArgumentError unless `scale` is a finite number. */
export function requireScale(op: string, scale: number): void {
  if (Number.isFinite(scale)) return;
  throw new ArgumentError(`${op}: scale is ${scale}; use a finite number.`);
}
