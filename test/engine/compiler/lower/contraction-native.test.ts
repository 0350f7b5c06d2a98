import { describe, expect, it } from 'vitest';
import { compileNativeSync } from '../../../../src/engine/backends/native/compile.js';
import {
  type Contraction,
  lowerContraction,
} from '../../../../src/engine/compiler/lower/contraction.js';
import type { Target } from '../../../../src/engine/compiler/ir/ir.js';
import { freshCache, noCompiler } from '../../backends/native/fresh-cache.js';
import {
  type Compile,
  drawOperands,
  firstDifference,
  LAYOUTS,
  matrices,
  prepare,
  reference,
  storeEpilogue,
  WORDS,
} from './contraction-harness.js';

freshCache();

const TARGETS: readonly Target[] = [
  { name: 'native-avx512', vectorBytes: 64, tile: { rows: 12, vectors: 2 } },
  { name: 'native-avx2', vectorBytes: 32, tile: { rows: 6, vectors: 2 } },
  { name: 'native-neon', vectorBytes: 16, tile: { rows: 8, vectors: 2 } },
];

/** Multiply-adds may be fused here: whole numbers make that invisible. */
function check(cases: readonly Contraction[], target: Target): void {
  const lowered = cases.map((c, i) => lowerContraction(c, target, `k${i}`, storeEpilogue(c)));
  const functions = new Map(lowered.flatMap((l) => l.functions).map((f) => [f.name, f]));
  const all = { functions: [...functions.values()] };
  const options = { vectorBytes: target.vectorBytes, announce: (): void => undefined };
  const native = compileNativeSync(all, options);
  const bind: Compile = (_, memory) => native.bind(memory) as ReturnType<Compile>;
  cases.forEach((c, i) => {
    const v = drawOperands(c, i, true);
    const run = prepare(c, lowered[i]!, v, i % 2 === 0 ? 'a' : 'b', bind);
    run.run(2);
    const different = firstDifference(run.out, reference(c, v.a, v.b));
    expect(different, `${target.name} ${JSON.stringify(c)}`).toBeUndefined();
    expect(run.intact()).toBe(true);
  });
}

describe.skipIf(noCompiler)('contractions as native code', () => {
  for (const target of TARGETS) {
    it(`agree with the reference on ${target.name}`, () => {
      const cases = LAYOUTS.flatMap((layout) => [
        matrices([17, 40, 13], layout),
        matrices([5, 3, 50], layout, { elem: 'f64' }),
        matrices([1, 70, 37], layout),
        matrices([64, 10, 33], layout, {
          batch: [{ extent: 2, aStride: 64 * 33, bStride: 0 }],
        }),
      ]);
      // The gradient of a weight: the taps of a window, at two steps, over rows of images.
      const taps = { rows: [0, 1, 9, 10], m: 0, k: 1 };
      const images = { outerK: [{ extent: 5, a: 90, b: 64 }], batch: [] };
      for (const [n, elem] of [
        [37, 'f32'],
        [7, 'f64'],
      ] as const) {
        const weight = { elem, ...images, m: 4, n, k: 5 * 8, a: taps, b: { k: 1, n: 400 } };
        cases.push({ ...weight, words: WORDS });
      }
      check([...cases, matrices([1, 1, 100], 'NT'), matrices([70, 90, 300], 'NN')], target);
    });
  }
});
