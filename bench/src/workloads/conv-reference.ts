/** A convolution of square images, zeros around them, with its gradients; all in f64. */
export interface ConvShape {
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  /** Extent of the image and of the kernel, both ways. */
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
}

/** What is computed: the result, or the gradient of it by the input or the weight. */
export type Pass = 'forward' | 'input' | 'weight';

export function outputSize({ size, kernel, stride, padding, dilation }: ConvShape): number {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Multiply-adds of each pass, counted as the forward pass makes them, times two. */
export function flopsOf(s: ConvShape): number {
  const places = s.batch * s.outputs * outputSize(s) ** 2;
  return 2 * places * (s.channels / s.groups) * s.kernel ** 2;
}

export function shapesOf(s: ConvShape): Record<'x' | 'w' | 'y', number[]> {
  const out = outputSize(s);
  return {
    x: [s.batch, s.channels, s.size, s.size],
    w: [s.outputs, s.channels / s.groups, s.kernel, s.kernel],
    y: [s.batch, s.outputs, out, out],
  };
}

interface Operands {
  readonly x: Float32Array;
  readonly w: Float32Array;
  /** The gradient that flows back into the result. */
  readonly g: Float32Array;
}

/** Walks over every product once: index into x, w and y. */
function eachRow(
  s: ConvShape,
  visit: (x: number, w: number, y: number, count: number, xStep: number) => void,
): void {
  const out = outputSize(s);
  const [perGroup, outPerGroup] = [s.channels / s.groups, s.outputs / s.groups];
  for (let n = 0; n < s.batch; n++) {
    for (let o = 0; o < s.outputs; o++) {
      const group = Math.floor(o / outPerGroup);
      for (let c = 0; c < perGroup; c++) {
        for (let kh = 0; kh < s.kernel; kh++) {
          for (let kw = 0; kw < s.kernel; kw++) {
            const w = ((o * perGroup + c) * s.kernel + kh) * s.kernel + kw;
            const left = kw * s.dilation - s.padding;
            const first = Math.max(0, Math.ceil(-left / s.stride));
            const last = Math.min(out, Math.floor((s.size - 1 - left) / s.stride) + 1);
            for (let p = 0; p < out; p++) {
              const row = p * s.stride + kh * s.dilation - s.padding;
              if (row < 0 || row >= s.size) continue;
              const x0 = ((n * s.channels + group * perGroup + c) * s.size + row) * s.size;
              const x = x0 + left + first * s.stride;
              visit(x, w, ((n * s.outputs + o) * out + p) * out + first, last - first, s.stride);
            }
          }
        }
      }
    }
  }
}

export function convReference(s: ConvShape, pass: Pass, { x, w, g }: Operands): Float64Array {
  if (pass === 'forward') {
    const y = new Float64Array(g.length);
    eachRow(s, (xAt, wAt, yAt, count, step) => {
      const factor = w[wAt]!;
      for (let i = 0; i < count; i++) y[yAt + i]! += factor * x[xAt + i * step]!;
    });
    return y;
  }
  if (pass === 'input') {
    const dx = new Float64Array(x.length);
    eachRow(s, (xAt, wAt, yAt, count, step) => {
      const factor = w[wAt]!;
      for (let i = 0; i < count; i++) dx[xAt + i * step]! += factor * g[yAt + i]!;
    });
    return dx;
  }
  const dw = new Float64Array(w.length);
  eachRow(s, (xAt, wAt, yAt, count, step) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += x[xAt + i * step]! * g[yAt + i]!;
    dw[wAt]! += sum;
  });
  return dw;
}
