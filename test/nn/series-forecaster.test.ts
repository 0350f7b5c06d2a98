import { describe, expect, test } from 'vitest';
import { SeriesForecaster, type ForecastCell } from '../../src/nn/index.js';
import { compile, manualSeed, rand, type Tensor } from '../../src/tensor/index.js';
import { expectClose, values } from '../tensor/check.js';

const make = (cell: ForecastCell, linear = true): SeriesForecaster => {
  manualSeed(3);
  return new SeriesForecaster(5, { cell, linear, hiddenSize: 4, columns: 2, horizon: 3 });
};

describe.each(['lstm', 'gru', 'mlp'] as const)('%s', (cell) => {
  test('each window has its forecast, and none depends on its neighbours', () => {
    const model = make(cell);
    const x = rand([4, 5, 2]);
    const all = model.forward(x);
    expect(all.shape).toEqual([4, 3]);
    for (let i = 0; i < 4; i++) {
      const alone = model.forward(x.at({ start: i, stop: i + 1 }));
      expectClose(alone.flatten(), values(all.at(i)), 1e-6);
    }
  });

  test('every parameter learns', () => {
    const model = make(cell);
    const step = compile((x: Tensor) => {
      model.forward(x).sub(1).pow(2).sum().backward();
      return Object.fromEntries([...model.namedParameters()].map(([n, p]) => [n, p.grad!]));
    });
    for (const [name, gradient] of Object.entries(step(rand([6, 5, 2])))) {
      expect([name, values(gradient).some((g) => g !== 0)]).toEqual([name, true]);
    }
  });

  test('the linear part begins at 0, and adds W vec(x)', () => {
    const [model, plain] = [make(cell), make(cell, false)];
    const x = rand([4, 5, 2]);
    expect(plain.direct).toBeNull();
    expectClose(model.forward(x).flatten(), values(plain.forward(x)), 1e-6);
    model.direct!.weight.load(Float32Array.from({ length: 30 }, (_, i) => i / 30));
    const wanted = plain.forward(x).add(x.flatten(1).matmul(model.direct!.weight.transpose(0, 1)));
    expectClose(model.forward(x).flatten(), values(wanted), 1e-5);
  });
});

test('a recurrent one gives what a dense layer makes of its last state', () => {
  const model = make('gru', false);
  const x = rand([2, 5, 2]);
  const [, state] = model.recurrent!.forward(x);
  const wanted = model.output.forward((state as Tensor).at(0));
  expectClose(model.forward(x).flatten(), values(wanted), 1e-6);
});

test('what does not fit is refused in a sentence', () => {
  expect(() => new SeriesForecaster(5, { cell: 'rnn' as 'gru' })).toThrow(
    "SeriesForecaster: cell is 'rnn'; use 'lstm', 'gru' or 'mlp'.",
  );
  expect(() => new SeriesForecaster(0, { cell: 'mlp' })).toThrow('inFeatures is 0');
  expect(() => new SeriesForecaster(5, { dropout: 2 })).toThrow('Dropout');
});
