/**
 * Section 2.6 of the notes: its formulas in plain numbers (net.ts) against the engine's gradients,
 * in f64 to 1e-12, on the reference device and on the compiled one.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { interpreterDevice } from '../../src/engine/backends/interpreter/device.js';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import {
  Linear,
  Module,
  backPropagation,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  linear,
  mseLoss,
  relu,
  sigmoid,
  silu,
  softplus,
  tanh,
} from '../../src/nn/index.js';
import type { NestedArray, Tensor } from '../../src/tensor/index.js';
import { Parameter, concat, grad, setDevice, stack, tensor } from '../../src/tensor/index.js';
import type { Activation, Net } from './net.js';
import { deltas, draws, drawNet, forward, weightGradients } from './net.js';

const f64 = (values: NestedArray): Tensor => tensor(values, { dtype: 'f64' });

/** Expects numbers in a row, each to 1e-12 of its size or of 1. */
function expectNear(actual: Tensor | readonly number[], wanted: readonly number[]): void {
  const found = Array.isArray(actual) ? (actual as number[]) : [...(actual as Tensor).dataSync()];
  expect(found.length).toBe(wanted.length);
  const isNear = (v: number, w: number): boolean =>
    Math.abs(v - w) <= 1e-12 * Math.max(1, Math.abs(w));
  if (!found.every((value, i) => isNear(value, wanted[i]!))) expect(found).toEqual(wanted);
}

/** A matrix of numbers in (-1, 1). */
function matrix(rows: number, columns: number, seed: number): number[][] {
  const draw = draws(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, draw));
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);

const HIDDEN = { relu, sigmoid, silu, softplus, tanh };

function activate(a: Tensor, { name }: Activation): Tensor {
  return name === 'identity' ? a : HIDDEN[name](a);
}

/** The net as tensors: parameters of weights [1, links], and of every unit a and z as [1]. */
function asTensors(
  net: Net,
  x: readonly number[],
  weights = net.units.map((unit) => new Parameter(f64([[...unit.weights]]))),
): { weights: Parameter[]; a: Tensor[]; z: Tensor[] } {
  const z = x.map((value) => f64([value]));
  const a = net.units.map(({ from, activation }, u) => {
    const aj = linear(concat(from.map((i) => z[i]!)), weights[u]!);
    z.push(activate(aj, activation));
    return aj;
  });
  return { weights, a, z };
}

/** The net as a tree of modules: a `Linear` for each unit, without bias. */
class Units extends Module {
  readonly units: Linear[];

  constructor(private readonly net: Net) {
    super();
    this.units = net.units.map(({ weights }) => {
      const unit = new Linear(weights.length, 1, { bias: false, dtype: 'f64' });
      unit.weight.load(weights);
      return unit;
    });
  }

  forward(x: Tensor): Tensor {
    const z = x.split(1);
    for (const [u, { from, activation }] of this.net.units.entries()) {
      z.push(activate(this.units[u]!.forward(concat(from.map((i) => z[i]!))), activation));
    }
    return concat(z.slice(-this.net.outputs));
  }
}

const devices = [interpreterDevice, new WasmDevice()].map(
  (device) => [device.name, device] as const,
);

describe.each(devices)('on %s', (_, device) => {
  beforeAll(() => setDevice(device));

  describe('the linear model', () => {
    const [x, t, w] = [matrix(5, 4, 1), matrix(5, 3, 2), matrix(3, 4, 3)];
    const y = x.map((xn) => w.map((wk) => dot(wk, xn)));
    const layer = new Linear(4, 3, { bias: false, dtype: 'f64' });
    const output = (): Tensor => {
      layer.weight.load(w.flat());
      return layer.forward(f64(x));
    };

    test('(2.12): y_k = Σ_i w_ki x_i', () => {
      expectNear(output(), y.flat());
      expectNear(linear(f64(x), f64(w)), y.flat());
    });
    test('(2.13): E_n = ½ Σ_k (y_nk - t_nk)²', () => {
      const errors = y.map((yn, n) => yn.reduce((e, v, k) => e + (v - t[n]![k]!) ** 2, 0) / 2);
      const losses = mseLoss(output(), f64(t), { reduction: 'none' });
      expectNear(losses.sum(1).div(2), errors);
    });
    test('(2.14): ∂E_n/∂w_ji = (y_nj - t_nj) x_ni, pattern by pattern', () => {
      for (const [n, xn] of x.entries()) {
        const loss = (v: Tensor): Tensor =>
          mseLoss(linear(f64([xn]), v), f64([t[n]!]), { reduction: 'sum' }).div(2);
        const wanted = y[n]!.flatMap((v, j) => xn.map((xni) => (v - t[n]![j]!) * xni));
        expectNear(grad(loss)(f64(w)), wanted);
      }
    });
    test('(2.11) and (2.20): errors and gradients of a batch add up, or their mean', () => {
      const total = y.flat().reduce((e, v, i) => e + (v - t.flat()[i]!) ** 2, 0) / 2;
      const wanted = w.flatMap((__, j) =>
        [0, 1, 2, 3].map((i) =>
          y.reduce((sum, yn, n) => sum + (yn[j]! - t[n]![j]!) * x[n]![i]!, 0),
        ),
      );
      const of = (reduction: 'sum' | 'mean') => (v: Tensor) =>
        mseLoss(linear(f64(x), v), f64(t), { reduction }).div(2);
      expectNear([of('sum')(f64(w)).item()], [total]);
      expectNear(grad(of('sum'))(f64(w)), wanted);
      expectNear(
        grad(of('mean'))(f64(w)),
        wanted.map((v) => v / (5 * 3)),
      );
    });
  });

  describe('δ of outputs', () => {
    const [a, t] = [matrix(4, 3, 5), matrix(4, 3, 6)];
    const share = t.map((row) => row.map((v) => (v + 1) / 2));
    const ofA = (loss: (a: Tensor) => Tensor): Tensor => grad(loss)(f64(a));
    const differences = (y: readonly number[][], target: readonly number[][]): number[] =>
      y.flatMap((row, n) => row.map((v, k) => v - target[n]![k]!));

    test('(2.17): δ_k = y_k - t_k for the three canonical pairs', () => {
      const squares = (v: Tensor): Tensor => mseLoss(v, f64(t), { reduction: 'sum' }).div(2);
      expectNear(ofA(squares), differences(a, t));

      const logistic = a.map((row) => row.map((v) => 1 / (1 + Math.exp(-v))));
      const binary = (v: Tensor): Tensor =>
        binaryCrossEntropyWithLogits(v, f64(share), { reduction: 'sum' });
      expectNear(ofA(binary), differences(logistic, share));

      const soft = a.map((row) => {
        const exps = row.map(Math.exp);
        return exps.map((e) => e / exps.reduce((p, q) => p + q));
      });
      const classes = [2, 0, 1, 1];
      const oneHot = classes.map((c) => [0, 1, 2].map((k) => Number(k === c)));
      const labels = tensor(classes, { dtype: 'i32' });
      const classification = (v: Tensor): Tensor => crossEntropy(v, labels, { reduction: 'sum' });
      expectNear(ofA(classification), differences(soft, oneHot));
    });
    test('(2.17) holds for those only: logistic with squares has y (1 - y) too', () => {
      const loss = (v: Tensor): Tensor =>
        mseLoss(v.sigmoid(), f64(share), { reduction: 'sum' }).div(2);
      const wanted = a.flatMap((row, n) =>
        row.map((v, k) => {
          const y = 1 / (1 + Math.exp(-v));
          return (y - share[n]![k]!) * y * (1 - y);
        }),
      );
      expectNear(ofA(loss), wanted);
    });
  });

  describe('nets with skipping links and different activations', () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    /** Runs a check on drawn nets, inputs and targets. */
    function onNets(check: (net: Net, x: readonly number[], t: readonly number[]) => void): void {
      const property = fc.property(seeds, (seed) => {
        const draw = draws(seed + 1);
        const net = drawNet(seed);
        check(
          net,
          Array.from({ length: net.inputs }, draw),
          Array.from({ length: net.outputs }, draw),
        );
      });
      fc.assert(property, { numRuns: 15 });
    }
    const squaredError = (net: Net, z: readonly Tensor[], t: readonly number[]): Tensor =>
      mseLoss(stack(z.slice(-net.outputs)).reshape([-1]), f64([...t]), { reduction: 'sum' }).div(2);
    const outputErrors = (net: Net, z: readonly number[], t: readonly number[]): number[] =>
      z.slice(-net.outputs).map((y, k) => y - t[k]!);

    test('(2.15) and (2.16): a_j = Σ_i w_ji z_i, z_j = h(a_j)', () => {
      onNets((net, x) => {
        const plain = forward(net, x);
        const { a, z } = asTensors(net, x);
        expectNear(concat(a), plain.a.slice(net.inputs));
        expectNear(concat(z), plain.z);
      });
    });
    test('(2.18): δ_j = h′(a_j) Σ_k w_kj δ_k over the units k that j sends to', () => {
      onNets((net, x, t) => {
        const plain = forward(net, x);
        const wanted = deltas(net, plain.a, outputErrors(net, plain.z, t)).slice(net.inputs);
        const { a, z } = asTensors(net, x);
        const found = grad(squaredError(net, z, t), a, { allowUnused: true });
        expectNear(concat(found), wanted);
      });
    });
    test('(2.19): ∂E_n/∂w_ji = δ_j z_i', () => {
      onNets((net, x, t) => {
        const plain = forward(net, x);
        const delta = deltas(net, plain.a, outputErrors(net, plain.z, t));
        const { weights, z } = asTensors(net, x);
        squaredError(net, z, t).backward();
        for (const [u, wanted] of weightGradients(net, plain.z, delta).entries()) {
          expectNear(weights[u]!.grad ?? f64(wanted.map(() => 0)), wanted);
        }
      });
    });
    test('read out, of every unit: a and z of (2.15) and (2.16), δ of (2.17) and (2.18)', () => {
      onNets((net, x, t) => {
        const plain = forward(net, x);
        const delta = deltas(net, plain.a, outputErrors(net, plain.z, t));
        const loss = (y: Tensor, target: Tensor): Tensor =>
          mseLoss(y, target, { reduction: 'sum' }).div(2);
        const read = backPropagation(new Units(net), f64([...x]), f64([...t]), { loss });
        expect(read.layers.length).toBe(net.units.length);
        expectNear(concat(read.layers.map(({ a }) => a)), plain.a.slice(net.inputs));
        expectNear(concat(read.layers.map(({ z }) => z!)), plain.z.slice(net.inputs));
        expectNear(concat(read.layers.map((layer) => layer.delta)), delta.slice(net.inputs));
        const products = read.layers.map((layer) => layer.input.mul(layer.delta)); // (2.19)
        expectNear(concat(products), weightGradients(net, plain.z, delta).flat());
      });
    });
    test('(2.20): over patterns, the gradients of one net add up in its parameters', () => {
      const net = drawNet(7);
      const patterns = matrix(4, net.inputs, 8);
      const targets = matrix(4, net.outputs, 9);
      const sums = net.units.map(({ from }) => from.map(() => 0));
      const shared = asTensors(net, patterns[0]!).weights;
      for (const [n, x] of patterns.entries()) {
        const plain = forward(net, x);
        const delta = deltas(net, plain.a, outputErrors(net, plain.z, targets[n]!));
        weightGradients(net, plain.z, delta).forEach((g, u) =>
          g.forEach((value, i) => (sums[u]![i]! += value)),
        );
        const { z } = asTensors(net, x, shared);
        squaredError(net, z, targets[n]!).backward();
      }
      shared.forEach((w, u) => expectNear(w.grad ?? f64(sums[u]!.map(() => 0)), sums[u]!));
    });
  });

  test('layers of a batch, one of them skipped: (2.15) to (2.20) against backward()', () => {
    const [x, t] = [matrix(6, 3, 11), matrix(6, 2, 12)];
    const first = new Linear(3, 4, { dtype: 'f64' });
    const second = new Linear(4 + 3, 2, { dtype: 'f64' });
    first.weight.load(matrix(4, 3, 13).flat());
    second.weight.load(matrix(2, 7, 14).flat());
    const rows = (p: Parameter): number[][] => p.array() as number[][];
    const [w1, b1] = [rows(first.weight), first.bias!.array() as number[]];
    const [w2, b2] = [rows(second.weight), second.bias!.array() as number[]];

    const sum1 = w1.map((row) => row.map(() => 0));
    const sum2 = w2.map((row) => row.map(() => 0));
    for (const [n, xn] of x.entries()) {
      const z1 = w1.map((row, j) => Math.tanh(dot(row, xn) + b1[j]!));
      const sent = [...z1, ...xn];
      const delta2 = w2.map((row, k) => dot(row, sent) + b2[k]! - t[n]![k]!);
      const delta1 = z1.map(
        (z, j) =>
          (1 - z * z) *
          dot(
            delta2,
            w2.map((row) => row[j]!),
          ),
      );
      sum1.forEach((row, j) => row.forEach((__, i) => (row[i]! += delta1[j]! * xn[i]!)));
      sum2.forEach((row, k) => row.forEach((__, i) => (row[i]! += delta2[k]! * sent[i]!)));
    }

    const input = f64(x);
    const hidden = first.forward(input).tanh();
    const output = second.forward(concat([hidden, input], 1));
    mseLoss(output, f64(t), { reduction: 'sum' }).div(2).backward();
    expectNear(first.weight.grad!, sum1.flat());
    expectNear(second.weight.grad!, sum2.flat());
  });
});
