/**
 * Section 5.1 of the notes in plain numbers: a recurrent network without biases, with the identity as
 * activation, over one sequence; ℓ = ½ ‖o_t - y_t‖². Steps count from 0 here.
 */

export type Vector = readonly number[];
export type Matrix = readonly Vector[];

export const dot = (a: Vector, b: Vector): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
export const times = (m: Matrix, v: Vector): number[] => m.map((row) => dot(row, v));
export const plus = (a: Vector, b: Vector): number[] => a.map((v, i) => v + b[i]!);
export const transposed = (m: Matrix): number[][] => m[0]!.map((_, j) => m.map((row) => row[j]!));

/** Σ_t a_t b_tᵀ. */
export function sumOfOuter(a: Matrix, b: Matrix): number[][] {
  return a[0]!.map((_, i) =>
    b[0]!.map((__, j) => a.reduce((s, at, t) => s + at[i]! * b[t]![j]!, 0)),
  );
}

export interface Weights {
  /** W_hx [h, d], W_hh [h, h] and W_qh [q, h]. */
  readonly hx: Matrix;
  readonly hh: Matrix;
  readonly qh: Matrix;
}

/** (5.1.1a) and (5.1.1b): h_t = W_hx x_t + W_hh h_{t-1} with h_{-1} = 0, and o_t = W_qh h_t. */
export function forward({ hx, hh, qh }: Weights, x: Matrix): { h: number[][]; o: number[][] } {
  const h: number[][] = [];
  for (const xt of x) {
    const before = h.at(-1) ?? hh.map(() => 0);
    h.push(plus(times(hx, xt), times(hh, before)));
  }
  return { h, o: h.map((ht) => times(qh, ht)) };
}

/** (5.1.1c): L = 1/T Σ_t ℓ(o_t, y_t). */
export function loss(o: Matrix, y: Matrix): number {
  const squares = o.map((ot, t) => ot.reduce((s, v, k) => s + (v - y[t]![k]!) ** 2, 0) / 2);
  return squares.reduce((a, b) => a + b, 0) / o.length;
}

/** (5.4): ∂L/∂o_t = ∂ℓ(o_t, y_t) / (T · ∂o_t). */
export function outputGradients(o: Matrix, y: Matrix): number[][] {
  return o.map((ot, t) => ot.map((v, k) => (v - y[t]![k]!) / o.length));
}

/** (5.5) to the letter: ∂L/∂h_t = Σ_{i=t..T} (W_hhᵀ)^{T-i} W_qhᵀ ∂L/∂o_{T+t-i}, with powers. */
export function stateGradients({ hh, qh }: Weights, byO: Matrix): number[][] {
  const last = byO.length - 1;
  const [hhT, qhT] = [transposed(hh), transposed(qh)];
  return byO.map((_, t) => {
    let sum = hh.map(() => 0);
    for (let i = t; i <= last; i++) {
      let term = times(qhT, byO[last + t - i]!);
      for (let power = 0; power < last - i; power++) term = times(hhT, term);
      sum = plus(sum, term);
    }
    return sum;
  });
}

/** (5.1), (5.2) and (5.3), from h_t, x_t and the gradients by o_t and h_t. */
export function weightGradients(x: Matrix, h: Matrix, byO: Matrix, byH: Matrix): Weights {
  const before = h.map((ht, t) => (t === 0 ? ht.map(() => 0) : h[t - 1]!));
  return { hx: sumOfOuter(byH, x), hh: sumOfOuter(byH, before), qh: sumOfOuter(byO, h) };
}
