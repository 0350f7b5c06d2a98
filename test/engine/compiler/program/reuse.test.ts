import { expect, it } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';
import { wasmTarget } from '../../../../src/engine/backends/wasm/device.js';
import { makePlan } from '../../../../src/engine/compiler/program/plan.js';

const N = 1024;
const BYTES = 4 * N;
const x = b.leaf(new InputSource(0), [N], 'f32');

function scratch(outputs: readonly GraphNode[]): number {
  const request = {
    outputs,
    assigns: [],
    inputPosition: () => 0,
    sourceIndex: () => 0,
  };
  return makePlan(request, wasmTarget).scratchBytes;
}

/** What a kernel of its own computes: a chain of products is cut between two of them. */
function outer(y: GraphNode): GraphNode {
  const row = b.reshape(y, [N, 1]);
  return b.reshape(
    b.dot(row, b.constant(2, [1, 1], 'f32'), { batch: [[], []], contract: [[1], [0]] }),
    [N],
  );
}

it('writes a result over the operand that nothing needs any more', () => {
  expect(scratch([b.unary('exp', x)])).toBe(BYTES);
  const both = b.add(b.unary('exp', outer(x)), x);
  expect(scratch([both])).toBeLessThanOrEqual(2 * BYTES + 4096);
});

it('keeps an operand that is read elsewhere, out of place, or returned', () => {
  expect(scratch([b.flip(x, [0])])).toBe(2 * BYTES);
  expect(scratch([b.unary('exp', x), b.flip(x, [0])])).toBe(3 * BYTES);
});

it('gives the right values in place', () => {
  const device = new WasmDevice();
  const values = Float32Array.from({ length: N }, (_, i) => i / N);
  const inputs = [{ shape: [N], dtype: 'f32' as const }];
  const program = device.compile({ inputs, outputs: [b.mul(x, x), b.flip(x, [0])], assigns: [] });
  const [squares, turned] = program.run([values]);
  expect([...squares!]).toEqual(Array.from(values, (v) => Math.fround(v * v)));
  expect([...turned!]).toEqual([...values].reverse());
});
