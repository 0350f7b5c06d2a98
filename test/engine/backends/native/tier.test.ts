// covers: src/native.ts
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NativeDevice, type NativeDeviceOptions } from '../../../../src/native.js';
import { NativeTier } from '../../../../src/engine/backends/native/tier.js';
import { registerNative } from '../../../../src/tensor/device.js';
import type { Tensor } from '../../../../src/tensor/index.js';
import { compile, getDevice, ones, setDevice } from '../../../../src/tensor/index.js';
import { fakeCompiler } from './fake-compiler.js';
import { freshCache, noCompiler } from './fresh-cache.js';

const folder = freshCache();
let lines: string[] = [];

function register(options: NativeDeviceOptions = {}): void {
  const tell = (line: string): number => lines.push(line);
  registerNative(new NativeTier({ maximum: 2 ** 26, ...options }, tell));
}

beforeEach(() => {
  delete process.env['GRADUS_NATIVE'];
  lines = [];
  register();
});
const compiler = process.env['CC'];
afterEach(() => {
  delete process.env['GRADUS_NATIVE'];
  if (compiler === undefined) delete process.env['CC'];
  else process.env['CC'] = compiler;
});

/** Another program each time. */
let size = 0;
const compute = (): number => {
  return compile((x: Tensor) => x.add(1).sum())(ones([++size])).item();
};

describe('without a compiler', () => {
  beforeEach(() => {
    process.env['CC'] = '/nowhere/cc';
  });

  it('auto is WebAssembly, silently', () => {
    setDevice('auto');
    expect(getDevice().name).toMatch(/^wasm/);
    expect(compute()).toBe(2 * size);
    expect(lines).toEqual([]);
  });

  it('native is refused, and so is auto under GRADUS_NATIVE=1', () => {
    const message = /no usable C compiler \(\/nowhere\/cc: not found\); install gcc or clang/;
    expect(() => setDevice('native')).toThrow(message);
    process.env['GRADUS_NATIVE'] = '1';
    expect(() => setDevice('auto')).toThrow(message);
  });
});

describe.skipIf(noCompiler)('with a compiler', () => {
  it('auto is native', () => {
    setDevice('auto');
    expect(getDevice()).toBeInstanceOf(NativeDevice);
    expect(compute()).toBe(2 * size);
    const device = getDevice();
    setDevice('native');
    expect(getDevice()).toBe(device);
  });

  it('GRADUS_NATIVE=0 forbids it, even when it has been in use', () => {
    setDevice('native');
    process.env['GRADUS_NATIVE'] = '0';
    setDevice('auto');
    expect(getDevice().name).toMatch(/^wasm/);
    expect(() => setDevice('native')).toThrow(/GRADUS_NATIVE=0 forbids the native tier; unset it/);
  });

  it.each([
    ['fails', 'echo "x.c:1: error: no room" >&2; exit 1', /cannot compile.*error: no room$/],
    ['hangs', 'sleep 20', /did not finish within 0\.5 s/],
  ])('a compiler that %s is told in a line, and WebAssembly goes on', (name, script, message) => {
    process.env['CC'] = fakeCompiler(folder, name, script);
    if (name === 'hangs') register({ timeoutMs: 500 });
    setDevice('auto');
    expect(getDevice()).toBeInstanceOf(NativeDevice);
    expect(compute()).toBe(2 * size);
    expect(getDevice().name).toMatch(/^wasm/);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^gradus: warning: going on with WebAssembly: native: [^\n]+$/);
    expect(lines[0]).toMatch(message);
    compute();
    expect(lines).toHaveLength(1);
  });

  it('what is computed once does not wait for it, unless it is much work', () => {
    process.env['CC'] = fakeCompiler(folder, 'idle', 'echo "x.c:1: error: idle" >&2; exit 1');
    setDevice('native');
    expect(ones([++size]).add(1).sum().item()).toBe(2 * size);
    const large = ones([700, 700]).mul(0.5);
    expect(() => large.matmul(large).matmul(large).sum().item()).toThrow('error: idle');
  });

  it('under GRADUS_NATIVE=1 it has to work', () => {
    process.env['GRADUS_NATIVE'] = '1';
    process.env['CC'] = fakeCompiler(folder, 'broken', 'exit 1');
    setDevice('auto');
    expect(compute).toThrow(/broken cannot compile the kernels/);
    expect(lines).toEqual([]);
  });

  it('a compiler that breaks later is an error', () => {
    process.env['GRADUS_CACHE'] = join(folder, 'later');
    setDevice('auto');
    expect(compute()).toBe(2 * size);
    process.env['CC'] = fakeCompiler(folder, 'later-broken', 'exit 1');
    expect(compute).toThrow(/later-broken cannot compile the kernels/);
    expect(getDevice()).toBeInstanceOf(NativeDevice);
    expect(lines).toEqual([]);
  });
});
