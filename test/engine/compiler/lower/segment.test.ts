// covers: src/engine/compiler/lower/segment-ids.ts, src/engine/compiler/expand/sparse.ts
import { describe, expect, it } from 'vitest';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { WasmDevice, wasmTarget } from '../../../../src/engine/backends/wasm/device.js';
import { makePlan } from '../../../../src/engine/compiler/program/plan.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';
import { NativeDevice } from '../../../../src/native.js';
import { runOn } from '../../backends/device-oracle.js';
import { Rng } from '../../ops/rng.js';
import { structureOf } from '../../ops/structure.js';
import { drawn, expectAgreement, given } from '../agree.js';

const device = new WasmDevice();
const WIDTHS = [0, 1, 3, 4, 5, 15, 16, 17, 31, 33, 61];

function rows(x: GraphNode, index: GraphNode): GraphNode {
  const shape = [index.shape[0]!, ...x.shape.slice(1)];
  return b.gather(x, b.broadcast(b.reshape(index, [shape[0]!, 1]), shape), 0);
}

/** Structure of a random matrix, some of whose rows are empty. */
function matrix(rows: number, columns: number, slots: number): RefArray[] {
  const rng = new Rng(slots);
  const starts = rng.list(rows - 1, () => rng.int(0, slots)).sort((x, y) => x - y);
  const index = rng.list(slots, () => rng.int(0, columns - 1));
  return structureOf(given('i32', [0, ...starts, slots]), given('i32', index), columns);
}

function sparse(leaves: readonly GraphNode[]): Parameters<typeof b.spmm>[2] {
  return leaves as unknown as Parameters<typeof b.spmm>[2];
}

describe('segments', () => {
  it.each(WIDTHS)('of %i features, in all dtypes', (width) => {
    for (const dtype of ['f32', 'f64', 'i32', 'u8'] as const) {
      const inputs = [drawn(dtype, [40, width]), given('i32', [0, 7, 7, 8, 39])];
      expectAgreement(device, inputs, (x, ptr) =>
        (['segmentSum', 'segmentMax', 'segmentArgMax'] as const)
          .map((op) => b.segment(op, x!, ptr!))
          .concat(b.segmentGather(b.segment('segmentSum', x!, ptr!), ptr!, 40)),
      );
    }
  });

  it('stand still where there are none, or nothing is in them', () => {
    const none = [drawn('f32', [6, 5]), given('i32', [3])];
    expectAgreement(device, none, (x, ptr) => [
      b.segment('segmentSum', x!, ptr!),
      b.segmentIds(ptr!, 6),
    ]);
    const empty = [drawn('f32', [0, 5]), given('i32', [0, 0, 0])];
    expectAgreement(device, empty, (x, ptr) => [
      b.segment('segmentSum', x!, ptr!),
      b.segment('segmentArgMax', x!, ptr!),
      b.segmentIds(ptr!, 0),
    ]);
    expectAgreement(device, [drawn('f32', [1, 5]), given('i32', [0, 1])], (x, ptr) => {
      const y = b.segment('segmentSum', x!, ptr!);
      return [b.segment('segmentSum', b.mul(y, x!), ptr!), b.neg(y)];
    });
  });

  it('do not stray, whatever the pointers', () => {
    const wild = [5, -2147483648, 2147483647, 3, 3, 9, -1, 6, 1000, 0];
    expectAgreement(device, [drawn('f32', [9, 6]), given('i32', wild)], (x, ptr) => [
      b.segment('segmentSum', x!, ptr!),
      b.segment('segmentMax', x!, ptr!),
      b.segmentIds(ptr!, 9),
    ]);
  });

  it('of what lies in any order, with axes that do not merge', () => {
    const inputs = [drawn('f32', [7, 3, 12]), given('i32', [0, 5, 12])];
    expectAgreement(device, inputs, (x, ptr) => [
      b.segment('segmentSum', b.permute(x!, [2, 1, 0]), ptr!),
      b.segment('segmentMax', b.flip(b.permute(x!, [2, 0, 1]), [2]), ptr!),
    ]);
  });

  it('take messages in and give results on in one kernel', () => {
    const graph = ([x, index, ptr, bias]: readonly GraphNode[]): GraphNode => {
      const messages = b.unary('relu', rows(x!, index!));
      const sums = b.segment('segmentSum', messages, ptr!);
      return b.unary('tanh', b.add(sums, b.broadcast(b.reshape(bias!, [1, 5]), sums.shape)));
    };
    const index = Array.from({ length: 30 }, (_, i) => (i * 7) % 12);
    const inputs = [
      drawn('f32', [12, 5]),
      given('i32', [...index, 99]),
      given('i32', [0, 10, 10, 31]),
      drawn('f32', [5]),
    ];
    expectAgreement(device, inputs, (...leaves) => [graph(leaves)]);
    const leaves = inputs.map((x, i) => b.leaf(new InputSource(i), x.shape, x.dtype));
    const plan = makePlan(
      {
        outputs: [graph(leaves)],
        assigns: [],
        inputPosition: (source) => (source as InputSource).position,
        sourceIndex: () => 0,
      },
      wasmTarget,
    );
    expect(plan.summary.kernels).toHaveLength(1);
  });
});

/** A bit of everything, gradients included, that must not depend on the number of threads. */
function everything(leaves: readonly GraphNode[]): GraphNode[] {
  const [values, x, ...structure] = leaves as [GraphNode, GraphNode, ...GraphNode[]];
  const s = sparse(structure);
  const y = b.spmm(values, x, s);
  const wide = b.broadcast(b.reshape(s[1], [s[1].shape[0]!, 1]), [s[1].shape[0]!, x.shape[1]!]);
  const messages = b.gather(x, wide, 0);
  return [
    y,
    b.sddmm(y, x, s),
    b.segment('segmentMax', messages, s[0]),
    b.segment('segmentArgMax', messages, s[0]),
    b.segmentIds(s[0], s[1].shape[0]!),
    b.scatterAdd(messages, wide, 0, x.shape[0]!),
    b.scatterAdd(b.permute(messages, [1, 0]), b.permute(wide, [1, 0]), 1, x.shape[0]!),
  ];
}

describe('products with a sparse matrix', () => {
  it.each(WIDTHS)('of %i features', (width) => {
    const inputs = [drawn('f32', [50]), drawn('f32', [9, width]), drawn('f32', [8, width])];
    expectAgreement(device, [...inputs, ...matrix(8, 9, 50)], (values, x, y, ...s) => [
      b.spmm(values!, x!, sparse(s)),
      b.sddmm(y!, x!, sparse(s)),
    ]);
  });

  const inputs = [drawn('f32', [5000]), drawn('f32', [90, 37]), ...matrix(80, 90, 5000)];

  it.skipIf(!nativeTarget())('are the same in C', () => {
    const native = runOn(new NativeDevice(), inputs, everything);
    const wasm = runOn(new WasmDevice({ relaxedSimd: false }), inputs, everything);
    native.forEach((x, i) => expect(x).toEqual(wasm[i]));
  });

  it('are the same to the bit on two threads', () => {
    const one = runOn(new WasmDevice({ relaxedSimd: false }), inputs, everything);
    const two = new WasmDevice({ relaxedSimd: false, threads: 2 });
    const both = runOn(two, inputs, everything);
    both.forEach((x, i) => expect(x).toEqual(one[i]));
  });
});
