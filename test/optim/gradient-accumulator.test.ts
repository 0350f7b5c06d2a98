import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import { crossEntropy, Linear, mseLoss, Sequential, Tanh } from '../../src/nn/index.js';
import { Adam, clipGradNorm, GradientAccumulator, SGD } from '../../src/optim/index.js';
import { compile, manualSeed, Parameter, tensor, type Tensor } from '../../src/tensor/index.js';
import { i32, sample, values } from '../tensor/check.js';
import { flat } from './check.js';

const N = 12;
const labels = i32(Array.from({ length: N }, (_, i) => (i * 7) % 3));
const LOSSES: Readonly<Record<string, readonly [(y: Tensor, t: Tensor) => Tensor, Tensor]>> = {
  crossEntropy: [crossEntropy, labels],
  mseLoss: [mseLoss, sample([N, 3], 5).to('f32')],
};
const x = sample([N, 4]).to('f32');

interface Setup {
  readonly params: Parameter[];
  readonly loss: (from: number, to: number) => Tensor;
  readonly optimizer: Adam;
}

function setup(name: string): Setup {
  manualSeed(1);
  const model = new Sequential(new Linear(4, 8), new Tanh(), new Linear(8, 3));
  const [loss, target] = LOSSES[name]!;
  const part = (t: Tensor, from: number, to: number): Tensor => t.slice(0, from, to);
  return {
    params: [...model.parameters()],
    loss: (from, to) => loss(model.forward(part(x, from, to)), part(target, from, to)),
    // Greater steps for a loss in which differences would be seen.
    optimizer: new Adam(model.parameters(), { lr: 0.05, eps: 1e-3 }),
  };
}

/** Three steps with the whole batch. */
function whole(name: string): number[] {
  const { params, loss, optimizer } = setup(name);
  for (let t = 0; t < 3; t++) {
    optimizer.zeroGrad();
    loss(0, N).backward();
    optimizer.step();
  }
  return flat(params);
}

function expectEqual(found: readonly number[], wanted: readonly number[]): void {
  const worst = wanted.reduce((max, w, i) => Math.max(max, Math.abs(w - found[i]!)), 0);
  expect(worst).toBeLessThan(1e-6);
}

describe.each(Object.keys(LOSSES))('k micro-batches of N / k are one batch of N: %s', (name) => {
  test.each([1, 2, 3, 4, 6, 12])('k = %d, from call to call of compiled functions', (k) => {
    const { params, loss, optimizer } = setup(name);
    const accumulator = new GradientAccumulator(params);
    const micro = Array.from({ length: k }, (_, i) =>
      compile(() => {
        loss((i * N) / k, ((i + 1) * N) / k).backward();
        accumulator.add();
      }),
    );
    const update = compile(() => {
      accumulator.finish();
      optimizer.step();
    });
    for (let t = 0; t < 3; t++) {
      for (const part of micro) part();
      update();
    }
    expectEqual(flat(params), whole(name));
    expect(update.compilations).toBe(1);
  });
  test('within one compiled function, and outside', () => {
    for (const wrap of [compile, (f: () => void) => f]) {
      const { params, loss, optimizer } = setup(name);
      const step = wrap(() => {
        optimizer.zeroGrad();
        for (let i = 0; i < 4; i++) {
          loss(3 * i, 3 * (i + 1))
            .div(4)
            .backward();
        }
        optimizer.step();
      });
      for (let t = 0; t < 3; t++) step();
      expectEqual(flat(params), whole(name));
    }
  });
  test('of different sizes, with these as weights', () => {
    const { params, loss, optimizer } = setup(name);
    const accumulator = new GradientAccumulator(params);
    for (let t = 0; t < 3; t++) {
      for (const [from, to] of [
        [0, 5],
        [5, 6],
        [6, N],
      ] as const) {
        optimizer.zeroGrad();
        loss(from, to).backward();
        accumulator.add(to - from);
      }
      accumulator.finish();
      optimizer.step();
    }
    expectEqual(flat(params), whole(name));
  });
});

test('gradients are clipped as those of the batch', () => {
  const [a, b] = [new Parameter(tensor([1, 1])), new Parameter(tensor([1, 1]))];
  const accumulator = new GradientAccumulator([a]);
  for (const scale of [3, 5]) {
    a.mul(scale).sum().backward();
    accumulator.add();
  }
  accumulator.finish();
  b.mul(4).sum().backward();
  const norms = [a, b].map((p) => clipGradNorm([p], 1).item());
  expect(norms[0]).toBe(norms[1]);
  expect(values(a.grad!)).toEqual(values(b.grad!));
});

test('a parameter that begins later has its own part', () => {
  const [early, late] = [new Parameter(tensor([1])), new Parameter(tensor([1]))];
  const never = new Parameter(tensor([1]));
  const accumulator = new GradientAccumulator([early, late, never]);
  const optimizer = new SGD([early, late, never], { lr: 1 });
  const micro = [
    compile(() => {
      early.mul(2).sum().backward();
      accumulator.add();
    }),
    compile(() => {
      early.mul(2).add(late.mul(6)).sum().backward();
      accumulator.add();
    }),
  ];
  const update = compile(() => {
    accumulator.finish();
    optimizer.step();
  });
  micro[0]!();
  update();
  expect([early, late, never].map((p) => p.item())).toEqual([-1, 1, 1]);
  micro[0]!();
  micro[1]!();
  update();
  expect([early, late, never].map((p) => p.item())).toEqual([-3, -2, 1]);
  expect(early.grad).toBe(null);
});

test('nothing added since is a gradient of 0', () => {
  const p = new Parameter(tensor([1]));
  const accumulator = new GradientAccumulator([p]);
  p.sum().backward();
  accumulator.add();
  accumulator.finish();
  accumulator.finish();
  expect(values(p.grad!)).toEqual([0]);
});

describe('bad input', () => {
  const p = new Parameter(tensor([1]));
  test('no parameters', () => {
    expect(() => new GradientAccumulator([])).toThrow(ArgumentError);
  });
  test('no gradients', () => {
    const accumulator = new GradientAccumulator([p]);
    expect(() => accumulator.add()).toThrow('add: no parameter has a gradient');
    expect(() => accumulator.finish()).toThrow('finish: there are no gradients');
  });
  test.each([0, -1, NaN, Infinity])('a weight of %d', (weight) => {
    const accumulator = new GradientAccumulator([p]);
    expect(() => accumulator.add(weight)).toThrow(`add: weight is ${weight}`);
  });
});
