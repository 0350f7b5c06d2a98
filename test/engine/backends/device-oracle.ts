import type { DType, TypedArray } from '../../../src/engine/core/dtype.js';
import { allocate } from '../../../src/engine/core/dtype.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { build } from '../../../src/engine/ops/index.js';
import { interpreterDevice } from '../../../src/engine/backends/interpreter/device.js';
import type { Device } from '../../../src/engine/runtime/device.js';
import { InputSource } from '../../../src/engine/runtime/storage.js';

/** Runs `outputs`, a function of leaves with these values, on a device. */
export function runOn(
  device: Device,
  inputs: readonly RefArray[],
  graph: (leaves: readonly GraphNode[]) => readonly GraphNode[],
): TypedArray[] {
  const leaves = inputs.map((x, i) => build.leaf(new InputSource(i), x.shape, x.dtype));
  const program = device.compile({ inputs, outputs: graph(leaves), assigns: [] });
  return program.run(
    inputs.map((x) => {
      const values = allocate(x.dtype, x.data.length);
      values.set(x.data);
      return values;
    }),
  );
}

/**
 * The largest error of `got` against the interpreter's `want`, relative to the value where that is
 * above 1; NaN and infinities have to agree.
 */
export function worstError(got: TypedArray, want: TypedArray): { error: number; at: number } {
  let worst = { error: 0, at: -1 };
  for (let i = 0; i < want.length; i++) {
    const [g, w] = [got[i]!, want[i]!];
    const same = Object.is(g, w) || g === w;
    const error = same ? 0 : Math.abs(g - w) / Math.max(1, Math.abs(w));
    if (!(error <= worst.error)) worst = { error: Number.isNaN(error) ? Infinity : error, at: i };
  }
  return worst;
}

/** How far a device may be from the f64 interpreter: rounding of sums, and 2 ulp functions. */
export function tolerance(dtype: DType): number {
  return dtype === 'f32' ? 4e-5 : dtype === 'f64' ? 1e-12 : 0;
}

export { interpreterDevice };
