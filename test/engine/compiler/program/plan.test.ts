import { expect, it } from 'vitest';
import { wasmTarget } from '../../../../src/engine/backends/wasm/device.js';
import { describeProgram } from '../../../../src/engine/compiler/program/describe.js';
import { makePlan } from '../../../../src/engine/compiler/program/plan.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';

it('keeps apart what kernels that run side by side read and write', () => {
  const count = 4;
  const rows = Array.from({ length: count }, (_, i) =>
    b.sum(b.leaf(new InputSource(i), [32, 32, 32], 'f32'), [2]),
  );
  // Each row sum is needed for the last time by one of four kernels that run as one.
  const first = b.sum(b.concat(rows, 0), [0, 1]);
  const outputs = [first, ...rows.map((r) => b.reduce('reduceMax', b.unary('tanh', r), [0]))];
  const plan = makePlan(
    {
      outputs,
      assigns: [],
      inputPosition: (source) => (source as InputSource).position,
      sourceIndex: () => 0,
    },
    wasmTarget,
  );
  expect(describeProgram(plan.summary, 'wasm')).toMatch(/× 4 tensors[^\n]*\n[^\n]*reduceMax/);
  const places = plan.addresses.slice(-2 * count).map(({ place }) => {
    expect(place.kind).toBe('scratch');
    return place.kind === 'scratch' ? place.offset : -1;
  });
  expect(new Set(places).size).toBe(2 * count);
});
