import { ArgumentError } from '../engine/core/errors.js';
import { checkSeed } from './random.js';

/** One way to divide a set: samples to train on and samples to test on, ascending. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Options of splits into k folds. */
export interface KFoldOptions {
  /** Number of folds, k; default 5. */
  nSplits?: number;
  /** Draws which samples come together; default false: neighbours do. */
  shuffle?: boolean;
  /** What is drawn where `shuffle` is true; default 0. */
  seed?: number;
}

export type KFoldSettings = Required<KFoldOptions>;

/** Options with defaults, checked for `n` of what `unit` names. */
export function foldSettings(
  op: string,
  n: number,
  options: KFoldOptions,
  unit = 'samples',
): KFoldSettings {
  const { nSplits = 5, shuffle = false, seed = 0 } = options;
  if (!Number.isInteger(nSplits) || nSplits < 2) {
    throw new ArgumentError(`${op}: nSplits is ${nSplits}; give an integer of at least 2.`);
  }
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new ArgumentError(`${op}: there are ${n} ${unit}; give at least as many as folds.`);
  }
  if (nSplits > n) {
    throw new ArgumentError(
      `${op}: ${n} ${unit} are too few for ${nSplits} folds; use fewer folds.`,
    );
  }
  checkSeed(op, seed);
  return { nSplits, shuffle, seed };
}

/** The folds where `foldOf[i]` says in which of `k` sample i is tested on. */
export function foldsBy(foldOf: Int32Array, k: number): Fold[] {
  return Array.from({ length: k }, (_, fold) => {
    const size = foldOf.reduce((count, f) => count + (f === fold ? 1 : 0), 0);
    const [train, test] = [new Int32Array(foldOf.length - size), new Int32Array(size)];
    let [a, b] = [0, 0];
    for (const [i, f] of foldOf.entries()) {
      if (f === fold) test[b++] = i;
      else train[a++] = i;
    }
    return { train, test };
  });
}

/** What each sample belongs to, a class or a group, as a number and by name. */
export interface Membership {
  /** In order of their first sample. */
  readonly names: readonly (number | string)[];
  /** Of each sample, its place in `names`. */
  readonly of: Int32Array;
  /** Samples of each. */
  readonly counts: Int32Array;
}

/** Numbers what labels or groups there are. */
export function membership(labels: ArrayLike<number | string>): Membership {
  const numbers = new Map<number | string, number>();
  const of = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    of[i] = numbers.get(label)!;
  }
  const counts = new Int32Array(numbers.size);
  for (const c of of) counts[c]!++;
  return { names: [...numbers.keys()], of, counts };
}
