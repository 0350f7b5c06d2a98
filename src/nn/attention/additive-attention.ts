import type { DType } from '../../engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { requireCount } from '../check.js';
import { exponentials } from '../functional/attention-scores.js';
import { Linear } from '../linear.js';
import { Module } from '../module.js';
import { checkDType } from '../recurrent/weights.js';

/** Options of `AdditiveAttention`. */
export interface AdditiveAttentionOptions {
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** Options of a call of `AdditiveAttention`. */
export interface AdditiveCallOptions {
  /** Bool [N, S], true for keys to leave out. Default: none. */
  readonly keyPaddingMask?: Tensor | null;
  /** What the weights are to average, [N, S, Dv]. Default: the keys. */
  readonly values?: Tensor;
  /** V k of the keys, [N, S, hidden], as `project` gives it: for many queries one after the other. */
  readonly projected?: Tensor;
}

/**
 * Attention whose scores are a small network's, so that queries and keys may differ in size: with
 * e_ts = wᵀ tanh(U q_t + V k_s), the weights a_t = softmax(e_t), and the context Σ_s a_ts v_s. As a
 * decoder looks back at what an encoder has read. Bahdanau et al., 2015: Neural machine translation by
 * jointly learning to align and translate, arXiv:1409.0473.
 *
 * A query that may look at no key gets weights and a context of zeros.
 *
 * @throws ArgumentError for sizes that are no counts.
 *
 * @example
 * const attention = new AdditiveAttention(32, 64, 16);
 * const [context, weights] = attention.forward(rand([8, 32]), rand([8, 20, 64]));
 * context; // [8, 64], with weights [8, 20]
 */
export class AdditiveAttention extends Module {
  /** U, [hidden, query]. */
  readonly query: Linear;
  /** V, [hidden, key], with the offset of the sum. */
  readonly key: Linear;
  /** wᵀ, [1, hidden]. */
  readonly score: Linear;

  constructor(
    readonly querySize: number,
    readonly keySize: number,
    readonly hiddenSize: number,
    options: AdditiveAttentionOptions = {},
  ) {
    super();
    const { name } = new.target;
    requireCount(name, 'querySize', querySize);
    requireCount(name, 'keySize', keySize);
    requireCount(name, 'hiddenSize', hiddenSize);
    this.query = new Linear(querySize, hiddenSize, { ...options, bias: false });
    this.key = new Linear(keySize, hiddenSize, options);
    this.score = new Linear(hiddenSize, 1, { ...options, bias: false });
  }

  /** V k of keys [N, S, key], [N, S, hidden]. */
  project(keys: Tensor): Tensor {
    return this.key.forward(keys);
  }

  /**
   * @param query [N, L, query], or one for each sequence, [N, query].
   * @param keys [N, S, key].
   * @returns The contexts [N, L, Dv] and the weights [N, L, S]; without L where the query has none.
   * @throws ShapeError or DTypeError where they do not fit.
   */
  forward(
    query: Tensor,
    keys: Tensor,
    { keyPaddingMask = null, values = keys, projected }: AdditiveCallOptions = {},
  ): [context: Tensor, weights: Tensor] {
    this.checkInputs(query, keys, values, keyPaddingMask);
    const projection = [keys.shape[0]!, keys.shape[1]!, this.hiddenSize];
    if (projected && !sameShape(projected.shape, projection)) {
      throw new ShapeError(
        `AdditiveAttention: projected is ${formatShape(projected.shape)}, keys are ` +
          `${formatShape(keys.shape)}; give what project(keys) gives, ${formatShape(projection)}.`,
      );
    }
    const single = query.rank === 2;
    const q = this.query.forward(single ? query.unsqueeze(1) : query).unsqueeze(2);
    const k = (projected ?? this.project(keys)).unsqueeze(1);
    const scores = this.score.forward(q.add(k).tanh()).squeeze(3);
    const padding = keyPaddingMask?.unsqueeze(1) ?? null;
    const masked = padding ? where(padding.logicalNot(), scores, -Infinity) : scores;
    const { e, total } = exponentials(masked, true);
    const weights = e.div(total);
    const context = weights.matmul(values);
    return single ? [context.squeeze(1), weights.squeeze(1)] : [context, weights];
  }

  override extraRepr(): string {
    return `${this.querySize}, ${this.keySize}, ${this.hiddenSize}`;
  }

  private checkInputs(query: Tensor, keys: Tensor, values: Tensor, padding: Tensor | null): void {
    const { querySize, keySize } = this;
    const [batch, count] = keys.shape;
    if (
      (query.rank !== 2 && query.rank !== 3) ||
      query.shape.at(-1) !== querySize ||
      keys.rank !== 3 ||
      keys.shape[2] !== keySize ||
      batch !== query.shape[0]
    ) {
      throw new ShapeError(
        `AdditiveAttention: query is ${formatShape(query.shape)}, keys are ` +
          `${formatShape(keys.shape)}; give a query [N, L, ${querySize}] or [N, ${querySize}], and ` +
          `keys [N, S, ${keySize}].`,
      );
    }
    if (values.rank !== 3 || values.shape[0] !== batch || values.shape[1] !== count) {
      throw new ShapeError(
        `AdditiveAttention: values are ${formatShape(values.shape)}, keys ` +
          `${formatShape(keys.shape)}; give a value for each key, [${batch}, ${count}, Dv].`,
      );
    }
    const { dtype } = this.score.weight;
    const given = { query, keys, values };
    for (const [name, t] of Object.entries(given)) checkDType('AdditiveAttention', name, t, dtype);
    if (!padding) return;
    if (padding.dtype !== 'bool') {
      throw new DTypeError(
        `AdditiveAttention: keyPaddingMask is ${padding.dtype}; use bool, true for keys to leave out.`,
      );
    }
    if (sameShape(padding.shape, [batch!, count!])) return;
    throw new ShapeError(
      `AdditiveAttention: keyPaddingMask is ${formatShape(padding.shape)}, keys are ` +
        `${formatShape(keys.shape)}; give [${batch}, ${count}].`,
    );
  }
}
