// covers: src/nn/text-cnn.ts, src/nn/text-bag.ts, src/nn/text-lstm.ts, src/nn/text-embedding.ts
import { describe, expect, test } from 'vitest';
import type { UnaryModule } from '../../src/nn/index.js';
import { LSTM, TextBag, TextCNN, TextLSTM, conv1d } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, concat, manualSeed, noGrad, tensor, zeros } from '../../src/tensor/index.js';
import { expectClose, values } from '../tensor/check.js';

const ids = (rows: number[][]): Tensor => tensor(rows, { dtype: 'i32' });
const TEXTS = ids([
  [3, 5, 3, 0],
  [2, 0, 0, 0],
  [0, 0, 0, 0],
]);
const WIDE = ids([
  [3, 5, 3, 0, 0, 0],
  [2, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0],
]);

const MODELS: Readonly<Record<string, () => UnaryModule>> = {
  cnn: () => new TextCNN(7, 2, { embeddingDim: 5, filters: 3, widths: [1, 3] }),
  bag: () => new TextBag(7, 2, { embeddingDim: 5 }),
  pairs: () => new TextBag(7, 2, { embeddingDim: 5, bigrams: 11 }),
  lstm: () => new TextLSTM(7, 2, { embeddingDim: 5, hiddenSize: 4 }),
  last: () => new TextLSTM(7, 2, { hiddenSize: 4, pooling: 'last', bidirectional: false }),
};

function make(name: string): UnaryModule {
  manualSeed(4);
  return MODELS[name]!();
}

describe.each(Object.keys(MODELS))('%s', (name) => {
  test('every text has an answer, padding alone too, and none depends on its neighbours', () => {
    const model = make(name).eval();
    const all = model.forward(TEXTS);
    expect(all.shape).toEqual([3, 2]);
    expect(values(all).every(Number.isFinite)).toBe(true);
    for (let i = 0; i < 3; i++) {
      const alone = model.forward(TEXTS.at({ start: i, stop: i + 1 }));
      expectClose(alone.flatten(), values(all.at(i)), 1e-6);
    }
  });

  test('in training words are dropped, and every parameter but the row of padding learns', () => {
    const model = make(name);
    const step = compile((x: Tensor) => {
      model.forward(x).pow(2).sum().backward();
      return Object.fromEntries([...model.namedParameters()].map(([n, p]) => [n, p.grad!]));
    });
    const gradients = step(TEXTS);
    for (const [parameter, gradient] of Object.entries(gradients)) {
      expect([parameter, values(gradient).every(Number.isFinite)]).toEqual([parameter, true]);
    }
    expect(values(gradients['embedding.weight']!.at(0)).every((v) => v === 0)).toBe(true);
    expect(values(gradients['embedding.weight']!.at(6)).every((v) => v === 0)).toBe(true);
    expect(values(gradients['output.bias']!).some((v) => v !== 0)).toBe(true);
  });
});

test.each(['bag', 'pairs', 'lstm', 'last'])('%s: more padding changes nothing', (name) => {
  const model = make(name).eval();
  expectClose(model.forward(WIDE).flatten(), values(model.forward(TEXTS)), 1e-6);
});

test('the bag is the mean of the vectors of words, and of pairs, that are there', () => {
  const model = make('pairs').eval() as TextBag;
  const rows = model.embedding.weight;
  const pairs = model.pairs!.weight;
  const hash = (a: number, b: number): number => {
    const h = (Math.imul(a, 0x01000193) + b) | 0;
    return (((h % 11) + 11) % 11) + 1;
  };
  const sum = rows
    .at(3)
    .mul(2)
    .add(rows.at(5))
    .add(pairs.at(hash(3, 5)))
    .add(pairs.at(hash(5, 3)));
  const wanted = model.output.forward(sum.div(5));
  expectClose(model.forward(TEXTS).at(0), values(wanted), 1e-5);
  expectClose(model.forward(TEXTS).at(2), values(model.output.bias!), 1e-6);
});

test('the net of convolutions takes the greatest answer of each filter, after a ReLU', () => {
  const model = make('cnn').eval() as TextCNN;
  const x = model.embedding.forward(TEXTS).transpose(1, 2);
  const features = model.convolutions.map((c, i) =>
    conv1d(x, c.weight, c.bias, { padding: [0, 2][i]! })
      .relu()
      .max(2),
  );
  const wanted = model.output.forward(concat(features, 1));
  expectClose(model.forward(TEXTS).flatten(), values(wanted), 1e-5);
});

test('the LSTM sees a text as it is without padding', () => {
  const model = make('lstm').eval() as TextLSTM;
  expect(model.lstm).toBeInstanceOf(LSTM);
  const [states] = model.lstm.forward(model.embedding.forward(ids([[3, 5, 3]])));
  const wanted = model.output.forward(states.max(1));
  expectClose(model.forward(TEXTS).at(0), values(wanted.at(0)), 1e-5);
});

test('embeddings start small, those of padding as zeros', () => {
  const { embedding } = new TextCNN(500, 2);
  noGrad(() => {
    expect(Math.abs(embedding.weight.std().item() - 0.1)).toBeLessThan(0.01);
    expect(values(embedding.weight.at(0))).toEqual(values(zeros([128])));
  });
});

test('what does not fit is refused in a sentence', () => {
  expect(() => new TextCNN(7, 2, { widths: [] })).toThrow('TextCNN: the number of widths is 0');
  expect(() => new TextBag(7, 2, { bigrams: -1 })).toThrow('TextBag: bigrams is -1');
  expect(() => new TextLSTM(0, 2)).toThrow('numEmbeddings is 0');
  expect(() => make('cnn').forward(ids([[7, 0]]))).toThrow('input has index 7');
});
