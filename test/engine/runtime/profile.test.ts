// covers: src/engine/runtime/peak.ts, src/engine/runtime/timed-parts.ts
import { describe, expect, it } from 'vitest';
import { WasmDevice, wasmTarget } from '../../../src/engine/backends/wasm/device.js';
import type { KernelSummary } from '../../../src/engine/compiler/program/summary.js';
import { emitModule } from '../../../src/engine/backends/wasm/emit.js';
import { IndexError } from '../../../src/engine/core/errors.js';
import { peakModule } from '../../../src/engine/runtime/peak.js';
import { profileOf } from '../../../src/engine/runtime/profile.js';
import {
  Parameter,
  StateTensor,
  compile,
  interpreterDevice,
  ones,
  scan,
  setDevice,
  tensor,
  zeros,
} from '../../../src/index.js';
import type { Compiled, Tensor } from '../../../src/index.js';

const kernel = (operations: string, flops: number, bytes: number, length = 1): KernelSummary => ({
  operations,
  outputs: ['f32[4]'],
  plan: '',
  tensors: 1,
  flops,
  bytes,
  work: 0,
  units: 1,
  workspaceBytes: 0,
  loops: length === 1 ? [] : [{ length, reverse: false, carries: 1, outputs: 0 }],
});

describe('a profile', () => {
  const kernels = [kernel('add', 1e6, 8e6), kernel('dot', 1e6, 1e6, 8), kernel('copy', 0, 4e6)];
  const steps = [
    Float64Array.of(1, 2, 0.5),
    Float64Array.of(3, 2, 0.5),
    Float64Array.of(1, 40, 0.5),
  ];
  const peak = { flops: 10e9, bytes: 16e9 };
  const profile = profileOf('wasm', kernels, steps, peak);

  it('has medians, and counts a kernel in a scan as often as it runs', () => {
    expect(profile.kernels.map((k) => [k.ms, k.times, k.flops, k.bytes])).toEqual([
      [1, 1, 1e6, 8e6],
      [2, 8, 8e6, 8e6],
      [0.5, 1, 0, 4e6],
    ]);
    expect(profile.ms).toBe(3.5);
  });

  it('prints as a table, longest first', () => {
    expect(String(profile)).toMatchInlineSnapshot(`
      "3 kernels on wasm, one thread: 3.500 ms, medians of 3 steps; 2.6 GFLOP/s
      peak 10 GFLOP/s, copy 16 GB/s, measured

         ms  of all  GFLOP/s  of peak  GB/s  of copy  kernel
      2.000     57%      4.0      40%   4.0      25%  2 × 8  dot → f32[4]
      1.000     29%      1.0      10%   8.0      50%  1  add → f32[4]
      0.500     14%                     8.0      50%  3  copy → f32[4]"
    `);
  });
});

it('the loop that finds the peak does its arithmetic on ordinary numbers', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  new Float32Array(memory.buffer).fill(NaN);
  const bytes = emitModule(peakModule(wasmTarget), {
    sharedMemory: true,
    initialPages: 1,
    maxPages: 1,
    relaxedSimd: false,
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (exports['peak'] as (at: number, thread: number, threads: number) => void)(64, 0, 1);
  expect([...new Float32Array(memory.buffer, 64, 4)].every((v) => Math.abs(v - 1) < 1e-6)).toBe(
    true,
  );
});

describe('the steps of a profile', () => {
  it('are real ones, with the values that steps have', () => {
    setDevice(new WasmDevice());
    const train = (): { weight: Parameter; step: Compiled<[Tensor], Tensor> } => {
      const weight = new Parameter(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      );
      const count = new StateTensor(zeros([]));
      const step = compile((x: Tensor) => {
        const [last] = scan(
          (c: Tensor, v: Tensor) => [c.matmul(weight).tanh().add(v), null] as [Tensor, null],
          x,
          ones([5, 2, 2]),
        );
        const loss = last.sum();
        loss.backward();
        weight.assign(weight.sub(weight.grad!.mul(0.1)));
        count.assign(count.add(1));
        return loss.add(count);
      });
      return { weight, step };
    };
    const [a, b] = [train(), train()];
    const x = tensor([
      [0.1, -0.2],
      [0.3, 0.4],
    ]);
    const profile = a.step.profile([x], { steps: 4 });
    for (let i = 0; i < 7; i++) b.step(x).item();
    expect(a.weight.array()).toEqual(b.weight.array());
    expect(a.step(x).item()).toBe(b.step(x).item());
    expect(profile.steps).toBe(4);
    expect(profile.kernels.some((k) => k.times === 5)).toBe(true);
    expect(profile.kernels.every((k) => k.ms >= 0)).toBe(true);
    expect(profile.peak.flops).toBeGreaterThan(1e8);
    expect(profile.peak.bytes).toBeGreaterThan(1e8);
  });

  it('check the indices they are given', () => {
    setDevice(new WasmDevice());
    const f = compile((x: Tensor, i: Tensor) => x.indexSelect(0, i));
    const x = tensor([1, 2, 3]);
    expect(f.profile([x, tensor([0, 2], { dtype: 'i32' })], { steps: 1 }).steps).toBe(1);
    expect(() => f.profile([x, tensor([0, 3], { dtype: 'i32' })])).toThrow(IndexError);
  });

  it('need a device with kernels, and at least one', () => {
    setDevice(interpreterDevice);
    const f = compile((x: Tensor) => x.mul(2));
    expect(() => f.profile([ones([2])])).toThrow(
      'profile: the device interpreter has no kernels; use a WasmDevice, or the native tier.',
    );
    expect(() => f.profile([ones([2])], { steps: 0 })).toThrow('profile: steps is 0');
  });
});
