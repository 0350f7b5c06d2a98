/** How long each kernel of a program takes, against what the machine can do. */
import { formatCount } from '../compiler/program/describe.js';
import type { KernelSummary } from '../compiler/program/summary.js';
import { timesOf } from '../compiler/program/summary.js';

/** What one thread can do, measured where the profile was made. */
export interface Peak {
  /** Multiplications and additions of f32 a second, of multiply-adds that never leave the registers. */
  readonly flops: number;
  /** Bytes read and written a second when 32 MiB are copied. */
  readonly bytes: number;
}

/** A kernel of a program, and how long it takes in a step. */
export interface KernelTime {
  /** Operations that it carries out, by name. */
  readonly operations: string;
  /** What it writes, as `f32[64, 10]`. */
  readonly outputs: readonly string[];
  /** How often it runs in a step: in a scan, once for each of its steps. */
  readonly times: number;
  /** Milliseconds in a step, the median of all that were timed. */
  readonly ms: number;
  readonly flops: number;
  /** Of everything it reads or writes, each once. */
  readonly bytes: number;
}

/** The times of a program's kernels on one thread: see `compile`. Prints as a table. */
export class Profile {
  constructor(
    /** The tier the program was compiled for. */
    readonly tier: string,
    /** Steps that were timed. */
    readonly steps: number,
    /** In the order in which they run. */
    readonly kernels: readonly KernelTime[],
    readonly peak: Peak,
  ) {}

  /** Milliseconds of a step: the kernels' together. */
  get ms(): number {
    return this.kernels.reduce((sum, k) => sum + k.ms, 0);
  }

  /** A table: the kernels by time, those that take longest first. */
  toString(): string {
    const { flops, bytes } = this.peak;
    const head = ['ms', 'of all', 'GFLOP/s', 'of peak', 'GB/s', 'of copy', 'kernel'];
    const order = this.kernels.map((k, i) => ({ k, number: i + 1 }));
    order.sort((a, b) => b.k.ms - a.k.ms);
    const rows = order.map(({ k, number }) => [
      k.ms.toFixed(3),
      share(k.ms, this.ms),
      rate(k.flops, k.ms),
      share(k.flops / k.ms, flops / 1e3),
      rate(k.bytes, k.ms),
      share(k.bytes / k.ms, bytes / 1e3),
      `${number}${k.times > 1 ? ` × ${k.times}` : ''}  ${k.operations} → ${k.outputs.join(', ')}`,
    ]);
    const widths = head.map((h, c) => Math.max(h.length, ...rows.map((row) => row[c]!.length)));
    const line = (cells: readonly string[]): string =>
      cells
        .map((cell, c) => (c === cells.length - 1 ? cell : cell.padStart(widths[c]!)))
        .join('  ');
    const total = (of: (k: KernelTime) => number): number =>
      this.kernels.reduce((sum, k) => sum + of(k), 0);
    return [
      `${this.kernels.length} kernels on ${this.tier}, one thread: ${this.ms.toFixed(3)} ms, medians ` +
        `of ${this.steps} steps; ${rate(
          total((k) => k.flops),
          this.ms,
        )} GFLOP/s`,
      `peak ${formatCount(flops)}FLOP/s, copy ${formatCount(bytes)}B/s, measured`,
      '',
      ...[head, ...rows].map(line),
    ].join('\n');
  }
}

/** A profile from the milliseconds of each kernel in each of the timed steps. */
export function profileOf(
  tier: string,
  kernels: readonly KernelSummary[],
  steps: readonly Float64Array[],
  peak: Peak,
): Profile {
  const times = kernels.map((k, i): KernelTime => {
    const { operations, outputs } = k;
    const of = timesOf(k);
    const ms = median(steps.map((step) => step[i]!));
    return { operations, outputs, times: of, ms, flops: k.flops * of, bytes: k.bytes * of };
  });
  return new Profile(tier, steps.length, times, peak);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Billions a second, of a count in some milliseconds. */
function rate(count: number, ms: number): string {
  if (count === 0 || ms === 0) return '';
  const value = count / ms / 1e6;
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

function share(part: number, whole: number): string {
  return part > 0 && whole > 0 ? `${((100 * part) / whole).toFixed(0)}%` : '';
}
