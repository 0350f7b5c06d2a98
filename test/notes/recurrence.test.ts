/**
 * Section 5.1 of the notes: its formulas in plain numbers (recurrence.ts) against the engine's
 * gradients, in f64 to 1e-12, on the reference device and on the compiled one.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { interpreterDevice } from '../../src/engine/backends/interpreter/device.js';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import { Linear, Module, RNN, gradientFlow, linear, mseLoss } from '../../src/nn/index.js';
import type { NestedArray, Tensor } from '../../src/tensor/index.js';
import { compile, grad, setDevice, tensor } from '../../src/tensor/index.js';
import { draws } from './net.js';
import type { Weights } from './recurrence.js';
import {
  forward,
  loss,
  outputGradients,
  stateGradients,
  times,
  transposed,
  weightGradients,
} from './recurrence.js';

const f64 = (values: NestedArray): Tensor => tensor(values, { dtype: 'f64' });

/** Expects numbers in a row, each to 1e-12 of its size or of 1. */
function expectNear(actual: Tensor, wanted: readonly (readonly number[])[] | number): void {
  const [found, target] = [[...actual.dataSync()], [wanted].flat(2)];
  expect(found.length).toBe(target.length);
  const isNear = (v: number, w: number): boolean =>
    Math.abs(v - w) <= 1e-12 * Math.max(1, Math.abs(w));
  if (!found.every((value, i) => isNear(value, target[i]!))) expect(found).toEqual(target);
}

function matrix(rows: number, columns: number, seed: number): number[][] {
  const draw = draws(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, draw));
}

/** The notes' network: h_t by `RNN`, o_t by `Linear`, neither with a bias. */
class Net extends Module {
  readonly hidden = new RNN(3, 4, { form: 'notes', dtype: 'f64' });
  readonly output = new Linear(4, 2, { bias: false, dtype: 'f64' });

  constructor({ hx, hh, qh }: Weights) {
    super();
    const [{ weightIh, weightHh }] = this.hidden.weights as [RNN['weights'][number]];
    weightIh.load(hx.flat());
    weightHh.load(hh.flat());
    this.output.weight.load(qh.flat());
  }

  /** [T, d] to [T, q]. */
  forward(x: Tensor): Tensor {
    return this.output.forward(this.hidden.forward(x)[0]);
  }
}

/** L with ℓ = ½ ‖o - y‖²: the mean over T, the sum over q. */
const objective = (o: Tensor, y: Tensor): Tensor =>
  mseLoss(o, y, { reduction: 'sum' }).div(2 * o.shape[0]!);

const devices = [interpreterDevice, new WasmDevice()].map(
  (device) => [device.name, device] as const,
);

describe.each(devices)('on %s', (_, device) => {
  beforeAll(() => setDevice(device));

  describe.each([1, 2, 9])('over %i steps', (steps) => {
    const weights: Weights = { hx: matrix(4, 3, 1), hh: matrix(4, 4, 2), qh: matrix(2, 4, 3) };
    const [x, y] = [matrix(steps, 3, 4), matrix(steps, 2, 5)];
    const { h, o } = forward(weights, x);
    const byO = outputGradients(o, y);
    const byH = stateGradients(weights, byO);
    const byWeights = weightGradients(x, h, byO, byH);
    const run = <R>(of: (net: Net, o: Tensor, l: Tensor) => R): R => {
      const net = new Net(weights);
      const output = net.forward(f64(x));
      return of(net, output, objective(output, f64(y)));
    };

    test('(5.1.1a): h_t = W_hx x_t + W_hh h_{t-1}', () => {
      expectNear(new Net(weights).hidden.forward(f64(x))[0], h);
    });
    test('(5.1.1b): o_t = W_qh h_t', () => {
      expectNear(new Net(weights).forward(f64(x)), o);
      expectNear(linear(f64(h), f64(weights.qh)), o);
    });
    test('(5.1.1c): L = 1/T Σ_t ℓ(o_t, y_t)', () => {
      expectNear(
        run((__, ___, l) => l),
        loss(o, y),
      );
    });
    test('(5.4): ∂L/∂o_t = ∂ℓ(o_t, y_t) / (T · ∂o_t)', () => {
      expectNear(
        run((_net, output, l) => grad(l, [output])[0]!),
        byO,
      );
    });
    test('(5.5): ∂L/∂h_t = Σ_{i=t..T} (W_hhᵀ)^{T-i} W_qhᵀ ∂L/∂o_{T+t-i}', () => {
      const net = new Net(weights);
      const flow = gradientFlow(net, () => objective(net.forward(f64(x)), f64(y)));
      expectNear(flow.layers[0]!.hidden, byH);
      const norms = byH.map((g) => Math.hypot(...g));
      expectNear(f64([...flow.layers[0]!.norms]), [norms]);
    });
    test('(5.5) is the recursion ∂L/∂h_t = W_hhᵀ ∂L/∂h_{t+1} + W_qhᵀ ∂L/∂o_t', () => {
      const [hhT, qhT] = [transposed(weights.hh), transposed(weights.qh)];
      let after = weights.hh.map(() => 0);
      for (let t = steps - 1; t >= 0; t--) {
        const own = times(qhT, byO[t]!);
        after = times(hhT, after).map((v, j) => v + own[j]!);
        expectNear(f64(after), [byH[t]!]);
      }
    });
    test('(5.1), (5.2) and (5.3): gradients of the weights, as sums over the steps', () => {
      const gradients = (net: Net, l: Tensor): Tensor[] => grad(l, [...net.parameters()]);
      const net = new Net(weights);
      const compiled = compile((input: Tensor, target: Tensor) =>
        gradients(net, objective(net.forward(input), target)),
      );
      for (const [hx, hh, qh] of [run((n, __, l) => gradients(n, l)), compiled(f64(x), f64(y))]) {
        expectNear(qh!, byWeights.qh);
        expectNear(hx!, byWeights.hx);
        expectNear(hh!, byWeights.hh);
      }
    });
  });
});
