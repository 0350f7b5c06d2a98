// covers: src/engine/compiler/lower/sort-key.ts, src/engine/compiler/lower/sort-line.ts, src/engine/compiler/lower/sort-radix.ts, src/engine/compiler/lower/sort-rank.ts
import { describe, expect, it } from 'vitest';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import type { DType } from '../../../../src/engine/core/dtype.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import type { Device } from '../../../../src/engine/runtime/device.js';
import { NativeDevice } from '../../../../src/native.js';
import { interpreterDevice, runOn } from '../../backends/device-oracle.js';
import { Rng } from '../../ops/rng.js';
import { special, tensor } from '../../ops/values.js';

const wasm = new WasmDevice();
const DTYPES: readonly DType[] = ['f32', 'f64', 'i32', 'u8'];

/** Zeros of both signs, infinities, NaN and ends of the range among drawn numbers, many equal. */
function sample(dtype: DType, shape: readonly number[], seed = 1): RefArray {
  const few = (rng: Rng): number => rng.int(-40, 40) / 8;
  const any = (rng: Rng): number => rng.uniform(-1e3, 1e3);
  return tensor(
    new Rng(seed),
    shape,
    dtype,
    special(dtype, (rng) => (rng.chance(0.5) ? few : any)(rng)),
  );
}

function expectOrder(
  device: Device,
  x: RefArray,
  attrs: { axis: number; descending: boolean; count: number },
): void {
  const graph = (leaves: Parameters<typeof b.argsort>[0][]) => [b.argsort(leaves[0]!, attrs)];
  const want = runOn(interpreterDevice, [x], (l) => graph([...l]));
  expect(runOn(device, [x], (l) => graph([...l]))).toEqual(want);
}

describe.each(DTYPES)('lines of %s', (dtype) => {
  it.each([1, 2, 3, 31, 32, 33, 64, 65, 97, 1000])('of %i', (n) => {
    for (const descending of [false, true]) {
      for (const count of new Set([n, 1, Math.ceil(n / 5)])) {
        expectOrder(wasm, sample(dtype, [3, n], n), { axis: 1, descending, count });
        expectOrder(wasm, sample(dtype, [2, n, 5], n), { axis: 1, descending, count });
      }
    }
  });

  it('so long that digits become larger', () => {
    for (const count of [8200, 10]) {
      expectOrder(wasm, sample(dtype, [8200], 3), { axis: 0, descending: true, count });
    }
  });

  it('of equal elements, or nearly so', () => {
    const same = { dtype, shape: [200], data: new Float64Array(200).fill(3) };
    const pair = { ...same, data: same.data.map((v, i) => (i % 2 === 0 ? v : 5)) };
    for (const count of [200, 20]) {
      expectOrder(wasm, same, { axis: 0, descending: true, count });
      expectOrder(wasm, pair, { axis: 0, descending: false, count });
    }
  });
});

it('sorts more lines than there are units of work', () => {
  expectOrder(wasm, sample('f32', [1009, 7]), { axis: 1, descending: false, count: 7 });
  expectOrder(wasm, sample('f32', [71, 70]), { axis: 1, descending: false, count: 70 });
});

it('sorts what it computes itself', () => {
  const x = sample('f32', [4, 100]);
  const graph = (l: readonly Parameters<typeof b.neg>[0][]) => {
    const y = b.permute(b.neg(l[0]!), [1, 0]);
    return [b.argsort(y, { axis: 0, descending: false, count: 30 })];
  };
  expect(runOn(wasm, [x], graph)).toEqual(runOn(interpreterDevice, [x], graph));
});

describe('on two threads', () => {
  const device = new WasmDevice({ relaxedSimd: false, threads: 2 });

  it.each([7, 300])('gives the bits of one, lines of %i', (n) => {
    expectOrder(device, sample('f32', [n, 131]), { axis: 0, descending: false, count: n });
    expectOrder(device, sample('f64', [131, n]), { axis: 1, descending: true, count: 3 });
  });
});

const native = nativeTarget() !== undefined;
if (!native) console.log('SKIPPED: no C compiler, nothing is sorted by C');
it.skipIf(!native)('gives the same as C', () => {
  const device = new NativeDevice();
  for (const dtype of DTYPES) {
    expectOrder(device, sample(dtype, [3, 33]), { axis: 1, descending: true, count: 33 });
    expectOrder(device, sample(dtype, [300, 2]), { axis: 0, descending: false, count: 40 });
  }
});
