/**
 * Σ p log(p / q) over all pairs, with q_ij ∝ 1 / (1 + |y_i - y_j|²).
 *
 * @param similarities p, [n, n], symmetric, summing to 1.
 * @param places y, [n, 2].
 */
export function divergenceOf(similarities: Float64Array, places: Float64Array): number {
  const n = places.length / 2;
  let [total, divergence] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const dx = places[2 * i]! - places[2 * j]!;
      const dy = places[2 * i + 1]! - places[2 * j + 1]!;
      const near = 1 / (1 + dx * dx + dy * dy);
      const p = similarities[i * n + j]!;
      total += 2 * near;
      // log(p / q) = log(p / n) + log Σ n, and the p sum to 1.
      if (p > 0) divergence += 2 * p * Math.log(p / near);
    }
  }
  return divergence + Math.log(total);
}

/**
 * The derivative of the divergence by the places: 4 Σ_j (f p_ij - q_ij) n_ij (y_i - y_j), with
 * n_ij = 1 / (1 + |y_i - y_j|²) and q_ij = n_ij / Σ n.
 *
 * @param factor f, by which all similarities are exaggerated.
 */
export function divergenceSlope(
  similarities: Float64Array,
  places: Float64Array,
  factor: number,
): Float64Array {
  const n = places.length / 2;
  // Of each coordinate what attracts and what repels, before the sum of all n is known.
  const attracts = new Float64Array(2 * n);
  const repels = new Float64Array(2 * n);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const [x, y] = [places[2 * i]!, places[2 * i + 1]!];
    for (let j = 0; j < i; j++) {
      const dx = x - places[2 * j]!;
      const dy = y - places[2 * j + 1]!;
      const near = 1 / (1 + dx * dx + dy * dy);
      total += 2 * near;
      const pull = similarities[i * n + j]! * near;
      const push = near * near;
      attracts[2 * i]! += pull * dx;
      attracts[2 * i + 1]! += pull * dy;
      attracts[2 * j]! -= pull * dx;
      attracts[2 * j + 1]! -= pull * dy;
      repels[2 * i]! += push * dx;
      repels[2 * i + 1]! += push * dy;
      repels[2 * j]! -= push * dx;
      repels[2 * j + 1]! -= push * dy;
    }
  }
  return attracts.map((a, i) => 4 * (factor * a - repels[i]! / total));
}
