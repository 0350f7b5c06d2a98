import { walk } from '../kernel/expr.js';
import type { Affine, KernelExpr, Within } from '../kernel/types.js';
import type { Loop } from './space.js';

/** A part start…end of a loop, in which conditions on its index alone are constant. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly facts: ReadonlyMap<Within, boolean>;
}

/** With more parts the code would grow more than it gains. */
const MOST_PARTS = 8;

/**
 * Splits a loop where a condition on its index changes: at the ends of what is padded, joined or
 * shifted. Within a part nothing is left to be decided, lane by lane.
 */
export function splitLoop(loop: Loop, exprs: readonly KernelExpr[]): readonly Part[] {
  const ranges = new Map<Within, readonly [number, number]>();
  for (const e of walk(exprs)) {
    if (e.kind !== 'choose') continue;
    for (const w of e.when) {
      const range = rangeOf(w, loop);
      if (range) ranges.set(w, range);
    }
  }
  const bounds = [...new Set([0, loop.extent, ...[...ranges.values()].flat()])];
  const points = bounds.filter((p) => p >= 0 && p <= loop.extent).sort((a, b) => a - b);
  const whole = { start: 0, end: loop.extent, facts: new Map<Within, boolean>() };
  if (points.length < 2 || points.length > MOST_PARTS + 1) return [whole];
  return points.slice(0, -1).map((start, i) => {
    const facts = new Map<Within, boolean>();
    for (const [w, [from, to]] of ranges) facts.set(w, start >= from && start < to);
    return { start, end: points[i + 1]!, facts };
  });
}

/** The indices from…to of the loop for which a condition holds, if nothing else decides it. */
function rangeOf({ index, low, high }: Within, loop: Loop): readonly [number, number] | undefined {
  const step = stepAlong(index, loop);
  if (step === undefined) return undefined;
  const first = (bound: number): number => Math.ceil((bound - index.offset) / step);
  if (step > 0) return [first(low), first(high)];
  const after = (bound: number): number => Math.floor((index.offset - bound) / -step) + 1;
  return [after(high), after(low)];
}

/** The coefficient of the loop in an index that nothing else is part of. */
function stepAlong(index: Affine, loop: Loop): number | undefined {
  const [term, more] = index.terms;
  if (!term || more || term.atom.kind !== 'dim') return undefined;
  return term.atom.dim === loop.dim ? term.coef : undefined;
}
