/** What the notes claim of gradients over time, in the experiments that docs/recurrence.md shows. */
import { beforeAll, expect, test } from 'vitest';
import * as gradus from '../../src/index.js';
import type { LayerGradientFlow } from '../../src/nn/index.js';
import * as nn from '../../src/nn/index.js';

type Experiment = (library: object) => Readonly<Record<string, LayerGradientFlow>>;

interface Experiments {
  readonly sharesOf: (flow: LayerGradientFlow) => number[];
  readonly asInitialised: Experiment;
  readonly remembering: Experiment;
  readonly linearPowers: Experiment;
}

const library = { gradus, nn };
const path: string = '../../scripts/docs/recurrence-experiments.mjs';
let experiments: Experiments;

beforeAll(async () => {
  gradus.setDevice(new gradus.WasmDevice());
  experiments = (await import(path)) as Experiments;
});

const KINDS = ['tanh RNN', 'LSTM', 'GRU'];

test('5.1.2: for small t gradients vanish or explode, as powers of the spectral radius', () => {
  const flows = experiments.linearPowers(library);
  for (const [rho, trend] of [
    [0.9, 'vanishing'],
    [1, 'steady'],
    [1.1, 'exploding'],
  ] as const) {
    const flow = flows[`ρ = ${rho}`]!;
    expect([flow.trend, flow.spectralRadii.length]).toEqual([trend, 1]);
    expect(flow.spectralRadii[0]).toBeCloseTo(rho, 5);
    for (const [t, share] of experiments.sharesOf(flow).entries()) {
      expect(share / rho ** (99 - t)).toBeCloseTo(1, 3);
    }
  }
});

test('as PyTorch initialises, all three vanish', () => {
  const flows = experiments.asInitialised(library);
  expect(Object.keys(flows)).toEqual(KINDS);
  for (const flow of Object.values(flows)) {
    expect(flow.trend).toBe('vanishing');
    expect(experiments.sharesOf(flow)[0]).toBeLessThan(1e-15);
    for (const radius of flow.spectralRadii) {
      expect(radius).toBeGreaterThan(0.5);
      expect(radius).toBeLessThan(0.7);
    }
  }
});

test('gates that remember keep the gradient, an orthogonal W_hh helps and is not enough', () => {
  const [before, after] = [experiments.asInitialised(library), experiments.remembering(library)];
  const first = (flow: LayerGradientFlow): number => experiments.sharesOf(flow)[0]!;
  for (const kind of ['LSTM', 'GRU']) {
    expect(after[kind]!.trend).toBe('steady');
    expect(first(after[kind]!)).toBeGreaterThan(0.05);
  }
  const rnn = after['tanh RNN']!;
  expect(first(rnn) / first(before['tanh RNN']!)).toBeGreaterThan(1e10);
  expect([rnn.trend, nn.spectralRadius(rnn.jacobian(50)) < 1]).toEqual(['vanishing', true]);
});
