import { expect, it } from 'vitest';
import { DRAWN_OPS } from '../../ops/domains.js';
import { FIRST, GRAPHS, fuzz } from './run.js';

/**
 * The suite's random graphs are several files of equal parts, so that they run side by side:
 * declares the tests of part `part` of `parts`.
 */
export function testPart(part: number, parts: number): void {
  const from = FIRST + Math.floor((GRAPHS * part) / parts);
  const to = FIRST + Math.floor((GRAPHS * (part + 1)) / parts);
  const seeds = Array.from({ length: to - from }, (_, i) => from + i);
  it(`${seeds.length} random graphs agree with the reference, fused and not, lazy and not`, () => {
    const { drawn, undetermined } = fuzz(seeds);
    if (seeds.length < 1000) return; // a few, to look into a failure
    expect(DRAWN_OPS.filter((op) => (drawn.get(op) ?? 0) < seeds.length / 200)).toEqual([]);
    expect(undetermined).toBeLessThan(0.02);
  }, 300_000);
}
