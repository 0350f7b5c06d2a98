import type { Tensor } from '../tensor/index.js';
import { requireCount } from './check.js';
import { pixelShuffle, pixelUnshuffle } from './functional/pixel-shuffle.js';
import { Module } from './module.js';

/**
 * `pixelShuffle`: [*, C · r², H, W] to [*, C, H · r, W · r].
 *
 * @example
 * new PixelShuffle(2).forward(rand([8, 12, 7, 7])); // [8, 3, 14, 14]
 */
export class PixelShuffle extends Module {
  /** @throws ArgumentError unless r is a count of at least 1. */
  constructor(readonly upscaleFactor: number) {
    super();
    requireCount('PixelShuffle', 'upscaleFactor', upscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscaleFactor=${this.upscaleFactor}`;
  }
}

/**
 * `pixelUnshuffle`: [*, C, H · r, W · r] to [*, C · r², H, W].
 *
 * @example
 * new PixelUnshuffle(2).forward(rand([8, 3, 14, 14])); // [8, 12, 7, 7]
 */
export class PixelUnshuffle extends Module {
  /** @throws ArgumentError unless r is a count of at least 1. */
  constructor(readonly downscaleFactor: number) {
    super();
    requireCount('PixelUnshuffle', 'downscaleFactor', downscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscaleFactor=${this.downscaleFactor}`;
  }
}
