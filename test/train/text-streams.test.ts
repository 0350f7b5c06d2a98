import { describe, expect, test } from 'vitest';
import { asArrays, DataLoader } from '../../src/data/index.js';
import { crossEntropy, RecurrentLanguageModel } from '../../src/nn/index.js';
import { Adam } from '../../src/optim/index.js';
import { manualSeed, tensor, type Tensor } from '../../src/tensor/index.js';
import {
  evaluate,
  fit,
  StreamedModel,
  textStream,
  textStreams,
  type TrainingState,
} from '../../src/train/index.js';

const count = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
const column = (set: ReturnType<typeof textStream>, name: 'x' | 'y'): number[] =>
  Array.from(set.column(name).values);

describe('textStreams', () => {
  test('lays the next symbols of all streams side by side', () => {
    // Two streams of 6: 0 … 5 and 6 … 11; what is left over are 12 and 13.
    const set = textStreams(count(14), { streams: 2, window: 3 });
    expect(column(set, 'x')).toEqual([0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11]);
    expect(column(set, 'y')).toEqual([1, 2, 3, 7, 8, 9, 4, 5, 6, 10, 11, 12]);
  });
  test('takes a text of exactly one step, and none that is shorter', () => {
    expect(textStreams(count(7), { streams: 2, window: 3 }).length).toBe(6);
    expect(() => textStreams(count(6), { streams: 2, window: 3 })).toThrow(
      'textStreams: 6 symbols are too few for 2 streams of 3 symbols, which take 7; use fewer',
    );
  });
});

describe('textStream', () => {
  test('is a text in order', () => {
    const set = textStream(count(4));
    expect([column(set, 'x'), column(set, 'y')]).toEqual([
      [0, 1, 2],
      [1, 2, 3],
    ]);
    expect(() => textStream(count(1))).toThrow('a text of 1 symbols has none that follows');
  });
});

function model(): RecurrentLanguageModel {
  manualSeed(1);
  return new RecurrentLanguageModel(5, { hiddenSize: 8, dtype: 'f64' });
}
const text = Int32Array.from({ length: 90 }, (_, i) => (i * i + (i >> 2)) % 5);

describe('StreamedModel', () => {
  test('carries the state: windows give what the whole streams give', () => {
    const inner = model();
    const streamed = new StreamedModel(inner, 2).train();
    const set = textStreams(text, { streams: 2, window: 4 });
    const found: unknown[] = [];
    for (const { x } of new DataLoader(set, { batchSize: 8 })) {
      found.push(streamed.forward(x).reshape([2, 4, 5]).array());
    }
    const half = 4 * found.length;
    const ids = (from: number): number[] => [...text.subarray(from, from + half)];
    const whole = inner.forward(tensor([ids(0), ids(half)], { dtype: 'i32' }));
    const parts = whole.split(4, 1).map((part) => part.array());
    expect(JSON.stringify(found)).toBe(JSON.stringify(parts));
  });
  test('cuts gradients at the beginning of a window', () => {
    const inner = model();
    const streamed = new StreamedModel(inner, 1).train();
    const [a, b] = tensor([...text.subarray(0, 8)], { dtype: 'i32' }).split(4) as [Tensor, Tensor];
    streamed.forward(a);
    const state = inner.run(a.unsqueeze(0)).state.map((t) => t.detach());
    crossEntropy(streamed.forward(b), a).backward();
    const { weightHh } = inner.recurrent.weights[0]!;
    const found = weightHh.grad!.array();
    weightHh.grad = null;
    crossEntropy(inner.run(b.unsqueeze(0), state).logits.squeeze(0), a).backward();
    expect(found).toEqual(weightHh.grad!.array());
  });
  test('evaluates with the state carried through, whatever the size of batches is', async () => {
    const inner = model();
    const streamed = new StreamedModel(inner, 3);
    const set = textStream(text);
    const losses: number[] = [];
    for (const batchSize of [89, 10, 1, 10]) {
      const { loss } = await evaluate(streamed, new DataLoader(set, { batchSize }));
      losses.push(loss);
    }
    const x = tensor([[...text.subarray(0, 89)]], { dtype: 'i32' });
    const y = tensor([...text.subarray(1)], { dtype: 'i32' });
    const whole = crossEntropy(inner.eval().forward(x).squeeze(0), y).item();
    for (const loss of losses) expect(loss).toBeCloseTo(whole, 6);
  });
  test('learns, and goes on after an interruption to the same bits', async () => {
    const run = async (stopAt?: number, resume?: TrainingState) => {
      const inner = model();
      const streamed = new StreamedModel(inner, 2);
      const train = new DataLoader(textStreams(text, { streams: 2, window: 4 }), {
        batchSize: 8,
        collate: asArrays,
        reuse: true,
      });
      let kept: TrainingState | undefined;
      const optimizer = new Adam(inner.parameters(), { lr: 0.02 });
      const { history } = await fit({
        model: streamed,
        optimizer,
        train,
        epochs: 6,
        validation: new DataLoader(textStream(text.subarray(0, 30)), { batchSize: 29 }),
        ...(resume ? { resume } : {}),
        callbacks: [streamed, { onStep: (p) => (p.totalSteps === stopAt ? 'stop' : undefined) }],
        checkpoints: {
          every: stopAt ?? Infinity,
          save: async (state: TrainingState) => void (kept ??= state),
        },
      });
      return { history, kept, weights: JSON.stringify(inner.embedding.weight.array()) };
    };
    const whole = await run();
    expect(whole.history.at(-1)!.loss).toBeLessThan(whole.history[0]!.loss - 0.2);
    const { kept } = await run(17);
    const { callbacks: _, ...state } = kept!;
    const { stopped: __, ...progress } = state.progress;
    const rest = await run(undefined, { ...state, progress, callbacks: [] });
    expect(rest.weights).toBe(whole.weights);
  });
});
