/** Movements against their definitions, index by index. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import type { GraphNode, OpAttrs } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { DrawnOp, OpCase } from './domains.js';
import { describeCase, drawCase } from './domains.js';
import { Rng } from './rng.js';
import { counting, element, indicesOf, run, withAxis } from './run.js';

type Definition<K extends DrawnOp> = (
  inputs: readonly RefArray[],
  attrs: OpAttrs[K],
  index: readonly number[],
) => number;

/** Checks each element of drawn results against its definition. */
function holds<K extends DrawnOp>(op: K, definition: Definition<K>): void {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const drawn: OpCase<K> = drawCase(op, new Rng(seed), { dtype: 'f64' });
      const result = run(op, drawn.inputs, drawn.attrs, drawn.wanted);
      const expected = indicesOf(result.shape).map((i) => definition(drawn.inputs, drawn.attrs, i));
      try {
        expect([...result.data]).toEqual(expected);
      } catch (error) {
        throw new Error(describeCase(drawn as unknown as OpCase), { cause: error });
      }
    }),
  );
}

test('permute', () => {
  holds('permute', ([x], { axes }, index) =>
    element(
      x!,
      x!.shape.map((_, axis) => index[axes.indexOf(axis)]!),
    ),
  );
});

test('broadcast', () => {
  holds('broadcast', ([x], _attrs, index) =>
    element(
      x!,
      index.map((i, axis) => (x!.shape[axis] === 1 ? 0 : i)),
    ),
  );
});

test('pad', () => {
  holds('pad', ([x], { low, interior, value }, index) => {
    const from = index.map((i, axis) => (i - low[axis]!) / (interior[axis]! + 1));
    const inside = from.every((i, axis) => Number.isInteger(i) && i >= 0 && i < x!.shape[axis]!);
    return inside ? element(x!, from) : value;
  });
});

test('slice', () => {
  holds('slice', ([x], { start, step }, index) =>
    element(
      x!,
      index.map((i, axis) => start[axis]! + i * step[axis]!),
    ),
  );
});

test('flip', () => {
  holds('flip', ([x], { axes }, index) =>
    element(
      x!,
      index.map((i, axis) => (axes.includes(axis) ? x!.shape[axis]! - 1 - i : i)),
    ),
  );
});

test('concat', () => {
  holds('concat', (inputs, { axis }, index) => {
    let i = index[axis]!;
    const x = inputs.find((part) => {
      if (i < part.shape[axis]!) return true;
      i -= part.shape[axis]!;
      return false;
    });
    return element(x!, withAxis(index, axis, i));
  });
});

test('reshape keeps the order of elements', () => {
  const y = run('reshape', [counting('f64', [2, 3, 4])], {}, { shape: [6, 1, 4] });
  expect(y.shape).toEqual([6, 1, 4]);
  expect([...y.data]).toEqual([...counting('f64', [24]).data]);
});

test('pad by hand: edges, interior and cropping', () => {
  const pad = (low: number, high: number, interior: number): number[] => {
    const attrs = { low: [low], high: [high], interior: [interior], value: 9 };
    return [...run('pad', [counting('i32', [3])], attrs).data];
  };
  expect(pad(1, 2, 0)).toEqual([9, 0, 1, 2, 9, 9]);
  expect(pad(0, 0, 2)).toEqual([0, 9, 9, 1, 9, 9, 2]);
  expect(pad(-1, -1, 2)).toEqual([9, 9, 1, 9, 9]);
  expect(pad(-5, 1, 2)).toEqual([9, 2, 9]);
  expect(pad(-3, 0, 0)).toEqual([]);
  expect(pad(-4, 2, 0)).toEqual([9]);
});

test('the gradient of an empty slice is zeros of the right shape', () => {
  const x = build.leaf({ kind: 'input' }, [5], 'f64');
  const y = build.slice(x, { start: [2], stop: [2], step: [3] });
  const [g] = gradients(build, [y], [build.like(y, 1)], [x]);
  expect([...interpret([g!], () => counting('f64', [5]))[0]!.data]).toEqual([0, 0, 0, 0, 0]);
});

test('movements that change nothing return their operand', () => {
  const x = build.leaf({ kind: 'input' }, [2, 3], 'f32');
  const same: GraphNode[] = [
    build.reshape(x, [2, 3]),
    build.permute(x, [0, 1]),
    build.broadcast(x, [2, 3]),
    build.flip(x, []),
    build.concat([x], 0),
  ];
  for (const y of same) expect(y).toBe(x);
});

test('what does not fit', () => {
  const x = build.leaf({ kind: 'input' }, [2, 3], 'f32');
  const at = { low: [0, 0], high: [0, 0], interior: [0, 0], value: 0 };
  const cut = { start: [0, 0], stop: [2, 3], step: [1, 1] };
  expect(() => build.reshape(x, [4, 2])).toThrow(
    new ShapeError(
      'reshape: shape [2, 3] has 6 elements and [4, 2] has 8; the numbers must be equal.',
    ),
  );
  expect(() => build.permute(x, [1, 1])).toThrow(
    new ShapeError(
      'permute: axes [1, 1] do not permute the 2 axes of shape [2, 3]; name each of 0…1 once.',
    ),
  );
  expect(() => build.permute(x, [1])).toThrow(ShapeError);
  expect(() => build.permute(x, [1, 0, 2])).toThrow(ShapeError);
  expect(() => build.broadcast(x, [4, 3])).toThrow(
    new ShapeError(
      'broadcast: shape [2, 3] does not repeat to [4, 3]; ' +
        'keep the rank, and make each extent equal or 1.',
    ),
  );
  expect(() => build.broadcast(x, [1, 2, 3])).toThrow(ShapeError);
  expect(() => build.pad(x, { ...at, low: [-1, -4] })).toThrow(
    new ShapeError(
      'pad: axis 1 of shape [2, 3] would get extent -1 from low -4, high 0, interior 0; ' +
        'cut off less.',
    ),
  );
  expect(() => build.pad(x, { ...at, low: [1] })).toThrow(
    new ArgumentError('pad: low has 1 entries for shape [2, 3]; give one per axis (2).'),
  );
  expect(() => build.pad(x, { ...at, interior: [0, -1] })).toThrow(
    new ArgumentError('pad: interior = [0, -1] has an entry of -1; use integers ≥ 0.'),
  );
  expect(() => build.slice(x, { ...cut, stop: [2, 4] })).toThrow(
    new ShapeError(
      'slice: 0…4 does not lie within axis 1 of shape [2, 3]; use 0 ≤ start ≤ stop ≤ 3.',
    ),
  );
  expect(() => build.slice(x, { ...cut, start: [2, 0], stop: [1, 3] })).toThrow(ShapeError);
  expect(() => build.slice(x, { ...cut, step: [0, 1] })).toThrow(ArgumentError);
  expect(() => build.slice(x, { ...cut, start: [0.5, 0] })).toThrow(ArgumentError);
  expect(() => build.flip(x, [1, 0])).toThrow(
    new ShapeError('flip: axes [1, 0] must be distinct and ascending.'),
  );
  expect(() => build.flip(x, [2])).toThrow(ShapeError);
  const wide = build.leaf({ kind: 'input' }, [3, 3], 'f32');
  expect(() => build.concat([x, wide], 1)).toThrow(
    new ShapeError(
      'concat: shapes [2, 3] and [3, 3] differ elsewhere than in axis 1; ' +
        'make all other extents equal.',
    ),
  );
  expect(() => build.concat([x, build.cast(x, 'f64')], 0)).toThrow(DTypeError);
  expect(() => build.concat([x, wide], 2)).toThrow(ShapeError);
});
