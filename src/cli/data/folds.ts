import {
  ArrayDataset,
  kFold,
  selectRows,
  selectTexts,
  stratifiedKFold,
  type Fold,
} from '../../data/index.js';
import { UsageError } from '../usage-error.js';
import { labelsOf } from './table-rows.js';
import { classNames } from './text-rows.js';
import { isCorpus, isSeries, isTable, isText, type TrainingData } from './training-data.js';

/**
 * Data divided for cross-validation: each with another part to test on, classes in proportion. A test
 * part that a set has of its own is left alone.
 *
 * @param k Number of folds, at least 2.
 * @throws UsageError where a class, or all there is, has fewer samples than folds.
 */
export function foldsOf(data: TrainingData, k: number, seed: number): TrainingData[] {
  if (isSeries(data)) {
    throw new UsageError(
      '--folds divides samples in any order, and a series has one; leave it out.',
    );
  }
  if (isCorpus(data)) {
    throw new UsageError('--folds divides samples, and a text is one whole; leave it out.');
  }
  const options = { nSplits: k, shuffle: true, seed };
  if (isText(data)) {
    const { whole } = data;
    return divided(classNames(whole), options).map((fold) => ({
      ...data,
      train: selectTexts(whole, fold.train),
      test: selectTexts(whole, fold.test),
    }));
  }
  if (!isTable(data)) {
    const { train, classes } = data;
    const labels = Array.from(train.column('y').values, (c) => classes[c]!);
    const part = (indices: Int32Array) => new ArrayDataset(train.batch(indices), { classes });
    return divided(labels, options).map((fold) => ({
      ...data,
      train: part(fold.train),
      test: part(fold.test),
    }));
  }
  const { whole, target, task } = data;
  const labels = labelsOf(whole, target);
  checkRows(labels.length, k);
  const folds =
    task === 'classification' ? divided(labels, options) : kFold(labels.length, options);
  return folds.map((fold) => ({
    ...data,
    train: selectRows(whole, fold.train),
    test: selectRows(whole, fold.test),
  }));
}

interface FoldOptions {
  readonly nSplits: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

function divided(labels: readonly string[], options: FoldOptions): Fold[] {
  const k = options.nSplits;
  checkRows(labels.length, k);
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [rarest, count] = [...counts].reduce((least, each) => (each[1] < least[1] ? each : least));
  if (count < k) {
    throw new UsageError(
      `--folds ${k}: the class '${rarest}' has ${count} samples, fewer than folds; ` +
        (count < 2 ? 'leave it out.' : `use at most ${count} folds, or leave the class out.`),
    );
  }
  return stratifiedKFold(labels, options);
}

function checkRows(n: number, k: number): void {
  if (k <= n) return;
  throw new UsageError(`--folds ${k}: there are ${n} samples; use at most ${n} folds.`);
}
