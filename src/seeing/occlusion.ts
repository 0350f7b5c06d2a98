import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { UnaryModule } from '../nn/index.js';
import { compile, evaluate, noGrad, tensor, type Tensor } from '../tensor/index.js';
import { checkInput, scoresOf, type ClassTarget } from './class-scores.js';
import { inEvaluation } from './in-evaluation.js';
import { explainedClasses } from './saliency.js';

/** Options of `occlusion`. */
export interface OcclusionOptions extends ClassTarget {
  /** Height and width of what is hidden; one number is both. */
  readonly window: number | readonly [height: number, width: number];
  /** How far the window moves down and to the right. Default: the window itself, so that none overlap. */
  readonly stride?: number | readonly [down: number, right: number];
  /** What a hidden pixel becomes. Default 0, which for normalised images is the mean grey. */
  readonly baseline?: number;
}

/** A rectangle of pixels, the ends exclusive. */
interface Rectangle {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Windows that are hidden in one run of the program. */
const AT_ONCE = 64;

/**
 * By how much the score of a class falls where a window of the image is hidden, without any gradient:
 * y_c(x) - y_c(x, hidden), of each pixel the mean over the windows that it lies in. Windows at the lower
 * and right edge may be smaller. The model is in evaluation mode meanwhile.
 *
 * @param model Takes x and gives scores [N, K].
 * @param x [N, C, H, W], f32 or f64.
 * @returns [N, 1, H, W]; 0 where no window has been, as with a stride larger than the window.
 * @throws ArgumentError for a window or stride that cannot be, ShapeError for other ranks; else as
 *   `saliency`. It computes at once, so it cannot stand in a compiled function.
 * @see Zeiler, Fergus, 2014, Visualizing and understanding convolutional networks, arXiv:1311.2901
 *
 * @example
 * const model = new Sequential(new Flatten(), new Linear(64, 3));
 * const map = occlusion(model, rand([1, 1, 8, 8]), { window: 3, stride: 1 }); // [1, 1, 8, 8]
 */
export function occlusion(model: UnaryModule, x: Tensor, options: OcclusionOptions): Tensor {
  checkInput('occlusion', x);
  const { baseline = 0 } = options;
  const [n, , height, width] = x.shape;
  if (x.rank !== 4) {
    throw new ShapeError(`occlusion: x is ${formatShape(x.shape)}; give images [N, C, H, W].`);
  }
  const window = pairOf('window', options.window, [height!, width!]);
  const stride = pairOf('stride', options.stride ?? window, [Infinity, Infinity]);
  const windows = windowsOf(height!, width!, window, stride);
  const classes = inEvaluation(model, () => explainedClasses('occlusion', model, x, options));
  const scores = scoresWhenHidden(model, x, classes, windows, baseline);
  const area = height! * width!;
  const sums = new Float64Array(n! * area);
  const counts = new Float64Array(area);
  for (const [i, { top, bottom, left, right }] of windows.entries()) {
    for (let row = top; row < bottom; row++) {
      for (let at = row * width! + left; at < row * width! + right; at++) {
        counts[at]! += 1;
        for (let k = 0; k < n!; k++)
          sums[k * area + at]! += scores.whole[k]! - scores.hidden[i]![k]!;
      }
    }
  }
  const means = sums.map((sum, i) => (sum === 0 ? 0 : sum / counts[i % area]!));
  return tensor(means, { shape: [n!, 1, height!, width!], dtype: x.dtype });
}

function pairOf(
  name: string,
  given: number | readonly [number, number],
  most: readonly [number, number],
): readonly [number, number] {
  const pair = typeof given === 'number' ? ([given, given] as const) : given;
  if (pair.every((v, i) => Number.isInteger(v) && v >= 1 && v <= most[i]!)) return pair;
  const limit = most[0] === Infinity ? '' : `, at most those of the image, ${most.join(' and ')}`;
  throw new ArgumentError(
    `occlusion: ${name} is ${pair.join(', ')}; use integers of at least 1${limit}.`,
  );
}

/** The windows from the upper left on, until one reaches the edge. */
function windowsOf(
  height: number,
  width: number,
  window: readonly [number, number],
  stride: readonly [number, number],
): Rectangle[] {
  const along = (extent: number, size: number, step: number): [number, number][] =>
    Array.from(
      { length: Math.ceil(Math.max(0, extent - size) / step) + 1 },
      (_, i) => [i * step, Math.min(extent, i * step + size)] as [number, number],
    ).filter(([start]) => start < extent);
  return along(height, window[0], stride[0]).flatMap(([top, bottom]) =>
    along(width, window[1], stride[1]).map(([left, right]) => ({ top, bottom, left, right })),
  );
}

/** The scores of the classes for x, and with each window hidden. */
function scoresWhenHidden(
  model: UnaryModule,
  x: Tensor,
  classes: Tensor,
  windows: readonly Rectangle[],
  baseline: number,
): { readonly whole: ArrayLike<number>; readonly hidden: readonly ArrayLike<number>[] } {
  const [n, c, height, width] = x.shape as [number, number, number, number];
  const count = Math.min(AT_ONCE, windows.length);
  const run = compile((image: Tensor, label: Tensor, mask: Tensor) =>
    noGrad(() => {
      const covered = image.mul(mask).add(mask.neg().add(1).mul(baseline));
      const rows = covered.reshape([count * n, c, height, width]);
      const labels = label.expand([count, n]).reshape([count * n]);
      return scoresOf(model.forward(rows), labels).reshape([count, n]);
    }),
  );
  return inEvaluation(model, () => {
    const image = x.detach();
    const whole = noGrad(() => scoresOf(model.forward(image), classes));
    evaluate(classes);
    const hidden: ArrayLike<number>[] = [];
    for (let first = 0; first < windows.length; first += count) {
      // The last ones are filled up with masks that hide nothing.
      const mask = masksOf(windows.slice(first, first + count), count, height, width);
      const shape = [count, 1, 1, height, width];
      const scores = run(image, classes, tensor(mask, { shape, dtype: x.dtype })).dataSync();
      const left = Math.min(count, windows.length - first);
      for (let i = 0; i < left; i++) hidden.push(scores.slice(i * n, (i + 1) * n));
    }
    return { whole: whole.dataSync(), hidden };
  });
}

/** For each window an image of ones, with zeros where it is. */
function masksOf(
  windows: readonly Rectangle[],
  count: number,
  height: number,
  width: number,
): Float64Array {
  const mask = new Float64Array(count * height * width).fill(1);
  for (const [i, { top, bottom, left, right }] of windows.entries()) {
    for (let row = top; row < bottom; row++) {
      const start = (i * height + row) * width;
      mask.fill(0, start + left, start + right);
    }
  }
  return mask;
}
