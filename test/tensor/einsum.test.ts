import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import { einsum, ones } from '../../src/tensor/index.js';
import { checkGradient, expectClose, i32, sample, values } from './check.js';

/** The definition: a loop over all values of all letters. */
function loops(inputs: readonly string[], output: string, operands: readonly Tensor[]): number[] {
  const extents = new Map<string, number>();
  inputs.forEach((term, i) => {
    term.split('').forEach((l, axis) => extents.set(l, operands[i]!.shape[axis]!));
  });
  const rest = [...extents.keys()].filter((l) => !output.includes(l));
  const data = operands.map(values);
  const offset = (term: string, shape: readonly number[], at: Map<string, number>): number =>
    term.split('').reduce((sum, l, axis) => sum * shape[axis]! + at.get(l)!, 0);
  const walk = (letters: readonly string[], at: Map<string, number>, visit: () => void): void => {
    const [first, ...others] = letters;
    if (first === undefined) return visit();
    for (let i = 0; i < extents.get(first)!; i++) walk(others, at.set(first, i), visit);
  };
  const out: number[] = [];
  const at = new Map<string, number>();
  walk(output.split(''), at, () => {
    let sum = 0;
    walk(rest, at, () => {
      sum += inputs.reduce((p, term, i) => p * data[i]![offset(term, operands[i]!.shape, at)]!, 1);
    });
    out.push(sum);
  });
  return out;
}

const EXTENTS: Record<string, number> = { a: 2, b: 3, c: 1, d: 4 };
const letter = fc.constantFrom('a', 'b', 'c', 'd');
const term = fc.array(letter, { minLength: 0, maxLength: 3 }).map((l) => l.join(''));
const equation = fc.array(term, { minLength: 1, maxLength: 3 }).chain((inputs) => {
  const letters = [...new Set(inputs.join(''))];
  return fc.tuple(
    fc.constant(inputs),
    fc.shuffledSubarray(letters).map((l) => l.join('')),
  );
});

describe('einsum', () => {
  test('agrees with explicit loops', () => {
    fc.assert(
      fc.property(equation, ([inputs, output]) => {
        const operands = inputs.map((t, i) =>
          sample(
            t.split('').map((l) => EXTENTS[l]!),
            i + 1,
          ),
        );
        const result = einsum(`${inputs.join(',')}->${output}`, ...operands);
        expect(result.shape).toEqual(output.split('').map((l) => EXTENTS[l]!));
        expectClose(result.flatten(), loops(inputs, output, operands), 1e-12);
      }),
      { numRuns: 300 },
    );
  });
  test('implicit results, spaces, integers', () => {
    const [x, y] = [sample([2, 3]), sample([3, 4], 2)];
    expect(values(einsum('ij, jk', x, y))).toEqual(values(x.matmul(y)));
    expect(einsum('ba', x).shape).toEqual([3, 2]);
    expect(
      einsum(
        'ii',
        i32([
          [1, 9],
          [9, 2],
        ]),
      ).item(),
    ).toBe(3);
    expect(
      einsum(
        'ij->i',
        i32([
          [1, 9],
          [9, 2],
        ]),
      ).dtype,
    ).toBe('i32');
  });
  test("'...' broadcasts", () => {
    const x = sample([2, 1, 3, 4]);
    const y = sample([5, 4, 3], 2);
    const z = einsum('...ij,...jk->...ik', x, y);
    expectClose(z, x.matmul(y).array(), 1e-12);
    expectClose(einsum('...ij,...jk', x, y), z.array(), 1e-12);
    expectClose(einsum('...i,i->...', x, sample([4], 3)), x.matmul(sample([4], 3)).array(), 1e-12);
    expectClose(einsum('i...->...', x), x.sum(0).array(), 1e-12);
  });
  test('gradients', () => {
    const x = sample([2, 3, 3]);
    checkGradient((a) => einsum('ijj->ij', a), [x]);
    checkGradient((a, b) => einsum('ijk,kl,i->lj', a, b, b.at(0)), [x, sample([3, 2], 2)]);
    checkGradient((a) => einsum('...ij,...kj->...ik', a, a), [x]);
  });
  test('what does not fit is named', () => {
    expect(() => einsum('ij,jk->ik', ones([2, 3]), ones([4, 5]))).toThrow(
      "einsum: 'j' in 'ij,jk->ik' is 3 and 4 in operands [2, 3] and [4, 5]",
    );
    expect(() => einsum('ij->k', ones([2, 3]))).toThrow("has 'k' in the result and in no operand");
    expect(() => einsum('ij->ii', ones([2, 3]))).toThrow('names an axis of the result twice');
    expect(() => einsum('i->i', ones([2, 3]))).toThrow("'i' in 'i->i' names 1 axes");
    expect(() => einsum('i,j', ones([2]))).toThrow('has 2 operands and 1 are given');
    expect(() => einsum('i->j->k', ones([2]))).toThrow('is no equation');
    expect(() => einsum('ii', ones([2, 3]))).toThrow("'i' in 'ii' is 2 and 3 in operands [2, 3]");
    expect(() => einsum('ii', ones([1, 3]))).toThrow("'i' names axes of 1 and 3");
  });
});
