import { ArgumentError } from '../engine/core/errors.js';
import { foldsBy, foldSettings, membership, type Fold, type KFoldOptions } from './fold.js';
import { permutation, RandomStream } from './random.js';

/**
 * Divides n samples into k folds, each of which is tested on once while the others are trained on. Their
 * sizes differ by one at most.
 *
 * @param n number of samples.
 * @returns k folds.
 * @throws ArgumentError for fewer than two folds, and for more than samples.
 * @example
 * for (const { train, test } of kFold(set.length, { nSplits: 10, shuffle: true, seed: 1 })) {
 *   const [trainSet, testSet] = [new Subset(set, train), new Subset(set, test)];
 * }
 */
export function kFold(n: number, options: KFoldOptions = {}): Fold[] {
  return kFoldOf('kFold', n, options, 0);
}

function kFoldOf(op: string, n: number, options: KFoldOptions, stream: number): Fold[] {
  const { nSplits: k, shuffle, seed } = foldSettings(op, n, options);
  const order = shuffle ? permutation(n, seed, 'folds', stream) : undefined;
  const foldOf = new Int32Array(n);
  // The first n mod k folds are larger by one.
  const [size, rest] = [Math.floor(n / k), n % k];
  for (let at = 0; at < n; at++) {
    const inLarger = Math.floor(at / (size + 1));
    const fold = inLarger < rest ? inLarger : rest + Math.floor((at - rest * (size + 1)) / size);
    foldOf[order === undefined ? at : order[at]!] = fold;
  }
  return foldsBy(foldOf, k);
}

/**
 * As `kFold`, with classes spread evenly: how many samples of a class are in a fold differs by one at
 * most from fold to fold, and so do the sizes of folds.
 *
 * @param labels the class of each sample, [N]: numbers or names.
 * @returns k folds.
 * @throws ArgumentError for fewer than two folds, and for a class with fewer samples than folds.
 * @example
 * const folds = stratifiedKFold([0, 0, 0, 0, 1, 1], { nSplits: 2 });
 * folds[0].test; // [0, 1, 4]
 */
export function stratifiedKFold(
  labels: ArrayLike<number | string>,
  options: KFoldOptions = {},
): Fold[] {
  return stratifiedOf('stratifiedKFold', labels, options, 0);
}

function stratifiedOf(
  op: string,
  labels: ArrayLike<number | string>,
  options: KFoldOptions,
  stream: number,
): Fold[] {
  const { nSplits: k, shuffle, seed } = foldSettings(op, labels.length, options);
  const { names, of, counts } = membership(labels);
  const rare = counts.findIndex((count) => count < k);
  if (rare >= 0) {
    throw new ArgumentError(
      `${op}: class ${names[rare]} has ${counts[rare]} samples, fewer than the ${k} folds; use fewer ` +
        'folds, or leave the class out.',
    );
  }
  const random = new RandomStream(seed, 'folds', stream);
  // Samples in order of their classes are dealt out in turn; a class goes on where the last one ended.
  let dealt = 0;
  const queues = Array.from(counts, (count) => {
    const folds = Int32Array.from({ length: count }, (_, i) => (dealt + i) % k).sort();
    dealt += count;
    if (shuffle) shuffleWith(random, folds);
    return folds;
  });
  const taken = new Int32Array(names.length);
  return foldsBy(
    of.map((c) => queues[c]![taken[c]!++]!),
    k,
  );
}

function shuffleWith(random: RandomStream, values: Int32Array): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
}

/** Options of repeated splits; they always shuffle. */
export interface RepeatedKFoldOptions extends Omit<KFoldOptions, 'shuffle'> {
  /** How many times the set is divided anew; default 10. */
  nRepeats?: number;
}

/**
 * `kFold` several times, shuffled in another way each time: `nRepeats` · `nSplits` folds.
 *
 * @param n number of samples.
 * @returns the folds, one division after the other.
 * @throws as `kFold`; ArgumentError for fewer than one repeat.
 * @example
 * repeatedKFold(100, { nSplits: 5, nRepeats: 3 }).length; // 15
 */
export function repeatedKFold(n: number, options: RepeatedKFoldOptions = {}): Fold[] {
  const op = 'repeatedKFold';
  return repeated(op, options, (each, stream) => kFoldOf(op, n, each, stream));
}

/**
 * `stratifiedKFold` several times, shuffled in another way each time: `nRepeats` · `nSplits` folds.
 *
 * @param labels the class of each sample, [N]: numbers or names.
 * @returns the folds, one division after the other.
 * @throws as `stratifiedKFold`; ArgumentError for fewer than one repeat.
 * @example
 * repeatedStratifiedKFold([0, 0, 1, 1], { nSplits: 2, nRepeats: 3 }).length; // 6
 */
export function repeatedStratifiedKFold(
  labels: ArrayLike<number | string>,
  options: RepeatedKFoldOptions = {},
): Fold[] {
  const op = 'repeatedStratifiedKFold';
  return repeated(op, options, (each, stream) => stratifiedOf(op, labels, each, stream));
}

function repeated(
  op: string,
  { nRepeats = 10, ...options }: RepeatedKFoldOptions,
  divide: (options: KFoldOptions, stream: number) => Fold[],
): Fold[] {
  if (!Number.isInteger(nRepeats) || nRepeats < 1) {
    throw new ArgumentError(`${op}: nRepeats is ${nRepeats}; give an integer of at least 1.`);
  }
  return Array.from({ length: nRepeats }, (_, r) =>
    divide({ ...options, shuffle: true }, r),
  ).flat();
}

/** Options of `groupKFold`. */
export type GroupKFoldOptions = Pick<KFoldOptions, 'nSplits'>;

/**
 * Divides samples into k folds so that no group is in two: all images of a patient, say, are either
 * trained on or tested on. Groups are dealt out from the largest to the smallest, each to the fold that
 * has the fewest samples then (of several, the first).
 *
 * @param groups the group of each sample, [N]: numbers or names.
 * @returns k folds.
 * @throws ArgumentError for fewer than two folds, and for more than groups.
 * @example
 * const folds = groupKFold(['ann', 'ann', 'bob', 'eve'], { nSplits: 2 });
 * folds[0].test; // [0, 1]
 */
export function groupKFold(
  groups: ArrayLike<number | string>,
  options: GroupKFoldOptions = {},
): Fold[] {
  const { of, counts } = membership(groups);
  const { nSplits } = options;
  const given = nSplits === undefined ? {} : { nSplits };
  const { nSplits: k } = foldSettings('groupKFold', counts.length, given, 'groups');
  const sizes = new Int32Array(k);
  const foldOf = new Int32Array(counts.length);
  for (const group of [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!)) {
    const fold = sizes.indexOf(Math.min(...sizes));
    foldOf[group] = fold;
    sizes[fold]! += counts[group]!;
  }
  return foldsBy(
    of.map((group) => foldOf[group]!),
    k,
  );
}
