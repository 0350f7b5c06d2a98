import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { full, where } from '../../tensor/index.js';

/** Masks of a call, as PyTorch's layers take them: bool masks are true where it is forbidden to look. */
export interface AttentionMasks {
  /** Of single keys: bool [N, S], true for those to leave out, or floats that are added to scores. */
  readonly keyPaddingMask?: Tensor | null;
  /** Bool [L, S] or [N · heads, L, S], true where a query may not look, or floats that are added. */
  readonly attnMask?: Tensor | null;
}

/** N, heads, L and S, and the dtype of the weights. */
export interface AttentionSizes extends Pick<Tensor, 'dtype'> {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}

/**
 * Both masks as one for `scaledDotProductAttention`, which broadcasts to [N, heads, L, S]: bool, true
 * where a query may look, or floats where one of the two is; null for none.
 *
 * @throws ShapeError or DTypeError where they do not fit.
 */
export function joinMasks(
  owner: string,
  { keyPaddingMask = null, attnMask = null }: AttentionMasks,
  sizes: AttentionSizes,
): Tensor | null {
  const parts: Tensor[] = [];
  const { batch, heads, queries, keys } = sizes;
  if (keyPaddingMask) {
    checkMaskDType(owner, 'keyPaddingMask', keyPaddingMask, sizes);
    if (!sameShape(keyPaddingMask.shape, [batch, keys])) {
      throw new ShapeError(
        `${owner}: keyPaddingMask is ${formatShape(keyPaddingMask.shape)}, and there are N = ` +
          `${batch} sequences of S = ${keys} keys; give [${batch}, ${keys}].`,
      );
    }
    parts.push(keyPaddingMask.reshape([batch, 1, 1, keys]));
  }
  if (attnMask) {
    checkMaskDType(owner, 'attnMask', attnMask, sizes);
    parts.push(attnMask.reshape(shapeOfMask(owner, attnMask, { batch, heads, queries, keys })));
  }
  if (parts.every((t) => t.dtype === 'bool')) {
    const allowed = parts.map((t) => t.logicalNot());
    return allowed.length > 1 ? allowed[0]!.logicalAnd(allowed[1]!) : (allowed[0] ?? null);
  }
  const added = parts.map((t) => (t.dtype === 'bool' ? forbidding(t, sizes) : t));
  return added.length > 1 ? added[0]!.add(added[1]!) : added[0]!;
}

/** -∞ where the mask is true, else 0. */
function forbidding(mask: Tensor, { dtype }: Pick<Tensor, 'dtype'>): Tensor {
  return where(mask, full([], -Infinity, { dtype }), 0);
}

function shapeOfMask(
  owner: string,
  mask: Tensor,
  { batch, heads, queries, keys }: Omit<AttentionSizes, 'dtype'>,
): number[] {
  if (sameShape(mask.shape, [queries, keys])) return [1, 1, queries, keys];
  if (sameShape(mask.shape, [batch * heads, queries, keys])) return [batch, heads, queries, keys];
  throw new ShapeError(
    `${owner}: attnMask is ${formatShape(mask.shape)}, and there are L = ${queries} queries and S = ` +
      `${keys} keys; give [${queries}, ${keys}], or one for each sequence and head, ` +
      `[${batch * heads}, ${queries}, ${keys}].`,
  );
}

function checkMaskDType(
  owner: string,
  name: string,
  mask: Tensor,
  { dtype }: Pick<Tensor, 'dtype'>,
): void {
  if (mask.dtype === 'bool' || mask.dtype === dtype) return;
  throw new DTypeError(
    `${owner}: ${name} is ${mask.dtype}; use bool, true where it is forbidden to look, or ${dtype}, ` +
      'which is added to the scores.',
  );
}
