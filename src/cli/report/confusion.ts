/** What happened to the samples of a class. */
export interface ClassFigures {
  /** Number of samples. */
  readonly support: number;
  /** Of those given this class, the share that is right; undefined where none was given it. */
  readonly precision: number | undefined;
  /** Of its samples, the share that is found; undefined where it has none. */
  readonly recall: number | undefined;
  /** Harmonic mean of the two; 0 where nothing is right. */
  readonly f1: number | undefined;
}

/** counts[label][predicted]: how many samples of a class were given each class. */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![predicted[i]!]!++;
  return counts;
}

/** Figures of each class. */
export function classFigures(counts: readonly (readonly number[])[]): ClassFigures[] {
  return counts.map((row, c) => {
    const support = row.reduce((sum, n) => sum + n, 0);
    const given = counts.reduce((sum, other) => sum + other[c]!, 0);
    const right = row[c]!;
    const f1 = support + given === 0 ? undefined : (2 * right) / (support + given);
    return {
      support,
      precision: given === 0 ? undefined : right / given,
      recall: support === 0 ? undefined : right / support,
      f1,
    };
  });
}
