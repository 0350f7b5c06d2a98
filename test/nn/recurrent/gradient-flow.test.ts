// covers: src/nn/recurrent/gradient-trend.ts, src/nn/recurrent/step-jacobian.ts
// covers: src/nn/recurrent/sweep.ts
import { beforeEach, describe, expect, test } from 'vitest';
import type { LSTMState } from '../../../src/nn/index.js';
import {
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  Linear,
  Module,
  RNN,
  RNNCell,
  gradientFlow,
  init,
  loadPyTorch,
  spectralRadius,
} from '../../../src/nn/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { checkpoint, compile, concat, grad, manualSeed, zeros } from '../../../src/tensor/index.js';
import { expectClose, i32, sample, values } from '../../tensor/check.js';

beforeEach(() => void manualSeed(7));

const [T, N, D, H] = [5, 2, 3, 4];
const dtype = 'f64';
const x = sample([T, N, D], 1);
const lossOf = (output: Tensor): Tensor => output.mul(sample(output.shape, 9)).sin().sum();

describe('∂L/∂h_t by all ways is that of unrolled steps', () => {
  test('RNN and GRU', () => {
    const kinds = [
      [new RNN(D, H, { dtype }), new RNNCell(D, H, { dtype })],
      [new GRU(D, H, { dtype }), new GRUCell(D, H, { dtype })],
    ] as const;
    for (const [layer, cell] of kinds) {
      loadPyTorch(cell, layer.stateDict(), { rename: [[/_l0$/, '']] });
      const hs: Tensor[] = [];
      let h = zeros([N, H], { dtype });
      for (const xt of x.unbind()) hs.push((h = cell.forward(xt, h)));
      const loss = lossOf(concat(hs.map((t) => t.unsqueeze(0))));
      const wanted = grad(loss, hs);
      const flow = gradientFlow(layer, () => lossOf(layer.forward(x)[0]));
      expect(flow.loss.item()).toBeCloseTo(loss.item(), 13);
      const [own] = flow.layers;
      wanted.forEach((g, t) => expectClose(own!.hidden.at(t), g.array(), 1e-13));
      expectClose(own!.hidden.mul(own!.hidden).sum([1, 2]).sqrt(), [...own!.norms], 1e-13);
      expect([own!.memory, own!.memoryNorms]).toEqual([null, null]);
    }
  });

  test('h and c of an LSTM', () => {
    const layer = new LSTM(D, H, { dtype });
    const cell = new LSTMCell(D, H, { dtype });
    loadPyTorch(cell, layer.stateDict(), { rename: [[/_l0$/, '']] });
    const states: LSTMState[] = [];
    let state: LSTMState | null = null;
    for (const xt of x.unbind()) states.push((state = cell.forward(xt, state)));
    const loss = lossOf(concat(states.map(([h]) => h.unsqueeze(0))));
    const [hs, cs] = [0, 1].map((k) =>
      grad(
        loss,
        states.map((s) => s[k]!),
      ),
    );
    const [own] = gradientFlow(layer, () => lossOf(layer.forward(x)[0])).layers;
    hs!.forEach((g, t) => expectClose(own!.hidden.at(t), g.array(), 1e-13));
    cs!.forEach((g, t) => expectClose(own!.memory!.at(t), g.array(), 1e-13));
  });
});

test('with lengths, layers and directions: values stay, and padding has no gradient', () => {
  const layer = new LSTM(D, H, { dtype, numLayers: 2, bidirectional: true, checkpoint: 2 });
  const lengths = i32([T, 2]);
  const run = (): Tensor => lossOf(layer.forward(x, null, { lengths })[0]);
  const flow = gradientFlow(layer, run);
  expect(flow.loss.item()).toBe(run().item());
  expect(flow.layers.map((l) => [l.layer, l.reverse])).toEqual([
    [0, false],
    [0, true],
    [1, false],
    [1, true],
  ]);
  for (const { hidden } of flow.layers) {
    expect(values(hidden.slice(0, 2, T).slice(1, 1, 2)).every((v) => v === 0)).toBe(true);
    expect(values(hidden.slice(0, 0, 2)).every((v) => v !== 0)).toBe(true);
  }
});

describe('a Jacobian of a step', () => {
  test('is that of differences, in both directions, of h and c', () => {
    const layer = new LSTM(D, H, { dtype, bidirectional: true });
    const cell = new LSTMCell(D, H, { dtype });
    const state = layer.stateDict();
    const [out, back] = gradientFlow(layer, () => lossOf(layer.forward(x)[0])).layers;
    for (const [own, suffix] of [
      [out!, '_l0'],
      [back!, '_l0_reverse'],
    ] as const) {
      const part = Object.entries(state).filter(([name]) => name.endsWith(suffix));
      loadPyTorch(cell, Object.fromEntries(part), { rename: [[suffix, '']] });
      const [sampleOf, at] = [1, 2];
      const order = own.reverse ? [4, 3] : [0, 1];
      let before: LSTMState | null = null;
      for (const t of order) before = cell.forward(x.at(t, sampleOf), before);
      const next = (s: Tensor): number[] => {
        const after = cell.forward(x.at(at, sampleOf), [s.slice(0, 0, H), s.slice(0, H, 2 * H)]);
        return after.flatMap(values);
      };
      const jacobian = values(own.jacobian(at, sampleOf));
      for (let j = 0; j < 2 * H; j++) {
        const moved = (by: number): number[] => next(concat(before!).add(unit(j, by)));
        const [high, low] = [moved(1e-6), moved(-1e-6)];
        for (let i = 0; i < 2 * H; i++) {
          expect(jacobian[i * 2 * H + j]).toBeCloseTo((high[i]! - low[i]!) / 2e-6, 8);
        }
      }
    }
  });
  test("of the notes' form is W_hh, at the first step too", () => {
    const rnn = new RNN(D, H, { dtype, form: 'notes' });
    const [own] = gradientFlow(rnn, () => lossOf(rnn.forward(x)[0])).layers;
    const w = rnn.weights[0]!.weightHh;
    for (const t of [0, 3]) expectClose(own!.jacobian(t), w.array(), 1e-14);
    expect(own!.spectralRadii[0]).toBeCloseTo(spectralRadius(w), 13);
  });
  test('positions that are not there are refused', () => {
    const rnn = new RNN(D, H, { dtype });
    const [own] = gradientFlow(rnn, () => lossOf(rnn.forward(x)[0])).layers;
    expect(() => own!.jacobian(5)).toThrow(
      'jacobian: t is 5, and there are 5 steps; use a whole number from 0 to 4.',
    );
    expect(() => own!.jacobian(0, -1)).toThrow('jacobian: sample is -1, and there are 2 samples');
  });
});

/** `by` at position j of 2H zeros. */
function unit(j: number, by: number): Tensor {
  return i32(Array.from({ length: 2 * H }, (_, i) => Number(i === j)))
    .to('f64')
    .mul(by);
}

describe('in words', () => {
  /** A linear RNN with an orthogonal W_hh times `gain`, and a loss of the last step. */
  function flowOf(gain: number, steps = 60): ReturnType<typeof gradientFlow>['layers'][number] {
    const rnn = new RNN(1, 3, { form: 'notes', dtype });
    init.orthogonal(rnn.weights[0]!.weightHh, { gain });
    const input = sample([steps, 1, 1], 1);
    const [own] = gradientFlow(rnn, () => rnn.forward(input)[0].at(-1).sum()).layers;
    return own!;
  }
  test('gradients vanish, stay or explode with the spectral radius', () => {
    for (const [gain, trend] of [
      [0.8, 'vanishing'],
      [1, 'steady'],
      [1.3, 'exploding'],
    ] as const) {
      const own = flowOf(gain);
      expect([own.trend, own.describe()]).toEqual([trend, expect.stringContaining(`: ${trend}.`)]);
      expect(own.factor / gain ** 59).toBeCloseTo(1, 10);
      expect(own.spectralRadii[0]).toBeCloseTo(gain, 12);
    }
    expect(flowOf(0.8).describe()).toBe(
      'layer 0: ‖∂L/∂h_t‖ falls from 1.73 to 0.00000332 over 59 steps, × 0.8 at each: vanishing. ' +
        'Spectral radius of W_hh: 0.8; of the Jacobian of step 30: 0.8.',
    );
  });
  test('a gradient that overflows explodes, and one of 300 orders less vanishes', () => {
    expect(flowOf(1e6).trend).toBe('exploding');
    expect(flowOf(1e-6).trend).toBe('vanishing');
  });
  test('a loss that does not depend on the states has none', () => {
    const rnn = new RNN(D, H, { dtype });
    const lengths = i32([2, 1]);
    const run = (): Tensor => rnn.forward(x, null, { lengths })[0].at(-1).sum();
    const [own] = gradientFlow(rnn, run).layers;
    expect([own!.trend, own!.factor]).toEqual(['none', NaN]);
    expect(own!.describe()).toContain('is 0 at every step: the loss does not depend on it');
    const [one] = gradientFlow(rnn, () => rnn.forward(x.slice(0, 0, 1))[0].sum()).layers;
    expect(one!.describe()).toContain('at the only step');
  });
});

class Tagger extends Module {
  readonly rnn = new GRU(D, H, { dtype, bidirectional: true });
  readonly head = new Linear(2 * H, 2, { dtype });
  forward(input: Tensor): Tensor {
    return this.head.forward(this.rnn.forward(input)[0]);
  }
}

test('layers of a model have its names, and nothing stays behind', () => {
  const model = new Tagger();
  const run = (): Tensor => lossOf(model.forward(x));
  const { layers } = gradientFlow(model, () => run().add(run()));
  expect(layers.map(({ name, reverse }) => [name, reverse])).toEqual([
    ['rnn', false],
    ['rnn', true],
    ['rnn', false],
    ['rnn', true],
  ]);
  expect(layers[1]!.describe()).toMatch(/^rnn, layer 0, backwards: /);
  expect([...model.parameters()].every((p) => p.grad === null)).toBe(true);
});

test('what cannot be read out is told', () => {
  const model = new Tagger();
  expect(() => gradientFlow(model, () => model.forward(x))).toThrow(
    'gradientFlow: the loss has shape [5, 2, 2]; use one that gives a single number',
  );
  const compiled = compile((input: Tensor) => lossOf(model.forward(input)));
  compiled(x);
  expect(() => gradientFlow(model, () => compiled(x))).toThrow(
    'gradientFlow: no recurrent layer of Tagger was called',
  );
  const inside = checkpoint((input: Tensor) => lossOf(model.forward(input)));
  expect(() => gradientFlow(model, () => inside(x))).toThrow('call it outside of compile()');
  expect(() => gradientFlow(new Linear(2, 2), () => zeros([]))).toThrow('give a model that has');
});
