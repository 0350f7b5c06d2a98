import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { concat } from '../../tensor/index.js';

/** What lies beside a tensor: a constant, its mirror image, its edge, or its other end. */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/** Options of `pad`. */
export interface PadOptions {
  /** Default 'constant'. */
  readonly mode?: PadMode;
  /** What 'constant' adds. Default 0. */
  readonly value?: number;
}

const MODES: readonly string[] = ['constant', 'reflect', 'replicate', 'circular'];

/**
 * x with [before, after] elements added to its last axes, a pair for each. Of the row a b c, two more
 * at each side are, in mode 'reflect', c b | a b c | b a; in 'replicate' a a | a b c | c c; in 'circular'
 * b c | a b c | a b; in 'constant' the value. Negative numbers, which cut off, are for 'constant' only.
 * PyTorch's pad, whose list of numbers begins with the last axis.
 *
 * @param x Any shape; gradients of what is repeated add up.
 * @param pairs [before, after] of the last axes, in their order.
 * @throws ArgumentError for another mode, more pairs than axes, or numbers that are no integers ≥ 0;
 *   ShapeError where 'reflect' has fewer than so many elements beside the edge, 'circular' fewer than
 *   so many in all, or 'replicate' none.
 *
 * @example
 * pad(tensor([1, 2, 3]), [[2, 0]], { mode: 'reflect' }); // [3, 2, 1, 2, 3]
 */
export function pad(
  x: Tensor,
  pairs: readonly (readonly [before: number, after: number])[],
  { mode = 'constant', value = 0 }: PadOptions = {},
): Tensor {
  if (!MODES.includes(mode)) {
    throw new ArgumentError(`pad: mode is '${mode}'; use ${MODES.join(', ')}.`);
  }
  if (mode === 'constant') return x.pad(pairs, { value });
  const first = x.rank - pairs.length;
  if (first < 0 || !pairs.flat().every((n) => Number.isInteger(n) && n >= 0)) {
    throw new ArgumentError(
      `pad: padding is ${JSON.stringify(pairs)} in mode '${mode}' for an input ` +
        `${formatShape(x.shape)}; give at most ${x.rank} pairs of integers of at least 0.`,
    );
  }
  pairs.forEach((pair, i) => checkRoom(x, first + i, Math.max(...pair), mode));
  return pairs.reduce((y, pair, i) => padAxis(y, first + i, pair, mode), x);
}

function checkRoom(x: Tensor, axis: number, most: number, mode: PadMode): void {
  const extent = x.shape[axis]!;
  const room = { constant: most, reflect: extent - 1, circular: extent, replicate: Infinity }[mode];
  if (most === 0 || (most <= room && extent > 0)) return;
  const allowed = mode === 'replicate' ? 'no padding' : `at most ${Math.max(0, room)}`;
  throw new ShapeError(
    `pad: ${most} elements beside axis ${axis} of input ${formatShape(x.shape)} are more than ` +
      `mode '${mode}' has for an axis of ${extent}; use ${allowed}, or another mode.`,
  );
}

function padAxis(
  x: Tensor,
  axis: number,
  [before, after]: readonly [number, number],
  mode: PadMode,
): Tensor {
  const n = x.shape[axis]!;
  /** `count` elements from `start`, for 'replicate' that one so many times. */
  const part = (start: number, count: number): Tensor => {
    if (mode !== 'replicate') return x.narrow(axis, start, count);
    return x.narrow(axis, start, 1).expand(x.shape.map((d, i) => (i === axis ? count : d)));
  };
  const starts = { reflect: [1, n - 1 - after], circular: [n - before, 0], replicate: [0, n - 1] };
  const [low, high] = starts[mode as keyof typeof starts];
  const turned = (t: Tensor): Tensor => (mode === 'reflect' ? t.flip(axis) : t);
  const parts = [x];
  if (before > 0) parts.unshift(turned(part(low!, before)));
  if (after > 0) parts.push(turned(part(high!, after)));
  return parts.length === 1 ? x : concat(parts, axis);
}
