/** What the tests of tensors share: the reference device, plain values, gradient checks. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { testDevice } from '../device.js';
import type { NestedArray, Shape, Tensor } from '../../src/tensor/index.js';
import { fromData, grad, gradcheck, setDevice, tensor } from '../../src/tensor/index.js';

setDevice(testDevice);

export function f64(values: NestedArray): Tensor {
  return tensor(values, { dtype: 'f64' });
}

export function i32(values: NestedArray): Tensor {
  return tensor(values, { dtype: 'i32' });
}

export function values(t: Tensor): number[] {
  return Array.from(t.dataSync());
}

/** Expects shape and values, the latter to `tolerance`, NaN and infinities exactly. */
export function expectClose(actual: Tensor, expected: NestedArray, tolerance = 1e-6): void {
  const wanted = f64(expected);
  expect(actual.shape).toEqual(wanted.shape);
  const target = values(wanted);
  values(actual).forEach((value, i) => {
    const close = Math.abs(value - target[i]!) <= tolerance * Math.max(1, Math.abs(target[i]!));
    if (!close && !Object.is(value, target[i])) expect(values(actual)).toEqual(target);
  });
}

/** Numbers away from 0 and from each other, the same for the same seed. */
export function sample(shape: Shape, seed = 1): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const data = Float64Array.from({ length: n }, (_, i) => {
    const u = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (u - Math.floor(u)) * 2 - 1 + ((i * 7 + seed) % 5) * 0.01;
  });
  return fromData(data, shape);
}

/**
 * Compares the gradient of Σ w · f(x₁, …), with fixed weights w, with central differences in f64,
 * for every element of every input.
 */
export function checkGradient(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { tolerance = 1e-6, h = 1e-5 }: { readonly tolerance?: number; readonly h?: number } = {},
): void {
  const loss = (...args: Tensor[]): Tensor => {
    const y = f(...args);
    return y.mul(sample(y.shape, 7)).sum();
  };
  const options = { eps: h, atol: tolerance / 2, rtol: tolerance / 2 };
  expect(() => gradcheck(loss, inputs, options)).not.toThrow();
}

/** As `checkGradient`, and also for the gradient of the gradient. */
export function checkTwice(f: (x: Tensor) => Tensor, x: Tensor): void {
  checkGradient(f, [x]);
  checkGradient(
    grad((y: Tensor) => f(y).mul(f(y)).sum()),
    [x],
    { tolerance: 1e-5 },
  );
}

/** Small shapes of the given ranks. */
export function shapes(minRank = 0, maxRank = 3): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: 1, max: 4 }), { minLength: minRank, maxLength: maxRank });
}

/** Two shapes that broadcast, and the result. */
export const broadcastPair = shapes().chain((shape) =>
  fc
    .tuple(
      ...[0, 1].map(() =>
        fc.tuple(
          fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
          fc.integer({ min: 0, max: shape.length }),
        ),
      ),
    )
    .map(([a, b]) => {
      const pick = ([ones, drop]: [boolean[], number]): number[] =>
        shape.map((d, i) => (ones[i] ? 1 : d)).slice(drop);
      const x = pick(a as [boolean[], number]);
      const y = pick(b as [boolean[], number]);
      return { x, y };
    }),
);
