// covers: src/data/generated-batches.ts
import { describe, expect, test } from 'vitest';
import { addingProblem, copyingProblem } from '../../src/data/index.js';
import { ArgumentError } from '../../src/engine/core/errors.js';

describe('addingProblem', () => {
  const T = 7;
  const { x, y } = addingProblem({ length: T, batchSize: 2000, seed: 3 }).batch(4);

  test('marks one step of each half, and asks for the sum of their numbers', () => {
    expect([x.shape, y.shape]).toEqual([
      [2000, T, 2],
      [2000, 1],
    ]);
    const seen = new Set<number>();
    for (let i = 0; i < 2000; i++) {
      const marked = Array.from({ length: T }, (_, t) => t).filter(
        (t) => x.values[2 * (i * T + t) + 1] !== 0,
      );
      expect(marked.map((t) => x.values[2 * (i * T + t) + 1])).toEqual([1, 1]);
      expect([marked[0]! < 3, marked[1]! >= 3]).toEqual([true, true]);
      for (const t of marked) seen.add(t);
      const sum = marked.reduce((s, t) => s + x.values[2 * (i * T + t)]!, 0);
      expect(y.values[i]).toBeCloseTo(sum, 6);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('always saying 1 has a mean squared error of about 1/6', () => {
    const error = Array.from(y.values).reduce((sum, v) => sum + (v - 1) ** 2, 0) / 2000;
    // The standard deviation of the mean over 2000 is 0.004.
    expect(Math.abs(error - 1 / 6)).toBeLessThan(0.02);
  });
});

describe('copyingProblem', () => {
  test('tells symbols, blanks, a sign and blanks, and asks for the symbols behind the sign', () => {
    const [T, K, S] = [5, 3, 4];
    const { x, y } = copyingProblem({
      length: T,
      symbols: K,
      remembered: S,
      batchSize: 50,
    }).batch(0);
    const steps = T + 2 * S;
    expect([x.shape, y.shape]).toEqual([
      [50, steps, K + 2],
      [50, steps],
    ]);
    for (let i = 0; i < 50; i++) {
      const told = Array.from({ length: steps }, (_, t) => {
        const row = Array.from(
          x.values.slice((i * steps + t) * (K + 2), (i * steps + t + 1) * (K + 2)),
        );
        expect(row.reduce((a, b) => a + b)).toBe(1);
        return row.indexOf(1);
      });
      const symbols = told.slice(0, S);
      expect(symbols.every((symbol) => symbol < K)).toBe(true);
      const blanks = (n: number) => new Array<number>(n).fill(K);
      expect(told).toEqual([...symbols, ...blanks(T - 1), K + 1, ...blanks(S)]);
      const asked = Array.from(y.values.slice(i * steps, (i + 1) * steps));
      expect(asked).toEqual([...blanks(T + S), ...symbols]);
    }
  });
});

describe('GeneratedBatches', () => {
  const of = (seed: number) => addingProblem({ length: 4, batchSize: 2, steps: 3, seed });
  const batchesOf = async (source: ReturnType<typeof of>) => {
    const all: number[][] = [];
    for await (const { y } of source) all.push([...y.values]);
    return all;
  };

  test('loops go on with new batches, which are functions of seed and number', async () => {
    const source = of(1);
    const both = [...(await batchesOf(source)), ...(await batchesOf(source))];
    expect(both).toEqual(Array.from({ length: 6 }, (_, i) => [...of(1).batch(i).y.values]));
    expect(new Set(both.map(String)).size).toBe(6);
    expect([...of(2).batch(0).y.values]).not.toEqual(both[0]);
  });

  test('goes on from a state within a loop', async () => {
    const source = of(1);
    const other = of(1);
    const iterator = source[Symbol.asyncIterator]();
    await iterator.next();
    other.restore(JSON.parse(JSON.stringify(source.state())) as object);
    expect(await batchesOf(other)).toEqual([1, 2].map((i) => [...of(1).batch(i).y.values]));
    expect(() => of(2).restore(source.state())).toThrow(
      'restore: the state has seed 1 and next batch 1, these batches have seed 2; give a state of theirs.',
    );
  });

  test('options that cannot be used are refused', () => {
    expect(() => addingProblem({ length: 1 })).toThrow(
      new ArgumentError('addingProblem: length is 1; give an integer of at least 2.'),
    );
    expect(() => copyingProblem({ length: 0 })).toThrow('copyingProblem: length is 0');
    expect(() => copyingProblem({ length: 1, symbols: 1 })).toThrow('symbols is 1');
    expect(() => copyingProblem({ length: 1, remembered: 0.5 })).toThrow('remembered is 0.5');
    expect(() => addingProblem({ length: 4, batchSize: 0 })).toThrow('batchSize is 0');
    expect(() => addingProblem({ length: 4, steps: NaN })).toThrow('steps is NaN');
    expect(() => addingProblem({ length: 4, seed: -1 })).toThrow('seed is -1');
    expect(() => addingProblem({ length: 4 }).batch(-1)).toThrow('index is -1');
  });
});
