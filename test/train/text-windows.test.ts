import { describe, expect, test } from 'vitest';
import { asArrays, DataLoader } from '../../src/data/index.js';
import { crossEntropy, GPT, RecurrentLanguageModel } from '../../src/nn/index.js';
import { Adam } from '../../src/optim/index.js';
import { manualSeed, tensor } from '../../src/tensor/index.js';
import {
  asSymbols,
  evaluate,
  fit,
  textStream,
  TextWindows,
  WindowedModel,
  type TrainingState,
} from '../../src/train/index.js';

const count = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
const batchOf = (set: TextWindows, ...indices: number[]) => set.batch(Int32Array.from(indices));

describe('TextWindows', () => {
  test('are windows of a text, and what follows each of their symbols', () => {
    const set = new TextWindows(count(14), { window: 4 });
    expect(set.length).toBe(2);
    const { x, y } = batchOf(set, 1, 0);
    expect([x.shape, [...x.values]]).toEqual([
      [2, 4],
      [4, 5, 6, 7, 0, 1, 2, 3],
    ]);
    expect([...y.values]).toEqual([5, 6, 7, 8, 1, 2, 3, 4]);
    expect([...set.get(1).y.values]).toEqual([5, 6, 7, 8]);
    expect(() => set.get(2)).toThrow('index 2 is outside the set; use 0…1');
  });
  test('begin elsewhere in each epoch, at any of the first T symbols, and end within the text', () => {
    // The shortest text that has a window wherever it begins, and the longest with one alone.
    for (const length of [8, 11]) {
      const set = new TextWindows(count(length), { window: 4, seed: 1 });
      expect(set.length).toBe(1);
      const first = new Set<number>();
      for (let epoch = 1; epoch <= 40; epoch++) {
        set.onEpochStart({ epoch });
        const { x, y } = batchOf(set, 0);
        first.add(x.values[0]!);
        expect(y.values[3]).toBe(x.values[0]! + 4);
      }
      expect(first).toEqual(new Set([0, 1, 2, 3]));
    }
  });
  test('are the same with the same seed', () => {
    const begin = (seed: number): number[] => {
      const set = new TextWindows(count(2000), { window: 1000, seed });
      return [1, 2, 3].map((epoch) => {
        set.onEpochStart({ epoch });
        return set.get(0).x.values[0]!;
      });
    };
    expect(begin(5)).toEqual(begin(5));
    expect(begin(6)).not.toEqual(begin(5));
  });
  test('take a text that is long enough, and a window', () => {
    expect(() => new TextWindows(count(7), { window: 4 })).toThrow(
      'TextWindows: 7 symbols are too few for windows of 4 that begin anywhere, which take 8; use',
    );
    expect(() => new TextWindows(count(7), { window: 0 })).toThrow('TextWindows: window is 0');
    expect(() => new TextWindows(count(7), { window: 1, seed: -1 })).toThrow('seed is -1');
  });
  test('become symbols, each a sample', () => {
    const { x, y } = asSymbols(batchOf(new TextWindows(count(6), { window: 2 }), 0, 1));
    expect([x.shape, [...x.values]]).toEqual([[4], [0, 1, 2, 3]]);
    expect([y.shape, [...y.values]]).toEqual([[4], [1, 2, 3, 4]]);
  });
});

function model(dropout = 0): GPT {
  manualSeed(1);
  const sizes = { vocabularySize: 5, contextLength: 6, layers: 1, heads: 2, width: 8 };
  return new GPT({ ...sizes, dropout, dtype: 'f64' });
}
const text = Int32Array.from({ length: 90 }, (_, i) => (i * i + (i >> 2)) % 5);
const ids = (list: Int32Array) => tensor([...list], { dtype: 'i32' });

describe('WindowedModel', () => {
  test('reads each window from nothing, the last one shorter', () => {
    const gpt = model().eval();
    const read = new WindowedModel(gpt, 4);
    const found = read.forward(ids(text.subarray(0, 10)));
    expect(found.shape).toEqual([10, 5]);
    const windows = [text.subarray(0, 4), text.subarray(4, 8), text.subarray(8, 10)];
    const expected = windows.flatMap((w) => gpt.forward(ids(w).unsqueeze(0)).squeeze(0).tolist());
    for (const [i, row] of (found.tolist() as number[][]).entries()) {
      for (const [j, value] of row.entries()) {
        expect(value).toBeCloseTo((expected as number[][])[i]![j]!, 12);
      }
    }
    expect(read.forward(ids(text.subarray(0, 3))).shape).toEqual([3, 5]);
  });
  test('evaluates every symbol once, whatever number of whole windows is read at a time', async () => {
    const gpt = model();
    const read = new WindowedModel(gpt, 6);
    const whole = crossEntropy(
      read.eval().forward(ids(text.subarray(0, 89))),
      ids(text.subarray(1)),
    ).item();
    for (const batchSize of [89, 60, 6]) {
      const { loss } = await evaluate(read, new DataLoader(textStream(text), { batchSize }));
      expect(loss).toBeCloseTo(whole, 6);
    }
  });
  test('refuses windows that the model cannot see, and what are no symbols', () => {
    expect(() => new WindowedModel(model(), 7)).toThrow(
      'WindowedModel: window is 7, and the model sees 6 symbols; use at most as many.',
    );
    expect(() => new WindowedModel(model(), 1.5)).toThrow('window is 1.5');
    const read = new WindowedModel(model(), 6);
    expect(() => read.forward(ids(text).reshape([10, 9]))).toThrow('ids have rank 2; give symbols');
    // A recurrent model has no end.
    expect(new WindowedModel(new RecurrentLanguageModel(5), 1000).window).toBe(1000);
  });
  test('learns, and goes on after an interruption to the same bits', async () => {
    const run = async (stopAt?: number, resume?: TrainingState) => {
      const gpt = model(0.1);
      const set = new TextWindows(text, { window: 6, seed: 3 });
      let kept: TrainingState | undefined;
      const { history } = await fit({
        model: new WindowedModel(gpt, 6),
        optimizer: new Adam(gpt.parameters(), { lr: 0.02 }),
        train: new DataLoader(set, {
          batchSize: 4,
          shuffle: true,
          dropLast: true,
          collate: asSymbols,
          reuse: true,
        }),
        epochs: 24,
        ...(resume ? { resume } : {}),
        callbacks: [set, { onStep: (p) => (p.totalSteps === stopAt ? 'stop' : undefined) }],
        checkpoints: {
          every: stopAt ?? Infinity,
          save: async (state: TrainingState) => void (kept ??= state),
        },
      });
      return { history, kept, weights: JSON.stringify(gpt.tokens.weight.array()) };
    };
    const whole = await run();
    expect(whole.history.at(-1)!.loss).toBeLessThan(whole.history[0]!.loss - 0.2);
    // In the middle of an epoch of three steps.
    const { kept } = await run(8);
    const { callbacks: _, ...state } = kept!;
    const { stopped: __, ...progress } = state.progress;
    const rest = await run(undefined, { ...state, progress, callbacks: [] });
    expect(rest.weights).toBe(whole.weights);
  });
});

test('windows as they are have two dimensions', () => {
  const set = new TextWindows(count(9), { window: 3 });
  const [first] = [...new DataLoader(set, { batchSize: 2, collate: asArrays })];
  expect(first!.x.shape).toEqual([2, 3]);
});
