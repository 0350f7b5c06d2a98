/**
 * The general optimizer of section 2.4 of the notes, in plain numbers against the engine, in f64. The
 * named optimizers, (2.5) to (2.10), are in test/optim/trajectories.test.ts.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { interpreterDevice } from '../../src/engine/backends/interpreter/device.js';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import { ArrayDataset, DataLoader, asArrays } from '../../src/data/index.js';
import { Linear, mseLoss } from '../../src/nn/index.js';
import { SGD, defineOptimizer } from '../../src/optim/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Parameter, setDevice, tensor } from '../../src/tensor/index.js';

const devices = [interpreterDevice, new WasmDevice()].map(
  (device) => [device.name, device] as const,
);
const start = [-1.2, 1, 0.5, -0.3];

function expectNear(actual: readonly number[], wanted: readonly number[]): void {
  const isNear = (v: number, w: number): boolean =>
    Math.abs(v - w) <= 1e-12 * Math.max(1, Math.abs(w));
  if (!wanted.every((w, i) => isNear(actual[i]!, w))) expect(actual).toEqual(wanted);
}

/** J: Rosenbrock's function, Σ 10 (θ_{i+1} - θ_i²)² + (1 - θ_i)². */
function objective(theta: Tensor): Tensor {
  const n = theta.size;
  const [low, high] = [theta.narrow(0, 0, n - 1), theta.narrow(0, 1, n - 1)];
  return high.sub(low.pow(2)).pow(2).mul(10).add(low.sub(1).pow(2)).sum();
}

/** ∇J in plain numbers. */
function slopes(theta: readonly number[]): number[] {
  return theta.map((v, i) => {
    const up = i + 1 < theta.length ? -40 * v * (theta[i + 1]! - v * v) - 2 * (1 - v) : 0;
    const down = i > 0 ? 20 * (v - theta[i - 1]! ** 2) : 0;
    return up + down;
  });
}

describe.each(devices)('on %s', (_, device) => {
  beforeAll(() => setDevice(device));

  test('(2.1): g = ∇J(θ)', () => {
    const theta = new Parameter(tensor(start, { dtype: 'f64' }));
    objective(theta).backward();
    expectNear([...theta.grad!.dataSync()], slopes(start));
  });

  test('(2.2) and (2.3): any φ and ψ of g_1 … g_t, then θ ← θ - m / √(v + ε)', () => {
    const [eta, decay] = [0.02, 0.7];
    // From the whole history: later gradients count more, by their number; the largest square.
    const phi = (g: readonly number[]): number =>
      g.reduce((m, gi, i) => m + eta * decay ** (g.length - 1 - i) * (i + 1) * gi, 0);
    const psi = (g: readonly number[]): number => Math.max(...g.map((gi) => gi * gi));
    let theta = start;
    const history: number[][] = start.map(() => []);
    // The same from step to step.
    const Own = defineOptimizer({
      name: 'Own',
      defaults: { lr: eta, decay },
      state: { m: 0, v: 0 },
      phi(g, { lr, t, hyper, state }) {
        state.m = state.m.mul(hyper.decay).add(g.mul(t));
        return state.m.mul(lr);
      },
      psi(g, { state }) {
        state.v = state.v.maximum(g.mul(g));
        return state.v;
      },
    });
    const p = new Parameter(tensor(start, { dtype: 'f64' }));
    const optimizer = new Own([p], { form: 'notes' });
    for (let t = 1; t <= 12; t++) {
      slopes(theta).forEach((g, i) => history[i]!.push(g));
      theta = theta.map((v, i) => v - phi(history[i]!) / Math.sqrt(psi(history[i]!) + 1e-8));
      optimizer.zeroGrad();
      objective(p).backward();
      optimizer.step();
      expectNear([...p.dataSync()], theta);
    }
  });

  test('(2.4): a step of SGD goes against the mean of the gradients in the batch', () => {
    const x = [
      [1, 2],
      [-1, 0.5],
      [0.25, -2],
    ];
    const t = [1, -1, 0.5];
    const w = [0.3, -0.7];
    const layer = new Linear(2, 1, { bias: false, dtype: 'f64' });
    layer.weight.load(w);
    const optimizer = new SGD(layer.parameters(), { lr: 0.1 });
    const target = tensor(t, { dtype: 'f64' }).reshape([3, 1]);
    mseLoss(layer.forward(tensor(x, { dtype: 'f64' })), target).backward();
    optimizer.step();
    const each = x.map(([x0, x1], n) => {
      const error = 2 * (w[0]! * x0! + w[1]! * x1! - t[n]!);
      return [error * x0!, error * x1!];
    });
    const mean = [0, 1].map((i) => each.reduce((sum, g) => sum + g[i]!, 0) / 3);
    expectNear([...layer.weight.dataSync()], [w[0]! - 0.1 * mean[0]!, w[1]! - 0.1 * mean[1]!]);
  });
});

test('(2.4): a mini-batch is drawn uniformly', () => {
  const [size, batchSize, epochs] = [10, 3, 3000];
  const values = Int32Array.from({ length: size }, (_, i) => i);
  const set = new ArrayDataset({ x: { shape: [size], dtype: 'i32', values } });
  const loader = new DataLoader(set, { batchSize, shuffle: true, seed: 3, collate: asArrays });
  const counts = new Array<number>(size).fill(0);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const { x } of loader) {
      for (const i of x.values) counts[i]!++;
      break;
    }
  }
  // Each sample is in the first batch with probability 0.3: five standard deviations are 125.
  const bound = 5 * Math.sqrt(epochs * 0.3 * 0.7);
  for (const count of counts) expect(Math.abs(count - epochs * 0.3)).toBeLessThan(bound);
});
