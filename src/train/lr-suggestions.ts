/** A step of a learning-rate ramp. */
export interface RatePoint {
  readonly lr: number;
  /** Of the step's batch, before its update. */
  readonly loss: number;
  /** The running mean, free of its bias towards 0. */
  readonly smoothed: number;
}

/**
 * The rate at which the smoothed loss falls fastest over log η, by central differences, one-sided at
 * the ends; the lower rate at ties. Undefined where it falls nowhere.
 */
export function steepestRate(curve: readonly RatePoint[]): number | undefined {
  let [best, lr] = [0, undefined as number | undefined];
  for (const [i, point] of curve.entries()) {
    const left = curve[i - 1] ?? point;
    const right = curve[i + 1] ?? point;
    const slope = (right.smoothed - left.smoothed) / Math.log(right.lr / left.lr);
    if (slope < best) [best, lr] = [slope, point.lr];
  }
  return lr;
}

/**
 * Half way, over log η, between the ends of the longest falling subsequence of the smoothed loss, of
 * equally long ones that which ends first. Undefined where it falls nowhere.
 */
export function valleyRate(curve: readonly RatePoint[]): number | undefined {
  const runs: { readonly length: number; readonly start: number }[] = [];
  let longest = { length: 1, start: 0, end: 0 };
  for (const [i, { smoothed }] of curve.entries()) {
    let run = { length: 1, start: i };
    for (const [j, { length, start }] of runs.entries()) {
      if (smoothed < curve[j]!.smoothed && length >= run.length)
        run = { length: length + 1, start };
    }
    runs.push(run);
    if (run.length > longest.length) longest = { ...run, end: i };
  }
  if (longest.length === 1) return undefined;
  return Math.sqrt(curve[longest.start]!.lr * curve[longest.end]!.lr);
}
