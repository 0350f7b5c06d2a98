// covers: src/nn/init/index.ts
import { describe, expect, test } from 'vitest';
import { init } from '../../../src/nn/index.js';
import { Generator, Parameter, StateTensor, manualSeed, zeros } from '../../../src/tensor/index.js';
import { values } from '../../tensor/check.js';
import type { NnGoldens } from '../check.js';
import { golden } from '../check.js';

/** Standard deviation, and the largest magnitude. */
function spread(p: Parameter): { std: number; most: number } {
  const v = values(p);
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  const std = Math.sqrt(v.reduce((s, x) => s + (x - mean) ** 2, 0) / v.length);
  return { std, most: v.reduce((a, b) => Math.max(a, Math.abs(b)), 0) };
}

/** A convolution's weight: fanIn 27, fanOut 576. */
const weight = (): Parameter => new Parameter(zeros([64, 3, 3, 3]));
const [FAN_IN, FAN_OUT] = [27, 576];

describe('standard deviations', () => {
  test.each([
    ['xavierUniform', init.xavierUniform, {}, Math.sqrt(2 / (FAN_IN + FAN_OUT)), true],
    ['xavierNormal', init.xavierNormal, { gain: 2 }, 2 * Math.sqrt(2 / (FAN_IN + FAN_OUT)), false],
    ['kaimingUniform', init.kaimingUniform, {}, Math.sqrt(2 / FAN_IN), true],
    ['kaimingUniform', init.kaimingUniform, { a: Math.sqrt(5) }, Math.sqrt(1 / 3 / FAN_IN), true],
    [
      'kaimingUniform',
      init.kaimingUniform,
      { mode: 'fanOut', nonlinearity: 'tanh' },
      5 / 3 / Math.sqrt(FAN_OUT),
      true,
    ],
    ['kaimingNormal', init.kaimingNormal, { nonlinearity: 'relu' }, Math.sqrt(2 / FAN_IN), false],
    ['lecunUniform', init.lecunUniform, {}, Math.sqrt(1 / FAN_IN), true],
    ['lecunNormal', init.lecunNormal, {}, Math.sqrt(1 / FAN_IN), false],
  ] as const)('%s', (_, f, options, std, bounded) => {
    manualSeed(1);
    const p = weight();
    const made = (f as (t: Parameter, o: object) => Parameter)(p, options);
    expect(made).toBe(p);
    expect(spread(p).std / std).toBeGreaterThan(0.95);
    expect(spread(p).std / std).toBeLessThan(1.05);
    const bound = Math.sqrt(3) * std;
    if (bounded) {
      expect(spread(p).most).toBeLessThanOrEqual(bound * (1 + 1e-6));
      expect(spread(p).most).toBeGreaterThan(bound * 0.99);
    } else expect(spread(p).most).toBeGreaterThan(bound * 1.1);
  });
});

test('a generator gives the same again', () => {
  const made = (): number[] =>
    values(init.kaimingNormal(weight(), { generator: new Generator(4) }));
  expect(made()).toEqual(made());
});

test('gains are those of PyTorch', () => {
  for (const { args, gain } of golden<NnGoldens>('nn.json').gains) {
    const [name, a] = args as [init.Nonlinearity, number | undefined];
    expect(init.calculateGain(name, a)).toBeCloseTo(gain, 14);
  }
  expect(() => init.calculateGain('softmax' as 'relu')).toThrow(
    "calculateGain: there is no gain for 'softmax'; use linear, sigmoid",
  );
});

test('what has no fan is refused', () => {
  expect(() => init.xavierUniform(new Parameter(zeros([3])))).toThrow(
    'xavierUniform: a tensor [3] has no fan-in; give a weight [out, in, …]',
  );
  expect(() => init.kaimingNormal(weight(), { mode: 'fan_in' as 'fanIn' })).toThrow(
    "kaimingNormal: mode is 'fan_in'; use 'fanIn' or 'fanOut'.",
  );
  expect(() => init.lecunNormal(new Parameter(zeros([])))).toThrow(
    'lecunNormal: a tensor [] has no',
  );
  expect(() => init.xavierNormal(new StateTensor(zeros([2, 2], { dtype: 'i32' })))).toThrow(
    'xavierNormal: the tensor is i32; use one of f32 or f64.',
  );
  expect(init.calculateFans('x', weight())).toEqual({ fanIn: FAN_IN, fanOut: FAN_OUT });
});
