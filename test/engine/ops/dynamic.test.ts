/** Windows whose place is data, against their definition and each other. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { build } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { drawCase } from './domains.js';
import { Rng } from './rng.js';
import { counting, element, indicesOf, run, values } from './run.js';

test('a window read is its definition, moved where it would stick out', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { inputs, attrs } = drawCase('dynamicSlice', new Rng(seed), { dtype: 'f64' });
      const [x, start] = [inputs[0]!, inputs[1]!];
      const { sizes } = attrs;
      const found = indicesOf(sizes).map((at) =>
        element(
          x,
          at.map((i, axis) => {
            const last = x.shape[axis]! - sizes[axis]!;
            return i + Math.max(0, Math.min(last, start.data[axis]!));
          }),
        ),
      );
      expect([...run('dynamicSlice', inputs, attrs).data]).toEqual(found);
    }),
  );
});

test('a window reads back what was written, and nothing else has changed', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { inputs } = drawCase('dynamicUpdate', new Rng(seed));
      const [x, update, start] = inputs as [RefArray, RefArray, RefArray];
      const y = run('dynamicUpdate', inputs, {});
      const sizes = update.shape;
      expect(run('dynamicSlice', [y, start], { sizes }).data).toEqual(update.data);
      const old = run('dynamicSlice', [x, start], { sizes });
      expect(run('dynamicUpdate', [y, old, start], {}).data).toEqual(x.data);
    }),
  );
});

test('gradients go to the window and to what is around it', () => {
  const x = build.leaf({ kind: 'input' }, [5], 'f64');
  const update = build.leaf({ kind: 'input' }, [2], 'f64');
  const start = build.leaf({ kind: 'input' }, [1], 'i32');
  const y = build.dynamicUpdate(x, update, start);
  const seed = build.leaf({ kind: 'input' }, [5], 'f64');
  const [dx, du, none] = gradients(build, [y], [seed], [x, update, start]);
  expect(none).toBeNull();
  const bind = (leaf: typeof x) =>
    leaf === start ? values('i32', [9]) : counting('f64', leaf.shape);
  const [gx, gu] = interpret([dx!, du!], bind);
  expect([[...gx!.data], [...gu!.data]]).toEqual([
    [0, 1, 2, 0, 0],
    [3, 4],
  ]);
});

test('what does not fit', () => {
  const x = build.leaf({ kind: 'input' }, [4, 3], 'f32');
  const start = build.leaf({ kind: 'input' }, [2], 'i32');
  expect(() => build.dynamicSlice(x, start, [5, 3])).toThrow(
    new ShapeError(
      'dynamicSlice: a window of [5, 3] does not fit into shape [4, 3]; use the same rank, and ' +
        'extents not above those of the operand.',
    ),
  );
  const single = build.leaf({ kind: 'input' }, [1], 'i32');
  expect(() => build.dynamicSlice(x, single, [1, 1])).toThrow(
    new ShapeError(
      'dynamicSlice: start has shape [1] for an operand of shape [4, 3]; give a vector with one ' +
        'entry per axis (2).',
    ),
  );
  expect(() => build.dynamicSlice(x, build.cast(start, 'f32'), [1, 1])).toThrow(DTypeError);
  expect(() => build.dynamicUpdate(x, build.cast(x, 'f64'), start)).toThrow(DTypeError);
  expect(() => build.dynamicUpdate(x, single, start)).toThrow(DTypeError);
  const wide = build.leaf({ kind: 'input' }, [4, 4], 'f32');
  expect(() => build.dynamicUpdate(x, wide, start)).toThrow(ShapeError);
});
