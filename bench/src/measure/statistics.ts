export interface Summary {
  readonly median: number;
  /** The quartiles. */
  readonly low: number;
  readonly high: number;
  readonly min: number;
  readonly max: number;
}

/** The value at a fraction of the way through the sorted values, between neighbours linearly. */
function quantile(sorted: readonly number[], fraction: number): number {
  const at = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    min: sorted[0]!,
    max: sorted.at(-1)!,
  };
}

export function median(values: readonly number[]): number {
  return summarize(values).median;
}

/** Median of the quotients of what was measured in the same round. */
export function medianRatio(
  numerators: readonly number[],
  denominators: readonly number[],
): number {
  return median(numerators.map((value, round) => value / denominators[round]!));
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
