// covers: src/optim/named.ts
import { expect, test } from 'vitest';
import { OPTIMIZERS } from '../../src/optim/named.js';
import { Parameter, tensor } from '../../src/tensor/index.js';

test.each(Object.keys(OPTIMIZERS))('%s goes downhill', (name) => {
  const w = new Parameter(tensor([1, -2]));
  const { create, lr } = OPTIMIZERS[name]!;
  const optimizer = create([w], { lr });
  expect(optimizer.lr).toBeCloseTo(lr, 6);
  for (let i = 0; i < 3; i++) {
    optimizer.zeroGrad();
    w.mul(w).sum().backward();
    optimizer.step();
  }
  expect(w.mul(w).sum().item()).toBeLessThan(5);
});

test('weight decay is the optimizer’s own unless it is given', () => {
  const moved = (name: string, settings: { weightDecay?: number }): number => {
    const w = new Parameter(tensor([1]));
    const optimizer = OPTIMIZERS[name]!.create([w], { lr: 0.1, ...settings });
    w.mul(0).sum().backward();
    optimizer.step();
    return w.item();
  };
  expect(moved('adamw', {})).toBeCloseTo(1 - 0.1 * 0.01, 6);
  expect(moved('adamw', { weightDecay: 0 })).toBe(1);
  expect(moved('sgd', {})).toBe(1);
  expect(moved('sgd', { weightDecay: 0.5 })).toBeCloseTo(0.95, 6);
});
