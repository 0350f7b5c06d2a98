import { describe, expect, it } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { expandReduction, isLongReduction } from '../../../../src/engine/compiler/expand/reduce.js';
import type { GraphNode, ReduceOp } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';

const OPS = ['sum', 'prod', 'reduceMax', 'reduceMin'] as const satisfies ReduceOp[];

function reduced(op: ReduceOp, shape: number[], axes: number[]): GraphNode {
  return b.reduce(op, b.leaf(new InputSource(0), shape, 'f32'), axes);
}

it('splits what has few results of many elements at the end', () => {
  for (const [shape, axes, long] of [
    [[70_000], [0], true],
    [[60_000], [0], false],
    [[3, 300, 300], [1, 2], true],
    [[300, 300], [0, 1], true],
    [[300, 300, 3], [0, 1], false],
    [[20, 70_000], [1], false],
  ] as const) {
    expect(isLongReduction(reduced('sum', [...shape], [...axes]))).toBe(long);
  }
  expect(isLongReduction(b.leaf(new InputSource(0), [70_000], 'f32'))).toBe(false);
  const twice = expandReduction(b, reduced('sum', [1 << 20], [0]) as GraphNode<ReduceOp>);
  expect([twice, ...twice.inputs].some(isLongReduction)).toBe(false);
});

describe.each(OPS)('%s in blocks', (op) => {
  it.each([
    [[4 * 16384], [0]],
    [[70_001], [0]],
    [
      [3, 257, 300],
      [1, 2],
    ],
  ])('of %j', (shape, axes) => {
    const node = reduced(op, shape, axes);
    const count = shape.reduce((n, d) => n * d, 1);
    const rows = node.shape.reduce((n, d) => n * d, 1);
    const values = Float32Array.from({ length: count }, (_, i) => {
      return op === 'prod' ? (i % 9973 === 0 ? 2 : 1) : 1 + ((i * 7919) % 1024) / 64;
    });
    const combine = {
      sum: (x: number, y: number) => x + y,
      prod: (x: number, y: number) => x * y,
      reduceMax: (x: number, y: number) => Math.max(x, y),
      reduceMin: (x: number, y: number) => Math.min(x, y),
    }[op];
    const wanted = Array.from({ length: rows }, (_, r) => {
      return values
        .subarray((r * count) / rows, ((r + 1) * count) / rows)
        .reduce((x, y) => combine(x, y));
    });
    const program = new WasmDevice().compile({
      inputs: [{ shape, dtype: 'f32' }],
      outputs: [node],
      assigns: [],
    });
    const got = Array.from(program.run([values])[0]!);
    wanted.forEach((v, i) => expect(got[i]! / v).toBeCloseTo(1, 5));
  });
});

it('loses fewer digits in a long sum', () => {
  const count = 1 << 24;
  const node = reduced('sum', [count], [0]);
  const inputs = [{ shape: [count], dtype: 'f32' as const }];
  const program = new WasmDevice().compile({ inputs, outputs: [node], assigns: [] });
  const sum = program.run([new Float32Array(count).fill(0.1)])[0]![0]!;
  expect(Math.abs(sum / (count * Math.fround(0.1)) - 1)).toBeLessThan(2e-5);
});
