import { expect, test } from 'vitest';
import { withFlags } from '../../src/cli/model-family.js';
import { FAMILIES } from '../../src/train/index.js';

const family = withFlags({
  ...FAMILIES[0]!,
  settings: {
    hiddenSizes: { kind: 'sizes', default: [4, 2], summary: 'widths' },
    dropout: { kind: 'fraction', default: 0.1, summary: 'share' },
    numLayers: { kind: 'integer', least: 1, default: 2, summary: 'depth' },
    act: { kind: 'choice', values: ['relu', 'tanh'], default: 'relu', summary: 'activation' },
  },
});

test('a flag for each setting, with its name, default and parser', () => {
  const options = family.options();
  expect(options.map((o) => [o.flags, o.attributeName(), o.defaultValue as unknown])).toEqual([
    ['--hidden-sizes <sizes>', 'hiddenSizes', [4, 2]],
    ['--dropout <p>', 'dropout', 0.1],
    ['--num-layers <n>', 'numLayers', 2],
    ['--act <name>', 'act', 'relu'],
  ]);
  const parse = (i: number, text: string): unknown => options[i]!.parseArg!(text, undefined);
  expect([parse(0, '8,4'), parse(1, '0.5'), parse(2, '3'), parse(3, 'tanh')]).toEqual([
    [8, 4],
    0.5,
    3,
    'tanh',
  ]);
  expect(() => parse(0, 'x')).toThrow("--hidden-sizes is 'x'");
  expect(() => parse(1, '1')).toThrow("--dropout is '1'");
  expect(() => parse(2, '0')).toThrow("--num-layers is '0'");
  expect(() => parse(3, 'gelu')).toThrow("there is no --act 'gelu'");
});
