import { describe, expect, test } from 'vitest';
import { BernoulliNB, MultinomialNB } from '../../src/text/index.js';
import type { NaiveBayesOptions } from '../../src/text/index.js';
import { golden } from '../nn/check.js';

interface Case {
  readonly kind: 'MultinomialNB' | 'BernoulliNB';
  readonly options: NaiveBayesOptions;
  readonly features: number;
  readonly train: readonly number[][];
  readonly labels: readonly number[];
  readonly test: readonly number[][];
  readonly classLogPrior: readonly number[];
  readonly featureLogProb: readonly number[];
  readonly logProba: readonly number[];
  readonly predicted: readonly number[];
}

const { cases } = golden<{ readonly cases: readonly Case[] }>('naive-bayes.json');
const KINDS = { MultinomialNB, BernoulliNB };

function expectNear(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 10));
}

describe('probabilities and classes are those of scikit-learn', () => {
  test.each(cases.map((c) => [`${c.kind} ${JSON.stringify(c.options)}`, c] as const))(
    '%s',
    (_, c) => {
      const model = new KINDS[c.kind](c.options).fit(c.train, c.labels, c.features);
      expectNear(model.classLogPrior, c.classLogPrior);
      expectNear(model.featureLogProb, c.featureLogProb);
      expectNear(model.predictLogProba(c.test), c.logProba);
      expect([...model.predict(c.test)]).toEqual(c.predicted);
    },
  );
});

test('what does not fit is refused in a sentence', () => {
  expect(() => new MultinomialNB({ alpha: 0 })).toThrow('MultinomialNB: alpha is 0');
  expect(() => new BernoulliNB().predict([[0]])).toThrow('nothing has been learnt');
  expect(() => new MultinomialNB().fit([], [], 1)).toThrow('0 documents and 0 classes');
  expect(() => new MultinomialNB().fit([[1]], [0], 1)).toThrow('symbol 1 at position 0');
  expect(() => new MultinomialNB().fit([[0]], [-1], 1)).toThrow('class -1 of document 0');
  const model = new MultinomialNB().fit([[0]], [0], 1);
  expect(() => model.predict([[3]])).toThrow('symbol 3');
});
