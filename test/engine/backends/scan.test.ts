import { describe, expect, it } from 'vitest';
import { nativeTarget } from '../../../src/engine/backends/native/compiler.js';
import { WasmDevice, wasmTarget } from '../../../src/engine/backends/wasm/device.js';
import { emitModule } from '../../../src/engine/backends/wasm/emit.js';
import { makePlan } from '../../../src/engine/compiler/program/plan.js';
import { build } from '../../../src/engine/ops/index.js';
import { InputSource } from '../../../src/engine/runtime/storage.js';
import { NativeDevice } from '../../../src/native.js';
import { expectAgreement } from '../compiler/agree.js';
import { runOn } from './device-oracle.js';
import { lstmInputs, lstmStep } from './scan-step.js';

const SIZES = [
  { T: 5, N: 3, H: 7 },
  { T: 16, N: 32, H: 24 },
];

describe('an LSTM with its gradients', () => {
  const wasm = new WasmDevice({ relaxedSimd: false });

  it('agrees with the interpreter', () => {
    for (const sizes of SIZES) {
      expectAgreement(wasm, lstmInputs(sizes), (...leaves) => lstmStep(leaves));
    }
  });

  describe('on two threads', () => {
    const device = new WasmDevice({ relaxedSimd: false, threads: 2 });

    it.each(SIZES)('gives the bits of one: %o', (sizes) => {
      const inputs = lstmInputs(sizes);
      const want = runOn(wasm, inputs, lstmStep);
      for (let i = 0; i < 4; i++) expect(runOn(device, inputs, lstmStep)).toEqual(want);
    });
  });

  const target = nativeTarget();
  if (!target) console.log('SKIPPED: no C compiler, scans are not compared with WASM');
  it.skipIf(!target)('agrees with the interpreter in its C form', () => {
    const native = new NativeDevice();
    for (const sizes of SIZES) {
      expectAgreement(native, lstmInputs(sizes), (...leaves) => lstmStep(leaves));
    }
  });
});

describe('the program of a scan', () => {
  /** Kernels, and bytes of the module. */
  const sizeAt = (T: number): [number, number] => {
    const leaves = lstmInputs({ T, N: 4, H: 8 }).map((x, i) =>
      build.leaf(new InputSource(i), x.shape, x.dtype),
    );
    const plan = makePlan(
      {
        outputs: lstmStep(leaves),
        assigns: [],
        inputPosition: (source) => (source as InputSource).position,
        sourceIndex: () => 0,
      },
      wasmTarget,
    );
    const options = { sharedMemory: true, initialPages: 1, maxPages: 16, relaxedSimd: false };
    return [plan.module.functions.length, emitModule(plan.module, options).length];
  };

  it('is as large for 1024 steps as for 16', () => {
    const [[functions, bytes], [same, more]] = [sizeAt(16), sizeAt(1024)];
    // What stands behind the loop contracts over all steps, and may choose another way to do so.
    expect(Math.abs(same - functions)).toBeLessThan(4);
    expect(more).toBeLessThan(1.1 * bytes);
  });

  it('computes the forward pass once', () => {
    const inputs = lstmInputs({ T: 4, N: 4, H: 8 });
    const leaves = inputs.map((x, i) => build.leaf(new InputSource(i), x.shape, x.dtype));
    const program = new WasmDevice().compile({ inputs, outputs: lstmStep(leaves), assigns: [] });
    const [text] = program.explain().split('scratch memory by offset') as [string];
    expect(text.match(/scan of 4 steps/g)).toHaveLength(2);
    expect(text.match(/sigmoid/g)).toHaveLength(1);
    expect(text.match(/\bdot\b/g)).toHaveLength(3); // forward, backward, and all of the weight's
  });
});
