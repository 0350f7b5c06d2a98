import type { Shape } from '../../engine/core/shape.js';
import { sizeOf } from '../../engine/core/shape.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { arange, concat, scan } from '../../tensor/index.js';
import { exponentials, maskedScores } from './attention-scores.js';
import { drop } from './drop.js';

/** What is asked of a call of attention. */
export interface Attending {
  readonly mask: Tensor | null;
  readonly isCausal: boolean;
  readonly dropout: number;
  readonly scale: number;
  readonly generator: Generator | undefined;
  /** In blocks: how many scores are in memory at a time. Default 2^18. */
  readonly scores?: number;
}

/** How many scores are in memory at a time: 1 MiB of f32, which stays in a cache. */
const SCORES = 2 ** 18;
const LEAST_ROWS = 16;
/** Of causal rows: each part meets the keys up to its own end alone. */
const CAUSAL_PARTS = 4;

/** Whether attention goes block by block: from this size on that costs no time. */
export function isLarge(queries: number, keys: number): boolean {
  return queries > LEAST_ROWS && queries * keys > SCORES;
}

/** softmax(q kᵀ · scale + mask) v with all scores in memory, and of those for the gradient, too. */
export function attendAtOnce(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { rows, ...how }: Attending & { readonly rows?: Tensor },
): Tensor {
  const scores = maskedScores(q, k, rows ? { ...how, rows } : how);
  const { e, total } = exponentials(scores, how.mask !== null);
  // Divided behind the product, by L · Dv numbers and not L · S.
  return drop(e, e.shape, how.dropout, how.generator).matmul(v).div(total);
}

/**
 * The same, block by block: for each of the leading axes one after the other, and in there for blocks
 * of queries. Scores are computed again for the gradient, so memory grows with L + S, not L · S. Rabe
 * and Staats, 2021, arXiv:2112.05682.
 */
export function attendInBlocks(
  [q, k, v]: readonly [Tensor, Tensor, Tensor],
  lead: Shape,
  how: Attending,
): Tensor {
  const count = sizeOf(lead);
  const single = (x: Tensor): Tensor => {
    return x.broadcastTo([...lead, ...x.shape.slice(-2)]).reshape([count, ...x.shape.slice(-2)]);
  };
  const { mask } = how;
  const wide = mask && mask.rank < 2 ? mask.unsqueeze(0) : mask;
  const own = wide !== null && wide.shape.slice(0, -2).some((d) => d !== 1);
  const shared = wide !== null && !own ? wide.reshape(wide.shape.slice(-2)) : null;
  const xs = { q: single(q), k: single(k), v: single(v), mask: own ? single(wide) : null };
  const [, y] = scan(
    (carry: null, x: typeof xs): readonly [null, Tensor] => [
      carry,
      attendParts(x.q, x.k, x.v, { ...how, mask: x.mask ?? shared }),
    ],
    null,
    xs,
    { checkpoint: 1 },
  );
  return y.reshape([...lead, ...y.shape.slice(1)]);
}

/** q [L, D], k [S, D], v [S, Dv]; of causal ones each part with the keys it may look at. */
function attendParts(q: Tensor, k: Tensor, v: Tensor, how: Attending): Tensor {
  const [queries, keys] = [q.shape[0]!, k.shape[0]!];
  if (!how.isCausal) return attendBlocks(q, k, v, { ...how, first: 0 });
  const each = Math.ceil(queries / CAUSAL_PARTS);
  const parts: Tensor[] = [];
  for (let first = 0; first < queries; first += each) {
    const count = Math.min(each, queries - first);
    const seen = Math.min(keys, first + count);
    const { mask } = how;
    const rows = mask && mask.shape[0] !== 1 ? mask.narrow(0, first, count) : mask;
    const part = rows && rows.shape[1] !== 1 ? rows.narrow(1, 0, seen) : rows;
    const [kSeen, vSeen] = [k.narrow(0, 0, seen), v.narrow(0, 0, seen)];
    const given = { ...how, mask: part, first };
    parts.push(attendBlocks(q.narrow(0, first, count), kSeen, vSeen, given));
  }
  return concat(parts, 0);
}

/** Blocks of as many queries as keep the scores small; `first` is the position of the first query. */
function attendBlocks(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { first, scores = SCORES, ...how }: Attending & { readonly first: number },
): Tensor {
  const [queries, keys] = [q.shape[0]!, k.shape[0]!];
  const most = Math.max(LEAST_ROWS, Math.floor(scores / keys));
  const blocks = Math.ceil(queries / most);
  const size = Math.ceil(queries / blocks);
  const inBlocks = (x: Tensor): Tensor => {
    const filled = x.pad([
      [0, blocks * size - queries],
      [0, 0],
    ]);
    return filled.reshape([blocks, size, x.shape[1]!]);
  };
  const { mask } = how;
  const own = mask !== null && mask.shape[0] !== 1;
  const xs = {
    q: inBlocks(q),
    mask: own ? inBlocks(mask) : null,
    start: arange(blocks, { dtype: 'i32' }).mul(size).add(first),
  };
  const [, y] = scan(
    (carry: null, x: typeof xs): readonly [null, Tensor] => {
      const rows = arange(size, { dtype: 'i32' }).add(x.start);
      return [carry, attendAtOnce(x.q, k, v, { ...how, mask: x.mask ?? mask, rows })];
    },
    null,
    xs,
    { checkpoint: 1 },
  );
  return y.reshape([blocks * size, v.shape[1]!]).narrow(0, 0, queries);
}
