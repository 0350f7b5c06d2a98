import { expect, test } from 'vitest';
import type { UnaryModule } from '../../src/nn/index.js';
import { Linear, ReLU, Sequential, Tanh } from '../../src/nn/index.js';
import { tensor } from '../../src/tensor/index.js';
import { expectClose, values } from '../tensor/check.js';

test('applies its modules in order', () => {
  const [linear, relu] = [new Linear(2, 3), new ReLU()];
  const model = new Sequential(linear, relu);
  const x = tensor([[1, -2]]);
  expect(values(model.forward(x))).toEqual(values(linear.forward(x).relu()));
  expectClose(new Sequential().forward(x), [[1, -2]]);
});

test('is named by position or key', () => {
  const named = new Sequential({ hidden: new Linear(2, 3), act: new Tanh() });
  expect([...named.namedParameters()].map(([name]) => name)).toEqual([
    'hidden.weight',
    'hidden.bias',
  ]);
  expect(named.length).toBe(2);
  expect(named.at(-1)).toBeInstanceOf(Tanh);
  expect([...named].length).toBe(2);
  expect(() => named.at(2)).toThrow('Sequential: there is no module 2; there are 2.');
});

test('takes modules only', () => {
  const f = ((x: unknown) => x) as unknown as UnaryModule;
  expect(() => new Sequential(new ReLU(), f)).toThrow(
    "Sequential: '1' is a function, not a module; use modules such as new ReLU()",
  );
  expect(() => new Sequential({ a: null as unknown as UnaryModule })).toThrow("'a' is null");
});
