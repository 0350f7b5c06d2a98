import { argsortDescending } from './argsort.js';

/** What is found, and wrongly so, where all scores of at least a threshold count as positive. */
export interface ThresholdCounts {
  /** The scores that occur, from the greatest to the least. */
  readonly thresholds: Float64Array;
  /** Weight of positive samples with at least this score. */
  readonly truePositives: Float64Array;
  /** Weight of negative samples with at least this score. */
  readonly falsePositives: Float64Array;
}

/**
 * Counts for each score as a threshold. Samples with equal scores are one step, so what comes of it does
 * not depend on their order; samples of weight 0 do not occur.
 *
 * @param positive 1 for the samples of the class, 0 for the others.
 */
export function thresholdCounts(
  positive: Uint8Array,
  scores: Float64Array,
  weights: ArrayLike<number> | undefined,
): ThresholdCounts {
  const n = scores.length;
  const [thresholds, truePositives, falsePositives] = [
    new Float64Array(n),
    new Float64Array(n),
    new Float64Array(n),
  ];
  let [steps, found, wrong] = [0, 0, 0];
  for (const i of argsortDescending(scores)) {
    const w = weights === undefined ? 1 : weights[i]!;
    if (w === 0) continue;
    if (steps === 0 || scores[i] !== thresholds[steps - 1]) thresholds[steps++] = scores[i]!;
    if (positive[i] === 1) found += w;
    else wrong += w;
    truePositives[steps - 1] = found;
    falsePositives[steps - 1] = wrong;
  }
  return {
    thresholds: thresholds.slice(0, steps),
    truePositives: truePositives.slice(0, steps),
    falsePositives: falsePositives.slice(0, steps),
  };
}
