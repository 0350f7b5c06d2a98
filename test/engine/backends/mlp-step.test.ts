// covers: src/engine/backends/native/device.ts, src/engine/runtime/program.ts, src/engine/runtime/device.ts, src/engine/runtime/planned-device.ts, src/native.ts
import { describe, expect, it } from 'vitest';
import { interpreterDevice } from '../../../src/engine/backends/interpreter/device.js';
import { nativeTarget } from '../../../src/engine/backends/native/compiler.js';
import { WasmDevice } from '../../../src/engine/backends/wasm/device.js';
import type { Device } from '../../../src/engine/runtime/device.js';
import { NativeDevice } from '../../../src/native.js';
import type { MlpStep } from './mlp-step.js';
import { mlpStep, stateOf } from './mlp-step.js';

const SIZES = [37, 65, 32, 10];
const STEPS = 5;

function train(device: Device, step: MlpStep, steps = STEPS): number[] {
  const program = device.compile(step.spec);
  return Array.from({ length: steps }, () => program.run(step.inputs)[0]![0]!);
}

describe('the training step of an MLP', () => {
  const wasm = new WasmDevice({ relaxedSimd: false });

  it('agrees with the interpreter', () => {
    const [a, b] = [mlpStep(SIZES, 19), mlpStep(SIZES, 19)];
    const losses = train(wasm, a);
    train(interpreterDevice, b).forEach((loss, i) => expect(losses[i]).toBeCloseTo(loss, 4));
    expect(losses[STEPS - 1]).toBeLessThan(losses[0]!);
    a.variables.forEach((v, i) => {
      const want = b.variables[i]!.storage.hostValues();
      v.storage.hostValues().forEach((x, j) => expect(Math.abs(x - want[j]!)).toBeLessThan(2e-3));
    });
  });

  it('gives the same bits when run again', () => {
    const [a, b] = [mlpStep(SIZES, 19), mlpStep(SIZES, 19)];
    expect(train(wasm, a)).toEqual(train(new WasmDevice({ relaxedSimd: false }), b));
    expect(stateOf(a)).toBe(stateOf(b));
  });

  describe('on two threads', () => {
    const device = new WasmDevice({ relaxedSimd: false, threads: 2 });

    it.each([
      { sizes: SIZES, batch: 19 },
      { sizes: [784, 256, 128, 10], batch: 64 },
    ])('gives the bits of one thread: $sizes', ({ sizes, batch }) => {
      const [a, b] = [mlpStep(sizes, batch), mlpStep(sizes, batch)];
      expect(train(device, a, 20)).toEqual(train(wasm, b, 20));
      expect(stateOf(a)).toBe(stateOf(b));
    });
  });

  it('leaves the variables alone when the loss is not finite', () => {
    const step = mlpStep(SIZES, 19);
    const before = stateOf(step);
    (step.inputs[0] as Float32Array)[3] = NaN;
    expect(train(wasm, step, 1)[0]).toBeNaN();
    expect(stateOf(step)).toBe(before);
  });

  const target = nativeTarget();
  if (!target) console.log('SKIPPED: no C compiler, the native step is not compared with WASM');
  it.skipIf(!target)('agrees with its C form', () => {
    const native = new NativeDevice();
    for (const sizes of [SIZES, [784, 256, 128, 10]]) {
      const [a, b] = [mlpStep(sizes, 64), mlpStep(sizes, 64)];
      const losses = train(native, a);
      train(wasm, b).forEach((loss, i) => expect(losses[i]).toBeCloseTo(loss, 5));
    }
  });
});
