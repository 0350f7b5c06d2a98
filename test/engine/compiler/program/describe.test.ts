// covers: src/engine/compiler/program/summary.ts, src/engine/compiler/lower/loops.ts
import { describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autograd/gradients.js';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { describeProgram, formatCount } from '../../../../src/engine/compiler/program/describe.js';
import type { KernelSummary } from '../../../../src/engine/compiler/program/summary.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { InputSource, Variable } from '../../../../src/engine/runtime/storage.js';
import { mlpStep } from '../../backends/mlp-step.js';

const device = new WasmDevice({ relaxedSimd: false });

function explain(outputs: readonly GraphNode[], shape: readonly number[] = [8, 16]): string {
  const inputs = [{ shape, dtype: 'f32' as const }];
  return device.compile({ inputs, outputs, assigns: [] }).explain();
}

describe('the description of a program', () => {
  const x = b.leaf(new InputSource(0), [8, 16], 'f32');
  const w = b.leaf(new Variable([16, 4], 'f32'), [16, 4], 'f32');
  const product = b.dot(x, w, { batch: [[], []], contract: [[1], [0]] });

  it('says what each kernel fuses, computes and moves, and where values lie', () => {
    expect(explain([b.sum(b.unary('relu', product), [1])])).toMatchInlineSnapshot(`
      "2 kernels on wasm: 1.1 kFLOP, 1.1 kB moved, 1.0 FLOP/B
      memory: 768 B of scratch for 800 B of values, 256 B of variables and constants (1)

        1  B across lanes in place, A in place, tiles 4×4; 1.0 kFLOP, 896 B moved, 1.1 FLOP/B, 128 B of workspace
           dot → f32[8, 4]
        2  rows 8, reduce 4, lanes along outputs; 64 FLOP, 160 B moved, 0.4 FLOP/B
           sum relu → f32[8]

      scratch memory by offset, and from which to which kernel each value is needed:
               0    512 B        1  █·  input f32[8, 16]
               0     32 B        2  ·█  sum f32[8]
             512    128 B        1  █·  workspace of dot
             640    128 B      1–2  ██  dot f32[8, 4]"
    `);
  });

  it('counts one operation for each element, and 2 m n k for a contraction', () => {
    expect(explain([b.add(x, x)])).toContain('; 128 FLOP, 1.0 kB moved, 0.1 FLOP/B');
    expect(explain([product])).toMatch(/; 1\.0 kFLOP/);
    // The factor is the same along a row: it is computed once for each.
    const rows = b.broadcast(b.reshape(b.sum(x, [1]), [8, 1]), x.shape);
    expect(explain([b.mul(x, rows)])).toMatch(/^1 kernels on wasm: 256 FLOP/);
  });

  it('has lanes along what is read in each turn, however much is read once ahead of it', () => {
    const values = b.leaf(new InputSource(0), [8, 4, 6, 6], 'f32');
    const channel = (i: number): GraphNode => b.leaf(new InputSource(i), [1, 4, 1, 1], 'f32');
    const wide = (n: GraphNode): GraphNode => b.broadcast(n, values.shape);
    const scaled = b.add(b.mul(values, wide(channel(1))), wide(b.mul(channel(2), channel(3))));
    const shapes = [[8, 4, 6, 6], ...[1, 2, 3].map(() => [1, 4, 1, 1])];
    const inputs = shapes.map((shape) => ({ shape, dtype: 'f32' as const }));
    const spec = { inputs, outputs: [b.sum(scaled, [0, 2, 3])], assigns: [] };
    expect(device.compile(spec).explain()).toContain('rows 4, reduce 8×36, lanes along the row');
  });

  const POOLING = { size: [2, 2], stride: [2, 2], low: [0, 0], high: [0, 0], dilation: [1, 1] };

  it('has lanes along outputs where windows and rows of outputs are shorter than any vector', () => {
    const images = b.leaf(new InputSource(0), [8, 16, 7, 7], 'f32');
    expect(explain([b.windowMax(images, POOLING)], images.shape)).toMatch(
      /rows 128×3×3, reduce 2×2, lanes along outputs/,
    );
  });

  it('has the gradient of a pooling in the rows of its images', () => {
    const images = b.leaf(new InputSource(0), [8, 16, 8, 8], 'f32');
    const most = b.windowMax(images, POOLING);
    const [gradient] = gradients(b, [most], [b.mul(most, most)], [images]);
    expect(explain([gradient!], images.shape)).toMatch(/where.* → f32\[8, 16, 8, 8\]/);
  });

  it('counts each variable once', () => {
    const step = mlpStep([6, 5, 3], 4);
    const variables = [...new Set(step.variables)];
    const bytes = variables.reduce((n, v) => n + v.storage.byteLength, 0);
    const { length } = variables;
    const text = device.compile(step.spec).explain();
    expect(text).toContain(`${formatCount(bytes)}B of variables and constants (${length})`);
  });

  it('stays short for many kernels and values', () => {
    const kernel: KernelSummary = {
      operations: 'add',
      outputs: ['f32[]'],
      plan: 'map 1',
      tensors: 1,
      flops: 1,
      work: 1,
      units: 1,
      bytes: 8,
      workspaceBytes: 0,
      loops: [],
    };
    const text = describeProgram(
      {
        kernels: Array.from({ length: 200 }, () => kernel),
        scratch: Array.from({ length: 100 }, (_, i) => {
          return { what: `value ${i}`, bytes: i, offset: 64 * i, from: i, to: 200 };
        }),
        scratchBytes: 6400,
        residentBytes: 0,
        residents: 0,
      },
      'wasm',
    );
    expect(text).toContain('a column for 5');
    expect(text).toContain('and 52 smaller values, 1.3 kB');
    expect(text.split('\n').every((line) => line.length <= 100)).toBe(true);
  });
});
