import { expect, it } from 'vitest';
import {
  supportsRelaxedSimd,
  supportsSharedMemory,
  supportsSimd,
} from '../../../../src/engine/backends/wasm/probe.js';

it('finds what every supported Node has', () => {
  expect(supportsSimd()).toBe(true);
  expect(supportsSharedMemory()).toBe(true);
});

it('finds relaxed multiply-add where it is on by default', () => {
  const major = Number(process.versions.node.split('.')[0]);
  const asked = process.execArgv.some((arg) => arg.includes('relaxed-simd'));
  expect(supportsRelaxedSimd()).toBe(major >= 22 || asked);
});
