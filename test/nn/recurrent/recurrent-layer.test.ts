import { beforeEach, describe, expect, test } from 'vitest';
import type { LSTMState } from '../../../src/nn/index.js';
import {
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  Module,
  RNN,
  RNNCell,
  loadPyTorch,
} from '../../../src/nn/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import {
  Generator,
  compile,
  concat,
  grad,
  manualSeed,
  ones,
  rand,
  stack,
  zeros,
} from '../../../src/tensor/index.js';
import { checkGradient, expectClose, sample, values } from '../../tensor/check.js';

beforeEach(() => void manualSeed(7));

const KINDS = ['tanh', 'relu', 'identity', 'lstm', 'gru'] as const;
type Kind = (typeof KINDS)[number];
type States = readonly Tensor[];

/** Cells and layers with the same weights: functions of tensors and states in arrays. */
function pair(kind: Kind): {
  cell: (x: Tensor, state: States) => States;
  layer: (x: Tensor, state: States) => [Tensor, States];
  weights: Tensor[];
  states: number;
} {
  const dtype = 'f64';
  const made =
    kind === 'lstm'
      ? { cell: new LSTMCell(3, 4, { dtype }), layer: new LSTM(3, 4, { dtype }) }
      : kind === 'gru'
        ? { cell: new GRUCell(3, 4, { dtype }), layer: new GRU(3, 4, { dtype }) }
        : {
            cell: new RNNCell(3, 4, { dtype, nonlinearity: kind }),
            layer: new RNN(3, 4, { dtype, nonlinearity: kind }),
          };
  loadPyTorch(made.cell, made.layer.stateDict(), { rename: [[/_l0$/, '']] });
  const weights = [...made.layer.parameters()];
  if (made.layer instanceof LSTM) {
    const [cell, layer] = [made.cell as LSTMCell, made.layer];
    return {
      cell: (x, s) => cell.forward(x, s as LSTMState),
      layer: (x, s) => layer.forward(x, s.map((t) => t.unsqueeze(0)) as unknown as LSTMState),
      weights,
      states: 2,
    };
  }
  const [cell, layer] = [made.cell as GRUCell, made.layer];
  return {
    cell: (x, [h]) => [cell.forward(x, h!)],
    layer: (x, [h]) => {
      const [ys, last] = layer.forward(x, h!.unsqueeze(0));
      return [ys, [last]];
    },
    weights,
    states: 1,
  };
}

const initial = (count: number): Tensor[] =>
  Array.from({ length: count }, (_, k) => sample([2, 4], 20 + k));

describe.each(KINDS)('%s', (kind) => {
  test.each([1, 6])('a scan over %i steps is the unrolled cell', (steps) => {
    const { cell, layer, states } = pair(kind);
    const x = sample([steps, 2, 3], 3);
    let state: States = initial(states);
    const ys = x.unbind().map((xt) => {
      state = cell(xt, state);
      return state[0]!;
    });
    const [output, last] = layer(x, initial(states));
    expectClose(output, stack(ys).array(), 1e-13);
    last.forEach((t, k) => expectClose(t.squeeze(0), state[k]!.array(), 1e-13));
  });

  test('gradients by the input and the state, against differences', () => {
    const { layer, states } = pair(kind);
    checkGradient(
      (x, ...state) => {
        const [output, last] = layer(x!, state);
        return concat([output.reshape([-1]), ...last.map((t) => t.reshape([-1]))]);
      },
      [sample([3, 2, 3], 3), ...initial(states)],
    );
  });

  test('a sequence in parts, with the state carried on, is the whole sequence', () => {
    const { layer, states } = pair(kind);
    const x = sample([7, 2, 3], 3);
    let state: States = initial(states);
    const parts = x.split(3).map((part) => {
      const [output, last] = layer(part, state);
      state = last.map((t) => t.squeeze(0));
      return output;
    });
    const [output, last] = layer(x, initial(states));
    expectClose(concat(parts), output.array(), 1e-14);
    last.forEach((t, k) => expectClose(t.squeeze(0), state[k]!.array(), 1e-14));
  });
});

test('parameters have gradients, against differences', () => {
  const gru = new GRU(2, 2, { dtype: 'f64', numLayers: 2, bidirectional: true });
  const x = sample([3, 2, 2], 3);
  const loss = (): Tensor => {
    const [output, h] = gru.forward(x);
    return output.mul(output).sum().add(h.sin().sum());
  };
  const parameters = [...gru.parameters()];
  const grads = grad(loss(), parameters);
  for (const [k, p] of parameters.entries()) {
    const before = values(p);
    const at = k % p.size;
    const move = (by: number): number => {
      p.load(before.map((v, i) => (i === at ? v + by : v)));
      return loss().item();
    };
    const slope = (move(1e-5) - move(-1e-5)) / 2e-5;
    p.load(before);
    expect(values(grads[k]!)[at]).toBeCloseTo(slope, 8);
  }
});

test("the notes' form has no bias, and the identity as activation", () => {
  for (const made of [new RNN(2, 3, { form: 'notes' }), new RNNCell(2, 3, { form: 'notes' })]) {
    expect([...made.parameters()].map((p) => p.shape)).toEqual([
      [3, 2],
      [3, 3],
    ]);
    expect(made.nonlinearity).toBe('identity');
  }
  const own = new RNN(2, 3, { form: 'notes', bias: true, nonlinearity: 'tanh' });
  expect([[...own.parameters()].length, own.nonlinearity]).toEqual([4, 'tanh']);
});

test('(5.1.1a): h_t = W_hx x_t + W_hh h_{t-1} in plain numbers', () => {
  const rnn = new RNN(2, 3, { form: 'notes', dtype: 'f64' });
  const [wx, wh] = [...rnn.parameters()].map((p) => p.array() as number[][]);
  const x = sample([4, 2], 1).array() as number[][];
  const dot = (a: number[], b: number[]): number => a.reduce((s, v, i) => s + v * b[i]!, 0);
  let h = [0, 0, 0];
  const wanted = x.map((xt) => {
    h = wx!.map((row, j) => dot(row, xt) + dot(wh![j]!, h));
    return h;
  });
  expectClose(rnn.forward(sample([4, 2], 1))[0], wanted, 1e-14);
});

test('one program whatever T: it grows neither in code nor in kernels', () => {
  const lstm = new LSTM(3, 4);
  const codeOf = (steps: number): string => {
    const step = compile((x: Tensor) => {
      const [output] = lstm.forward(x);
      return grad(output.mul(output).sum(), [...lstm.parameters()]);
    });
    return step.explain(zeros([steps, 2, 3]));
  };
  const lines = [8, 800].map((steps) => codeOf(steps).split('\n').length);
  expect(lines[1]).toBe(lines[0]);
});

describe('directions and layers', () => {
  test('backwards is forwards over the sequence turned round', () => {
    const both = new GRU(3, 4, { bidirectional: true, dtype: 'f64' });
    const one = new GRU(3, 4, { dtype: 'f64' });
    const state = both.stateDict();
    const own = Object.entries(state).filter(([name]) => name.endsWith('_reverse'));
    loadPyTorch(one, Object.fromEntries(own), { rename: [['_reverse', '']] });
    const x = sample([5, 2, 3], 1);
    const [output, h] = both.forward(x);
    const [turned, last] = one.forward(x.flip(0));
    expectClose(output.slice(2, 4, 8), turned.flip(0).array(), 1e-14);
    expectClose(h.slice(0, 1, 2), last.array(), 1e-14);
  });

  test('dropout is between layers, in training, and not behind the last', () => {
    const rnn = new RNN(3, 50, { numLayers: 2, dropout: 1 });
    const x = rand([4, 2, 3]);
    const [zeroed] = rnn.forward(x);
    // The second layer sees zeros only.
    expectClose(zeroed.slice(1, 0, 1), zeroed.slice(1, 1, 2).array(), 1e-6);
    expect(values(zeroed).every((v) => v !== 0)).toBe(true);
    rnn.eval();
    expectClose(rnn.forward(x)[0], rnn.forward(x)[0].array(), 0);
    expect(values(rnn.forward(x)[0])).not.toEqual(values(zeroed));
    const half = new RNN(3, 50, { numLayers: 2, dropout: 0.5 });
    expect(values(half.forward(x)[0])).not.toEqual(values(half.forward(x)[0]));
  });

  test('steps may be none', () => {
    const lstm = new LSTM(3, 4, { dtype: 'f64' });
    const state: LSTMState = [sample([1, 2, 4], 1), sample([1, 2, 4], 2)];
    const [output, [h, c]] = lstm.forward(zeros([0, 2, 3], { dtype: 'f64' }), state);
    expect(output.shape).toEqual([0, 2, 4]);
    expect([values(h), values(c)]).toEqual(state.map(values));
  });

  test('each batch row is a sequence of its own, and the future changes nothing before it', () => {
    const gru = new GRU(3, 4);
    const x = rand([6, 2, 3]);
    const [output] = gru.forward(x);
    const later = concat([x.slice(0, 0, 4), x.slice(0, 4, 6).mul(-3)]);
    const [changed] = gru.forward(later);
    expect(values(changed.slice(0, 0, 4))).toEqual(values(output.slice(0, 0, 4)));
    expectClose(
      gru.forward(x.slice(1, 1, 2).squeeze(1))[0],
      output.slice(1, 1, 2).squeeze(1).array(),
    );
  });
});

describe('first weights', () => {
  test('are uniform on ±1/√H, biases too', () => {
    for (const made of [new LSTM(30, 25), new LSTMCell(30, 25)]) {
      for (const [name, p] of made.namedParameters()) {
        const w = values(p);
        expect(Math.max(...w.map(Math.abs))).toBeLessThanOrEqual(0.2);
        if (!name.startsWith('weight')) continue;
        const variance = w.reduce((s, v) => s + v * v, 0) / w.length;
        expect(variance / (0.04 / 3)).toBeCloseTo(1, 1);
      }
    }
  });
  test('depend on the generator', () => {
    const made = (seed: number): number[] =>
      values(new RNN(2, 3, { generator: new Generator(seed) }).weights[0]!.weightHh);
    expect(made(1)).toEqual(made(1));
    expect(made(1)).not.toEqual(made(2));
  });
});

test('a layer inside a model is saved under its name there', () => {
  class Tagger extends Module {
    readonly rnn = new RNN(3, 2, { bidirectional: true, bias: false });
    forward(x: Tensor): Tensor {
      return this.rnn.forward(x)[0];
    }
  }
  expect(Object.keys(new Tagger().stateDict())).toEqual([
    'rnn.weight_ih_l0',
    'rnn.weight_hh_l0',
    'rnn.weight_ih_l0_reverse',
    'rnn.weight_hh_l0_reverse',
  ]);
});

test('how they print', () => {
  const lstm = new LSTM(3, 8, { numLayers: 2, dropout: 0.5, bidirectional: true, checkpoint: 4 });
  expect(String(lstm)).toContain(
    'LSTM(3, 8, numLayers=2, dropout=0.5, bidirectional=true, checkpoint=4)',
  );
  expect(String(new RNN(3, 8, { form: 'notes', batchFirst: true }))).toContain(
    'RNN(3, 8, bias=false, batchFirst=true, nonlinearity=identity)',
  );
  expect(String(new GRUCell(3, 8))).toContain('GRUCell(3, 8, bias=true)');
  expect(String(new RNNCell(3, 8))).toContain('RNNCell(3, 8, bias=true, nonlinearity=tanh)');
});

test('what does not fit is told', () => {
  expect(() => new LSTM(0, 4)).toThrow('LSTM: inputSize is 0; use an integer of at least 1.');
  expect(() => new GRUCell(3, 1.5)).toThrow('GRUCell: hiddenSize is 1.5');
  expect(() => new GRU(3, 4, { numLayers: 0 })).toThrow('GRU: numLayers is 0');
  expect(() => new GRU(3, 4, { dropout: 2 })).toThrow(
    'GRU: dropout is 2; use a probability from 0 to 1.',
  );
  expect(() => new GRU(3, 4, { checkpoint: 0 })).toThrow('GRU: checkpoint is 0');
  expect(() => new RNN(3, 4, { nonlinearity: 'sin' as 'tanh' })).toThrow(
    "RNN: nonlinearity is 'sin'; use 'tanh', 'relu' or 'identity'.",
  );
  expect(() => new RNNCell(3, 4, { form: 'own' as 'notes' })).toThrow("RNNCell: form is 'own'");
  const lstm = new LSTM(3, 4);
  expect(() => lstm.forward(zeros([5, 2, 4]))).toThrow(
    'LSTM: input is [5, 2, 4]; give one [T, N, D] or [T, D] with D = 3.',
  );
  expect(() => new LSTM(3, 4, { batchFirst: true }).forward(zeros([3]))).toThrow(
    'LSTM: input is [3]; give one [N, T, D] or [T, D] with D = 3.',
  );
  expect(() => lstm.forward(ones([5, 2, 3], { dtype: 'f64' }))).toThrow(
    "LSTM: input is f64, the weights are f32; convert one, as with to('f32').",
  );
  const h = zeros([1, 2, 4]);
  expect(() => lstm.forward(zeros([5, 2, 3]), [h, zeros([2, 4])])).toThrow(
    'LSTM: the state c is [2, 4], and the input takes one [L · directions, N, H] = [1, 2, 4]; ' +
      'pass that, or none to start from zeros.',
  );
  expect(() => lstm.forward(zeros([5, 2, 3]), [h, h.to('f64')])).toThrow('the state c is f64');
  const cell = new GRUCell(3, 4);
  expect(() => cell.forward(zeros([5, 2, 3]))).toThrow('give one [N, D] or [D] with D = 3.');
  expect(() => cell.forward(zeros([2, 3]), zeros([3, 4]))).toThrow('[N, H] = [2, 4]');
  expect(() => cell.forward(zeros([2, 3]), zeros([2, 4], { dtype: 'f64' }))).toThrow('h is f64');
});
