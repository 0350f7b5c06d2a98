/** A canvas that one draws a digit on, by pointer or keyboard. */

const PEN = 22;
const KEY_STEP = 8;

export class Drawing {
  private readonly context: CanvasRenderingContext2D;
  private last: { x: number; y: number } | undefined;
  /** Where the keyboard's pen is, and whether it draws. */
  private cursor = { x: 140, y: 60, down: false };

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly changed: () => void,
  ) {
    this.context = canvas.getContext('2d', { willReadFrequently: true })!;
    this.wipe();
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.last = this.place(event);
      this.line(this.last, this.last);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!this.last) return;
      const next = this.place(event);
      this.line(this.last, next);
      this.last = next;
    });
    for (const name of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(name, () => (this.last = undefined));
    }
    canvas.addEventListener('keydown', (event) => {
      if (this.key(event.key)) event.preventDefault();
    });
  }

  clear(): void {
    this.wipe();
    this.cursor.down = false;
    this.changed();
  }

  /**
   * The drawing as the network knows digits: 28 × 28, the ink scaled to a box of 20 and its centre of
   * mass in the middle; undefined where nothing is drawn.
   */
  pixels(): Uint8Array | undefined {
    const box = this.ink();
    if (!box) return undefined;
    const { left, top, width, height, x, y } = box;
    const scale = 20 / Math.max(width, height, 60);
    const small = new OffscreenCanvas(28, 28).getContext('2d', { willReadFrequently: true })!;
    small.fillRect(0, 0, 28, 28);
    small.imageSmoothingQuality = 'high';
    const [atX, atY] = [14 - (x - left) * scale, 14 - (y - top) * scale];
    const to = [atX, atY, width * scale, height * scale] as const;
    small.drawImage(this.canvas, left, top, width, height, ...to);
    const { data } = small.getImageData(0, 0, 28, 28);
    return Uint8Array.from({ length: 784 }, (_, i) => data[4 * i]!);
  }

  /** The box around the ink, and its centre of mass. */
  private ink():
    | { left: number; top: number; width: number; height: number; x: number; y: number }
    | undefined {
    const { width: w, height: h } = this.canvas;
    const { data } = this.context.getImageData(0, 0, w, h);
    let [left, top, right, bottom, mass, x, y] = [w, h, -1, -1, 0, 0, 0];
    for (let i = 0; i < w * h; i++) {
      const ink = data[4 * i]!;
      if (ink === 0) continue;
      const [px, py] = [i % w, Math.floor(i / w)];
      left = Math.min(left, px);
      right = Math.max(right, px);
      top = Math.min(top, py);
      bottom = Math.max(bottom, py);
      mass += ink;
      x += ink * px;
      y += ink * py;
    }
    if (mass === 0) return undefined;
    const [width, height] = [right - left + 1, bottom - top + 1];
    return { left, top, width, height, x: x / mass, y: y / mass };
  }

  private wipe(): void {
    this.context.fillStyle = '#000';
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  private place(event: PointerEvent): { x: number; y: number } {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - left) * this.canvas.width) / width,
      y: ((event.clientY - top) * this.canvas.height) / height,
    };
  }

  private line(from: { x: number; y: number }, to: { x: number; y: number }): void {
    const { context } = this;
    context.strokeStyle = '#fff';
    context.lineWidth = PEN;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.beginPath();
    context.moveTo(from.x, from.y);
    // A canvas draws nothing for a line without length.
    context.lineTo(to.x, to.y + 0.01);
    context.stroke();
    this.changed();
  }

  private key(key: string): boolean {
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-KEY_STEP, 0],
      ArrowRight: [KEY_STEP, 0],
      ArrowUp: [0, -KEY_STEP],
      ArrowDown: [0, KEY_STEP],
    };
    if (key === 'Delete' || key === 'Backspace') {
      this.clear();
      return true;
    }
    if (key === ' ') {
      this.cursor.down = !this.cursor.down;
      if (this.cursor.down) this.line(this.cursor, this.cursor);
      return true;
    }
    const move = moves[key];
    if (!move) return false;
    const within = (v: number): number => Math.min(280, Math.max(0, v));
    const next = { x: within(this.cursor.x + move[0]), y: within(this.cursor.y + move[1]) };
    if (this.cursor.down) this.line(this.cursor, next);
    Object.assign(this.cursor, next);
    return true;
  }
}
