/** Side of an image, in pixels. */
export const SIDE = 28;

/**
 * Draws strokes with a round pen into an image of distances: each pixel keeps its greatest ink, a
 * ramp from 1 to 0 across the edge of the pen, which is what anti-aliases it.
 */
export class Canvas {
  /** Ink of each pixel, 0 … 1, [28, 28]. */
  readonly ink = new Float64Array(SIDE * SIDE);

  clear(): void {
    this.ink.fill(0);
  }

  /**
   * One straight piece from (x0, y0) to (x1, y1), in pixels, pixel (0, 0) having its middle there.
   *
   * @param radius0 half the pen's width at the start; `radius1` at the end.
   * @param edge width over which the ink runs out, in pixels.
   */
  line(
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    radius0: number,
    radius1: number,
    edge: number,
  ): void {
    const reach = Math.max(radius0, radius1) + edge / 2;
    const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach));
    const right = Math.min(SIDE - 1, Math.floor(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
    const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach));
    const dx = x1 - x0;
    const dy = y1 - y0;
    const length2 = dx * dx + dy * dy;
    const scale = length2 > 0 ? 1 / length2 : 0;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const px = x - x0;
        const py = y - y0;
        const t = Math.min(1, Math.max(0, (px * dx + py * dy) * scale));
        const ex = px - t * dx;
        const ey = py - t * dy;
        const distance = Math.sqrt(ex * ex + ey * ey);
        const ink = (radius0 + t * (radius1 - radius0) - distance) / edge + 0.5;
        const at = y * SIDE + x;
        if (ink > this.ink[at]!) this.ink[at] = Math.min(1, ink);
      }
    }
  }
}
