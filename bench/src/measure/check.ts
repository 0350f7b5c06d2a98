import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** How far an outcome may be from the reference, and how far it is. */
export interface Check {
  /** How many runs the outcomes come from. */
  readonly runs: number;
  /** What all runs have to give, one after the other; in parts, if it is large. */
  readonly expected: Float64Array | (() => Iterable<Float64Array>);
  readonly tolerance: number;
  /** Errors count relative to the expected value. Default: false. */
  readonly relative?: boolean;
}

/** The largest error of the outcomes in a file; infinite if they are too few or too many. */
export function errorOf(path: string, { expected, relative }: Check): number {
  const file = openSync(path, 'r');
  try {
    let [worst, bytes] = [0, 0];
    for (const part of typeof expected === 'function' ? expected() : [expected]) {
      const outcome = new Float64Array(part.length);
      if (readSync(file, outcome) !== part.byteLength) return Infinity;
      bytes += part.byteLength;
      worst = Math.max(worst, largestError(outcome, part, relative ?? false));
    }
    return bytes === fstatSync(file).size ? worst : Infinity;
  } finally {
    closeSync(file);
  }
}

/** Infinite if one is no number. */
function largestError(outcome: Float64Array, expected: Float64Array, relative: boolean): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i]!;
    const error = Math.abs(outcome[i]! - value) / (relative ? Math.abs(value) : 1);
    if (!(error <= worst)) worst = Number.isNaN(error) ? Infinity : error;
  }
  return worst;
}
