/**
 * How the ten digits are written. Each digit has several styles; a style is strokes separated by
 * ';', a stroke is points `x,y` on a grid 100 high and about 100 wide, y downwards. `C` draws a
 * smooth curve (Catmull-Rom spline) through its points, `L` straight lines.
 */
const STYLES: readonly (readonly string[])[] = [
  [
    'C 50,4 26,14 14,50 26,86 50,96 76,86 88,50 76,14 46,5',
    'C 54,4 36,18 28,52 36,86 52,96 68,84 74,50 66,16 50,4',
    'C 64,10 40,4 20,26 14,58 28,90 56,96 80,74 86,40 74,14 54,6 44,16',
  ],
  [
    'L 50,4 50,96',
    'L 62,4 44,96',
    'L 30,24 52,4 52,96',
    'C 34,28 46,18 56,4; L 56,4 50,96',
    'L 32,22 52,4 52,96; L 28,96 76,95',
  ],
  [
    'C 20,26 34,8 58,5 78,20 74,44 48,70 18,94; L 18,94 84,92',
    'C 20,24 40,5 68,8 78,28 64,56 36,84 20,90 22,76 40,78 60,92 86,86',
    'C 18,20 46,4 74,14 70,42 44,66 16,90; C 16,90 40,84 62,96 86,90',
    'C 24,34 30,12 54,4 74,16 72,38 52,62 20,92; L 20,92 80,96',
  ],
  [
    'C 20,16 44,4 70,10 74,30 60,44 42,48; C 42,48 68,52 80,70 66,92 40,97 16,86',
    'L 20,8 76,8 44,42; C 44,42 70,46 80,66 68,90 42,97 18,86',
    'C 22,20 40,5 66,8 74,26 62,42 44,46 64,50 80,66 72,88 46,97 18,88',
    'C 26,12 52,4 70,18 60,36 40,46; C 40,46 66,46 78,64 70,84 50,100 28,104',
  ],
  [
    'L 26,6 16,58 86,56; L 66,20 60,96',
    'L 62,96 64,4 14,66 88,66',
    'C 26,8 20,34 28,54 52,54 76,44; L 78,6 66,96',
    'L 30,10 22,54 78,52; L 74,8 72,98',
    'C 58,6 40,34 14,62; L 14,62 86,60; L 62,34 58,98',
  ],
  [
    'L 80,6 32,6 26,44; C 26,44 50,34 76,48 80,72 62,94 36,97 16,86',
    'C 80,8 56,8 36,10 30,28 28,44 54,42 76,56 74,82 50,97 20,90',
    'L 30,8 28,46; C 28,46 54,38 78,54 74,84 46,98 18,88; L 30,8 82,4',
    'L 76,4 36,10; L 36,10 30,46; C 30,46 58,44 72,62 66,84 44,98 20,98',
  ],
  [
    'C 70,6 42,22 22,52 20,78 38,96 64,94 78,76 68,58 46,54 24,68',
    'C 56,4 34,34 22,66 28,90 50,97 72,88 74,68 58,56 38,62 24,78',
    'C 78,14 60,4 34,16 18,48 22,84 46,97 72,88 74,64 54,52 28,62 20,76',
    'C 46,4 28,40 24,74 36,94 56,96 66,80 58,64 42,66 28,84',
  ],
  [
    'L 16,10 82,8 46,96',
    'L 16,12 80,8 46,96; L 34,52 76,48',
    'L 18,28 20,8 82,8 42,96',
    'C 14,16 30,8 52,14 82,8; C 82,8 62,40 48,96',
    'L 22,10 76,10; C 76,10 70,44 64,98',
  ],
  [
    'C 72,16 50,4 28,14 30,34 50,48 72,64 74,86 50,97 26,86 28,64 50,48 70,34 72,16 60,6',
    'C 50,48 28,36 28,12 50,3 72,12 72,36 50,48; C 50,48 22,62 22,88 50,97 78,88 78,62 50,48',
    'C 78,10 54,4 32,12 34,32 58,52 70,74 58,94 36,94 28,76 44,56 66,36 80,12',
    'C 56,44 36,34 40,8 58,4 72,18 62,40 44,54 24,74 32,96 56,98 68,78 60,56 48,44',
  ],
  [
    'C 76,24 60,46 34,46 22,28 36,8 60,6 76,22; C 76,22 78,50 70,96',
    'C 72,12 50,4 26,18 26,38 46,48 66,38 74,12; L 74,12 64,98',
    'C 74,20 56,4 32,10 24,32 42,48 66,40 76,18; C 76,18 80,58 64,90 36,97 20,88',
    'C 68,28 54,46 36,40 34,20 50,6 68,14 68,36 58,72 40,98',
  ],
];

/** A stroke as a chain of straight pieces: x, y, x, y, …, the middle of the grid at (0, 0), height 1. */
export type Stroke = Float64Array;

/** Straight pieces that stand for one span of a curve; enough at 28×28. */
const PIECES = 5;

function parseStroke(text: string): Stroke {
  const [kind, ...points] = text.trim().split(' ');
  const x: number[] = [];
  const y: number[] = [];
  for (const point of points) {
    const [px, py] = point.split(',').map(Number);
    x.push(px! / 100 - 0.5);
    y.push(py! / 100 - 0.5);
  }
  const out: number[] = [x[0]!, y[0]!];
  for (let i = 0; i + 1 < x.length; i++) {
    for (let k = 1; k <= PIECES; k++) {
      const t = k / PIECES;
      if (kind === 'C') out.push(spline(x, i, t), spline(y, i, t));
      else out.push(x[i]! + (x[i + 1]! - x[i]!) * t, y[i]! + (y[i + 1]! - y[i]!) * t);
    }
  }
  return Float64Array.from(out);
}

/** The Catmull-Rom spline between points i and i + 1; the ends are repeated. */
function spline(p: readonly number[], i: number, t: number): number {
  const b = p[i]!;
  const c = p[i + 1]!;
  const a = p[i - 1] ?? b;
  const d = p[i + 2] ?? c;
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

let parsed: readonly (readonly (readonly Stroke[])[])[] | undefined;

/** Strokes by digit and style; parsed at first use. */
export function digitStrokes(): readonly (readonly (readonly Stroke[])[])[] {
  parsed ??= STYLES.map((styles) => styles.map((style) => style.split(';').map(parseStroke)));
  return parsed;
}
