import type { Rng } from '../ops/rng.js';

/** A shape of equal size: neighbours merged, or an axis split. */
export function regroup(rng: Rng, shape: readonly number[]): number[] {
  const out = [...shape];
  if (out.length > 1 && rng.chance(0.5)) {
    const at = rng.int(0, out.length - 2);
    out.splice(at, 2, out[at]! * out[at + 1]!);
  } else {
    const at = out.findIndex((d) => d > 2 && d % 2 === 0);
    if (at >= 0) out.splice(at, 1, 2, out[at]! / 2);
    else out.splice(rng.int(0, out.length), 0, 1);
  }
  return out;
}
