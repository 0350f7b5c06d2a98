// covers: src/train/families/index.ts, src/train/families/option.ts
// covers: src/train/families/activations.ts
import { describe, expect, test } from 'vitest';
import {
  completeOptions,
  FAMILIES,
  type FamilyOptions,
} from '../../../src/train/families/index.js';
import { ACTIVATIONS } from '../../../src/train/families/activations.js';
import { tensor } from '../../../src/tensor/index.js';
import { checkOption, show, type OptionSpec } from '../../../src/train/families/option.js';

const mlp = FAMILIES.find((family) => family.name === 'mlp')!;

const SHAPES = { samples: [1, 16, 16], texts: [12], corpus: [12], series: [12, 1] };

test('names are unique, and the defaults of every family are allowed and make a model', () => {
  expect(new Set(FAMILIES.map((family) => family.name)).size).toBe(FAMILIES.length);
  for (const family of FAMILIES) {
    const options = completeOptions(family, {});
    expect(options).toBeTypeOf('object');
    const task = { inputShape: SHAPES[family.reads ?? 'samples'], classes: 3, symbols: 9 };
    const model = family.create(task, options as FamilyOptions);
    expect([...model.parameters()].length).toBeGreaterThan(0);
  }
});

/** The layers of an MLP with some options, without their settings. */
function layersOf(options: Record<string, unknown>): string[] {
  const whole = completeOptions(mlp, { hidden: [3, 2], dropout: 0, ...options }) as FamilyOptions;
  const model = mlp.create({ inputShape: [4], classes: 2 }, whole);
  return [...model.modules()].slice(1).map((module) => module.constructor.name);
}

describe('layers of the mlp', () => {
  const plain = ['Flatten', 'Linear', 'ReLU', 'Linear', 'ReLU', 'Linear'];

  test('the defaults, and options of older files, are what was made before', () => {
    expect(layersOf({})).toEqual(plain);
    const older = mlp.create({ inputShape: [4], classes: 2 }, { hidden: [3, 2], dropout: 0 });
    expect([...older.modules()].slice(1).map((m) => m.constructor.name)).toEqual(plain);
  });

  test('norms, noise and dropout, each at its place', () => {
    const hidden = ['Linear', 'BatchNorm1d', 'ReLU', 'Dropout'];
    expect(layersOf({ norm: 'batch', inputNoise: 0.1, dropout: 0.5 })).toEqual(
      ['Flatten', 'GaussianNoise', ...hidden, ...hidden].concat('Linear'),
    );
    expect(layersOf({ norm: 'layer' }).slice(1, 4)).toEqual(['Linear', 'LayerNorm', 'ReLU']);
  });

  test.each(Object.entries(ACTIVATIONS))('%s', (name, create) => {
    const model = create();
    expect(model.constructor.name.toLowerCase()).toBe(name.replace('-', ''));
    expect(layersOf({ activation: name })[2]).toBe(model.constructor.name);
    // Each element by itself, without parameters.
    expect([...model.parameters()]).toEqual([]);
    const [all, one] = [model.forward(tensor([[-1.5, 0, 2]])), model.forward(tensor([2]))];
    expect([all.shape, all.dataSync()[2]]).toEqual([[1, 3], one.dataSync()[0]]);
  });
});

test('what is left out has the default', () => {
  const rest = { dropout: 0.1, activation: 'relu', norm: 'none', inputNoise: 0 };
  expect(completeOptions(mlp, { hidden: [8] })).toEqual({ hidden: [8], ...rest });
});

describe('a sentence on what is wrong', () => {
  test.each([
    [{ hiden: [8] }, `the family 'mlp' has no option "hiden"; the nearest is 'hidden'`],
    [JSON.parse('{"__proto__": 1}'), `the family 'mlp' has no option "__proto__"`],
    [
      { hidden: 'wide' },
      `the option 'hidden' of 'mlp' is "wide", expected a list of at most 1000 integers from 1 to 16777216`,
    ],
    [
      { dropout: 1 },
      `the option 'dropout' of 'mlp' is 1, expected a number of at least 0 and below 1`,
    ],
  ])('%j', (given, sentence) => {
    expect(completeOptions(mlp, given as Record<string, unknown>)).toBe(sentence);
  });
});

describe('each kind of option', () => {
  const integer: OptionSpec = { kind: 'integer', least: 2, default: 3, summary: '' };
  const choice: OptionSpec = {
    kind: 'choice',
    values: ['relu', 'tanh'],
    default: 'relu',
    summary: '',
  };
  const sizes: OptionSpec = { kind: 'sizes', default: [1], summary: '' };
  const amount: OptionSpec = { kind: 'amount', default: 0, summary: '' };
  const fraction: OptionSpec = { kind: 'fraction', default: 0, summary: '' };
  test.each<[OptionSpec, unknown[], unknown[]]>([
    [integer, [2, 3, 2 ** 24], [1, 2.5, '2', null, 2 ** 24 + 1, NaN, undefined, [2]]],
    [choice, ['relu', 'tanh'], ['gelu', 0, null, ['relu']]],
    [sizes, [[], [1, 2]], [[0], [1.5], ['1'], 'x', { length: 1 }, new Array(1001).fill(1)]],
    [fraction, [0, 0.5], [1, -0.1, NaN, '0', null]],
    [amount, [0, 0.5, 7], [-0.1, NaN, Infinity, '0', null]],
  ])('%j', (spec, good, bad) => {
    for (const value of good) expect(checkOption(spec, value)).toBeUndefined();
    for (const value of bad) expect(checkOption(spec, value)).toMatch(/^is .+, expected .+/);
  });
});

test('show is short, whatever it is given', () => {
  const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown;
  for (const value of [
    'x'.repeat(1000),
    deep,
    new Array(1000).fill(deep),
    { a: deep },
    undefined,
  ]) {
    expect(show(value).length).toBeLessThan(70);
  }
  expect(show([1, 'a', [2], null, 5])).toBe('[1, "a", …, …, …]');
});
