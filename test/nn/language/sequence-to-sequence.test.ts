import { describe, expect, test } from 'vitest';
import { crossEntropy, SequenceToSequence } from '../../../src/nn/index.js';
import { Adam } from '../../../src/optim/index.js';
import {
  compile,
  concat,
  full,
  manualSeed,
  randint,
  tensor,
  type Tensor,
} from '../../../src/tensor/index.js';
import { expectClose, values } from '../../tensor/check.js';

const i32 = { dtype: 'i32' } as const;
const make = (dtype: 'f32' | 'f64' = 'f64'): SequenceToSequence => {
  manualSeed(1);
  return new SequenceToSequence(6, 5, { hiddenSize: 8, embeddingSize: 4, attentionSize: 3, dtype });
};
const source = (manualSeed(2), randint(0, 6, [3, 7]));
const target = randint(0, 5, [3, 4]);

describe('SequenceToSequence', () => {
  const model = make();

  test('gives logits of what follows, blind to what comes later in the target', () => {
    const logits = model.forward(source, target);
    expect(logits.shape).toEqual([3, 4, 5]);
    const short = model.forward(source, target.slice(1, 0, 2));
    expectClose(logits.slice(1, 0, 2), short.array(), 1e-12);
  });
  test('writes what forward finds likeliest', () => {
    const written = model.translate(source, { begin: 2, length: 4 });
    const begin = tensor([[2], [2], [2]], i32);
    let given = begin;
    for (let t = 0; t < 4; t++) {
      const next = model
        .forward(source, given)
        .argmax(2)
        .slice(1, t, t + 1);
      expect(values(next)).toEqual(values(written.slice(1, t, t + 1)));
      given = concat([given, next], 1);
    }
  });
  test('with lengths, a source gives what it gives alone, whatever its padding is', () => {
    const lengths = tensor([7, 3, 5], i32);
    const padded = model.forward(source, target, { lengths });
    const alone = model.forward(source.slice(0, 1, 2).slice(1, 0, 3), target.slice(0, 1, 2));
    expectClose(padded.slice(0, 1, 2), alone.array(), 1e-12);
  });
  test('every parameter has a gradient', () => {
    model.forward(source, target).pow(2).sum().backward();
    for (const [name, p] of model.namedParameters()) {
      expect([name, p.grad!.abs().max().item() > 0]).toEqual([name, true]);
    }
  });
  test('learns to turn sequences round', () => {
    const learner = make('f32');
    const optimizer = new Adam(learner.parameters(), { lr: 0.02 });
    const step = compile((x: Tensor, given: Tensor, y: Tensor) => {
      const loss = crossEntropy(learner.forward(x, given).reshape([128, 5]), y.reshape([128]));
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    });
    let loss = NaN;
    for (let i = 0; i < 150; i++) {
      const x = randint(0, 4, [32, 4]);
      const y = x.flip(1);
      const begin = full([32, 1], 4, i32);
      loss = step(x, concat([begin, y.slice(1, 0, 3)], 1), y).item();
    }
    expect(loss).toBeLessThan(0.3);
  });
  test('refuses what does not fit', () => {
    expect(() => new SequenceToSequence(0, 5)).toThrow('sourceVocabulary is 0');
    expect(() => model.forward(source.at(0), target)).toThrow('SequenceToSequence:');
    expect(() => model.forward(source, target.at(0))).toThrow('target is [4], source [3, 7]');
    expect(() => model.translate(source, { begin: 2, length: 0 })).toThrow('length is 0');
  });
});
