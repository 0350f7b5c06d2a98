import { expect, it } from 'vitest';
import { exactJson } from '../../../src/engine/core/exact-json.js';

it('writes equal texts for equal values only', () => {
  const values = [0, -0, NaN, Infinity, -Infinity, null, '0', '#-0 ', 0.1, [0], [-0], { x: NaN }];
  expect(new Set(values.map(exactJson)).size).toBe(values.length);
  expect(exactJson({ axes: [0, 1] })).toBe('{"axes":[0,1]}');
});
