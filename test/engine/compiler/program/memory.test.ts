import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planMemory } from '../../../../src/engine/compiler/program/memory.js';

const life = fc
  .record({
    bytes: fc.integer({ min: 0, max: 5000 }),
    from: fc.integer({ min: 0, max: 30 }),
    length: fc.integer({ min: 0, max: 10 }),
  })
  .map(({ bytes, from, length }) => ({ bytes, from, to: from + length }));

it('gives values that are alive together disjoint, aligned memory', () => {
  fc.assert(
    fc.property(fc.array(life, { maxLength: 40 }), (lives) => {
      const plan = planMemory(lives);
      lives.forEach((a, i) => {
        const start = plan.offsets[i]!;
        expect(start % 64).toBe(0);
        expect(start + a.bytes).toBeLessThanOrEqual(plan.bytes);
        lives.forEach((b, j) => {
          if (i >= j || a.to < b.from || b.to < a.from || a.bytes === 0 || b.bytes === 0) return;
          const other = plan.offsets[j]!;
          expect(start + a.bytes <= other || other + b.bytes <= start).toBe(true);
        });
      });
    }),
  );
});

it('reuses memory along a chain', () => {
  const chain = Array.from({ length: 100 }, (_, i) => ({ bytes: 1024, from: i, to: i + 1 }));
  expect(planMemory(chain).bytes).toBe(2048);
});
