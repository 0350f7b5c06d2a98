/** Pixels as text: each character is two, one above the other. */
const BLOCKS = [' ', '▀', '▄', '█'] as const;

/** Share of the brightest pixel from which one counts as ink. */
const THRESHOLD = 0.35;

/** A grey image: row-major, 0 for the ground. */
export interface GreyImage {
  readonly values: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
}

/**
 * Lines of half blocks that show an image, `columns` wide, in its proportions.
 *
 * @example
 * drawImage({ values: pixels, height: 28, width: 28 }, 18).join('\n');
 */
export function drawImage({ values, height, width }: GreyImage, columns: number): string[] {
  const rows = 2 * Math.round((columns * height) / width / 2);
  const small = resize({ values, height, width }, rows, columns);
  const limit = THRESHOLD * small.reduce((most, v) => Math.max(most, v), 0);
  const isInk = (row: number, column: number): boolean => {
    const value = small[row * columns + column]!;
    return value > 0 && value >= limit;
  };
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 2) {
    let line = '';
    for (let column = 0; column < columns; column++) {
      line += BLOCKS[(isInk(row, column) ? 1 : 0) + (isInk(row + 1, column) ? 2 : 0)]!;
    }
    lines.push(line);
  }
  return lines;
}

/** The image in another size: each pixel is the mean of the area it covers. */
function resize({ values, height, width }: GreyImage, rows: number, columns: number): number[] {
  const down = overlaps(height, rows);
  const across = overlaps(width, columns);
  return down.flatMap((vertical) =>
    across.map((horizontal) => {
      let sum = 0;
      for (const [y, share] of vertical) {
        for (const [x, part] of horizontal) sum += share * part * values[y * width + x]!;
      }
      return sum;
    }),
  );
}

/** For each of `to` equal parts of a line of `from` pixels: which it covers, and by what share. */
function overlaps(from: number, to: number): [index: number, share: number][][] {
  const step = from / to;
  return Array.from({ length: to }, (_, i) => {
    const covered: [number, number][] = [];
    for (let k = Math.floor(i * step); k < Math.min(from, (i + 1) * step); k++) {
      const share = Math.min(k + 1, (i + 1) * step) - Math.max(k, i * step);
      if (share > 1e-9) covered.push([k, share / step]);
    }
    return covered;
  });
}

/** Blocks of lines side by side, each as wide as its widest line. */
export function sideBySide(blocks: readonly (readonly string[])[], gap = 2): string[] {
  const height = Math.max(0, ...blocks.map((block) => block.length));
  const widths = blocks.map((block) => Math.max(0, ...block.map((line) => line.length)));
  return Array.from({ length: height }, (_, row) =>
    blocks
      .map((block, i) => (block[row] ?? '').padEnd(widths[i]!))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}
