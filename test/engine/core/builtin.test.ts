import { expect, test } from 'vitest';
import { withBuiltin } from '../../../src/engine/core/builtin.js';

test('a module of Node, and none', () => {
  expect(withBuiltin('node:path', (path: { sep: string }) => path.sep.length)).toBe(1);
  expect(withBuiltin('node:nothing', () => 1)).toBe(undefined);
});
