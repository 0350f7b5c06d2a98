import { beforeEach, describe, expect, test } from 'vitest';
import type { LSTMState } from '../../../src/nn/index.js';
import { GRU, LSTM, RNN } from '../../../src/nn/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, grad, manualSeed, setChecked, where, zeros } from '../../../src/tensor/index.js';
import { expectClose, i32, sample, values } from '../../tensor/check.js';

beforeEach(() => void manualSeed(7));

const [STEPS, BATCH] = [6, 4];
const LENGTHS = [3, 6, 1, 0];
const options = { dtype: 'f64', bidirectional: true, numLayers: 2 } as const;

test('is each sequence alone, in values, states and gradients', () => {
  const lstm = new LSTM(3, 2, options);
  const x = sample([STEPS, BATCH, 3], 1);
  const state: LSTMState = [sample([4, BATCH, 2], 2), sample([4, BATCH, 2], 3)];
  const parameters = [...lstm.parameters()];
  const loss = ([output, [h, c]]: [Tensor, LSTMState]): Tensor =>
    output.sin().sum().add(h.mul(h).sum()).add(c.sin().sum());
  const together = lstm.forward(x, state, { lengths: i32(LENGTHS) });
  const grads = grad(loss(together), parameters);
  let sums: Tensor[] = parameters.map((p) => zeros(p.shape, { dtype: 'f64' }));
  for (const [n, length] of LENGTHS.entries()) {
    const own = (t: Tensor): Tensor => t.slice(1, n, n + 1);
    const alone = lstm.forward(own(x).slice(0, 0, length), [own(state[0]), own(state[1])]);
    const [output, [h, c]] = together;
    const start = own(output).slice(0, 0, length);
    expect(start.shape).toEqual(alone[0].shape);
    expectClose(start.reshape([-1]), values(alone[0]), 1e-14);
    expect(values(own(output).slice(0, length, STEPS)).every((v) => v === 0)).toBe(true);
    expectClose(own(h), alone[1][0].array(), 1e-14);
    expectClose(own(c), alone[1][1].array(), 1e-14);
    const parts = grad(loss(alone), parameters, { allowUnused: true });
    sums = sums.map((sum, k) => sum.add(parts[k]!));
  }
  grads.forEach((g, k) => expectClose(g, sums[k]!.array(), 1e-12));
});

describe.each([new RNN(3, 2, options), new GRU(3, 2, options)])('%s', (layer) => {
  test('what stands behind an end changes nothing, not even NaN', () => {
    const x = sample([STEPS, BATCH, 3], 1);
    const lengths = i32(LENGTHS);
    const inside = i32(Array.from({ length: STEPS }, (_, t) => [t]))
      .lt(lengths)
      .unsqueeze(2);
    const run = compile((input: Tensor) => {
      const [output, h] = layer.forward(input, null, { lengths });
      const loss = output.mul(output).sum().add(h.sum());
      return [output, h, ...grad(loss, [...layer.parameters()])];
    });
    const before = run(x).flatMap(values);
    expect(run(where(inside, x, NaN)).flatMap(values)).toEqual(before);
    expect(before.some((v) => v !== 0)).toBe(true);
  });

  test('full lengths are none', () => {
    const x = sample([STEPS, BATCH, 3], 1);
    const [output, h] = layer.forward(x, null, { lengths: i32(Array(BATCH).fill(STEPS)) });
    const [wanted, last] = layer.forward(x);
    expect([values(output), values(h)]).toEqual([values(wanted), values(last)]);
  });
});

test('one program serves all lengths', () => {
  const gru = new GRU(3, 2, { dtype: 'f64' });
  const step = compile((x: Tensor, lengths: Tensor) => gru.forward(x, null, { lengths })[1]);
  const x = sample([STEPS, 2, 3], 1);
  for (const lengths of [
    [1, 6],
    [4, 2],
  ]) {
    const wanted = lengths.map(
      (l, n) => gru.forward(x.slice(1, n, n + 1).slice(0, 0, l))[1].array() as number[][][],
    );
    expectClose(step(x, i32(lengths)), [wanted.map((w) => w[0]![0]!)], 1e-14);
  }
});

test('one program serves all numbers of steps and sequences up to bounds', () => {
  const lstm = new LSTM(3, 2, options);
  const run = (x: Tensor, lengths: Tensor): Tensor[] => {
    const [output, [h]] = lstm.forward(x, null, { lengths });
    const loss = output.mul(output).sum().add(h.sum());
    return [output, h, ...grad(loss, [...lstm.parameters()])];
  };
  const step = compile(run, { bounds: [[{ T: 8 }, { N: 4 }], { N: 4 }] });
  for (const lengths of [[8, 2, 5, 1], [3, 6], [2]]) {
    const steps = Math.max(...lengths);
    const x = sample([steps, lengths.length, 3], 1);
    const wanted = run(x, i32(lengths));
    step(x, i32(lengths)).forEach((t, i) => expectClose(t, wanted[i]!.array(), 1e-12));
  }
  expect(step.compilations).toBe(1);
});

test('lengths that cannot be are refused', () => {
  const rnn = new RNN(3, 2);
  const run = (lengths: Tensor) => () => rnn.forward(zeros([6, 2, 3]), null, { lengths });
  expect(run(i32([3, 7]))).toThrow(
    'RNN: lengths has 7, and the input has T = 6 steps; use lengths from 0 to 6.',
  );
  expect(run(i32([-1, 3]))).toThrow('RNN: lengths has -1');
  expect(run(i32([3]))).toThrow(
    'RNN: lengths is [1], and the input has N = 2 sequences; give one length for each, [2].',
  );
  expect(run(zeros([2]))).toThrow("RNN: lengths is f32; give whole numbers, as with to('i32').");
  const compiled = compile((lengths: Tensor) => run(lengths)()[0]);
  expect(() => compiled(i32([3, 7]))).toThrow('RNN: lengths has 7');
  setChecked(true);
  try {
    expect(run(i32([3, 3]).add(i32([0, 4])))).toThrow('RNN: lengths has 7');
  } finally {
    setChecked(false);
  }
});
