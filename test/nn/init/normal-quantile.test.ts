import { expect, test } from 'vitest';
import { normalQuantile } from '../../../src/nn/init/normal-quantile.js';
import { f64, values } from '../../tensor/check.js';
import { golden } from '../check.js';

test('quantiles are those of SciPy, to the ends of what f64 can tell', () => {
  const { quantiles } = golden<{ readonly quantiles: readonly (readonly [number, number])[] }>(
    'init.json',
  );
  const found = values(normalQuantile(f64(quantiles.map(([p]) => p))));
  quantiles.forEach(([p, z], i) => {
    const error = Math.abs(found[i]! - z);
    if (!(error <= 2e-15 * Math.max(1, Math.abs(z)))) expect([p, found[i]]).toEqual([p, z]);
  });
});
