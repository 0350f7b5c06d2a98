import { ArgumentError } from '../engine/core/errors.js';
import type { ClassOptions } from './class-counts.js';

/**
 * How figures of classes become one: 'binary' that of `posLabel` alone, 'macro' their mean, 'weighted'
 * their mean weighted by the samples of each class, 'micro' the figure of all classes' counts together.
 */
export type Average = 'binary' | 'micro' | 'macro' | 'weighted';

/** Options of metrics that have a figure for each class. */
export interface AverageOptions extends ClassOptions {
  /** Default 'binary', which is for the classes 0 and 1. */
  average?: Average;
  /** The class that 'binary' is about; default 1. */
  posLabel?: 0 | 1;
  /** What 0 / 0 is: 0, 1 or NaN, which averages leave out; default 0. */
  zeroDivision?: number;
}

export type AverageSettings = Required<Omit<AverageOptions, 'classes'>>;

/** Options with defaults; throws an ArgumentError for what is none of them. */
export function averageSettings(op: string, options: AverageOptions): AverageSettings {
  const { average = 'binary', posLabel = 1, zeroDivision = 0 } = options;
  const known: readonly string[] = ['binary', 'micro', 'macro', 'weighted'];
  if (!known.includes(average)) {
    throw new ArgumentError(
      `${op}: average is '${String(average)}'; give 'binary', 'micro', 'macro' or 'weighted'.`,
    );
  }
  if (![0, 1].includes(posLabel)) {
    throw new ArgumentError(`${op}: posLabel is ${String(posLabel)}; give 0 or 1.`);
  }
  checkZeroDivision(op, zeroDivision);
  return { average, posLabel, zeroDivision };
}

export function checkZeroDivision(op: string, zeroDivision: number): void {
  if ([0, 1, NaN].includes(zeroDivision)) return;
  throw new ArgumentError(`${op}: zeroDivision is ${zeroDivision}; give 0, 1 or NaN.`);
}

/**
 * The weighted mean of what is not NaN; the plain mean of it where its weights sum to 0, and NaN where
 * all is NaN.
 */
export function meanOf(values: readonly number[], weights?: readonly number[]): number {
  let [sum, weight, plain, count] = [0, 0, 0, 0];
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const w = weights?.[i] ?? 1;
    sum += w * value;
    weight += w;
    plain += value;
    count++;
  }
  return weight === 0 ? plain / count : sum / weight;
}
