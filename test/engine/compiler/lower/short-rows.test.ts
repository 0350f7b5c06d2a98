// covers: src/engine/compiler/lower/loops.ts, src/engine/compiler/lower/reduction.ts
import { describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autograd/gradients.js';
import { interpreterDevice } from '../../../../src/engine/backends/interpreter/device.js';
import { NativeDevice } from '../../../../src/engine/backends/native/device.js';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { Device } from '../../../../src/engine/runtime/device.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';
import { freshCache, noCompiler } from '../../backends/native/fresh-cache.js';

freshCache();

const WIDTHS = [1, 3, 7, 14, 15, 18, 28, 30, 35];
/** Images, channels and rows of x [2, 3, 1, 6, width]: 6 and 5 results lie beside each other or not. */
const LEADING = [2, 3, 1, 6];

/** Values whose rows end within a vector: padded, summed, and windows of a depthwise convolution. */
function outputsOf(x: GraphNode, w: GraphNode): GraphNode[] {
  const none = [0, 0, 0, 0, 0];
  const padded = b.pad(x, {
    low: [0, 0, 0, 1, 2],
    high: [0, 0, 0, 0, 1],
    interior: none,
    value: 2,
  });
  const conv = b.conv(x, w, {
    stride: [1, 1],
    low: [1, 1],
    high: [0, 1],
    inputDilation: [1, 1],
    kernelDilation: [1, 1],
    order: [0, 1, 2, 3, 4],
  });
  const [dx, dw] = gradients(b, [conv], [b.mul(conv, conv)], [x, w]);
  return [padded, b.sum(x, [4]), b.reduce('reduceMax', b.neg(x), [1, 4]), conv, dx!, dw!];
}

function run(device: Device, width: number): number[][] {
  const shapes = [
    [...LEADING, width],
    [3, 1, 1, 2, 3],
  ];
  const [x, w] = shapes.map((shape, i) => b.leaf(new InputSource(i), shape, 'f32'));
  const values = shapes.map((shape, i) => {
    const size = shape.reduce((n, d) => n * d, 1);
    return Float32Array.from({ length: size }, (_, at) => Math.sin(7 * at + i + width));
  });
  const inputs = shapes.map((shape) => ({ shape, dtype: 'f32' as const }));
  const program = device.compile({ inputs, outputs: outputsOf(x!, w!), assigns: [] });
  return program.run(values).map((v) => [...v]);
}

function expectAsReference(device: Device): void {
  for (const width of WIDTHS) {
    const expected = run(interpreterDevice, width);
    run(device, width).forEach((output, i) => {
      expect(output.length).toBe(expected[i]!.length);
      output.forEach((value, at) => {
        // Well above what rounding gives with sums of some hundred terms, well below a wrong term.
        const close = Math.abs(value - expected[i]![at]!) <= 1e-4 * (1 + Math.abs(value));
        expect(close, `output ${i} of width ${width} at ${at}`).toBe(true);
      });
    });
  }
}

describe('rows that end within a vector', () => {
  it('are as in the reference on WebAssembly', () => expectAsReference(new WasmDevice()));

  it.skipIf(noCompiler)('and as C', () => expectAsReference(new NativeDevice()));
});
