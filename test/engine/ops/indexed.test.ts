import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { build } from '../../../src/engine/ops/index.js';
import { drawCase } from './domains.js';
import { Rng } from './rng.js';
import { counting, element, indicesOf, run, values, withAxis } from './run.js';

test('gather and scatterAdd are their definitions, out-of-range indices included', () => {
  let outside = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { inputs, attrs } = drawCase('gather', new Rng(seed), { dtype: 'f64' });
      const [x, index] = [inputs[0]!, inputs[1]!];
      const { axis } = attrs;
      const size = x.shape[axis]!;
      const found = indicesOf(index.shape).map((at) => {
        const i = element(index, at);
        if (i < 0 || i >= size) outside++;
        return i < 0 || i >= size ? 0 : element(x, withAxis(at, axis, i));
      });
      expect([...run('gather', inputs, attrs).data]).toEqual(found);

      // ⟨gather(x), u⟩ = ⟨x, scatterAdd(u)⟩: each is the transpose of the other.
      const u = { ...counting('f64', index.shape) };
      const back = run('scatterAdd', [u, index], { axis, size });
      expect(back.shape).toEqual(x.shape);
      const left = found.reduce((sum, v, k) => sum + v * u.data[k]!, 0);
      const right = x.data.reduce((sum, v, k) => sum + v * back.data[k]!, 0);
      expect(left).toBeCloseTo(right, 8);
    }),
  );
  expect(outside).toBeGreaterThan(20);
});

test('scatterAdd by hand: repeated, dropped and untouched places, integers wrapping', () => {
  const index = values('i32', [1, 1, 4, -1, 3]);
  const add = (data: number[], dtype: 'f32' | 'i32' | 'u8') => [
    ...run('scatterAdd', [values(dtype, data), index], { axis: 0, size: 4 }).data,
  ];
  expect(add([1, 2, 3, 4, 5], 'f32')).toEqual([0, 3, 0, 5]);
  expect(add([2147483647, 1, 0, 0, 0], 'i32')).toEqual([0, -2147483648, 0, 0]);
  expect(add([200, 100, 0, 0, 7], 'u8')).toEqual([0, 44, 0, 7]);
});

test('an index out of range passes no gradient', () => {
  const x = build.leaf({ kind: 'input' }, [3], 'f64');
  const index = build.leaf({ kind: 'input' }, [4], 'i32');
  const y = build.gather(x, index, 0);
  const [g, none] = gradients(build, [y], [build.like(y, 1)], [x, index]);
  expect(none).toBeNull();
  expect([...interpret([g!], () => values('i32', [2, 2, 3, -1]))[0]!.data]).toEqual([0, 0, 2]);
});

test('what does not fit', () => {
  const x = build.leaf({ kind: 'input' }, [4, 3], 'f32');
  const index = build.leaf({ kind: 'input' }, [2, 2], 'i32');
  expect(() => build.gather(x, index, 0)).toThrow(
    new ShapeError(
      'gather: operand [4, 3] and index [2, 2] differ elsewhere than in axis 0; ' +
        'make all other extents equal.',
    ),
  );
  expect(() => build.gather(x, build.cast(index, 'f32'), 0)).toThrow(
    new DTypeError(
      'gather: index of shape [2, 2] is f32, which gather does not take; cast to i32.',
    ),
  );
  expect(() => build.gather(x, index, 2)).toThrow(ShapeError);
  expect(() => build.scatterAdd(x, index, 0, 5)).toThrow(ShapeError);
  expect(() => build.scatterAdd(index, index, 0, -1)).toThrow(
    new ArgumentError('scatterAdd: size is -1; use an integer ≥ 0.'),
  );
  const flags = build.leaf({ kind: 'input' }, [2, 2], 'bool');
  expect(() => build.scatterAdd(flags, index, 0, 5)).toThrow(DTypeError);
});
