// covers: src/engine/compiler/kernel/expr.ts, src/engine/compiler/kernel/types.ts
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as affine from '../../../../src/engine/compiler/kernel/affine.js';
import type { Affine, Atom } from '../../../../src/engine/compiler/kernel/types.js';

/** The index for given values of the loop dimensions. */
function evaluate(a: Affine, dims: readonly number[]): number {
  const atom = (x: Atom): number => {
    if (x.kind === 'dim') return dims[x.dim]!;
    if (x.kind === 'data') throw new Error('no data here');
    const of = evaluate(x.of, dims);
    return x.kind === 'div' ? Math.trunc(of / x.by) : of % x.by; // as kernels do
  };
  return a.terms.reduce((sum, t) => sum + t.coef * atom(t.atom), a.offset);
}

const EXTENTS = [3, 4, 5];
const drawIndex = fc
  .tuple(
    fc.integer({ min: -20, max: 20 }),
    fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 3, maxLength: 3 }),
  )
  .map(([offset, coefs]) =>
    coefs.reduce(
      (sum, c, d) => affine.add(sum, affine.scale(affine.dimension(d, EXTENTS[d]!), c)),
      affine.fixed(offset),
    ),
  );

function points(): number[][] {
  const all: number[][] = [];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 4; j++) for (let k = 0; k < 5; k++) all.push([i, j, k]);
  }
  return all;
}

describe('affine indices', () => {
  it('divide with remainder exactly, within their ranges', () => {
    fc.assert(
      fc.property(drawIndex, fc.integer({ min: 1, max: 17 }), (a, by) => {
        const { quotient, remainder } = affine.divMod(a, by);
        for (const p of points()) {
          const value = evaluate(a, p);
          const [q, r] = [evaluate(quotient, p), evaluate(remainder, p)];
          expect(q * by + r).toBe(value);
          expect(r >= 0 && r < by).toBe(true);
          expect(q >= quotient.min && q <= quotient.max).toBe(true);
          expect(r >= remainder.min && r <= remainder.max).toBe(true);
        }
      }),
    );
  });

  it('come back from a reshape to where they were, without division', () => {
    const index = EXTENTS.map((extent, d) => affine.dimension(d, extent));
    const flat = affine.linearize(index, EXTENTS);
    const back = affine.delinearize(flat, EXTENTS);
    expect(back.map(affine.keyOf)).toEqual(index.map(affine.keyOf));
    expect(affine.isPure(affine.linearize(affine.delinearize(flat, [12, 5]), [12, 5]))).toBe(true);
  });

  it('have equal keys only where they are equal', () => {
    fc.assert(
      fc.property(drawIndex, drawIndex, (a, b) => {
        const same = points().every((p) => evaluate(a, p) === evaluate(b, p));
        expect(affine.keyOf(a) === affine.keyOf(b)).toBe(same);
      }),
    );
  });
});
