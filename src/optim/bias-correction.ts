import type { Tensor } from '../tensor/index.js';

/**
 * 1 - βᵗ: what a mean of the kind β m + (1 - β) g, which starts at 0, has gathered of its weight
 * after t steps, equation (2.9). Computed as -(e^(t ln β) - 1), exact also where β is
 * near 1.
 *
 * @equation (2.9)
 */
export function biasCorrection(t: Tensor, beta: number): Tensor {
  return t.mul(Math.log(beta)).expm1().neg();
}
