/**
 * Every f32 argument: minutes for each function, so it runs only where it is asked for, as
 * `GRADUS_EXHAUSTIVE=exp,log npx vitest run test/engine/compiler/math/exhaustive.test.ts`.
 */
import { expect, it } from 'vitest';
import type { MathUnary } from '../../../../src/engine/compiler/math/index.js';
import { applyMath } from './apply-math.js';
import { FUNCTIONS } from './functions.js';
import { REFERENCES } from './references.js';
import { Worst } from './ulp.js';

const asked = (process.env['GRADUS_EXHAUSTIVE'] ?? '').split(',').filter(Boolean) as MathUnary[];
const CHUNK = 2 ** 22;

/** The largest error over all 2³² arguments. */
function worstOf(op: MathUnary): Worst {
  const worst = new Worst('f32');
  const bits = new Uint32Array(CHUNK);
  const x = new Float32Array(bits.buffer);
  const reference = REFERENCES[op];
  for (let first = 0; first < 2 ** 32; first += CHUNK) {
    for (let i = 0; i < CHUNK; i++) bits[i] = first + i;
    const got = applyMath({ op, x }, { elem: 'f32', lanes: 4 });
    for (let i = 0; i < CHUNK; i++) worst.add(x[i]!, got[i]!, reference(x[i]!));
  }
  return worst;
}

it.skipIf(asked.length === 0)(
  `the errors stated for f32 are those over all arguments: ${asked.join() || 'not asked for'}`,
  () => {
    for (const op of asked) {
      const worst = worstOf(op);
      console.log(`${op}: ${worst.error} ulp at ${worst.at}`);
      expect(worst.above(FUNCTIONS[op].f32)).toBe('');
      expect(worst.error).toBeGreaterThan(FUNCTIONS[op].f32 - 0.011);
    }
  },
  36_000_000,
);
