import { expect, it } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { interpreterDevice, runOn } from '../../backends/device-oracle.js';

const EXTENT = 8;

/** Rows of `EXTENT` elements, all of one row alike. */
function rows(dtype: 'f32' | 'i32', values: readonly number[]) {
  const data = Float64Array.from(values.flatMap((v) => new Array<number>(EXTENT).fill(v)));
  return { shape: [values.length, EXTENT], dtype, data };
}

it('decides by an index before the branches that compute it', () => {
  // The index is joined along the rows, so that a branch computes it; whether it is in range decides,
  // lane by lane, also what the loads in that branch may read.
  const inputs = [
    rows('f32', [1, 2, 3, 4]),
    rows('i32', [3, 0]),
    rows('i32', [-1, 4]),
    rows('i32', [1, 2147483647]),
  ];
  const gathered = ([x, ...indices]: readonly GraphNode[]): GraphNode[] => [
    b.gather(x!, b.concat(indices, 0), 0),
    b.gather(x!, b.concat([...indices].reverse(), 0), 0),
  ];
  const results = runOn(new WasmDevice(), inputs, gathered);
  expect(results).toEqual(runOn(interpreterDevice, inputs, gathered));
});

it('branches within a choice that each lane makes for itself', () => {
  // Rows of 8 are cut from padded rows of 32: where padding ends, two loops decide together. What is
  // repeated along the lanes is joined along the first axis, which is a branch.
  const inputs = [
    { shape: [1, 1], dtype: 'f32' as const, data: Float64Array.of(3) },
    { shape: [1, 1], dtype: 'f32' as const, data: Float64Array.of(5) },
    { shape: [8], dtype: 'f32' as const, data: Float64Array.from({ length: 8 }, (_, i) => i / 4) },
  ];
  const joined = ([x, y, column]: readonly GraphNode[]): GraphNode[] => {
    const wide = b.broadcast(b.concat([x!, y!], 0), [2, 32]);
    const padded = b.pad(wide, { low: [0, 3], high: [0, 5], interior: [0, 0], value: 1 });
    return [b.add(b.reshape(padded, [2, 5, 8]), b.broadcastTo(column!, [2, 5, 8]))];
  };
  const results = runOn(new WasmDevice(), inputs, joined);
  expect(results).toEqual(runOn(interpreterDevice, inputs, joined));
});

it('gives every lane its own index, where a choice by lanes guards the load of it', () => {
  // Each row has one index; the first element of all, which lanes outside read, points nowhere.
  const inputs = [
    rows('f32', [1, 2, 3, 4]),
    { shape: [4, 1], dtype: 'i32' as const, data: Float64Array.of(2147483647, 5, 2, -1) },
  ];
  const spread = ([x, index]: readonly GraphNode[]): GraphNode[] => {
    const picked = b.gather(x!, b.broadcast(index!, [4, EXTENT]), 1);
    return [b.pad(picked, { low: [0, 1], high: [0, 2], interior: [0, 2], value: 9 })];
  };
  const results = runOn(new WasmDevice(), inputs, spread);
  expect(results).toEqual(runOn(interpreterDevice, inputs, spread));
});
