/** Convolutions, their gradients and second derivatives against PyTorch's: scripts/goldens-conv.py. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testDevice } from '../device.js';
import type { ConvOptions, ConvTransposeOptions, Shape, Tensor } from '../../src/tensor/index.js';
import { conv, convTranspose, fromData, grad, setDevice } from '../../src/tensor/index.js';

setDevice(testDevice);

type Described = readonly [shape: Shape, values: readonly number[]];

interface Case {
  readonly kind: 'conv' | 'convTranspose';
  readonly options: ConvOptions & ConvTransposeOptions;
  readonly x: Described;
  readonly w: Described;
  readonly y: Described;
  readonly grads: readonly (readonly number[])[];
  readonly second?: readonly (readonly number[])[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../goldens/conv.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

const FUNCTIONS = { conv, convTranspose };

function given([shape, values]: Described, dtype: 'f32' | 'f64'): Tensor {
  const data = dtype === 'f32' ? Float32Array.from(values) : Float64Array.from(values);
  return fromData(data, shape);
}

/** Σ v · t over the elements of tensors in order, v repeating as in the script. */
function weighted(tensors: readonly Tensor[], step: number): Tensor {
  let at = 0;
  return tensors
    .map((t) => {
      const v = Float64Array.from({ length: t.size }, () => (((step * at++ + 3) % 11) - 4.5) / 4);
      return t.mul(fromData(t.dtype === 'f32' ? Float32Array.from(v) : v, t.shape)).sum();
    })
    .reduce((sum, t) => sum.add(t));
}

function expectExactly(actual: Tensor, expected: readonly number[]): void {
  const values = Array.from(actual.dataSync(), (v) => v + 0); // -0 is 0
  expect(values).toEqual(expected);
}

for (const dtype of ['f32', 'f64'] as const) {
  test.each(
    cases.map((c) => [`${c.kind} ${c.x[0].join()} ${JSON.stringify(c.options)}`, c] as const),
  )(`${dtype} %s`, (_, c) => {
    const f = FUNCTIONS[c.kind] as typeof conv;
    const [x, w] = [given(c.x, dtype), given(c.w, dtype)];
    const y = f(x, w, c.options);
    expect(y.shape).toEqual(c.y[0]);
    expectExactly(y, c.y[1]);
    const loss = (p: Tensor, q: Tensor): Tensor => weighted([f(p, q, c.options)], 5);
    const both = (p: Tensor, q: Tensor): Tensor[] =>
      [0, 1].map((argnum) => grad(loss, { argnum })(p, q));
    both(x, w).forEach((g, i) => expectExactly(g, c.grads[i]!));
    if (!c.second) return;
    const total = (p: Tensor, q: Tensor): Tensor => weighted(both(p, q), 7);
    c.second.forEach((want, argnum) => expectExactly(grad(total, { argnum })(x, w), want));
  });
}
