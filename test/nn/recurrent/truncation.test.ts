/** Back-propagation through time: full, truncated and checkpointed, and state that streams. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { LSTMState } from '../../../src/nn/index.js';
import { GRU, LSTM, RNN } from '../../../src/nn/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, concat, grad, manualSeed, zeros } from '../../../src/tensor/index.js';
import { SGD } from '../../../src/optim/index.js';
import { testDevice } from '../../device.js';
import { expectClose, sample, values } from '../../tensor/check.js';

beforeEach(() => void manualSeed(7));

const [T, N, D, H] = [6, 2, 3, 4];
const dtype = 'f64';
const x = sample([T, N, D], 1);
const initial = (): LSTMState => [sample([1, N, H], 2), sample([1, N, H], 3)];
const target = sample([T, N, H], 4);

/** The sum of the squares over all steps, window by window, the state cut in between. */
function gradients(lstm: LSTM, window: number): Tensor[] {
  let state = initial();
  const sums: Tensor[] = [];
  const targets = target.split(window);
  for (const [k, part] of x.split(window).entries()) {
    const [output, [h, c]] = lstm.forward(part, state);
    const loss = output.sub(targets[k]!).pow(2).sum();
    grad(loss, [...lstm.parameters()]).forEach((g, i) => (sums[i] = sums[i]?.add(g) ?? g));
    state = [h.detach(), c.detach()];
  }
  return sums;
}

describe('truncated', () => {
  test('is full where the window covers the sequence', () => {
    const lstm = new LSTM(D, H, { dtype });
    const [output] = lstm.forward(x, initial());
    const full = grad(output.sub(target).pow(2).sum(), [...lstm.parameters()]);
    for (const window of [T, T + 3]) {
      gradients(lstm, window).forEach((g, i) => {
        expect(values(g)).toEqual(values(full[i]!));
      });
    }
    expect(values(gradients(lstm, 2)[1]!)).not.toEqual(values(full[1]!));
  });

  test('leaves out what flows over a border, and nothing else', () => {
    // Of unrolled parts, with a cut of the state alone.
    const lstm = new LSTM(D, H, { dtype });
    const parts = x.split(2);
    const before: LSTMState[] = [initial()];
    for (const part of parts) before.push(lstm.forward(part, before.at(-1)).at(1) as LSTMState);
    const outputs = parts.map((part, k) => {
      const [h, c] = before[k]!;
      return lstm.forward(part, [h.detach(), c.detach()])[0];
    });
    const loss = concat(outputs).sub(target).pow(2).sum();
    const wanted = grad(loss, [...lstm.parameters()]);
    gradients(lstm, 2).forEach((g, i) => expectClose(g, wanted[i]!.array(), 1e-13));
  });

  test('as a compiled step, whose results are cut from what made them', () => {
    const train = (window: number): { losses: number[]; weights: number[] } => {
      manualSeed(3);
      const gru = new GRU(D, H, { dtype });
      const optimizer = new SGD(gru.parameters(), { lr: 0.05 });
      const step = compile((part: Tensor, wanted: Tensor, h: Tensor) => {
        const [output, next] = gru.forward(part, h);
        const loss = output.sub(wanted).pow(2).mean();
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        return [loss, next] as const;
      });
      const losses: number[] = [];
      for (let epoch = 0; epoch < 30; epoch++) {
        let h = zeros([1, N, H], { dtype });
        const targets = target.mul(0.3).split(window);
        for (const [k, part] of x.split(window).entries()) {
          const [loss, next] = step(part, targets[k]!, h);
          expect(next.requiresGrad).toBe(false);
          losses.push(loss.item());
          h = next;
        }
      }
      return { losses, weights: [...gru.parameters()].flatMap(values) };
    };
    const [full, wider, short] = [T, T + 1, 3].map(train);
    expect(wider).toEqual(full);
    expect(short!.weights).not.toEqual(full!.weights);
    for (const { losses } of [full!, short!]) expect(losses.at(-1)!).toBeLessThan(losses[0]!);
  });
});

describe('checkpointed every k steps', () => {
  test.each([1, 2, 4, T, 9])('k = %i: values and gradients are the same', (checkpoint) => {
    const run = (options: object): Tensor[] => {
      manualSeed(3);
      const rnn = new RNN(D, H, { dtype, numLayers: 2, bidirectional: true, ...options });
      const [output, h] = rnn.forward(x);
      const loss = output.sin().sum().add(h.pow(2).sum());
      return [output, h, ...grad(loss, [...rnn.parameters()])];
    };
    const wanted = run({});
    run({ checkpoint }).forEach((t, i) => expectClose(t, wanted[i]!.array(), 1e-13));
  });
  // The interpreter has no plan of its memory.
  test.runIf(testDevice.name === 'wasm')('takes less memory', () => {
    const bytes = (options: object): number => {
      const lstm = new LSTM(8, 32, options);
      const step = compile((input: Tensor) => {
        const [output] = lstm.forward(input);
        return grad(output.pow(2).sum(), [...lstm.parameters()]);
      });
      const text = step.explain(zeros([400, 4, 8]));
      const [, size, unit] = /memory: ([\d.]+) (kB|MB) of scratch/.exec(text)!;
      return Number(size) * (unit === 'MB' ? 1e6 : 1e3);
    };
    expect(bytes({ checkpoint: 20 })).toBeLessThan(bytes({}) / 2);
  });
});
