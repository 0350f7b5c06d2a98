import { afterEach, describe, expect, it, vi } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('without WebAssembly SIMD', () => {
  const sentence =
    'wasm: this JavaScript engine has no WebAssembly SIMD; use a current browser, or Node 20.20 or ' +
    'newer.';

  it('there is no device, in an engine that refuses vectors', () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expect(() => new WasmDevice()).toThrow(sentence);
  });

  it('there is no device, in an engine without WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(() => new WasmDevice()).toThrow(sentence);
  });
});

it('names what it is, and uses no relaxed instructions where they are not wanted', () => {
  expect(new WasmDevice({ relaxedSimd: false }).name).toBe('wasm');
  expect(new WasmDevice().name).toMatch(/^wasm(-relaxed)?$/);
});
