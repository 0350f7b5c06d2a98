import { expect, test } from 'vitest';
import { readSafetensors, toArrays, toTensors, writeSafetensors } from '../../src/io/index.js';
import { tensor } from '../../src/tensor/index.js';

const state = {
  '0.weight': tensor([
    [1, 2],
    [3, 4],
  ]),
  mask: tensor([true, false]),
  double: tensor(0.1, { dtype: 'f64' }),
};

test('tensors through a file and back', () => {
  const read = toTensors(readSafetensors(writeSafetensors(toArrays(state))).tensors);
  expect(Object.keys(read).sort()).toEqual(Object.keys(state).sort());
  for (const [name, t] of Object.entries(state)) {
    expect([read[name]!.dtype, read[name]!.shape]).toEqual([t.dtype, t.shape]);
    expect(read[name]!.dataSync()).toEqual(t.dataSync());
  }
});

test('toArrays computes what is pending, and copies', () => {
  const arrays = toArrays({ sum: state['0.weight'].add(1) });
  expect(arrays.sum).toEqual({
    dtype: 'f32',
    shape: [2, 2],
    values: Float32Array.of(2, 3, 4, 5),
  });
  const weight = toArrays(state)['0.weight'];
  weight.values.fill(0);
  expect(state['0.weight'].dataSync()[0]).toBe(1);
});

test('toTensors of a record, odd names included', () => {
  const one = { dtype: 'i32', shape: [], values: Int32Array.of(7) } as const;
  expect(toTensors({ a: one }).a.item()).toBe(7);
  const odd = toTensors(new Map([['__proto__', one]]));
  expect(Object.keys(odd)).toEqual(['__proto__']);
});
