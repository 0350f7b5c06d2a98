import type { Tensor } from '../../tensor/index.js';
import { Dropout } from '../dropout.js';
import { gelu } from '../functional/smooth-rectifiers.js';
import { LayerNorm } from '../layer-norm.js';
import { Linear } from '../linear.js';
import { Module } from '../module.js';
import type { KeyValueCache } from './key-value-cache.js';
import type { MultiheadAttentionOptions } from './multihead-attention.js';
import { MultiheadAttention } from './multihead-attention.js';

/**
 * A layer of a GPT: y = x + attention(norm(x)), causal, then y + down(gelu(up(norm(y)))), with dropout
 * of what is added.
 */
export class GPTBlock extends Module {
  readonly norm1: LayerNorm;
  readonly attention: MultiheadAttention;
  readonly norm2: LayerNorm;
  /** To four times the width. */
  readonly up: Linear;
  readonly down: Linear;
  readonly dropout: Dropout;

  constructor(
    width: number,
    heads: number,
    { dropout = 0, ...options }: Pick<MultiheadAttentionOptions, 'dropout' | 'dtype' | 'generator'>,
  ) {
    super();
    const { dtype = 'f32' } = options;
    this.norm1 = new LayerNorm(width, { dtype });
    this.attention = new MultiheadAttention(width, heads, {
      ...options,
      dropout,
      batchFirst: true,
    });
    this.norm2 = new LayerNorm(width, { dtype });
    this.up = new Linear(width, 4 * width, options);
    this.down = new Linear(4 * width, width, options);
    this.dropout = new Dropout(dropout);
  }

  /** x [N, T, D], also the result. */
  forward(x: Tensor): Tensor {
    const normed = this.norm1.forward(x);
    const [mixed] = this.attention.forward(normed, normed, normed, { isCausal: true });
    return this.feedForward(x.add(this.dropout.forward(mixed)));
  }

  /** One position more, x [N, D] at `position`, i32 []: see `MultiheadAttention.step`. */
  step(x: Tensor, cache: KeyValueCache, position: Tensor): [y: Tensor, cache: KeyValueCache] {
    const [mixed, grown] = this.attention.step(this.norm1.forward(x), cache, position);
    return [this.feedForward(x.add(mixed)), grown];
  }

  private feedForward(y: Tensor): Tensor {
    const inner = gelu(this.up.forward(this.norm2.forward(y)));
    return y.add(this.dropout.forward(this.down.forward(inner)));
  }
}
