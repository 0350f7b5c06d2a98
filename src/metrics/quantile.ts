/** The quantile of values in ascending order, by linear interpolation; `level` is from 0 to 1. */
export function quantileOf(sorted: Float64Array, level: number): number {
  const at = level * (sorted.length - 1);
  const below = Math.floor(at);
  const [a, b] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return a + (at - below) * (b - a);
}
