/** What becomes of a gradient on its way back; 'none' where the loss does not depend on the states. */
export type GradientTrend = 'vanishing' | 'steady' | 'exploding' | 'none';

/** From the step farthest on that the loss depends on, to the one that was first. */
export interface Reach {
  /** How many steps lie between them. */
  readonly steps: number;
  /** The norms there. */
  readonly from: number;
  readonly to: number;
  /** to / from; infinite where a norm on the way is not finite, NaN where all are 0. */
  readonly factor: number;
  readonly trend: GradientTrend;
}

/** Beyond this factor, or below its inverse, a gradient counts as exploding or vanishing. */
const LIMIT = 1e3;

/** What becomes of the norms, given in the order in which the steps ran. */
export function reachOf(norms: readonly number[]): Reach {
  const steps = norms.map((norm) => norm !== 0).lastIndexOf(true);
  if (steps < 0) return { steps: 0, from: 0, to: 0, factor: NaN, trend: 'none' };
  const [to, from] = [norms[0]!, norms[steps]!];
  const factor = norms.every(Number.isFinite) ? to / from : Infinity;
  const trend = factor > LIMIT ? 'exploding' : factor < 1 / LIMIT ? 'vanishing' : 'steady';
  return { steps, from, to, factor, trend };
}

/** The reach in words: 'falls from 1 to 1.3e-9 over 40 steps, × 0.6 at each: vanishing'. */
export function describeReach({ steps, from, to, factor, trend }: Reach): string {
  if (trend === 'none') return 'is 0 at every step: the loss does not depend on it';
  if (steps === 0) return `is ${short(from)} at the only step`;
  const each = short(factor ** (1 / steps));
  const moves = each === '1' ? 'goes' : factor < 1 ? 'falls' : 'rises';
  return `${moves} from ${short(from)} to ${short(to)} over ${steps} steps, × ${each} at each: ${trend}`;
}

/** Three digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
