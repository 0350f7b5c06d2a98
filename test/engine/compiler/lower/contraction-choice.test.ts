import { describe, expect, it } from 'vitest';
import { lowerContraction } from '../../../../src/engine/compiler/lower/contraction.js';
import { chooseWays } from '../../../../src/engine/compiler/lower/contraction-choice.js';
import { type Layout, matrices, storeEpilogue, WASM_TARGET } from './contraction-harness.js';

function plan(m: number, n: number, k: number, layout: Layout): string {
  const c = matrices([m, n, k], layout);
  return lowerContraction(c, WASM_TARGET, 'f', storeEpilogue(c)).plan;
}

describe('chooseWays', () => {
  it('reads small matrices where they lie', () => {
    expect(plan(32, 32, 32, 'NN')).toBe('B across lanes in place, A in place, tiles 4×8');
    expect(plan(64, 784, 256, 'NN')).toBe('B across lanes in place, A in place, tiles 4×8');
  });

  it('packs what would miss the caches', () => {
    expect(plan(512, 512, 512, 'NN')).toBe('B across lanes packed, A in place, tiles 4×8');
    expect(plan(1024, 1024, 1024, 'TN')).toMatch(/^B across lanes packed, A copied by rows/);
  });

  it('packs a small batch rather than a large weight', () => {
    expect(plan(64, 256, 784, 'NT')).toBe('A across lanes packed, B in place, tiles 4×8');
  });

  it('lets a unit pack for itself what it alone reads', () => {
    expect(plan(64, 3072, 768, 'NN')).toMatch(/^B across lanes packed per unit.*k by 256$/);
  });

  it('packs a weight whose copy serves many runs', () => {
    const c = matrices([32, 1024, 256], 'NN');
    const once = chooseWays(c, WASM_TARGET);
    const lasting = chooseWays({ ...c, lasting: { a: false, b: true } }, WASM_TARGET);
    expect(once).toMatchObject({ swapped: false, lane: 'inPlace' });
    expect(lasting).toMatchObject({ swapped: false, lane: 'panels' });
  });

  it('turns a matrix times a vector in registers, or streams it', () => {
    expect(plan(1, 256, 784, 'NT')).toMatch(/^B across lanes turned in registers/);
    expect(plan(1000, 1, 1000, 'NN')).toMatch(/^A across lanes turned in registers/);
    expect(plan(1, 3072, 768, 'NN')).toMatch(/^B across lanes in place.*k by 16$/);
  });

  it('does not depend on the element type where lanes allow it', () => {
    const ways = (['f32', 'i32'] as const).map((elem) => {
      return chooseWays(matrices([20, 30, 40], 'NT', { elem }), WASM_TARGET);
    });
    expect(ways[0]).toEqual(ways[1]);
  });
});
