import { beforeEach, describe, expect, test } from 'vitest';
import { interpreterDevice } from '../../src/engine/backends/interpreter/device.js';
import type { Device } from '../../src/engine/runtime/device.js';
import type { OptionalTier, Tier } from '../../src/tensor/device.js';
import { getDevice, registerNative, setDevice } from '../../src/tensor/device.js';
import { compile, ones, type Tensor } from '../../src/tensor/index.js';

/** Fails to compile while `failing`. */
let failing = false;
const device: Device = {
  name: 'fake',
  compile(spec) {
    if (failing) throw new Error('cannot');
    return interpreterDevice.compile(spec);
  },
};
/** What the tier was asked to forgo, and what it answers. */
let asked: unknown[] = [];
let mayForgo = true;
let isThere = true;
const tier: OptionalTier = {
  device() {
    if (isThere) return device;
    throw new Error('no compiler');
  },
  forgo(error, when) {
    asked.push([(error as Error).message, when]);
    return mayForgo;
  },
};

/** Another program each time, as plans are kept. */
let size = 0;
const compute = (): number => ones([++size]).add(1).sum().item();

test('native is refused where it is not registered, and auto does without it', () => {
  expect(() => setDevice('native')).toThrow(/'native' is not there; import 'gradus\/native' first/);
  setDevice('auto');
  expect(getDevice().name).toMatch(/^wasm/);
  const before = getDevice();
  registerNative(tier);
  // What is chosen stays.
  expect(getDevice()).toBe(before);
  setDevice('auto');
  expect(getDevice()).toBe(device);
  setDevice('wasm');
  expect(getDevice()).toBe(before);
});

test('an unknown tier is named', () => {
  const wrong = 'gpu' as Tier;
  expect(() => setDevice(wrong)).toThrow(
    "setDevice: there is no tier 'gpu'; give 'auto', 'wasm', 'native', or a device.",
  );
});

describe('with a native tier', () => {
  beforeEach(() => {
    registerNative(tier);
    [failing, mayForgo, isThere, asked] = [false, true, true, []];
    setDevice('auto');
  });

  test('auto takes WebAssembly where there is no compiler, native does not', () => {
    isThere = false;
    setDevice('auto');
    expect(getDevice().name).toMatch(/^wasm/);
    expect(asked).toEqual([['no compiler', 'choosing']]);
    expect(() => setDevice('native')).toThrow('no compiler');
    mayForgo = false;
    expect(() => setDevice('auto')).toThrow('no compiler');
  });

  test('a first program that cannot be compiled makes auto go on with WebAssembly', () => {
    failing = true;
    expect(compute()).toBe(2 * size);
    expect(getDevice().name).toMatch(/^wasm/);
    expect(asked).toEqual([['cannot', 'compiling']]);
    failing = false;
    compute();
    expect(getDevice().name).toMatch(/^wasm/);
    expect(asked).toHaveLength(1);
  });

  test('so does a compiled function, which is traced once', () => {
    failing = true;
    let traces = 0;
    const twice = compile((x: Tensor) => {
      traces++;
      return x.mul(2);
    });
    const x = ones([3]);
    expect([twice(x).tolist(), twice(x).tolist()]).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
    expect(traces).toBe(1);
  });

  test('a later one throws', () => {
    compute();
    failing = true;
    expect(compute).toThrow('cannot');
    expect(getDevice()).toBe(device);
    expect(asked).toEqual([]);
  });

  test('and so does the first where WebAssembly may not take over, or native was asked for', () => {
    failing = true;
    mayForgo = false;
    expect(compute).toThrow('cannot');
    expect(getDevice()).toBe(device);
    mayForgo = true;
    setDevice('native');
    expect(compute).toThrow('cannot');
    setDevice(device);
    expect(compute).toThrow('cannot');
    expect(getDevice()).toBe(device);
  });
});
