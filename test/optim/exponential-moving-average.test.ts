import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import { ArgumentError } from '../../src/engine/core/errors.js';
import { Linear, ReLU, Sequential } from '../../src/nn/index.js';
import { Adam, ExponentialMovingAverage } from '../../src/optim/index.js';
import {
  compile,
  ones,
  Parameter,
  rand,
  setDevice,
  StateTensor,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { testDevice } from '../device.js';
import { expectClose, f64, i32, values } from '../tensor/check.js';
import { flat } from './check.js';

interface Packed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const goldens = JSON.parse(
  readFileSync(new URL('../goldens/ema.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly {
    readonly decay: number;
    readonly steps: readonly Readonly<Record<'weights' | 'averages', readonly Packed[]>>[];
  }[];
};

describe("averages are those of PyTorch's AveragedModel", () => {
  test.each(goldens.cases)('with decay $decay', ({ decay, steps }) => {
    for (const compiled of [true, false]) {
      const weights = steps[0]!.weights.map(
        ({ shape }) => new Parameter(zeros(shape, { dtype: 'f64' })),
      );
      const ema = new ExponentialMovingAverage(weights, { decay });
      const update = compiled ? compile(() => ema.update()) : () => ema.update();
      for (const step of steps) {
        weights.forEach((w, i) => w.load(step.weights[i]!.data));
        update();
        step.averages.forEach(({ shape, data }, i) => {
          const found = ema.stateDict()[String(i)]!;
          expect(found.shape).toEqual(shape);
          expectClose(found.reshape([found.size]), [...data], 1e-14);
        });
      }
    }
  });
});

test('of what is no float, the last is kept', () => {
  const count = new StateTensor(i32([1]));
  const ema = new ExponentialMovingAverage([count], { decay: 0.5 });
  for (const n of [4, 6, 11]) {
    count.load([n]);
    ema.update();
    expect(values(ema.stateDict()['0']!)).toEqual([n]);
  }
});

test('with a warm-up the first updates weigh more', () => {
  const p = new Parameter(f64([0]));
  const ema = new ExponentialMovingAverage([p], { decay: 0.5, warmUp: true });
  const update = compile(() => ema.update());
  let wanted = 0;
  for (let n = 0; n < 12; n++) {
    const theta = Math.sin(n + 1);
    p.load([theta]);
    update();
    const decay = Math.min(0.5, (1 + n) / (10 + n));
    wanted = n === 0 ? theta : decay * wanted + (1 - decay) * theta;
    expectClose(ema.stateDict()['0']!, [wanted], 1e-15);
  }
  // (1 + n) / (10 + n) = ½ at n = 8.
  expect(update.compilations).toBe(1);
  expect(ema.stateDict()['updates']!.item()).toBe(12);
});

describe('in the place of the weights', () => {
  const averaged = (): { p: Parameter; ema: ExponentialMovingAverage } => {
    const p = new Parameter(f64([4, 8]));
    const ema = new ExponentialMovingAverage([p], { decay: 0.5 });
    ema.update();
    p.load([0, 0]);
    ema.update();
    return { p, ema };
  };
  test('and back', () => {
    const { p, ema } = averaged();
    ema.apply();
    expect(values(p)).toEqual([2, 4]);
    ema.restore();
    expect(values(p)).toEqual([0, 0]);
  });
  test('for a function, also where it throws or waits', async () => {
    const { p, ema } = averaged();
    expect(ema.withAverages(() => values(p))).toEqual([2, 4]);
    expect(values(p)).toEqual([0, 0]);
    expect(() =>
      ema.withAverages(() => {
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
    expect(values(p)).toEqual([0, 0]);
    const seen = ema.withAverages(async () => {
      await Promise.resolve();
      return values(p);
    });
    expect(values(p)).toEqual([2, 4]);
    expect(await seen).toEqual([2, 4]);
    expect(values(p)).toEqual([0, 0]);
  });
  test('a compiled step is refused while they are, and is itself again afterwards', () => {
    const { p, ema } = averaged();
    const step = compile(() => ema.update());
    step();
    ema.apply();
    expect(step).toThrow('update: the averages stand in the place of the weights');
    ema.restore();
    step();
    expect(step.compilations).toBe(1);
    expect(values(p)).toEqual([0, 0]);
    expect(values(ema.stateDict()['0']!)).toEqual([0.5, 1]);
  });
});

test('a state is a copy, and goes on to the same bits', () => {
  const [p, q] = [new Parameter(rand([5])), new Parameter(rand([5]))];
  const options = { decay: 0.9, warmUp: true };
  const one = new ExponentialMovingAverage([p], options);
  for (let n = 0; n < 3; n++) {
    p.assign(p.mul(1.1));
    one.update();
  }
  const state = one.stateDict();
  const before = values(state['0']!);
  const other = new ExponentialMovingAverage([q], options);
  other.loadStateDict(state);
  q.assign(p);
  for (const ema of [one, other]) for (let n = 0; n < 3; n++) ema.update();
  expect(values(other.stateDict()['0']!)).toEqual(values(one.stateDict()['0']!));
  expect(values(state['0']!)).toEqual(before);
});

test('in a step it joins the kernel of the update', () => {
  setDevice(new WasmDevice());
  try {
    const kernels = (average: boolean): number => {
      const model = new Sequential(
        new Linear(6, 8),
        new ReLU(),
        new Linear(8, 8),
        new Linear(8, 2),
      );
      const optimizer = new Adam(model.parameters());
      const ema = new ExponentialMovingAverage(model.parameters());
      const step = compile(() => {
        optimizer.zeroGrad();
        model
          .forward(ones([4, 6]))
          .sum()
          .backward();
        optimizer.step();
        if (average) ema.update();
      });
      step();
      expect(flat([...model.parameters()]).every(Number.isFinite)).toBe(true);
      return Number(/^(\d+) kernels/.exec(step.explain())![1]);
    };
    // The other one counts the updates.
    expect(kernels(true)).toBe(kernels(false) + 1);
  } finally {
    setDevice(testDevice);
  }
});

describe('bad input', () => {
  const p = new Parameter(tensor([1, 2]));
  test.each([-0.1, 1, NaN])('a decay of %d', (decay) => {
    expect(() => new ExponentialMovingAverage([p], { decay })).toThrow(ArgumentError);
    expect(() => new ExponentialMovingAverage([p], { decay })).toThrow(`decay is ${decay}`);
  });
  test('no weights, or others', () => {
    expect(() => new ExponentialMovingAverage([])).toThrow('no weights are given');
    expect(() => new ExponentialMovingAverage([tensor([1]) as Parameter])).toThrow(
      'weight 0 is no Parameter',
    );
  });
  test('out of order', () => {
    const ema = new ExponentialMovingAverage([p]);
    expect(() => ema.restore()).toThrow('restore: the weights are in place; call apply() first');
    ema.apply();
    expect(() => ema.apply()).toThrow('apply: the averages stand');
    expect(() => ema.update()).toThrow('update: the averages stand');
    ema.restore();
  });
  test('a state of others changes nothing', () => {
    const ema = new ExponentialMovingAverage([p]);
    const state = ema.stateDict();
    const other = { ...state, '0': zeros([3]) };
    expect(() => ema.loadStateDict(other)).toThrow("'0' has shape [3], its weight [2]");
    expect(() => ema.loadStateDict({ '0': zeros([2]) })).toThrow("'updates' is missing");
    expect(values(ema.stateDict()['0']!)).toEqual([1, 2]);
    expect(() => ema.loadStateDict({ ...state, updates: i32([1, 2]) })).toThrow(ArgumentError);
  });
});
