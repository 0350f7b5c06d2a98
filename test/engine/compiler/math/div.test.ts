import { expect, it } from 'vitest';
import { applyMath } from './apply-math.js';

/** Every sign and exponent, zeros, infinities, NaN and denormals among them. */
function everyExponent(mantissas: readonly number[]): Float32Array {
  const bits = new Uint32Array(512 * mantissas.length);
  mantissas.forEach((m, k) => {
    for (let high = 0; high < 512; high++) bits[k * 512 + high] = (high * 0x800000 + m) >>> 0;
  });
  return new Float32Array(bits.buffer);
}

it('is rounded correctly in f32, for every pair of exponents', () => {
  const x = everyExponent([0, 1, 0x2aaaab, 0x7fffff]);
  for (const y of everyExponent([0, 0x555555])) {
    const got = applyMath(
      { op: 'div', x, y: new Float32Array(x.length).fill(y) },
      {
        elem: 'f32',
        lanes: 4,
      },
    );
    const wrong = x.findIndex((v, i) => !Object.is(got[i], Math.fround(v / y)));
    expect(wrong < 0 ? '' : `${x[wrong]} / ${y} is not ${got[wrong]}`).toBe('');
  }
});

it('is rounded correctly in f64', () => {
  const x = Float64Array.from({ length: 2000 }, (_, i) => (i % 7 ? 1 : -1) * 1.7 ** (i - 1000));
  for (const y of [1, 3, -7e-300, 1e300, 0, -0, Infinity, NaN, 5e-324]) {
    const got = applyMath({ op: 'div', x, y: x.map(() => y) }, { elem: 'f64', lanes: 1 });
    expect(got).toEqual(x.map((v) => v / y));
  }
});
