import type { DType, TypedArray } from '../engine/core/dtype.js';
import { isFloat } from '../engine/core/dtype.js';
import type { Shape } from '../engine/core/shape.js';
import { formatShape, sizeOf, stridesOf } from '../engine/core/shape.js';

const DIGITS = 4;
const LINE_WIDTH = 80;
/** Beyond this many elements only those near the edges are printed. */
const THRESHOLD = 1000;
const EDGE = 3;

const PREFIX = 'tensor(';

/** A tensor as text; `values` undefined where there are none yet. */
export function formatTensor(values: TypedArray | undefined, shape: Shape, dtype: DType): string {
  const about = `shape=${formatShape(shape)}, dtype=${dtype}`;
  if (values === undefined) return `${PREFIX}traced, ${about})`;
  if (sizeOf(shape) === 0) return `${PREFIX}[], ${about})`;
  const lines = new Printer(values, shape, dtype).print();
  const last = lines.slice(lines.lastIndexOf('\n') + 1);
  const fits = last.length + about.length + 3 <= LINE_WIDTH + PREFIX.length;
  return `${PREFIX}${lines},${fits ? ' ' : `\n${' '.repeat(PREFIX.length)}`}${about})`;
}

class Printer {
  private readonly strides: number[];
  private readonly summarized: boolean;
  private readonly text: (value: number) => string;
  private readonly width: number;

  constructor(
    private readonly values: TypedArray,
    private readonly shape: Shape,
    dtype: DType,
  ) {
    this.strides = stridesOf(shape);
    this.summarized = values.length > THRESHOLD;
    const shown = this.shown(0, 0);
    this.text = dtype === 'bool' ? (v) => String(v !== 0) : numberFormat(shown, isFloat(dtype));
    this.width = shown.reduce((w, v) => Math.max(w, this.text(v).length), 0);
  }

  print(): string {
    return this.block(0, 0);
  }

  /** Indices shown of an axis; -1 stands for those left out. */
  private indices(axis: number): number[] {
    const n = this.shape[axis]!;
    const all = Array.from({ length: n }, (_, i) => i);
    if (!this.summarized || n <= 2 * EDGE) return all;
    return [...all.slice(0, EDGE), -1, ...all.slice(-EDGE)];
  }

  private shown(axis: number, start: number): number[] {
    if (axis === this.shape.length) return [this.values[start]!];
    return this.indices(axis)
      .filter((i) => i >= 0)
      .flatMap((i) => this.shown(axis + 1, start + i * this.strides[axis]!));
  }

  private block(axis: number, start: number): string {
    if (axis === this.shape.length) return this.text(this.values[start]!).padStart(this.width);
    if (axis === this.shape.length - 1) return this.row(axis, start);
    const parts = this.indices(axis).map((i) =>
      i < 0 ? '...' : this.block(axis + 1, start + i * this.strides[axis]!),
    );
    const gap = '\n'.repeat(this.shape.length - 1 - axis);
    return `[${parts.join(`,${gap}${' '.repeat(PREFIX.length + axis + 1)}`)}]`;
  }

  /** The last axis, broken into lines of limited width. */
  private row(axis: number, start: number): string {
    const cells = this.indices(axis).map((i) =>
      i < 0 ? '...' : this.text(this.values[start + i]!).padStart(this.width),
    );
    const indent = PREFIX.length + axis + 1;
    const perLine = Math.max(1, Math.floor((LINE_WIDTH - axis) / (this.width + 2)));
    const lines: string[] = [];
    for (let i = 0; i < cells.length; i += perLine) {
      lines.push(cells.slice(i, i + perLine).join(', '));
    }
    return `[${lines.join(`,\n${' '.repeat(indent)}`)}]`;
  }
}

/** How numbers of one tensor are written: alike, as PyTorch does. */
function numberFormat(values: readonly number[], isReal: boolean): (value: number) => string {
  if (!isReal) return String;
  const sizes = values.filter((v) => Number.isFinite(v) && v !== 0).map(Math.abs);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = sizes.reduce((a, b) => Math.min(a, b), Infinity);
  const whole = sizes.every(Number.isInteger);
  const scientific =
    largest >= 1e8 ||
    (!whole && sizes.length > 0 && (largest / smallest > 1000 || smallest < 1e-4));
  return (value) => {
    if (Number.isNaN(value)) return 'nan';
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
    if (scientific) return value.toExponential(DIGITS).replace(/e([+-])(\d)$/, 'e$10$2');
    return whole ? `${Object.is(value, -0) ? '-0' : String(value)}.` : value.toFixed(DIGITS);
  };
}
