import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DType } from '../../../src/engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { topological } from '../../../src/engine/graph/node.js';
import type { OpAttrs } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import { drawCase } from './domains.js';
import { Rng } from './rng.js';
import { element, indicesOf, run, values } from './run.js';

const MATMUL: OpAttrs['dot'] = { batch: [[], []], contract: [[1], [0]] };

test('dot is its definition, for any placement of the axes', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { inputs, attrs } = drawCase('dot', new Rng(seed), { dtype: 'f64' });
      const [x, y] = [inputs[0]!, inputs[1]!];
      const free = [x, y].map((operand, side) =>
        [...operand.shape.keys()].filter(
          (axis) => !attrs.batch[side]!.includes(axis) && !attrs.contract[side]!.includes(axis),
        ),
      );
      const result = run('dot', inputs, attrs);
      const inner = indicesOf(attrs.contract[0].map((axis) => x.shape[axis]!));
      /** The index into one operand, from the indices of its axes by kind. */
      const place = (side: 0 | 1, parts: readonly (readonly number[])[]): number[] => {
        const axes = [attrs.batch[side], free[side]!, attrs.contract[side]];
        const index: number[] = [];
        axes.forEach((list, kind) => list.forEach((axis, i) => (index[axis] = parts[kind]![i]!)));
        return index;
      };
      const n = attrs.batch[0].length;
      const m = n + free[0]!.length;
      indicesOf(result.shape).forEach((index, flat) => {
        let total = 0;
        for (const k of inner) {
          const left = place(0, [index.slice(0, n), index.slice(n, m), k]);
          const right = place(1, [index.slice(0, n), index.slice(m), k]);
          total += element(x, left) * element(y, right);
        }
        expect(result.data[flat]).toBeCloseTo(total, 12);
      });
    }),
    { numRuns: 60 },
  );
});

test('a matrix product by hand, and i32 wrapping', () => {
  const x = values('f32', [1, 2, 3, 4, 5, 6], [2, 3]);
  const y = values('f32', [7, 8, 9, 10, 11, 12], [3, 2]);
  expect([...run('dot', [x, y], MATMUL).data]).toEqual([58, 64, 139, 154]);
  const big = values('i32', [2147483647, 2147483647], [1, 2]);
  const three = values('i32', [3, 3], [2, 1]);
  expect([...run('dot', [big, three], MATMUL).data]).toEqual([-6]);
  const huge = values('i32', [123456789, 2147483647], [2, 1]);
  expect([...run('dot', [big, huge], MATMUL).data]).toEqual([2024026860]);
});

test('contracting nothing, and an empty axis', () => {
  const outer = { batch: [[], []], contract: [[], []] } as const;
  const result = run('dot', [values('f64', [2, 3]), values('f64', [5, 7])], outer);
  expect([result.shape, [...result.data]]).toEqual([
    [2, 2],
    [10, 14, 15, 21],
  ]);
  const none = [values('f64', [], [2, 0]), values('f64', [], [0, 1])];
  expect([...run('dot', none, MATMUL).data]).toEqual([0, 0]);
});

test.each<[string, number[], number[], OpAttrs['dot']]>([
  ['x · y', [4, 5], [5, 6], MATMUL],
  ['x · yᵀ, a linear layer', [4, 5], [6, 5], { batch: [[], []], contract: [[1], [1]] }],
  ['xᵀ · y', [5, 4], [5, 6], { batch: [[], []], contract: [[0], [0]] }],
  [
    'batched q · kᵀ',
    [2, 3, 4, 5],
    [2, 3, 6, 5],
    {
      batch: [
        [0, 1],
        [0, 1],
      ],
      contract: [[3], [3]],
    },
  ],
])('the gradients of %s are two dots and no permutation', (_name, xShape, yShape, attrs) => {
  const x = build.leaf({ kind: 'input' }, xShape, 'f32');
  const y = build.leaf({ kind: 'input' }, yShape, 'f32');
  const z = build.dot(x, y, attrs);
  const found = gradients(build, [z], [build.leaf({ kind: 'input' }, z.shape, 'f32')], [x, y]);
  const ops = topological(found.map((g) => g!)).map((node) => node.op);
  expect(ops.filter((op) => op !== 'leaf')).toEqual(['dot', 'dot']);
});

test('what does not fit', () => {
  const leaf = (shape: number[], dtype: DType = 'f32') =>
    build.leaf({ kind: 'input' }, shape, dtype);
  const x = leaf([8, 3]);
  expect(() => build.dot(x, leaf([4, 5]), MATMUL)).toThrow(
    new ShapeError(
      'dot: contracted axes differ: left axis 1 has 3, right axis 0 has 4 ' +
        '(left [8, 3], right [4, 5]); make them equal.',
    ),
  );
  expect(() => build.dot(x, x, { batch: [[0], []], contract: [[1], [1]] })).toThrow(
    new ShapeError(
      'dot: 1 batch axes on the left, 0 on the right (left [8, 3], right [8, 3]); ' +
        'name them in pairs.',
    ),
  );
  expect(() => build.dot(x, x, { batch: [[1], [0]], contract: [[1], [1]] })).toThrow(
    new ShapeError(
      'dot: axis 1 of the left operand is named twice (left [8, 3], right [8, 3]); ' +
        'an axis is batch or contracted, once.',
    ),
  );
  expect(() => build.dot(x, x, { batch: [[], []], contract: [[2], [1]] })).toThrow(ShapeError);
  expect(() => build.dot(x, leaf([3, 5], 'f64'), MATMUL)).toThrow(DTypeError);
  expect(() => build.dot(leaf([2, 2], 'u8'), leaf([2, 2], 'u8'), MATMUL)).toThrow(DTypeError);
});
