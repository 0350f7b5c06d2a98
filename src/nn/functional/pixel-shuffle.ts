import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { requireCount } from '../check.js';

/**
 * Channels laid out in space: y[c, r · h + i, r · w + j] = x[c · r² + r · i + j, h, w], so that a
 * convolution can make an image r times as large. Shi et al., 2016, arXiv:1609.05158. PyTorch's
 * pixel_shuffle.
 *
 * @param x [*, C · r², H, W], any number of axes in front.
 * @param upscaleFactor r.
 * @returns [*, C, H · r, W · r].
 * @throws ArgumentError unless r is a count whose square divides the channels; ShapeError for fewer than
 *   three axes.
 *
 * @example
 * pixelShuffle(rand([8, 12, 7, 7]), 2); // [8, 3, 14, 14]
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const [front, channels, h, w] = axesOf('pixelShuffle', x);
  const r = upscaleFactor;
  requireCount('pixelShuffle', 'upscaleFactor', r);
  if (channels % (r * r) !== 0) {
    throw new ArgumentError(
      `pixelShuffle: input ${formatShape(x.shape)} has ${channels} channels, which ` +
        `upscaleFactor² = ${r * r} does not divide; use a multiple of ${r * r} channels.`,
    );
  }
  const c = channels / (r * r);
  const n = front.length;
  return x
    .reshape([...front, c, r, r, h, w])
    .permute([...front.map((_, i) => i), n, n + 3, n + 1, n + 4, n + 2])
    .reshape([...front, c, h * r, w * r]);
}

/**
 * The inverse of `pixelShuffle`: each r × r block of an image as r² channels. PyTorch's pixel_unshuffle.
 *
 * @param x [*, C, H · r, W · r], any number of axes in front.
 * @param downscaleFactor r.
 * @returns [*, C · r², H, W].
 * @throws ArgumentError unless r is a count that divides height and width; ShapeError for fewer than three
 *   axes.
 *
 * @example
 * pixelUnshuffle(rand([8, 3, 14, 14]), 2); // [8, 12, 7, 7]
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const [front, c, height, width] = axesOf('pixelUnshuffle', x);
  const r = downscaleFactor;
  requireCount('pixelUnshuffle', 'downscaleFactor', r);
  if (height % r !== 0 || width % r !== 0) {
    throw new ArgumentError(
      `pixelUnshuffle: downscaleFactor is ${r}, which does not divide height ${height} and width ` +
        `${width} of input ${formatShape(x.shape)}; use a divisor of both.`,
    );
  }
  const [h, w] = [height / r, width / r];
  const n = front.length;
  return x
    .reshape([...front, c, h, r, w, r])
    .permute([...front.map((_, i) => i), n, n + 2, n + 4, n + 1, n + 3])
    .reshape([...front, c * r * r, h, w]);
}

function axesOf(op: string, x: Tensor): [readonly number[], number, number, number] {
  if (x.rank < 3) {
    throw new ShapeError(`${op}: input is ${formatShape(x.shape)}; give one [*, C, H, W].`);
  }
  const [c, h, w] = x.shape.slice(-3) as [number, number, number];
  return [x.shape.slice(0, -3), c, h, w];
}
