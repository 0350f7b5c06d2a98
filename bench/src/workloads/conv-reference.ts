/**
 * A convolution with zeros around its input, or a transposed one, with its gradients; all in f64. Lists
 * have a number for each spatial axis.
 */
export interface ConvShape {
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  /** Extents of the input and of the kernel. */
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly transposed: boolean;
  /** Of a transposed one: added to the high end of its result. */
  readonly outputPadding: readonly number[];
}

/** What is computed: the result, or the gradient of it by the input or by all weights. */
export type Pass = 'forward' | 'input' | 'weight';

type Values = Float32Array | Float64Array;

interface Operands<T> {
  readonly x: T;
  readonly w: T;
  readonly y: T;
}

const product = (numbers: readonly number[]): number => numbers.reduce((n, d) => n * d, 1);

export function outputSize(s: ConvShape): number[] {
  return s.size.map((size, i) => {
    const [stride, span] = [s.stride[i]!, s.dilation[i]! * (s.kernel[i]! - 1) + 1];
    const padding = 2 * s.padding[i]!;
    return s.transposed
      ? stride * (size - 1) + span - padding + s.outputPadding[i]!
      : Math.floor((size + padding - span) / stride) + 1;
  });
}

export function shapesOf(s: ConvShape): Operands<number[]> {
  const ends = s.transposed ? [s.channels, s.outputs] : [s.outputs, s.channels];
  return {
    x: [s.batch, s.channels, ...s.size],
    w: [ends[0]!, ends[1]! / s.groups, ...s.kernel],
    y: [s.batch, s.outputs, ...outputSize(s)],
  };
}

/** Multiply-adds of any pass of one layer, counted as the forward pass makes them, times two. */
function flopsOfLayer(s: ConvShape): number {
  const { x, w, y } = shapesOf(s);
  return (2 * product(s.transposed ? x : y) * product(w)) / w[0]!;
}

/** Of layers one after the other: those in the middle are gone through on the way to a gradient. */
export function flopsOf(layers: readonly ConvShape[], pass: Pass): number {
  const flops = layers.map(flopsOfLayer);
  const sum = flops.reduce((a, b) => a + b, 0);
  if (pass !== 'weight') return sum;
  // Forward up to the last, back as far as the second, and the gradient of each weight.
  return 3 * sum - flops[0]! - flops.at(-1)!;
}

/** The convolution that multiplies the same pairs: a transposed one is its gradient of the input. */
function directOf(s: ConvShape): ConvShape {
  if (!s.transposed) return s;
  const { channels: outputs, outputs: channels } = s;
  return { ...s, channels, outputs, size: outputSize(s), transposed: false };
}

/** All indices into an array, in row-major order. */
function indicesOf(extents: readonly number[]): number[][] {
  return extents.reduce<number[][]>(
    (lists, extent) =>
      lists.flatMap((list) => Array.from({ length: extent }, (_, i) => [...list, i])),
    [[]],
  );
}

function flat(index: readonly number[], extents: readonly number[]): number {
  return index.reduce((at, i, axis) => at * extents[axis]! + i, 0);
}

/** Places along the last axis of one plane of x and of y that a tap of the kernel joins. */
interface Row {
  readonly x: number;
  readonly y: number;
  readonly count: number;
}

/** The rows of each tap. */
function rowsOf(s: ConvShape): Row[][] {
  const output = outputSize(s);
  const last = output.length - 1;
  return indicesOf(s.kernel).map((tap) => {
    const shift = tap.map((k, axis) => k * s.dilation[axis]! - s.padding[axis]!);
    const [left, step] = [shift[last]!, s.stride[last]!];
    const first = Math.max(0, Math.ceil(-left / step));
    const end = Math.min(output[last]!, Math.floor((s.size[last]! - 1 - left) / step) + 1);
    return indicesOf(output.slice(0, last)).flatMap((place): Row[] => {
      const from = place.map((p, axis) => p * s.stride[axis]! + shift[axis]!);
      if (from.some((i, axis) => i < 0 || i >= s.size[axis]!)) return [];
      const x = flat([...from, left + first * step], s.size);
      return [{ x, y: flat([...place, first], output), count: end - first }];
    });
  });
}

/** Adds up one of the three out of the other two, of a convolution that is not transposed. */
function sumUp(s: ConvShape, target: keyof Operands<Values>, given: Operands<Values>): void {
  const { x, w, y } = given;
  const rows = rowsOf(s);
  const step = s.stride.at(-1)!;
  const [xPlane, yPlane] = [product(s.size), product(outputSize(s))];
  const [perGroup, outPerGroup] = [s.channels / s.groups, s.outputs / s.groups];
  for (let plane = 0; plane < s.batch * s.outputs; plane++) {
    const [n, o] = [Math.floor(plane / s.outputs), plane % s.outputs];
    const channel = n * s.channels + Math.floor(o / outPerGroup) * perGroup;
    for (let c = 0; c < perGroup; c++) {
      for (let tap = 0; tap < rows.length; tap++) {
        const at = (o * perGroup + c) * rows.length + tap;
        const factor = w[at]!;
        let sum = 0;
        for (const row of rows[tap]!) {
          const xAt = (channel + c) * xPlane + row.x;
          const yAt = plane * yPlane + row.y;
          if (target === 'y') {
            for (let i = 0; i < row.count; i++) y[yAt + i]! += factor * x[xAt + i * step]!;
          } else if (target === 'x') {
            for (let i = 0; i < row.count; i++) x[xAt + i * step]! += factor * y[yAt + i]!;
          } else {
            for (let i = 0; i < row.count; i++) sum += x[xAt + i * step]! * y[yAt + i]!;
          }
        }
        if (target === 'w') w[at]! += sum;
      }
    }
  }
}

/** One of the three of a layer out of the other two: y, or the gradient of x or w. */
function derive(
  s: ConvShape,
  target: keyof Operands<Values>,
  given: Partial<Operands<Values>>,
): Float64Array {
  const result = new Float64Array(product(shapesOf(s)[target]));
  const { x, w, y } = { ...given, [target]: result } as Operands<Values>;
  if (!s.transposed) sumUp(s, target, { x, w, y });
  else sumUp(directOf(s), ({ x: 'y', w: 'w', y: 'x' } as const)[target], { x: y, w, y: x });
  return result;
}

export interface ConvOperands {
  readonly x: Values;
  /** Of each layer. */
  readonly weights: readonly Values[];
  /** The gradient that flows back into the result. */
  readonly g: Values;
}

/** A pass through layers one after the other; the gradients of several weights are joined. */
export function convReference(
  layers: readonly ConvShape[],
  pass: Pass,
  { x, weights, g }: ConvOperands,
): Float64Array {
  const inputs: Values[] = [x];
  for (const [i, s] of layers.entries()) {
    if (pass === 'input' || (pass === 'weight' && i === layers.length - 1)) break;
    inputs.push(derive(s, 'y', { x: inputs[i]!, w: weights[i]! }));
  }
  if (pass === 'forward') return inputs.at(-1) as Float64Array;
  const parts: Float64Array[] = [];
  let y = g;
  for (const [i, s] of [...layers.entries()].reverse()) {
    if (pass === 'weight') parts.unshift(derive(s, 'w', { x: inputs[i]!, y }));
    if (pass === 'input' || i > 0) y = derive(s, 'x', { w: weights[i]!, y });
  }
  return pass === 'input' ? (y as Float64Array) : joined(parts);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
