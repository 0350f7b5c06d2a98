import { ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { tensor } from '../../tensor/index.js';
import { requireCount, requireProbability } from '../check.js';
import { dropout as drop } from '../functional/dropout.js';
import { Module } from '../module.js';

/** Options of `SinusoidalPositionalEncoding`. */
export interface SinusoidalOptions {
  /** The most positions a sequence may have. Default 5000. */
  readonly maxLength?: number;
  /** In training, the probability with which elements of the sum are dropped. Default 0. */
  readonly dropout?: number;
  /** Sequences are [N, T, D] instead of [T, N, D]. Default false. */
  readonly batchFirst?: boolean;
}

/**
 * x + p, where p tells the position t by waves of growing length: p[t, 2i] = sin(t / 10000^(2i / D)),
 * p[t, 2i + 1] = cos(t / 10000^(2i / D)). Nothing is trained. Vaswani et al., 2017, arXiv:1706.03762.
 *
 * @throws ArgumentError for sizes that are no counts.
 *
 * @example
 * const positions = new SinusoidalPositionalEncoding(64, { batchFirst: true });
 * positions.forward(rand([2, 10, 64])); // [2, 10, 64]
 */
export class SinusoidalPositionalEncoding extends Module {
  readonly maxLength: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  /** p, f64 [maxLength, D]. */
  readonly #table: Float64Array;

  constructor(
    readonly embedDim: number,
    { maxLength = 5000, dropout = 0, batchFirst = false }: SinusoidalOptions = {},
  ) {
    super();
    requireCount('SinusoidalPositionalEncoding', 'embedDim', embedDim);
    requireCount('SinusoidalPositionalEncoding', 'maxLength', maxLength);
    requireProbability('SinusoidalPositionalEncoding', dropout);
    this.maxLength = maxLength;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.#table = Float64Array.from({ length: maxLength * embedDim }, (_, k) => {
      const d = k % embedDim;
      const angle = Math.floor(k / embedDim) / 10000 ** ((d - (d % 2)) / embedDim);
      return d % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    });
  }

  /**
   * @param x [T, N, D], with `batchFirst` [N, T, D], or without a batch [T, D].
   * @throws ShapeError unless x is such, with T of at most maxLength.
   */
  forward(x: Tensor): Tensor {
    const { embedDim: size, maxLength, batchFirst } = this;
    if ((x.rank !== 2 && x.rank !== 3) || x.shape.at(-1) !== size) {
      throw new ShapeError(
        `SinusoidalPositionalEncoding: input is ${formatShape(x.shape)}; give one ` +
          `${batchFirst ? '[N, T, D]' : '[T, N, D]'} or [T, D] with D = ${size}.`,
      );
    }
    const isBatch = x.rank === 3;
    const steps = x.shape[isBatch && batchFirst ? 1 : 0]!;
    if (steps > maxLength) {
      throw new ShapeError(
        `SinusoidalPositionalEncoding: the input has T = ${steps} positions, and there are ` +
          `${maxLength}; give a larger maxLength.`,
      );
    }
    const values = this.#table.subarray(0, steps * size);
    const rows = tensor(values, { shape: [steps, size], dtype: x.dtype });
    const y = x.add(isBatch && !batchFirst ? rows.unsqueeze(1) : rows);
    return drop(y, { p: this.dropout, training: this.training });
  }

  override extraRepr(): string {
    const { embedDim, maxLength, dropout, batchFirst } = this;
    const more = `${dropout > 0 ? `, dropout=${dropout}` : ''}${batchFirst ? ', batchFirst=true' : ''}`;
    return `${embedDim}, maxLength=${maxLength}${more}`;
  }
}
