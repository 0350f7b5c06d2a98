/**
 * Section 3.1 of the notes: (3.2) to (3.10) as they are printed, for a 3×3 input and a 2×2 kernel in
 * plain numbers, against `ConvSteps` and against the engine's own convolution and its gradients; in f64
 * to 1e-12, on the reference device and on the compiled one. (3.1) is in test/tensor/convolve.test.ts.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { interpreterDevice } from '../../src/engine/backends/interpreter/device.js';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import type { ConvTerm } from '../../src/nn/index.js';
import { ConvSteps } from '../../src/nn/index.js';
import type { NestedArray, Tensor } from '../../src/tensor/index.js';
import { conv, grad, setDevice, tensor } from '../../src/tensor/index.js';

const f64 = (values: NestedArray): Tensor => tensor(values, { dtype: 'f64' });

// As printed: x₁₁ is x11.
const [x11, x12, x13] = [0.3, -1.2, 0.8];
const [x21, x22, x23] = [1.7, 0.4, -0.6];
const [x31, x32, x33] = [-0.9, 2.1, 0.5];
const [k11, k12, k21, k22] = [0.7, -0.2, 1.1, -1.3];
const [d11, d12, d21, d22] = [-0.4, 0.9, 1.6, -0.7]; // δ

const X = [
  [
    [
      [x11, x12, x13],
      [x21, x22, x23],
      [x31, x32, x33],
    ],
  ],
];
const K = [
  [
    [
      [k11, k12],
      [k21, k22],
    ],
  ],
];
const delta = [
  [
    [
      [d11, d12],
      [d21, d22],
    ],
  ],
];

/** (3.8) and the first form of (3.4). */
const written = [
  x11 * k11 + x12 * k12 + x21 * k21 + x22 * k22,
  x12 * k11 + x13 * k12 + x22 * k21 + x23 * k22,
  x21 * k11 + x22 * k12 + x31 * k21 + x32 * k22,
  x22 * k11 + x23 * k12 + x32 * k21 + x33 * k22,
];

/** The matrix of (3.9), its damaged rows mended. */
const M = [
  [0, 0, 0, d11],
  [0, 0, d11, d12],
  [0, 0, d12, 0],
  [0, d11, 0, d21],
  [d11, d12, d21, d22],
  [d12, 0, d22, 0],
  [0, d21, 0, 0],
  [d21, d22, 0, 0],
  [d22, 0, 0, 0],
];
const turnedColumn = [k22, k21, k12, k11];

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);

function expectNear(actual: Tensor, wanted: NestedArray): void {
  const target = f64(wanted);
  expect(actual.shape).toEqual(target.shape);
  const [found, numbers] = [[...actual.dataSync()], [...target.dataSync()]];
  const isNear = (v: number, i: number): boolean => Math.abs(v - numbers[i]!) <= 1e-12;
  if (!found.every(isNear)) expect(found).toEqual(numbers);
}

const column = (values: readonly number[]): number[][] => values.map((v) => [v]);
const square = (values: readonly number[], side: number): number[][][][] => [
  [Array.from({ length: side }, (_, i) => values.slice(side * i, side * (i + 1)))],
];
/** Pairs of factors. */
const factors = (terms: readonly ConvTerm[]): (readonly [number, number])[] =>
  terms.map((t) => t.factors);

describe.each([
  ['interpreter', () => interpreterDevice],
  ['wasm', () => new WasmDevice()],
] as const)('3.1 on %s', (_, device) => {
  beforeAll(() => setDevice(device()));

  const steps = (): ConvSteps => new ConvSteps(f64(X), f64(K));
  const back = (): ReturnType<ConvSteps['backward']> => steps().backward(f64(delta));
  const loss = (x: Tensor, k: Tensor): Tensor => conv(x, k).mul(f64(delta)).sum();

  test('(3.2) and (3.3): X * K = Y', () => {
    expectNear(steps().y, square(written, 2));
    expectNear(conv(f64(X), f64(K)), square(written, 2));
  });

  test('(3.4): XC · KC = YC', () => {
    const { xc, kc, yc } = steps();
    const XC = [
      [x11, x12, x21, x22],
      [x12, x13, x22, x23],
      [x21, x22, x31, x32],
      [x22, x23, x32, x33],
    ];
    expectNear(xc, XC);
    expectNear(kc, column([k11, k12, k21, k22]));
    expectNear(yc, column(written));
    expectNear(yc, column(XC.map((row) => dot(row, [k11, k12, k21, k22]))));
  });

  test('(3.5): δ is ∇YC, a column', () => {
    expectNear(back().gradYc, column([d11, d12, d21, d22]));
  });

  test('(3.6): ∇KC = XCᵀ · ∇YC, and ∇K is it reshaped', () => {
    const gradKc = [
      x11 * d11 + x12 * d12 + x21 * d21 + x22 * d22,
      x12 * d11 + x13 * d12 + x22 * d21 + x23 * d22,
      x21 * d11 + x22 * d12 + x31 * d21 + x32 * d22,
      x22 * d11 + x23 * d12 + x32 * d21 + x33 * d22,
    ];
    expectNear(back().gradKc, column(gradKc));
    expectNear(back().gradK, square(gradKc, 2));
    expectNear(grad(loss, { argnum: 1 })(f64(X), f64(K)), square(gradKc, 2));
    expect(factors(back().kernelTerms([0, 0, 1, 0]))).toEqual([
      [x21, d11],
      [x22, d12],
      [x31, d21],
      [x32, d22],
    ]);
  });

  test('(3.7): ∇XC = ∇YC · KCᵀ, which folds back to ∇X', () => {
    const gradXc = [d11, d12, d21, d22].map((d) => [k11, k12, k21, k22].map((k) => d * k));
    expectNear(back().gradXc, gradXc);
    expectNear(back().foldedGradX, back().gradX.array());
  });

  test('(3.8): the terms of each output, with the cells they come from', () => {
    expect(factors(steps().outputTerms([0, 0, 0, 1]))).toEqual([
      [x12, k11],
      [x13, k12],
      [x22, k21],
      [x23, k22],
    ]);
    const [first, , third] = steps().outputTerms([0, 0, 0, 1]);
    expect([first!.input, first!.weight]).toEqual([
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ]);
    expect([third!.input, third!.weight]).toEqual([
      [0, 0, 1, 1],
      [0, 0, 1, 0],
    ]);
    written.forEach((y, i) => {
      const terms = steps().outputTerms([0, 0, Math.floor(i / 2), i % 2]);
      expect(terms.reduce((sum, t) => sum + t.value, 0)).toBeCloseTo(y, 12);
    });
  });

  test('(3.9): the gradient of each input cell, its matrix mended', () => {
    const { turned } = back();
    expectNear(turned.xc, M);
    expectNear(turned.kc, column(turnedColumn));
    expectNear(turned.yc, column(M.map((row) => dot(row, turnedColumn))));
    M.forEach((row, i) => {
      const terms = back().inputTerms([0, 0, Math.floor(i / 3), i % 3]);
      expect(factors(terms)).toEqual(row.map((d, at) => [turnedColumn[at], d]));
      // A zero of M is where x met this weight in no window.
      expect(terms.map((t) => t.output === null)).toEqual(row.map((d) => d === 0));
    });
  });

  test('(3.10): ∇X is δ, padded by zeros, with the turned kernel', () => {
    const { turned, gradX } = back();
    const padded = [
      [0, 0, 0, 0],
      [0, d11, d12, 0],
      [0, d21, d22, 0],
      [0, 0, 0, 0],
    ];
    expectNear(turned.x, [[padded]]);
    expectNear(turned.k, square(turnedColumn, 2));
    const wanted = square(
      M.map((row) => dot(row, turnedColumn)),
      3,
    );
    expectNear(gradX, wanted);
    expectNear(grad(loss)(f64(X), f64(K)), wanted);
  });

  test('(3.4) and (3.6): more channels, outputs and samples are more columns and rows', () => {
    const two = [X[0]![0]!, X[0]![0]!];
    const x = f64([two, two]);
    const k = f64(Array.from({ length: 3 }, () => [K[0]![0]!, K[0]![0]!]));
    const wide = new ConvSteps(x, k);
    expect([wide.xc, wide.kc, wide.yc].map((t) => t.shape)).toEqual([
      [8, 8],
      [8, 3],
      [8, 3],
    ]);
    expectNear(wide.y, conv(x, k).array());
  });
});
