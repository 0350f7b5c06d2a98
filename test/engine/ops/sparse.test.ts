import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { build } from '../../../src/engine/ops/index.js';
import { Rng } from './rng.js';
import { run } from './run.js';
import { drawPointers, structureOf } from './structure.js';
import { between, tensor } from './values.js';

interface Drawn {
  readonly rows: number;
  readonly columns: number;
  readonly values: RefArray;
  readonly structure: RefArray[];
  /** Value by value: its row, or -1, and its column. */
  readonly at: readonly (readonly [row: number, column: number])[];
}

function draw(rng: Rng): Drawn {
  const [rows, columns, slots] = [rng.int(0, 6), rng.int(1, 6), rng.int(0, 20)];
  const ptr = drawPointers(rng, rows, slots, false);
  const index = tensor(rng, [slots], 'i32', (r) => r.int(0, columns - 1));
  const structure = structureOf(ptr, index, columns);
  const ids = run('segmentIds', [ptr], { size: slots }).data;
  const at = [...index.data].map((column, j) => [ids[j]!, column] as const);
  return { rows, columns, values: tensor(rng, [slots], 'f64', between(-1, 1)), structure, at };
}

test('spmm and sddmm are products with the dense matrix, and at its places', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rng = new Rng(seed);
      const { rows, columns, values, structure, at } = draw(rng);
      const width = rng.int(0, 5);
      const x = tensor(rng, [columns, width], 'f64', between(-1, 1));
      const dense = new Float64Array(rows * columns);
      at.forEach(([v, u], j) => {
        if (v >= 0) dense[v * columns + u]! += values.data[j]!;
      });
      const matrix = { shape: [rows, columns], dtype: 'f64' as const, data: dense };
      const attrs = { batch: [[], []], contract: [[1], [0]] } as const;
      const want = run('dot', [matrix, x], attrs).data;
      run('spmm', [values, x, ...structure], {}).data.forEach((v, i) =>
        expect(v).toBeCloseTo(want[i]!, 12),
      );
      const p = tensor(rng, [rows, width], 'f64', between(-1, 1));
      const all = run('dot', [p, x], { batch: [[], []], contract: [[1], [1]] }).data;
      run('sddmm', [p, x, ...structure], {}).data.forEach((v, j) => {
        const [row, column] = at[j]!;
        expect(v).toBeCloseTo(row < 0 ? 0 : all[row * columns + column]!, 12);
      });
    }),
  );
});

test('slotGather and slotSum are products with the matrix of ones at (slot, column)', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rng = new Rng(seed);
      const [columns, slots, width] = [rng.int(1, 6), rng.int(0, 12), rng.int(1, 4)];
      const index = tensor(rng, [slots], 'i32', (r) => r.int(0, columns - 1));
      const whole = { shape: [2], dtype: 'i32' as const, data: Float64Array.of(0, slots) };
      const [, , tptr, , tperm] = structureOf(whole, index, columns);
      const ones = new Float64Array(slots * columns);
      index.data.forEach((u, j) => (ones[j * columns + u] = 1));
      const matrix = { shape: [slots, columns], dtype: 'f64' as const, data: ones };
      const x = tensor(rng, [columns, width], 'f64', between(-1, 1));
      const z = tensor(rng, [slots, width], 'f64', between(-1, 1));
      const product = (side: 0 | 1, y: RefArray): Float64Array =>
        run('dot', [matrix, y], { batch: [[], []], contract: [[side], [0]] }).data as Float64Array;
      const rest = [index, tptr!, tperm!];
      expect(run('slotGather', [x, ...rest], {}).data).toEqual(product(1, x));
      run('slotSum', [z, ...rest], {}).data.forEach((v, i) =>
        expect(v).toBeCloseTo(product(0, z)[i]!, 12),
      );
    }),
  );
});

test('what does not fit', () => {
  const i32 = (n: number): GraphNode => build.leaf({ kind: 'input' }, [n], 'i32');
  const s = [i32(3), i32(5), i32(5), i32(5), i32(5), i32(5)] as const;
  const [values, x, p] = [[5], [4, 2], [2, 2]].map((shape) =>
    build.leaf({ kind: 'input' }, shape, 'f32'),
  ) as [GraphNode, GraphNode, GraphNode];
  expect(build.spmm(values, x, s).shape).toEqual([2, 2]);
  expect(build.sddmm(p, x, s).shape).toEqual([5]);
  expect(() => build.spmm(values, p, s)).toThrow(
    new ShapeError('spmm: x has shape [2, 2]; the structure asks for [4, F].'),
  );
  expect(() => build.spmm(x, x, s)).toThrow(
    new ShapeError('spmm: values has shape [4, 2]; the structure asks for [5].'),
  );
  expect(() => build.sddmm(p, build.reshape(x, [4, 2, 1]), s)).toThrow(ShapeError);
  expect(() => build.sddmm(p, build.constant(1, [4, 3], 'f32'), s)).toThrow(
    'sddmm: x [2, 2] and y [4, 3] differ in their features; make axis 1 equal.',
  );
  expect(() => build.spmm(values, x, [s[0], s[1], s[2], s[3], i32(4), s[5]])).toThrow(
    'spmm: tperm has shape [4] and index [5]; give vectors of one entry per slot.',
  );
  expect(() => build.spmm(build.cast(values, 'f64'), x, s)).toThrow(DTypeError);
  const slots = [s[1], s[2], s[4]] as const;
  expect(build.slotGather(x, slots).shape).toEqual([5, 2]);
  expect(build.slotSum(values, slots).shape).toEqual([4]);
  expect(() => build.slotGather(values, slots)).toThrow(
    new ShapeError('slotGather: x has shape [5]; the structure asks for [4, …].'),
  );
  expect(() => build.slotSum(x, slots)).toThrow('slotSum: x has shape [4, 2]');
  expect(() => build.slotSum(values, [s[1], s[2], i32(4)])).toThrow(
    'slotSum: index has shape [5] and tperm [4]; give vectors of one entry per slot.',
  );
  expect(() => build.slotGather(build.cast(x, 'bool'), slots)).toThrow(DTypeError);
});
