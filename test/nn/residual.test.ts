import { describe, expect, test } from 'vitest';
import type { UnaryModule } from '../../src/nn/index.js';
import {
  BasicBlock,
  Conv2d,
  InvertedResidual,
  Residual,
  SqueezeExcitation,
  Tanh,
} from '../../src/nn/index.js';
import { Generator, zeros } from '../../src/tensor/index.js';
import { checkGradient, expectClose, sample, values } from '../tensor/check.js';

test('adds the input, or what the shortcut makes of it', () => {
  const x = sample([2, 3]);
  expectClose(new Residual(new Tanh()).forward(x), x.tanh().add(x).array(), 0);
  expectClose(new Residual(new Tanh(), new Tanh()).forward(x), x.tanh().mul(2).array(), 1e-15);
});

describe('blocks', () => {
  const generator = new Generator(3);
  const options = { dtype: 'f64', generator } as const;
  const blocks: [string, UnaryModule, number[]][] = [
    ['BasicBlock', new BasicBlock(2, 4, { ...options, stride: 2 }), [2, 4, 3, 2]],
    ['InvertedResidual', new InvertedResidual(2, 2, { ...options, expandRatio: 3 }), [2, 2, 5, 4]],
    ['SqueezeExcitation', new SqueezeExcitation(2, 1, options), [2, 2, 5, 4]],
  ];

  test.each(blocks)('%s has the shape and gradients that it should', (_, block, shape) => {
    const x = sample([2, 2, 5, 4]);
    expect(block.forward(x).shape).toEqual(shape);
    checkGradient((t) => block.eval().forward(t), [x], { tolerance: 1e-5 });
  });

  test('are made of weights from the generator given', () => {
    const made = (seed: number): number[] => {
      const block = new InvertedResidual(2, 2, { generator: new Generator(seed) });
      return [...block.parameters()].flatMap(values);
    };
    expect(made(1)).toEqual(made(1));
    expect(made(1)).not.toEqual(made(2));
  });
});

test('what does not fit is told', () => {
  const block = new Residual(new Conv2d(2, 3, 3, { padding: 1 }));
  expect(() => block.forward(zeros([1, 2, 4, 4]))).toThrow(
    'Residual: the body gives [1, 3, 4, 4], the shortcut [1, 2, 4, 4]; give a shortcut of the same',
  );
  expect(() => new InvertedResidual(2, 2, { expandRatio: 0.5 })).toThrow('expandRatio is 0.5');
  expect(() => new SqueezeExcitation(4, 0)).toThrow('outChannels is 0');
  expect(() => new BasicBlock(0, 4)).toThrow('inChannels is 0');
});
