import { expect, test } from 'vitest';
import * as gradus from '../src/index.js';

test('the main entry needs no setup: tensors, errors, devices', () => {
  const x = gradus.tensor([3, 4]);
  expect(x.norm().item()).toBe(5);
  expect(gradus.getDevice()).toBeInstanceOf(gradus.WasmDevice);
  expect(() => x.reshape([3])).toThrow(gradus.ShapeError);
  gradus.setDevice(gradus.interpreterDevice);
  expect(x.add(1).tolist()).toEqual([4, 5]);
  expect(new gradus.NumericError('x')).toBeInstanceOf(gradus.GradusError);
});
