import { expect, it } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { runOn } from '../../backends/device-oracle.js';

const device = new WasmDevice();

it.each([3, 4, 8, 17])('scatters f32 values computed from f64 ones, %i columns', (columns) => {
  const length = 2 * columns;
  const data = Float64Array.from({ length }, (_, i) => i + 0.5);
  const index = Float64Array.from({ length }, (_, i) => (i < columns ? 2 : 0));
  const [got] = runOn(
    device,
    [
      { shape: [2, columns], dtype: 'f64', data },
      { shape: [2, columns], dtype: 'i32', data: index },
    ],
    ([x, at]) => [b.scatterAdd(b.cast(x!, 'f32'), at!, 0, 3)],
  );
  expect([...got!.subarray(2 * columns)]).toEqual([...data.subarray(0, columns)]);
  expect([...got!.subarray(0, columns)]).toEqual([...data.subarray(columns)]);
  expect([...got!.subarray(columns, 2 * columns)]).toEqual(new Array(columns).fill(0));
});

it('drops what lies out of range', () => {
  const [got] = runOn(
    device,
    [
      { shape: [4], dtype: 'f32', data: Float64Array.of(1, 2, 4, 8) },
      { shape: [4], dtype: 'i32', data: Float64Array.of(1, -1, 3, 1) },
    ],
    ([x, at]) => [b.scatterAdd(x!, at!, 0, 3)],
  );
  expect([...got!]).toEqual([0, 9, 0]);
});
