import { allocate } from '../../engine/core/dtype.js';
import { ArgumentError } from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/named-array.js';
import { extentOf, perChannel, roundHalfEven, type Extent } from './image-transform.js';

/** How a value between pixels is found: the nearest one's, or a mean of the four around. */
export type Interpolation = 'nearest' | 'bilinear';

/** An affine map of the plane: see `affine`. */
export interface AffineMap {
  /** Degrees, clockwise. */
  readonly angle: number;
  /** Pixels to the right and down. */
  readonly translate: readonly [x: number, y: number];
  readonly scale: number;
  /** Degrees, along x and along y. */
  readonly shear: readonly [x: number, y: number];
}

/** What does not depend on the map. */
export interface AffineOptions {
  /** Default `nearest`, as torchvision's. */
  interpolation?: Interpolation | undefined;
  /** What comes into the image from outside, for all channels or for each; default 0. */
  fill?: number | readonly number[] | undefined;
  /** What the rotation, scale and shear leave in place, [x, y] from the top left corner; default the middle. */
  center?: readonly [x: number, y: number] | undefined;
}

/** @throws ArgumentError for a way of interpolation that there is not. */
export function checkInterpolation(op: string, given: string): void {
  if (given === 'nearest' || given === 'bilinear') return;
  throw new ArgumentError(`${op}: interpolation is '${given}'; give nearest or bilinear.`);
}

/**
 * The image moved by x ↦ center + translate + R(angle) · scale · shear · (x - center); its pixels are read
 * where the inverse map leads. The matrices are those of torchvision's `affine`.
 */
export function affine(image: NamedArray, map: AffineMap, options: AffineOptions = {}): NamedArray {
  const { dtype, shape, values } = image;
  const { channels, height, width } = extentOf('affine', image);
  const { interpolation = 'nearest', fill = 0, center = [width / 2, height / 2] } = options;
  const fills = perChannel('affine', 'fill', fill, channels);
  const [a, b, tx, c, d, ty] = inverse(map, center[0] - width / 2, center[1] - height / 2);
  const out = allocate(dtype, values.length);
  const plane = height * width;
  const isByte = dtype === 'u8';
  const [midX, midY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const fromX = a * (x - midX) + b * (y - midY) + tx + midX;
      const fromY = c * (x - midX) + d * (y - midY) + ty + midY;
      if (interpolation === 'nearest') {
        const px = roundHalfEven(fromX);
        const py = roundHalfEven(fromY);
        const inside = px >= 0 && px < width && py >= 0 && py < height;
        for (let k = 0; k < channels; k++) {
          out[k * plane + at] = inside ? values[k * plane + py * width + px]! : fills[k]!;
        }
        continue;
      }
      const x0 = Math.floor(fromX);
      const y0 = Math.floor(fromY);
      const right = fromX - x0;
      const down = fromY - y0;
      const isInside = x0 >= 0 && x0 + 1 < width && y0 >= 0 && y0 + 1 < height;
      for (let k = 0; k < channels; k++) {
        const v = isInside
          ? mix(values, k * plane + y0 * width + x0, width, right, down)
          : mixAtEdge(values, k * plane, { height, width }, x0, y0, right, down, fills[k]!);
        out[k * plane + at] = isByte ? roundHalfEven(v) : v;
      }
    }
  }
  return { dtype, shape, values: out };
}

/** The mean of the pixel at `at`, its right neighbour and the two below, by how near each is. */
function mix(
  values: ArrayLike<number>,
  at: number,
  width: number,
  right: number,
  down: number,
): number {
  const upper = (1 - right) * values[at]! + right * values[at + 1]!;
  const lower = (1 - right) * values[at + width]! + right * values[at + width + 1]!;
  return (1 - down) * upper + down * lower;
}

/** The same where some of the four lie outside, and are `outside`. */
function mixAtEdge(
  values: ArrayLike<number>,
  start: number,
  { height, width }: Pick<Extent, 'height' | 'width'>,
  x: number,
  y: number,
  right: number,
  down: number,
  outside: number,
): number {
  if (x < -1 || y < -1 || x >= width || y >= height) return outside;
  const pixel = (px: number, py: number): number =>
    px >= 0 && px < width && py >= 0 && py < height ? values[start + py * width + px]! : outside;
  const four = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)];
  return mix(four, 0, 2, right, down);
}

/** The inverse of the map, for places counted from the image's middle: two rows of a matrix. */
function inverse(
  { angle, translate, scale, shear }: AffineMap,
  cx: number,
  cy: number,
): readonly [number, number, number, number, number, number] {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [rotation, sx, sy] = [radians(angle), radians(shear[0]), radians(shear[1])];
  const a = Math.cos(rotation - sy) / Math.cos(sy);
  const b = (-Math.cos(rotation - sy) * Math.tan(sx)) / Math.cos(sy) - Math.sin(rotation);
  const c = Math.sin(rotation - sy) / Math.cos(sy);
  const d = (-Math.sin(rotation - sy) * Math.tan(sx)) / Math.cos(sy) + Math.cos(rotation);
  // Rotation and shear have determinant 1.
  const [ia, ib, ic, id] = [d / scale, -b / scale, -c / scale, a / scale];
  const [x, y] = [-cx - translate[0], -cy - translate[1]];
  return [ia, ib, ia * x + ib * y + cx, ic, id, ic * x + id * y + cy];
}
