/** How near the entropy shall be to the one that is wanted. */
const TOLERANCE = 1e-10;

/**
 * p_ij of t-SNE, [n, n], which sum to 1: the mean of p_j|i and p_i|j, over n. p_j|i ∝ exp(-β_i |x_i - x_j|²),
 * β_i such that the entropy of a row is log(perplexity).
 *
 * @param points [n, d].
 */
export function jointSimilarities(
  points: Float64Array,
  n: number,
  d: number,
  perplexity: number,
): Float64Array {
  const squares = squaredDistances(points, n, d);
  const conditional = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = squares.subarray(i * n, (i + 1) * n);
    fillRow(row, i, Math.log(perplexity), conditional.subarray(i * n, (i + 1) * n));
  }
  const joint = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      joint[i * n + j] = (conditional[i * n + j]! + conditional[j * n + i]!) / (2 * n);
    }
  }
  return joint;
}

function squaredDistances(points: Float64Array, n: number, d: number): Float64Array {
  const squares = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += (points[i * d + k]! - points[j * d + k]!) ** 2;
      squares[i * n + j] = sum;
      squares[j * n + i] = sum;
    }
  }
  return squares;
}

/** p_j|i of one point i, by halving the interval in which β lies. */
function fillRow(squares: Float64Array, i: number, entropy: number, out: Float64Array): void {
  let nearest = Infinity;
  for (let j = 0; j < squares.length; j++) if (j !== i) nearest = Math.min(nearest, squares[j]!);
  let [low, high, beta] = [0, Infinity, 1];
  for (;;) {
    let [sum, weighted] = [0, 0];
    for (let j = 0; j < squares.length; j++) {
      if (j === i) continue;
      // The nearest is taken off, so that never all of them vanish.
      const distance = squares[j]! - nearest;
      const p = Math.exp(-beta * distance);
      out[j] = p;
      sum += p;
      weighted += p * distance;
    }
    for (let j = 0; j < out.length; j++) out[j]! /= sum;
    const excess = Math.log(sum) + (beta * weighted) / sum - entropy;
    if (Math.abs(excess) <= TOLERANCE) return;
    if (excess > 0) low = beta;
    else high = beta;
    const next = high === Infinity ? beta * 2 : (low + high) / 2;
    // No number lies between, or more points are equal than shall be neighbours.
    if (next === beta || next === Infinity) return;
    beta = next;
  }
}
