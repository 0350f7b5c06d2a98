import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../src/engine/core/errors.js';
import { PrincipalSubspace } from '../../src/metrics/index.js';
import { rand, tensor, zeros } from '../../src/tensor/index.js';

interface Golden {
  readonly train: number[][];
  readonly test: number[][];
  readonly cases: { readonly size: number; readonly error: number; readonly back: number[][] }[];
}

const path = new URL('../goldens/principal-subspace.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;

test.each(golden.cases)('$size dimensions, as scikit-learn', ({ size, error, back }) => {
  const [train, held] = [golden.train, golden.test].map((rows) => tensor(rows, { dtype: 'f64' }));
  const subspace = new PrincipalSubspace(train!, size);
  expect(subspace.error(held!)).toBeCloseTo(error, 10);
  const given = subspace.reconstruct(held!).dataSync();
  back.flat().forEach((v, i) => expect(given[i]).toBeCloseTo(v, 6));
});

test('all dimensions lose nothing; samples that are all the same have their mean', () => {
  const x = rand([30, 4]);
  expect(new PrincipalSubspace(x, 4).error(x)).toBeLessThan(1e-12);
  const same = tensor([
    [1, 2],
    [1, 2],
  ]);
  expect(new PrincipalSubspace(same, 1).error(same)).toBe(0);
});

test('what cannot be', () => {
  expect(() => new PrincipalSubspace(rand([5, 3]), 4)).toThrow(ArgumentError);
  expect(() => new PrincipalSubspace(zeros([0, 3]), 1)).toThrow(/size is 1 for samples \[0, 3\]/);
  expect(() => new PrincipalSubspace(rand([5]), 1)).toThrow(ShapeError);
  expect(() => new PrincipalSubspace(zeros([5, 3], { dtype: 'i32' }), 1)).toThrow(DTypeError);
});
