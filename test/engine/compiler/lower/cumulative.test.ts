import { describe, expect, it } from 'vitest';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import type { DType, TypedArray } from '../../../../src/engine/core/dtype.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { NativeDevice } from '../../../../src/native.js';
import { runOn } from '../../backends/device-oracle.js';
import { drawn, expectAgreement } from '../agree.js';

const wasm = new WasmDevice();
const WAYS = [false, true].flatMap((reverse) =>
  [false, true].map((exclusive) => ({ reverse, exclusive })),
);

/** All four ways along an axis. */
function sums(x: GraphNode, axis: number): GraphNode[] {
  return WAYS.map((way) => b.cumsum(x, { axis, ...way }));
}

describe.each(['f32', 'f64', 'i32', 'u8'] as const)('sums of %s', (dtype) => {
  it.each([
    { shape: [1], axis: 0 },
    { shape: [1003], axis: 0 },
    { shape: [7, 33], axis: 1 },
    { shape: [3, 33], axis: 1 },
    { shape: [33, 3], axis: 0 },
    { shape: [5, 7], axis: 0 },
    { shape: [3, 9, 5, 11], axis: 1 },
    { shape: [3, 4, 1], axis: 1 },
    { shape: [1, 6, 300], axis: 1 },
    { shape: [4, 1, 6], axis: 1 },
  ])('of $shape along $axis', ({ shape, axis }) => {
    expectAgreement(wasm, [drawn(dtype, shape)], (x) => sums(x!, axis));
  });
});

/** What a loop in the dtype's own arithmetic gives: one ascending chain. */
function chain(x: Float32Array): number[] {
  let sum = 0;
  return Array.from(x, (value) => (sum = Math.fround(sum + value)));
}

it('adds in f32, one after the other, along any axis', () => {
  const line = drawn('f32', [501]);
  const want = chain(Float32Array.from(line.data));
  const [along] = runOn(wasm, [line], ([x]) => [
    b.cumsum(x!, { axis: 0, reverse: false, exclusive: false }),
  ]);
  expect([...along!]).toEqual(want);
  const [columns] = runOn(wasm, [line], ([x]) => {
    const wide = b.broadcast(b.reshape(x!, [501, 1]), [501, 6]);
    return [b.cumsum(wide, { axis: 0, reverse: false, exclusive: false })];
  });
  expect(Array.from(want.keys(), (i) => columns![6 * i + 5])).toEqual(want);
});

it('sums what it computes itself', () => {
  expectAgreement(wasm, [drawn('f32', [6, 40])], (x) => [
    ...sums(b.unary('exp', b.permute(x!, [1, 0])), 0),
    ...sums(b.flip(b.mul(x!, x!), [1]), 1),
  ]);
});

describe('on two threads', () => {
  const device = new WasmDevice({ relaxedSimd: false, threads: 2 });

  it.each([0, 1, 2])('gives the bits of one, axis %i', (axis) => {
    const x = drawn('f32', [9, 17, 301]);
    const graph = (l: readonly GraphNode[]) => sums(l[0]!, axis);
    const bits = (r: TypedArray[]): string[] => r.map((y) => Buffer.from(y.buffer).toString('hex'));
    expect(bits(runOn(device, [x], graph))).toEqual(bits(runOn(wasm, [x], graph)));
  });
});

const native = nativeTarget() !== undefined;
if (!native) console.log('SKIPPED: no C compiler, no cumulative sums by C');
it.skipIf(!native)('gives the same as C, to the bit', () => {
  const device = new NativeDevice();
  for (const dtype of ['f32', 'f64', 'u8'] satisfies DType[]) {
    const x = drawn(dtype, [5, 37, 35]);
    const graph = (l: readonly GraphNode[]) => [...sums(l[0]!, 1), ...sums(l[0]!, 2)];
    expect(runOn(device, [x], graph)).toEqual(runOn(wasm, [x], graph));
  }
});
