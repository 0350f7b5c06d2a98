import { expect } from 'vitest';
import type { DType } from '../../../src/engine/core/dtype.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { printGraph } from '../../../src/engine/graph/print.js';
import { build } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { Device } from '../../../src/engine/runtime/device.js';
import { InputSource } from '../../../src/engine/runtime/storage.js';
import { interpreterDevice, runOn, tolerance, worstError } from '../backends/device-oracle.js';
import { Rng } from '../ops/rng.js';

/** An operand with drawn values: reals of ±2, any integers, truth values. */
export function drawn(dtype: DType, shape: readonly number[], seed = 1): RefArray {
  const rng = new Rng(seed + shape.length * 31 + sizeOf(shape));
  const one = (): number => {
    if (dtype === 'bool') return rng.int(0, 1);
    if (dtype === 'u8') return rng.int(0, 255);
    return dtype === 'i32' ? rng.word() | 0 : Math.fround(rng.uniform(-2, 2));
  };
  return { dtype, shape, data: Float64Array.from({ length: sizeOf(shape) }, one) };
}

export function given(dtype: DType, values: readonly number[]): RefArray {
  return { dtype, shape: [values.length], data: Float64Array.from(values) };
}

/** Expects a device to compute what the interpreter does, up to rounding. */
export function expectAgreement(
  device: Device,
  inputs: readonly RefArray[],
  graph: (...leaves: readonly GraphNode[]) => readonly GraphNode[],
): void {
  const want = runOn(interpreterDevice, inputs, (leaves) => graph(...leaves));
  const got = runOn(device, inputs, (leaves) => graph(...leaves));
  const leaves = inputs.map((x, i) => build.leaf(new InputSource(i), x.shape, x.dtype));
  const results = graph(...leaves);
  want.forEach((w, i) => {
    const { error, at } = worstError(got[i]!, w);
    if (error <= tolerance(results[i]!.dtype)) return;
    const text = `output ${i} at ${at}: ${got[i]![at]} instead of ${w[at]}`;
    expect.fail(`${text}\n${printGraph(results)}`);
  });
}
