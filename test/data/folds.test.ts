// covers: src/data/fold.ts, src/data/k-fold.ts, src/data/time-series-split.ts
// covers: src/data/stratified-split.ts
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as data from '../../src/data/index.js';
import type { Fold } from '../../src/data/index.js';
import { ArgumentError } from '../../src/engine/core/errors.js';

const {
  groupKFold,
  kFold,
  repeatedKFold,
  repeatedStratifiedKFold,
  stratifiedKFold,
  stratifiedSplit,
  timeSeriesSplit,
} = data;

interface Case {
  readonly name: string;
  readonly arg: number | readonly number[];
  readonly options: object;
  readonly folds: readonly (readonly [readonly number[], readonly number[]])[];
}

const file = new URL('../goldens/splits.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] };

test.each(cases.map((c) => [`${c.name} ${JSON.stringify(c.options)}`, c] as const))(
  "%s as scikit-learn's",
  (_, { name, arg, options, folds }) => {
    const functions = data as unknown as Record<string, (arg: unknown, options: object) => Fold[]>;
    const found = functions[name]!(arg, options);
    expect(found.map(({ train, test: tested }) => [[...train], [...tested]])).toEqual(folds);
  },
);

/** Each sample is tested on in one fold, and is trained on in the others; all in order. */
function expectPartition(folds: readonly Fold[], n: number): void {
  const all = Array.from({ length: n }, (_, i) => i);
  const tested = folds.flatMap((fold) => [...fold.test]);
  expect(tested.sort((a, b) => a - b)).toEqual(all);
  for (const { train, test: own } of folds) {
    expect([...train]).toEqual(all.filter((i) => !own.includes(i)));
    expect([...own]).toEqual([...own].sort((a, b) => a - b));
  }
}

const spread = (sizes: readonly number[]): number => Math.max(...sizes) - Math.min(...sizes);

/** Labels with at least `k` samples of each class. */
const labelled = fc
  .record({
    k: fc.integer({ min: 2, max: 6 }),
    extra: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 }),
    classes: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
    shuffle: fc.boolean(),
  })
  .map(({ k, extra, classes, ...rest }) => {
    const first = Array.from({ length: k * classes }, (_, i) => i % classes);
    return { k, labels: [...first, ...extra.map((c) => c % classes)].reverse(), ...rest };
  });

describe('kFold', () => {
  test('is a partition into folds of one size, give or take one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.nat(40), fc.boolean(), (k, more, shuffle) => {
        const folds = kFold(k + more, { nSplits: k, shuffle });
        expect(folds.length).toBe(k);
        expectPartition(folds, k + more);
        expect(spread(folds.map((fold) => fold.test.length))).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('the seed decides, and only where it shuffles', () => {
    const tests = (options: object): number[][] => kFold(30, options).map((fold) => [...fold.test]);
    expect(tests({ shuffle: true, seed: 3 })).toEqual(tests({ shuffle: true, seed: 3 }));
    expect(tests({ shuffle: true, seed: 3 })).not.toEqual(tests({ shuffle: true, seed: 4 }));
    expect(tests({ shuffle: true })).not.toEqual(tests({}));
    expect(tests({ seed: 3 })).toEqual(tests({}));
  });

  test.each([
    [10, { nSplits: 1 }, 'kFold: nSplits is 1; give an integer of at least 2.'],
    [10, { nSplits: 2.5 }, 'kFold: nSplits is 2.5;'],
    [4, {}, 'kFold: 4 samples are too few for 5 folds; use fewer folds.'],
    [0, {}, 'kFold: there are 0 samples; give at least as many as folds.'],
    [NaN, {}, 'kFold: there are NaN samples;'],
    [10, { seed: -1 }, 'kFold: seed is -1;'],
  ])('%d samples and %j are refused', (n, options, message) => {
    expect(() => kFold(n, options)).toThrow(ArgumentError);
    expect(() => kFold(n, options)).toThrow(message);
  });
});

describe('stratifiedKFold', () => {
  test('is a partition in which classes and sizes are even', () => {
    fc.assert(
      fc.property(labelled, ({ k, labels, shuffle, seed }) => {
        const folds = stratifiedKFold(labels, { nSplits: k, shuffle, seed });
        expectPartition(folds, labels.length);
        expect(spread(folds.map((fold) => fold.test.length))).toBeLessThanOrEqual(1);
        for (const c of new Set(labels)) {
          const counts = folds.map((fold) => fold.test.filter((i) => labels[i] === c).length);
          expect(spread(counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('names will do as well as numbers', () => {
    const numbers = [0, 1, 1, 0, 2, 2, 0, 1];
    const names = numbers.map((c) => ['cat', 'dog', 'owl'][c]!);
    expect(stratifiedKFold(names, { nSplits: 2 })).toEqual(
      stratifiedKFold(numbers, { nSplits: 2 }),
    );
  });

  test('a class with fewer samples than folds is refused', () => {
    expect(() => stratifiedKFold([0, 0, 0, 7, 7], { nSplits: 3 })).toThrow(
      'stratifiedKFold: class 7 has 2 samples, fewer than the 3 folds; use fewer folds, or leave the ' +
        'class out.',
    );
    expect(() => stratifiedKFold([])).toThrow('stratifiedKFold: there are 0 samples;');
  });
});

describe('repeated', () => {
  test('each time a partition, each time another', () => {
    const labels = Array.from({ length: 24 }, (_, i) => i % 3);
    for (const folds of [
      repeatedKFold(24, { nSplits: 4, nRepeats: 3, seed: 5 }),
      repeatedStratifiedKFold(labels, { nSplits: 4, nRepeats: 3, seed: 5 }),
    ]) {
      expect(folds.length).toBe(12);
      for (const r of [0, 4, 8]) expectPartition(folds.slice(r, r + 4), 24);
      expect(folds[0]).not.toEqual(folds[4]);
      expect(folds[4]).not.toEqual(folds[8]);
    }
    expect(repeatedKFold(24, { nRepeats: 1 })).toEqual(kFold(24, { shuffle: true }));
  });

  test('less than once is refused', () => {
    expect(() => repeatedKFold(10, { nRepeats: 0 })).toThrow('repeatedKFold: nRepeats is 0;');
    expect(() => repeatedStratifiedKFold([0, 1], { nRepeats: 1.5 })).toThrow(ArgumentError);
    expect(() => repeatedKFold(4)).toThrow('repeatedKFold: 4 samples are too few for 5 folds;');
  });
});

describe('groupKFold', () => {
  test('is a partition in which no group is in two folds', () => {
    const groups = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 40 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 3 }), (some, nSplits) => {
        const all = ['a', 'b', 'c', ...some];
        const folds = groupKFold(all, { nSplits });
        expectPartition(folds, all.length);
        const inFolds = folds.flatMap((fold) => [...new Set([...fold.test].map((i) => all[i]))]);
        expect(inFolds.length).toBe(new Set(all).size);
      }),
    );
  });

  test('fewer groups than folds are refused', () => {
    expect(() => groupKFold([1, 1, 2, 2], { nSplits: 3 })).toThrow(
      'groupKFold: 2 groups are too few for 3 folds; use fewer folds.',
    );
    expect(() => groupKFold([], { nSplits: 2 })).toThrow('groupKFold: there are 0 groups;');
  });
});

describe('timeSeriesSplit', () => {
  test('what is tested on comes later than all that is trained on, beyond the gap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 60 }),
        fc.nat(3),
        fc.integer({ min: 2, max: 4 }),
        (n, gap, k) => {
          const folds = timeSeriesSplit(n, { nSplits: k, gap });
          expect(folds.length).toBe(k);
          for (const { train, test: tested } of folds) {
            expect(train[0]).toBe(0);
            expect(tested[0]! - train.at(-1)!).toBe(gap + 1);
          }
          expect(folds.at(-1)!.test.at(-1)).toBe(n - 1);
        },
      ),
    );
  });

  test.each([
    [5, {}, 'timeSeriesSplit: 5 samples are too few for 5 tests of 1 samples, a gap of 0 and'],
    [
      10,
      { nSplits: 2, testSize: 5 },
      '10 samples are too few for 2 tests of 5 samples, a gap of 0',
    ],
    [10, { nSplits: 2, gap: 4 }, 'too few for 2 tests of 3 samples, a gap of 4'],
    [10, { gap: -1 }, 'timeSeriesSplit: gap is -1; give an integer of at least 0.'],
    [10, { maxTrainSize: 0 }, 'timeSeriesSplit: maxTrainSize is 0; give an integer of at least 1.'],
    [10, { testSize: 0.5 }, 'timeSeriesSplit: testSize is 0.5;'],
    [10, { nSplits: 1 }, 'timeSeriesSplit: nSplits is 1;'],
  ])('%d samples and %j are refused', (n, options, message) => {
    expect(() => timeSeriesSplit(n, options)).toThrow(ArgumentError);
    expect(() => timeSeriesSplit(n, options)).toThrow(message);
  });
});

describe('stratifiedSplit', () => {
  test('is a partition; classes are in proportion', () => {
    fc.assert(
      fc.property(
        labelled,
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        ({ labels, seed }, share) => {
          const n = labels.length;
          if (n < 4) return;
          const { train, validation } = stratifiedSplit(labels, { validation: share, seed });
          expect(validation.length).toBe(Math.round(share * n));
          expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...labels.keys()]);
          for (const c of new Set(labels)) {
            const [all, own] = [labels, [...validation].map((i) => labels[i])].map(
              (of) => of.filter((l) => l === c).length,
            );
            expect(Math.abs(own! - (all! * validation.length) / n)).toBeLessThan(1);
          }
        },
      ),
    );
  });

  test('the seed decides', () => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 2);
    const drawn = (seed: number): number[] => [
      ...stratifiedSplit(labels, { validation: 20, seed }).validation,
    ];
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  test('a class with one sample, and empty parts, are refused', () => {
    expect(() => stratifiedSplit([0, 0, 'odd'], { validation: 1 })).toThrow(
      'stratifiedSplit: class odd has a single sample, which cannot be in both parts; leave it out, or ' +
        'use split.',
    );
    expect(() => stratifiedSplit([0, 0], { validation: 2 })).toThrow(
      'stratifiedSplit: validation 2 of 2 samples leaves a part empty',
    );
    expect(() => stratifiedSplit([], { validation: 0.5 })).toThrow(ArgumentError);
  });
});
