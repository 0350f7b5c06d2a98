import { describe, expect, it } from 'vitest';
import { wasmTarget } from '../../../src/engine/backends/wasm/device.js';
import { makePlan } from '../../../src/engine/compiler/program/plan.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { build as b } from '../../../src/engine/ops/index.js';
import { InputSource } from '../../../src/engine/runtime/storage.js';
import {
  sharedTime,
  WORK_PER_THREAD_US,
  worthwhileThreads,
} from '../../../src/engine/runtime/thread-work.js';
import { lstmInputs, lstmStep } from '../backends/scan-step.js';

function summaryOf(outputs: readonly GraphNode[]): ReturnType<typeof makePlan>['summary'] {
  return makePlan(
    {
      outputs,
      assigns: [],
      inputPosition: (source) => (source as InputSource).position,
      sourceIndex: () => 0,
    },
    wasmTarget,
  ).summary;
}

const input = (position: number, shape: readonly number[]): GraphNode =>
  b.leaf(new InputSource(position), shape, 'f32');

function matmul(n: number): GraphNode[] {
  const [x, y] = [input(0, [n, n]), input(1, [n, n])];
  return [b.dot(x, y, { batch: [[], []], contract: [[1], [0]] })];
}

const threads = (outputs: readonly GraphNode[]): number =>
  worthwhileThreads(summaryOf(outputs), wasmTarget);

describe('the number of threads that a program is worth', () => {
  it('is one for small programs, and grows with the work', () => {
    expect([16, 64, 96].map((n) => threads(matmul(n)))).toEqual([1, 1, 1]);
    expect(threads(matmul(192))).toBeGreaterThan(2);
    expect(threads(matmul(192))).toBeLessThan(10);
    expect(threads(matmul(1024))).toBe(64);
  });

  it('counts operations by their cost', () => {
    const x = input(0, [100_000]);
    expect(threads([b.add(x, x)])).toBe(1);
    expect(threads([b.unary('tanh', x)])).toBe(2);
    const s = input(0, [1000, 64]);
    const attrs = { axis: 1, descending: false, count: 64 };
    expect(threads([b.argsort(s, attrs)])).toBeGreaterThan(4);
  });

  it('counts nothing that threads cannot share', () => {
    const line = b.node('argMax', [input(0, [10_000_000])], { axis: 0 });
    expect(threads([line])).toBe(1);
    // A long sum is one of blocks, which they can.
    expect(threads([b.sum(input(0, [10_000_000]), [0])])).toBeGreaterThan(4);
    expect(threads([b.sum(input(0, [1000, 10_000]), [1])])).toBeGreaterThan(4);
  });

  it('is one where threads would mostly meet', () => {
    const sizes = { T: 500, N: 1, H: 8 };
    const leaves = lstmInputs(sizes).map((x, i) => b.leaf(new InputSource(i), x.shape, x.dtype));
    const summary = summaryOf(lstmStep(leaves));
    expect(summary.kernels.some((k) => k.loops[0]?.length === 500)).toBe(true);
    expect(sharedTime(summary, wasmTarget)).toBeLessThan(WORK_PER_THREAD_US);
  });

  it('is smaller where vectors are longer', () => {
    const summary = summaryOf(matmul(256));
    const wide = worthwhileThreads(summary, { ...wasmTarget, vectorBytes: 64 });
    expect(wide).toBeLessThan(worthwhileThreads(summary, wasmTarget) / 3);
  });
});
