// covers: src/engine/compiler/expand/expand.ts, src/engine/compiler/lower/contraction-space.ts
import { describe, expect, it } from 'vitest';
import { WasmDevice, wasmTarget } from '../../../../src/engine/backends/wasm/device.js';
import { gradients } from '../../../../src/engine/autograd/gradients.js';
import { makePlan } from '../../../../src/engine/compiler/program/plan.js';
import { simplify } from '../../../../src/engine/compiler/simplify.js';
import type { GraphNode, OpAttrs } from '../../../../src/engine/graph/node.js';
import { isOp, topological } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';

const device = new WasmDevice();

let position = 0;
function input(shape: readonly number[]): GraphNode {
  return b.leaf(new InputSource(position++), shape, 'f32');
}

function attrs(more: Partial<OpAttrs['conv']> = {}): OpAttrs['conv'] {
  const [one, zero] = [
    [1, 1],
    [0, 0],
  ];
  const plain = { stride: one, low: zero, high: zero, inputDilation: one, kernelDilation: one };
  return { ...plain, order: [0, 1, 2, 3, 4], ...more };
}

/** y, ∂/∂x and ∂/∂w, simplified. */
function step(x: GraphNode, w: GraphNode, more: Partial<OpAttrs['conv']>): readonly GraphNode[] {
  const y = b.conv(x, w, attrs(more));
  const grads = gradients(b, [y], [input(y.shape)], [x, w]);
  return simplify([y, ...grads.map((g) => g!)]);
}

function explain(outputs: readonly GraphNode[]): string {
  const inputs = Array.from({ length: position }, () => ({ shape: [], dtype: 'f32' as const }));
  return device.compile({ inputs, outputs, assigns: [] }).explain();
}

/** Multiply-adds of the contractions below `roots`. */
function products(roots: readonly GraphNode[]): number {
  let sum = 0;
  for (const node of topological(roots)) {
    if (!isOp(node, 'conv')) continue;
    const size = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);
    sum += size(node.shape) * size(node.inputs[1]!.shape.slice(2));
  }
  return sum;
}

describe('expansion of convolutions', () => {
  it('leaves no input dilation to the kernels, and padding along one axis at most', () => {
    const some = [
      { low: [1, 2], high: [2, -1] },
      { stride: [2, 3], low: [1, 1], high: [1, 1] },
      { inputDilation: [2, 3], low: [-1, 2], high: [3, 1] },
      { inputDilation: [2, 2], kernelDilation: [2, 1] },
    ];
    for (const more of some) {
      for (const node of topological(step(input([2, 1, 3, 8, 9]), input([1, 4, 3, 3, 2]), more))) {
        if (!isOp(node, 'conv')) continue;
        const { low, high, inputDilation } = node.attrs;
        expect([low[1], high[1]]).toEqual([0, 0]);
        expect(Math.min(low[0]!, high[0]!)).toBeGreaterThanOrEqual(0);
        expect(inputDilation).toEqual([1, 1]);
      }
    }
  });

  it('pads the input once for the forward pass and the gradient of the weight', () => {
    const x = input([2, 1, 3, 8, 8]);
    const nodes = topological(step(x, input([1, 4, 3, 3, 3]), { low: [1, 1], high: [1, 1] }));
    expect(nodes.filter((n) => n.op === 'pad' && n.inputs[0] === x)).toHaveLength(1);
  });

  it('multiplies by no zero between the elements of a strided gradient', () => {
    const [x, w] = [input([2, 1, 3, 12, 12]), input([1, 4, 3, 4, 4])];
    const forward = products(simplify([b.conv(x, w, attrs())]));
    const strided = { stride: [2, 2], low: [1, 1], high: [1, 1] };
    const y = b.conv(x, w, attrs(strided));
    const [dx] = gradients(b, [y], [input(y.shape)], [x]);
    const own = products(simplify([y]));
    expect(products(simplify([dx!]))).toBeLessThanOrEqual(1.5 * own);
    expect(own).toBeLessThan(forward);
  });

  it('makes loops of a depthwise convolution where windows are written out', () => {
    const y = b.conv(input([2, 6, 1, 8, 8]), input([6, 1, 1, 3, 3]), attrs());
    const opsFor = (writtenOut?: number): string[] => {
      const target = writtenOut === undefined ? {} : { writtenOut };
      return topological(simplify([y], target)).map((n) => n.op);
    };
    expect(opsFor()).toContain('conv');
    expect(opsFor(16)).not.toContain('conv');
    expect(opsFor(16)).toContain('sum');
  });

  it('makes a product of matrices of a single point', () => {
    const [, dx] = step(input([5, 1, 3, 4, 4]), input([1, 6, 3, 4, 4]), {});
    const ops = topological([dx!]).map((n) => n.op);
    expect(ops).toContain('dot');
    expect(ops).not.toContain('conv');
  });

  it('stores no im2col: every kernel of a padded layer is the pad or the contraction', () => {
    const x = input([8, 1, 16, 14, 14]);
    const y = b.conv(x, input([1, 32, 16, 3, 3]), attrs({ low: [1, 1], high: [1, 1] }));
    const result = b.unary('relu', y);
    const text = explain([result]);
    expect(text).toMatch(/^2 kernels/);
    expect(text).toContain('conv relu');
    const request = { assigns: [], inputPosition: () => 0, sourceIndex: () => 0 };
    const { scratchBytes } = makePlan({ ...request, outputs: [result] }, wasmTarget);
    const im2col = 4 * 8 * (14 * 14) * (16 * 3 * 3);
    expect(scratchBytes).toBeLessThan(im2col);
  });
});
