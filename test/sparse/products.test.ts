import { describe, expect, test } from 'vitest';
import { DTypeError, ShapeError } from '../../src/engine/core/errors.js';
import { Csr, sddmm, spmm } from '../../src/sparse/index.js';
import { compile, ones, tensor } from '../../src/tensor/index.js';
import { checkGradient, checkTwice, expectClose, i32, sample, values } from '../tensor/check.js';
import { expectGolden, goldens } from '../tensor/segment-goldens.js';

const a = Csr.fromEdges([0, 2, 0, 1, 2, 0], [1, 0, 2, 1, 0, 1], [3, 4]);
const w = sample([6]);

describe('spmm and sddmm', () => {
  test.each(goldens.filter((g) => g.rows))('$name as in PyTorch', (golden) => {
    const matrix = Csr.fromEdges(golden.rows!, golden.columns!, golden.shape!);
    // PyTorch's values and results go edge by edge.
    const edge = matrix.order;
    const back = i32(values(edge).map((_, e) => values(edge).indexOf(e)));
    expectGolden(golden, (x, y) =>
      golden.op === 'spmm'
        ? spmm(matrix, y!, x!.indexSelect(0, edge))
        : sddmm(matrix, x!, y!).indexSelect(0, back),
    );
  });
  test('gradients, to the second order', () => {
    checkGradient((v, x) => spmm(a, x!, v!), [w, sample([4, 3])]);
    checkGradient((x, y) => sddmm(a, x!, y!), [sample([3, 2]), sample([4, 2])]);
    checkTwice((x) => spmm(a, x, w), sample([4, 2]));
    checkTwice((v) => spmm(a, sample([4, 2]), v), w);
    checkTwice((x) => sddmm(a, x, sample([4, 2], 3)), sample([3, 2]));
  });
  test('laws: ones by default, any features, and the transpose', () => {
    const x = sample([4, 2, 3]);
    expectClose(spmm(a, x), spmm(a, x, ones([6], { dtype: 'f64' })).array(), 0);
    expect(spmm(a, x).shape).toEqual([3, 2, 3]);
    expect(values(spmm(a, sample([4])))).toEqual(values(spmm(a, sample([4, 1]))));
    // ⟨A x, y⟩ = ⟨x, Aᵀ y⟩
    const [p, q] = [sample([4, 2]), sample([3, 2], 5)];
    const left = spmm(a, p, w).mul(q).sum().item();
    const right = spmm(a.transpose(), q, w.indexSelect(0, a.tperm)).mul(p).sum().item();
    expect(left).toBeCloseTo(right, 12);
    expect(spmm(a, tensor([[1], [2], [4], [8]]).int()).array()).toEqual([[8], [2], [2]]);
  });
  test('the order of edges within a row changes nothing but rounding', () => {
    const turned = Csr.fromEdges([0, 2, 1, 0, 2, 0], [1, 0, 1, 2, 0, 1], [3, 4]);
    const x = sample([4, 5]);
    expectClose(spmm(turned, x), spmm(a, x).array(), 1e-14);
  });
  test('inside compiled functions as outside', () => {
    const f = compile((x: typeof w) => spmm(a, x, w).relu().sum());
    const x = sample([4, 3]);
    expect(f(x).item()).toBeCloseTo(spmm(a, x, w).relu().sum().item(), 12);
  });
  test('what does not fit', () => {
    expect(() => spmm(a, sample([3, 2]))).toThrow(
      new ShapeError('spmm: A is [V, U] = [3, 4] and x [3, 2]; give x [U, …].'),
    );
    expect(() => spmm(a, sample([4, 2]), sample([5]))).toThrow(
      new ShapeError('spmm: values have shape [5]; give one per slot, [6].'),
    );
    expect(() => spmm(a, sample([4, 2]), w.float())).toThrow(DTypeError);
    expect(() => sddmm(a, sample([3, 2]), sample([4, 3]))).toThrow(
      new ShapeError(
        'sddmm: A is [V, U] = [3, 4], x [3, 2], y [4, 3]; give x [V, F] and y [U, F].',
      ),
    );
  });
});
