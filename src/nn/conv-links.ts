import { IndexError } from '../engine/core/errors.js';
import { formatShape, sizeOf } from '../engine/core/shape.js';

/** One product of a convolution: a cell of X times a weight of K is a term of a cell of Y. */
export interface ConvLink {
  /** [n, c, …s] in X; null on padding, where X counts as 0. */
  readonly input: readonly number[] | null;
  /** [o, c, …k] in K. */
  readonly weight: readonly number[];
  /** [n, o, …p] in Y; null where no window has the input under this weight, and δ counts as 0. */
  readonly output: readonly number[] | null;
}

/** Shapes and steps of a convolution. */
export interface ConvGeometry {
  /** [N, C, …S]. */
  readonly input: readonly number[];
  /** [O, C, …K]. */
  readonly weight: readonly number[];
  /** [N, O, …P]. */
  readonly output: readonly number[];
  /** Per spatial axis, as the rest. */
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly (readonly [low: number, high: number])[];
}

/** The links into cell [n, o, …p] of Y: one for each element of a row of XC, in its order. */
export function linksToOutput(of: ConvGeometry, output: readonly number[]): ConvLink[] {
  checkCell('Y', '[n, o, …p]', of.output, output);
  const [n, o, ...p] = output as [number, number, ...number[]];
  return cells(of.weight.slice(1)).map(([c, ...k]) => ({
    input: inputUnder(of, n, c!, p, k),
    weight: [o, c!, ...k],
    output,
  }));
}

/** The links over weight [o, c, …k]: one for each window, in the order of the rows of XC. */
export function linksOverWeight(of: ConvGeometry, weight: readonly number[]): ConvLink[] {
  checkCell('K', '[o, c, …k]', of.weight, weight);
  const [o, c, ...k] = weight as [number, number, ...number[]];
  const [samples, , ...places] = of.output;
  return cells([samples!, ...places]).map(([n, ...p]) => ({
    input: inputUnder(of, n!, c, p, k),
    weight,
    output: [n!, o, ...p],
  }));
}

/** The links from cell [n, c, …s] of X: one for each weight on its channel, the last one first. */
export function linksFromInput(of: ConvGeometry, input: readonly number[]): ConvLink[] {
  checkCell('X', '[n, c, …s]', of.input, input);
  const [n, c, ...s] = input as [number, number, ...number[]];
  const [outputs, , ...size] = of.weight;
  return cells([outputs!, ...size]).map(([o, ...turned]) => {
    const k = turned.map((at, i) => size[i]! - 1 - at);
    const p = s.map((at, i) => (at + of.padding[i]![0] - of.dilation[i]! * k[i]!) / of.stride[i]!);
    const exists = p.every((at, i) => Number.isInteger(at) && at >= 0 && at < of.output[2 + i]!);
    return { input, weight: [o!, c, ...k], output: exists ? [n, o!, ...p] : null };
  });
}

/** The cell of X that window p has under its element k. */
function inputUnder(
  of: ConvGeometry,
  n: number,
  c: number,
  p: readonly number[],
  k: readonly number[],
): number[] | null {
  const s = p.map((at, i) => of.stride[i]! * at + of.dilation[i]! * k[i]! - of.padding[i]![0]);
  return s.every((at, i) => at >= 0 && at < of.input[2 + i]!) ? [n, c, ...s] : null;
}

/** All indices within a shape, row by row. */
function cells(shape: readonly number[]): number[][] {
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index: number[] = [];
    let rest = flat;
    for (const extent of [...shape].reverse()) {
      index.unshift(rest % extent);
      rest = Math.floor(rest / extent);
    }
    return index;
  });
}

function checkCell(
  what: string,
  axes: string,
  shape: readonly number[],
  cell: readonly number[],
): void {
  const isWithin = (at: number, i: number): boolean =>
    Number.isInteger(at) && at >= 0 && at < shape[i]!;
  if (cell.length === shape.length && cell.every(isWithin)) return;
  throw new IndexError(
    `ConvSteps: ${what} has no cell [${cell.join(', ')}]; give ${axes} within its shape ` +
      `${formatShape(shape)}.`,
  );
}
