import type { RandomStream } from './random.js';

/** Writes to out[at], out[at + 1] where the point (x, y) of a stroke lies, in pixels. */
export type Warp = (x: number, y: number, out: Float64Array, at: number) => void;

/** Rows and columns of the grid of displacements that bends a digit. */
const GRID = 4;
/** Half the extent of the grid, in the strokes' units; it covers them with some margin. */
const REACH = 0.6;

/**
 * A random affine map (size, slant, rotation) followed by a smooth bend: displacements drawn on a
 * coarse grid and interpolated between, the elastic distortion of Simard, Steinkraus and Platt
 * ("Best Practices for Convolutional Neural Networks", 2003) on the strokes in place of the pixels.
 */
export function randomWarp(random: RandomStream): Warp {
  // With t the tangent of half the angle, sine and cosine are exact arithmetic.
  const t = random.bell(0.08);
  const cos = (1 - t * t) / (1 + t * t);
  const sin = (2 * t) / (1 + t * t);
  const height = 19.5 * (1 + random.bell(0.1));
  const width = 17 * (1 + random.bell(0.15));
  const slant = -0.08 - random.bell(0.18);
  const field = Float64Array.from({ length: GRID * GRID * 2 }, () => random.bell(0.9));
  return (x0, y0, out, at) => {
    const x = width * (x0 + slant * y0);
    const y = height * y0;
    const gx = toGrid(x0);
    const gy = toGrid(y0);
    const column = Math.floor(gx);
    const row = Math.floor(gy);
    const fx = smooth(gx - column);
    const fy = smooth(gy - row);
    const corner = 2 * (row * GRID + column);
    for (let k = 0; k < 2; k++) {
      const upper = mix(field[corner + k]!, field[corner + 2 + k]!, fx);
      const lower = mix(field[corner + 2 * GRID + k]!, field[corner + 2 * GRID + 2 + k]!, fx);
      const moved = k === 0 ? cos * x - sin * y : sin * x + cos * y;
      out[at + k] = moved + mix(upper, lower, fy);
    }
  };
}

const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

const smooth = (t: number): number => t * t * (3 - 2 * t);

/** Position in the grid, 0 … GRID - 1, the last line left out so that a cell lies beyond. */
const toGrid = (v: number): number =>
  Math.max(0, Math.min(GRID - 1.001, ((v + REACH) / (2 * REACH)) * (GRID - 1)));
