import type { DType } from '../../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { requireRange, stack, tensor } from '../../tensor/index.js';
import { requireCount, requireOption } from '../check.js';
import { Module } from '../module.js';

/** Options of `RotaryEmbedding`. */
export interface RotaryOptions {
  /** The most positions. Default 4096. */
  readonly maxLength?: number;
  /** What the angles are powers of, above 0. Default 10000. */
  readonly base?: number;
}

/**
 * Turns queries and keys by angles that grow with their position, so that scores depend on distances
 * alone: of x at position t each pair (x[2i], x[2i + 1]) is turned by t · base^(-2i / D). Nothing is
 * trained. Su et al., 2021: RoFormer, arXiv:2104.09864.
 *
 * @throws ArgumentError unless D is even and the sizes are counts.
 *
 * @example
 * const rotary = new RotaryEmbedding(32);
 * const q = rotary.forward(rand([2, 6, 10, 32])); // [N, heads, T, D], as k
 * rotary.forward(rand([2, 6, 1, 32]), tensor([10], { dtype: 'i32' })); // the position behind
 */
export class RotaryEmbedding extends Module {
  readonly maxLength: number;
  readonly base: number;
  /** Cosines, then sines, f64 [2, maxLength, D / 2]. */
  readonly #table: Float64Array;

  constructor(
    readonly headDim: number,
    { maxLength = 4096, base = 10000 }: RotaryOptions = {},
  ) {
    super();
    requireCount('RotaryEmbedding', 'headDim', headDim);
    requireCount('RotaryEmbedding', 'maxLength', maxLength);
    requireOption('RotaryEmbedding', 'base', base, base > 0 && base < Infinity, 'a number above 0');
    if (headDim % 2 !== 0) {
      throw new ArgumentError(
        `RotaryEmbedding: headDim is ${headDim}; use an even one, as features turn in pairs.`,
      );
    }
    this.maxLength = maxLength;
    this.base = base;
    const half = headDim / 2;
    const count = maxLength * half;
    this.#table = Float64Array.from({ length: 2 * count }, (_, k) => {
      const angle = Math.floor((k % count) / half) * base ** ((-2 * (k % half)) / headDim);
      return k < count ? Math.cos(angle) : Math.sin(angle);
    });
  }

  /**
   * @param x [*, T, D], f32 or f64.
   * @param positions i32 [T], 0 … maxLength - 1. Default 0 … T - 1.
   * @returns The shape of x.
   * @throws ShapeError or DTypeError where they do not fit; IndexError for another position.
   */
  forward(x: Tensor, positions: Tensor | null = null): Tensor {
    const { headDim, maxLength } = this;
    const steps = x.shape.at(-2);
    if (steps === undefined || x.shape.at(-1) !== headDim) {
      throw new ShapeError(
        `RotaryEmbedding: input is ${formatShape(x.shape)}; give one [*, T, D] with D = ${headDim}.`,
      );
    }
    if (!positions && steps > maxLength) {
      throw new ShapeError(
        `RotaryEmbedding: the input has T = ${steps} positions, and there are ${maxLength}; give a ` +
          'larger maxLength.',
      );
    }
    const [cos, sin] = this.turns(steps, positions, x.dtype);
    const pairs = x.reshape([...x.shape.slice(0, -1), headDim / 2, 2]);
    const [a, b] = [0, 1].map((i) => pairs.narrow(-1, i, 1).squeeze(-1)) as [Tensor, Tensor];
    const turned = [a.mul(cos!).sub(b.mul(sin!)), a.mul(sin!).add(b.mul(cos!))];
    return stack(turned, -1).reshape(x.shape);
  }

  override extraRepr(): string {
    return `${this.headDim}, maxLength=${this.maxLength}, base=${this.base}`;
  }

  /** Cosines and sines [T, D / 2] of the angles at each step. */
  private turns(steps: number, positions: Tensor | null, dtype: DType): Tensor[] {
    const { maxLength } = this;
    const half = this.headDim / 2;
    const count = maxLength * half;
    const length = positions ? maxLength : steps;
    const tables = [0, 1].map((i) => {
      const values = this.#table.subarray(i * count, i * count + length * half);
      return tensor(values, { shape: [length, half], dtype });
    });
    if (!positions) return tables;
    if (positions.dtype !== 'i32') {
      throw new DTypeError(`RotaryEmbedding: positions are ${positions.dtype}; use i32.`);
    }
    if (positions.rank !== 1 || positions.shape[0] !== steps) {
      throw new ShapeError(
        `RotaryEmbedding: positions are ${formatShape(positions.shape)}, and the input has T = ` +
          `${steps}; give [${steps}].`,
      );
    }
    requireRange(
      positions,
      0,
      maxLength,
      (value) => `RotaryEmbedding: position ${value} is not one of 0 … ${maxLength - 1}.`,
    );
    return tables.map((t) => t.indexSelect(0, positions));
  }
}
