// covers: src/nn/channel-norm.ts, src/nn/batch-norm.ts, src/nn/instance-norm.ts
// covers: src/nn/layer-norm.ts, src/nn/group-norm.ts, src/nn/rms-norm.ts
// covers: src/nn/local-response-norm.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, fromData, grad, ones, scan, zeros } from '../../src/tensor/index.js';
import { expectClose, sample, values } from '../tensor/check.js';
import type { Packed } from './check.js';
import { golden, unpack } from './check.js';

interface Batch {
  readonly training: boolean;
  readonly x: Packed;
  readonly y: Packed;
  readonly seed: Packed;
  /** By x and by the parameters in their order. */
  readonly grads: readonly Packed[];
}

interface Case {
  readonly layer: string;
  readonly args: readonly (number | readonly number[])[];
  readonly options: Readonly<Record<string, number | boolean | null>>;
  readonly parameters: Readonly<Record<string, Packed>>;
  readonly batches: readonly Batch[];
  readonly state: Readonly<Record<string, Packed>>;
}

const { cases } = golden<{ readonly cases: readonly Case[] }>('norm.json');
type Float = 'f32' | 'f64';

function unpackAll(packed: Readonly<Record<string, Packed>>, float: Float): Record<string, Tensor> {
  const entries = Object.entries(packed).map(([name, p]) => [name, unpack(p, float)] as const);
  return Object.fromEntries(entries);
}

function make({ layer, args, options, parameters }: Case, float: Float): nn.UnaryModule {
  const classes = nn as unknown as Record<string, new (...args: unknown[]) => nn.UnaryModule>;
  const module = new classes[layer]!(...args, { ...options, dtype: float });
  module.loadStateDict(unpackAll(parameters, float), { strict: false });
  return module;
}

function run(c: Case, float: Float, compiled: boolean, tolerance: number): void {
  const module = make(c, float);
  const both = (x: Tensor, seed: Tensor): Tensor[] => {
    const y = module.forward(x);
    return [y, ...grad([y], [x, ...module.parameters()], { seed })];
  };
  const step = compiled ? compile(both) : both;
  for (const { training, x, seed, y, grads } of c.batches) {
    module.train(training);
    const found = step(unpack(x, float, true), unpack(seed, float));
    [y, ...grads].forEach((want, i) => {
      expect(found[i]!.shape).toEqual(want.shape);
      expectClose(found[i]!.reshape([found[i]!.size]), [...want.data], tolerance);
    });
  }
  const state = module.stateDict();
  expect(Object.keys(state).sort()).toEqual(Object.keys(c.state).sort());
  for (const [name, want] of Object.entries(c.state)) {
    expectClose(state[name]!.reshape([state[name]!.size]), [...want.data], tolerance);
  }
}

describe('three batches in training and one in evaluation go as in PyTorch', () => {
  test.each(cases.map((c) => [`${c.layer} ${JSON.stringify(c.options)}`, c] as const))(
    '%s',
    (_, c) => {
      run(c, 'f64', false, 1e-12);
      run(c, 'f64', true, 1e-12);
      // RMSNorm without an ε of its own takes that of the dtype.
      run(c, 'f32', true, 5e-5);
    },
  );
});

test('state that PyTorch has saved is loaded', () => {
  const saved = cases.find((c) => c.layer === 'BatchNorm1d')!;
  const layer = new nn.BatchNorm1d(3, { dtype: 'f64' });
  nn.loadPyTorch(layer, unpackAll(saved.state, 'f64'));
  const { x, y } = saved.batches.at(-1)!;
  expectClose(layer.eval().forward(unpack(x, 'f64')).reshape([15]), [...y.data], 1e-12);
});

test('a batch that is refused leaves no trace', () => {
  const layer = new nn.BatchNorm1d(3);
  const before = Object.values(layer.stateDict()).map(values);
  expect(() => layer.forward(ones([1, 3]))).toThrow('each channel needs more than one value');
  expect(Object.values(layer.stateDict()).map(values)).toEqual(before);
});

test('without a momentum the running statistics are the average of all batches', () => {
  const layer = new nn.InstanceNorm1d(1, { momentum: null, trackRunningStats: true });
  for (const low of [0, 4]) layer.forward(fromData(Float32Array.of(low, low + 2), [1, 1, 2]));
  expectClose(layer.runningMean!, [3]);
  expectClose(layer.runningVar!, [2]);
});

test('evaluation changes nothing, and can be part of a scan', () => {
  const layer = new nn.BatchNorm1d(2).eval();
  const before = values(layer.runningMean!);
  const body = (h: Tensor, x: Tensor): [Tensor, Tensor] => [layer.forward(h.add(x)), h];
  const [last] = scan(body, zeros([3, 2]), ones([4, 3, 2]));
  expect(last.shape).toEqual([3, 2]);
  expect(values(layer.runningMean!)).toEqual(before);
});

test('a wide range of values loses no accuracy to the mean', () => {
  const x = fromData(
    Float32Array.from({ length: 64 }, (_, i) => 1e4 + (i % 2)),
    [64, 1],
  );
  const y = new nn.BatchNorm1d(1, { eps: 0 }).forward(x);
  expectClose(
    y.abs(),
    Array.from({ length: 64 }, () => [1]),
    1e-3,
  );
});

test('how they print', () => {
  expect(String(new nn.BatchNorm2d(8))).toContain(
    'BatchNorm2d(8, eps=0.00001, momentum=0.1, affine=true, trackRunningStats=true)',
  );
  expect(String(new nn.GroupNorm(2, 4))).toContain('GroupNorm(2, 4, eps=0.00001, affine=true)');
});

test('what does not fit is told', () => {
  expect(() => new nn.BatchNorm1d(0)).toThrow('BatchNorm1d: numFeatures is 0; use an integer');
  expect(() => new nn.BatchNorm1d(2, { eps: -1 })).toThrow('BatchNorm1d: eps is -1');
  expect(() => new nn.BatchNorm1d(2, { momentum: 2 })).toThrow('BatchNorm1d: momentum is 2');
  expect(() => new nn.BatchNorm2d(3).forward(sample([2, 4, 2, 2]))).toThrow(
    'BatchNorm2d: input is [2, 4, 2, 2]; give one [N, C, H, W] with C = 3.',
  );
  expect(() => new nn.InstanceNorm1d(3).forward(sample([2, 3]))).toThrow('give one [N, C, L]');
  expect(() => new nn.GroupNorm(3, 4)).toThrow('GroupNorm: numGroups is 3, which does not divide');
  expect(() => new nn.LayerNorm([])).toThrow('LayerNorm: normalizedShape is []');
  expect(() => new nn.RMSNorm(2, { eps: NaN })).toThrow('RMSNorm: eps is NaN');
  expect(() => new nn.LocalResponseNorm(1.5)).toThrow('LocalResponseNorm: size is 1.5');
});
