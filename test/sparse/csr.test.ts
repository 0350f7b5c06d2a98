// covers: src/sparse/index.ts
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import { Csr } from '../../src/sparse/index.js';
import { values } from '../tensor/check.js';

const edges = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, columns]) =>
    fc.record({
      shape: fc.constant([rows, columns] as const),
      list: fc.array(
        fc.tuple(fc.integer({ min: 0, max: rows - 1 }), fc.integer({ min: 0, max: columns - 1 })),
        { maxLength: 20 },
      ),
    }),
  );

/** Row and column of each slot. */
function places(a: Csr): number[][] {
  const [ptr, index] = [values(a.ptr), values(a.index)];
  return index.map((column, j) => [ptr.filter((p) => p <= j).length - 1, column]);
}

test('slots are the edges, sorted by row and otherwise in order', () => {
  fc.assert(
    fc.property(edges, ({ shape, list }) => {
      const a = Csr.fromEdges(
        list.map(([v]) => v),
        list.map(([, u]) => u),
        shape,
      );
      const order = values(a.order);
      expect(places(a)).toEqual(order.map((e) => [...list[e]!]));
      const sorted = [...list.keys()].sort((d, e) => list[d]![0] - list[e]![0] || d - e);
      expect(order).toEqual(sorted);
    }),
  );
});

test('the transpose has the edges turned round, and its transpose is the matrix', () => {
  fc.assert(
    fc.property(edges, ({ shape, list }) => {
      const a = Csr.fromEdges(
        list.map(([v]) => v),
        list.map(([, u]) => u),
        shape,
      );
      const t = a.transpose();
      expect(t.shape).toEqual([shape[1], shape[0]]);
      expect(places(t)).toEqual(values(t.order).map((e) => [...list[e]!].reverse()));
      const back = t.transpose();
      for (const part of ['ptr', 'index', 'order', 'tperm'] as const) {
        expect(values(back[part])).toEqual(values(a[part]));
      }
    }),
  );
});

test('compressed rows may be given as such', () => {
  const a = Csr.fromRows([0, 2, 2, 3], [2, 0, 1], 3);
  expect(places(a)).toEqual([
    [0, 2],
    [0, 0],
    [2, 1],
  ]);
  expect(values(a.order)).toEqual([0, 1, 2]);
  expect(a.slots).toBe(3);
  expect(places(a.transpose())).toEqual([
    [0, 0],
    [1, 2],
    [2, 0],
  ]);
});

test('what is out of range is named', () => {
  expect(() => Csr.fromEdges([0, 1, 7], [0, 2, 1], [3, 3])).toThrow(
    new IndexError(
      'Csr.fromEdges: edge 2 is at row 7, column 1 of a matrix [3, 3]; use rows 0…2 and columns 0…2.',
    ),
  );
  expect(() => Csr.fromEdges([0.5], [0], [3, 3])).toThrow('edge 0 is at row 0.5');
  expect(() => Csr.fromEdges([0], [], [3, 3])).toThrow(ShapeError);
  expect(() => Csr.fromEdges([], [], [-1, 3])).toThrow(ArgumentError);
  expect(() => Csr.fromRows([], [], 3)).toThrow(ArgumentError);
  expect(() => Csr.fromRows([0, 2, 1, 3], [0, 0, 0], 1)).toThrow(
    new IndexError(
      'Csr.fromRows: ptr[2] = 1 after 2 with 3 slots; pointers begin at 0, do not decrease, and end at 3.',
    ),
  );
  expect(() => Csr.fromRows([1, 3], [0, 0, 0], 1)).toThrow('ptr[0] = 1');
  expect(() => Csr.fromRows([0, 2], [0, 0, 0], 1)).toThrow('ptr[1] = 2');
  expect(() => Csr.fromRows([0, 2], [0, 1], 1)).toThrow(
    'Csr.fromRows: index[1] = 1 is out of range for 1 columns; use 0…0.',
  );
});
