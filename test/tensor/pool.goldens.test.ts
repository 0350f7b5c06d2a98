/** Poolings, their indices and gradients against PyTorch's: scripts/goldens-pool.py. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testDevice } from '../device.js';
import type { AvgPoolOptions, Shape, Tensor } from '../../src/tensor/index.js';
import {
  avgPool,
  fromData,
  grad,
  maxPool,
  maxPoolIndices,
  setDevice,
} from '../../src/tensor/index.js';

setDevice(testDevice);

interface Case {
  readonly kind: 'max' | 'avg';
  readonly options: AvgPoolOptions;
  readonly x: readonly [shape: Shape, values: readonly number[]];
  readonly y: readonly [shape: Shape, values: readonly number[]];
  readonly indices?: readonly number[];
  readonly grad: readonly number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../goldens/pool.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

function expectNear(actual: Tensor, expected: readonly number[], tolerance: number): void {
  const values = Array.from(actual.dataSync());
  expect(values.length).toBe(expected.length);
  values.forEach((v, i) => expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(tolerance));
}

for (const [dtype, tolerance] of [
  ['f64', 1e-14],
  ['f32', 2e-6],
] as const) {
  test.each(
    cases.map((c) => [`${c.kind} ${c.x[0].join()} ${JSON.stringify(c.options)}`, c] as const),
  )(`${dtype} %s`, (_, c) => {
    const [shape, values] = c.x;
    const x = fromData(
      dtype === 'f32' ? Float32Array.from(values) : Float64Array.from(values),
      shape,
    );
    const pool = c.kind === 'max' ? maxPool : avgPool;
    const y = pool(x, c.options);
    expect(y.shape).toEqual(c.y[0]);
    expectNear(y, c.y[1], tolerance);
    if (c.indices) expectNear(maxPoolIndices(x, c.options), c.indices, 0);
    const v = Float64Array.from({ length: y.size }, (_v, i) => (((5 * i + 3) % 11) - 4.5) / 4);
    const seed = fromData(dtype === 'f32' ? Float32Array.from(v) : v, y.shape);
    const slope = grad((p: Tensor) => pool(p, c.options).mul(seed).sum());
    expectNear(slope(x), c.grad, 10 * tolerance);
  });
}
