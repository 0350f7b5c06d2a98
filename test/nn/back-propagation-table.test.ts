import { expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import { concat, ones, tensor } from '../../src/tensor/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import '../tensor/check.js';

const loss = (y: Tensor, t: Tensor): Tensor => nn.mseLoss(y, t, { reduction: 'sum' }).div(2);

/** Two inputs, two hidden units with ReLU, one output. */
function net(): nn.Sequential {
  const model = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU(), new nn.Linear(2, 1));
  model.loadStateDict({
    '0.weight': tensor([
      [1, 2],
      [-1, 0],
    ]),
    '0.bias': tensor([0.5, 0.25]),
    '2.weight': tensor([[2, 3]]),
    '2.bias': tensor([0]),
  });
  return model;
}

test('a line for each unit', () => {
  const read = nn.backPropagation(
    net(),
    tensor([
      [1, 1],
      [-1, 0],
    ]),
    tensor([[6], [0]]),
    { loss },
  );
  expect(nn.backPropagationTable(read)).toBe(
    [
      'E = 7.5313',
      '0: Linear(inFeatures=2, outFeatures=2, bias=true)',
      '  unit           a           z           δ',
      '     0         3.5         3.5           2',
      '     1       -0.75           0           0',
      '2: Linear(inFeatures=2, outFeatures=1, bias=true)',
      '  unit           a           z           δ',
      '     0           7           7           1',
    ].join('\n'),
  );
  expect(nn.backPropagationTable(read, { sample: 1, units: 1 })).toBe(
    [
      'E = 7.5313',
      '0: Linear(inFeatures=2, outFeatures=2, bias=true)',
      '  unit           a           z           δ',
      '     0        -0.5           0           0',
      '   … and 1 more',
      '2: Linear(inFeatures=2, outFeatures=1, bias=true)',
      '  unit           a           z           δ',
      '     0        3.75        3.75        3.75',
    ].join('\n'),
  );
  expect(() => nn.backPropagationTable(read, { sample: 2 })).toThrow(
    'backPropagationTable: sample 2 is not in the batch; use 0…1.',
  );
});

test('one sample as a vector, a model that is one layer, and a z that is not one thing', () => {
  class Two extends nn.Module {
    readonly layer = new nn.Linear(1, 1, { bias: false });
    forward(x: Tensor): Tensor {
      const a = this.layer.forward(x);
      return concat([a.sigmoid(), a.tanh()]);
    }
  }
  const model = new Two();
  model.layer.weight.load([0]);
  const table = nn.backPropagationTable(nn.backPropagation(model, ones([1]), ones([2]), { loss }));
  expect(table.split('\n').at(-1)).toBe('     0           0           -      -1.125');
  const single = new nn.Linear(1, 1, { bias: false });
  const read = nn.backPropagation(single, ones([1]), ones([1]), { loss });
  expect(nn.backPropagationTable(read)).toContain('\nLinear(inFeatures=1,');
});
