import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import type { OpAttrs } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { drawCase } from './domains.js';
import { Rng } from './rng.js';
import { element, indicesOf, run, values } from './run.js';

const PLAIN: OpAttrs['conv'] = {
  stride: [1],
  low: [0],
  high: [0],
  inputDilation: [1],
  kernelDilation: [1],
  order: [0, 1, 2, 3],
};

/** x with zeros between and beside its elements, as pad makes them. */
function spread(x: RefArray, { low, high, inputDilation }: OpAttrs['conv']): RefArray {
  const lead = [0, 0, 0];
  return run('pad', [x], {
    low: [...lead, ...low],
    high: [...lead, ...high],
    interior: [...lead, ...inputDilation.map((d) => d - 1)],
    value: 0,
  });
}

test('conv is its definition on the padded, dilated input', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { inputs, attrs } = drawCase('conv', new Rng(seed), { dtype: 'f64' });
      const [x, w] = [inputs[0]!, inputs[1]!];
      const y = run('conv', inputs, attrs);
      if (y.data.length === 0 || y.data.length > 500) return;
      const padded = spread(x, attrs);
      const taps = indicesOf(w.shape.slice(2));
      indicesOf(y.shape).forEach((index, flat) => {
        const natural: number[] = [];
        attrs.order.forEach((axis, i) => (natural[axis] = index[i]!));
        const [n, g, o, ...p] = natural as [number, number, number, ...number[]];
        let total = 0;
        for (const [c, ...k] of taps as [number, ...number[]][]) {
          const at = p.map((v, i) => v * attrs.stride[i]! + k[i]! * attrs.kernelDilation[i]!);
          total += element(padded, [n, g, c, ...at]) * element(w, [g, o, c, ...k]);
        }
        expect(y.data[flat]).toBeCloseTo(total, 12);
      });
    }),
    { numRuns: 60 },
  );
});

test('conv by hand: correlation, true convolution by a turned kernel, i32 wraps', () => {
  const x = values('f32', [1, 2, 3, 4], [1, 1, 1, 4]);
  const w = values('f32', [1, 10], [1, 1, 1, 2]);
  expect([...run('conv', [x, w], PLAIN).data]).toEqual([21, 32, 43]);
  const turned = values('f32', [10, 1], [1, 1, 1, 2]);
  expect([...run('conv', [x, turned], PLAIN).data]).toEqual([12, 23, 34]);
  const big = values('i32', [2147483647], [1, 1, 1, 1]);
  const three = values('i32', [3], [1, 1, 1, 1]);
  expect([...run('conv', [big, three], PLAIN).data]).toEqual([2147483645]);
});

test('a window that does not fit gives no output, and gradients of zeros', () => {
  const x = values('f32', [1, 2], [1, 1, 1, 2]);
  const w = values('f32', [1, 2, 3], [1, 1, 1, 3]);
  expect(run('conv', [x, w], PLAIN).shape).toEqual([1, 1, 1, 0]);
  const leaves = [leafOf([1, 1, 1, 2]), leafOf([1, 1, 1, 3])];
  const y = build.conv(leaves[0]!, leaves[1]!, PLAIN);
  const found = gradients(build, [y], [build.like(y, 1)], leaves).map((g) => {
    return [g!.shape, [...interpret([g!], () => x)[0]!.data]];
  });
  expect(found).toEqual([
    [
      [1, 1, 1, 2],
      [0, 0],
    ],
    [
      [1, 1, 1, 3],
      [0, 0, 0],
    ],
  ]);
});

const leafOf = (shape: readonly number[], dtype: 'f32' | 'f64' | 'bool' = 'f32') =>
  build.leaf({ kind: 'input' }, shape, dtype);

test.each([
  [[1, 2, 3, 4], [1, 5, 3, 2], {}, ShapeError, 'x has 2 groups, weight 1'],
  [[1, 1, 3, 4], [1, 5, 2, 2], {}, ShapeError, 'x has 3 channels, weight 2'],
  [[1, 3, 4], [1, 5, 3, 2], {}, ShapeError, '3 and 4 axes'],
  [[1, 3], [1, 5], {}, ShapeError, '2 and 2 axes'],
  [[1, 1, 3, 4], [1, 5, 3, 0], {}, ShapeError, 'extent 0'],
  [[1, 1, 3, 4], [1, 5, 3, 2], { stride: [0] }, ArgumentError, 'stride is [0]'],
  [[1, 1, 3, 4], [1, 5, 3, 2], { low: [1, 1] }, ArgumentError, 'give 1 integer'],
  [[1, 1, 3, 4], [1, 5, 3, 2], { high: [0.5] }, ArgumentError, 'high is [0.5]'],
  [[1, 1, 3, 4], [1, 5, 3, 2], { order: [0, 1, 2, 2] }, ArgumentError, 'order [0, 1, 2, 2]'],
] as const)('refuses x %j with weight %j and %j', (x, w, attrs, type, text) => {
  const make = (): unknown => build.conv(leafOf(x), leafOf(w), { ...PLAIN, ...attrs });
  expect(make).toThrow(type);
  expect(make).toThrow(text);
});

test('refuses dtypes that differ or that cannot be multiplied', () => {
  const [x, w] = [
    [1, 1, 1, 3],
    [1, 1, 1, 2],
  ];
  expect(() => build.conv(leafOf(x!), leafOf(w!, 'f64'), PLAIN)).toThrow(DTypeError);
  expect(() => build.conv(leafOf(x!, 'bool'), leafOf(w!, 'bool'), PLAIN)).toThrow(DTypeError);
});
