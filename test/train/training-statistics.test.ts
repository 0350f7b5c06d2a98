// covers: src/train/watched-step.ts
import { describe, expect, test } from 'vitest';
import { interpreterDevice } from '../../src/engine/backends/interpreter/device.js';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import { BatchNorm1d, Linear, Module, ReLU, Sequential, mseLoss } from '../../src/nn/index.js';
import { SGD, clipGradNorm } from '../../src/optim/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, manualSeed, ones, rand, setDevice, tensor } from '../../src/tensor/index.js';
import type { EpochReport } from '../../src/train/index.js';
import { TrainingStatistics, fit } from '../../src/train/index.js';
import { digitsTask } from './digits-task.js';

const F64 = { dtype: 'f64' } as const;

/** One input, hidden units with weights and biases as given, and their sum. */
function net(weights: readonly number[], biases: readonly number[]): Module & Sequential {
  const hidden = new Linear(1, weights.length, F64);
  const output = new Linear(weights.length, 1, { ...F64, bias: false });
  hidden.weight.load(weights);
  hidden.bias!.load(biases);
  output.weight.load(weights.map(() => 1));
  return new Sequential(hidden, new ReLU(), output);
}

function stepOf(model: Sequential, lr = 0.1): (x: Tensor, y: Tensor) => Tensor {
  const optimizer = new SGD(model.parameters(), { lr });
  return (x, y) => {
    optimizer.zeroGrad();
    const loss = mseLoss(model.forward(x), y, { reduction: 'sum' }).div(2);
    loss.backward();
    optimizer.step();
    return loss;
  };
}

const column = (...values: number[]): Tensor =>
  tensor(
    values.map((v) => [v]),
    F64,
  );

describe('what is seen', () => {
  test('in one step', () => {
    // a = x, -x and x - 9: the last is below 0 for all, the others for one of three.
    const model = net([1, -1, 1], [0, 0, -9]);
    const statistics = new TrainingStatistics();
    const [x, y] = [column(1, 2, -3), column(0, 0, 0)];
    expect(statistics.take()).toBeUndefined();
    expect(statistics.watch(model, stepOf(model))(x, y).item()).toBe((1 + 4 + 9) / 2);
    const { steps, layers, parameters } = statistics.take()!;
    expect(steps).toBe(1);
    expect(layers).toEqual([{ name: '0', units: 3, dead: 1, saturated: 6 / 9 }]);
    // δ of the output is 1, 2, 3, and the same at the unit that lives.
    const gradients = {
      '0.weight': [1 * 1 + 2 * 2, 3 * -3, 0],
      '0.bias': [1 + 2, 3, 0],
      '2.weight': [1 * 1 + 2 * 2, 3 * 3, 0],
    };
    const norms = { '0.weight': Math.sqrt(3), '0.bias': 9, '2.weight': Math.sqrt(3) };
    expect(parameters.map(({ name }) => name)).toEqual(Object.keys(gradients));
    for (const { name, norm, gradientNorm, updateRatio } of parameters) {
      const key = name as keyof typeof gradients;
      const wanted = Math.hypot(...gradients[key]);
      expect(norm).toBeCloseTo(norms[key], 12);
      expect(gradientNorm).toBeCloseTo(wanted, 12);
      expect(updateRatio).toBeCloseTo((0.1 * wanted) / norms[key], 12);
    }
  });
  test('in several: a unit that lives in one of them is alive, the rest are means', () => {
    const model = net([1, 1], [0, -9]);
    const statistics = new TrainingStatistics();
    const look = statistics.watch(model, stepOf(model, 1e-9));
    look(column(1, 2), column(0, 0));
    look(column(-1, -2), column(0, 0));
    const first = statistics.take()!;
    expect(first.layers).toEqual([{ name: '0', units: 2, dead: 1, saturated: 0.75 }]);
    expect(first.parameters[0]!.gradientNorm).toBeCloseTo(5 / 2, 6);
    look(column(10), column(0));
    expect(statistics.take()!.layers[0]).toMatchObject({ dead: 0, saturated: 0 });
    expect(statistics.history.length).toBe(2);
    expect(statistics.history[0]).toBe(first);
  });
  test('of functions between layers, and of channels', () => {
    class Net extends Module {
      readonly norm = new BatchNorm1d(2);
      readonly head = new Linear(3, 1);
      forward(x: Tensor): Tensor {
        return this.head.forward(this.norm.forward(x).sigmoid());
      }
    }
    const model = new Net();
    model.norm.bias!.load([0, 1000]);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const statistics = new TrainingStatistics({ saturation: 0.01 });
    manualSeed(1);
    statistics.watch(model, (x: Tensor) => {
      model.forward(x).sum().backward();
      clipGradNorm(model.parameters(), 0.5);
      optimizer.step();
    })(rand([4, 2, 3]));
    const { layers, parameters } = statistics.take()!;
    expect(layers).toEqual([{ name: 'norm', units: 2, dead: 1, saturated: 0.5 }]);
    expect(Math.hypot(...parameters.map((p) => p.gradientNorm))).toBeCloseTo(0.5, 5);
  });
  test('of a model with two inputs and two outputs', () => {
    class Two extends Module {
      readonly first = new Linear(1, 2);
      readonly second = new Linear(1, 3);
      forward(x: Tensor, y: Tensor): readonly [Tensor, Tensor] {
        return [this.first.forward(x).relu(), this.second.forward(y).tanh().sum(1)];
      }
    }
    const model = new Two();
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const statistics = new TrainingStatistics();
    statistics.watch(model, (x: Tensor, y: Tensor) => {
      const [a, b] = model.forward(x, y);
      a.sum().add(b.sum()).backward();
      optimizer.step();
    })(ones([4, 1]), ones([4, 1]));
    const { layers } = statistics.take()!;
    expect(layers.map(({ name, units }) => [name, units])).toEqual([
      ['first', 2],
      ['second', 3],
    ]);
  });
  test('of what is still 0 the update has no ratio', () => {
    const model = net([1, 1], [0, 0]);
    const statistics = new TrainingStatistics();
    statistics.watch(model, stepOf(model))(column(1), column(0));
    const { parameters } = statistics.take()!;
    expect(parameters.map(({ updateRatio }) => updateRatio)[1]).toBe(Infinity);
    statistics.watch(model, stepOf(model))(column(-1), column(0));
    expect(statistics.take()!.parameters[0]).toMatchObject({ gradientNorm: 0, updateRatio: 0 });
  });
});

test('steps that are not looked at are as if there were no statistics', () => {
  const model = net([1, -1], [0, 0]);
  const body = stepOf(model);
  const step = compile(body);
  const batch = [column(1, 2), column(0, 0)] as const;
  step(...batch);
  const before = step.explain();
  const statistics = new TrainingStatistics();
  statistics.watch(model, body)(...batch);
  step(...batch);
  expect(step.explain()).toBe(before);
  expect(step.compilations).toBe(1);
  for (const module of model.modules()) expect(Object.hasOwn(module, 'forward')).toBe(false);
});

describe.each([interpreterDevice, new WasmDevice()].map((d) => [d.name, d] as const))(
  'fit on %s',
  (_, device) => {
    test('trains to the same bits, and has a record for each epoch', async () => {
      setDevice(device);
      const run = async (statistics?: TrainingStatistics): Promise<[string, EpochReport[]]> => {
        const { model, optimizer, train } = digitsTask(200);
        const reports: EpochReport[] = [];
        const callbacks = [{ onEpochEnd: (report: EpochReport) => void reports.push(report) }];
        await fit({ model, optimizer, train, epochs: 2, callbacks, statistics });
        const weights = [...model.parameters()].map((p) => String(p.dataSync()));
        return [weights.join(), reports];
      };
      const [plain, without] = await run();
      expect(without.map((report) => 'statistics' in report)).toEqual([false, false]);
      const statistics = new TrainingStatistics({ every: 3 });
      const [watched, reports] = await run(statistics);
      expect(watched).toBe(plain);
      expect(reports.map((report) => report.statistics)).toEqual(statistics.history);
      expect(statistics.history.map(({ steps }) => steps)).toEqual([2, 2]); // of 4 each
      const { layers, parameters } = statistics.history[1]!;
      expect(layers.map(({ name, units }) => [name, units])).toEqual([['1', 32]]);
      expect(layers[0]!.saturated).toBeGreaterThan(0.1);
      expect(layers[0]!.saturated).toBeLessThan(0.9);
      for (const { updateRatio } of parameters) expect(updateRatio).toBeGreaterThan(1e-4);
    });
  },
);

test('what cannot be used is refused', () => {
  expect(() => new TrainingStatistics({ every: 0 })).toThrow(
    'TrainingStatistics: every is 0; use an integer of at least 1.',
  );
  expect(() => new TrainingStatistics({ saturation: 0 })).toThrow('saturation is 0; use a number');
  expect(() => new TrainingStatistics({ saturation: NaN })).toThrow('saturation is NaN');
  const statistics = new TrainingStatistics();
  const model = new Linear(1, 1);
  const broken = (): Tensor => model.forward(ones([2]));
  expect(() => statistics.watch(model, broken)()).toThrow("while 'broken' was traced");
  expect(Object.hasOwn(model, 'forward')).toBe(false);
  expect(statistics.take()).toBeUndefined();
});
