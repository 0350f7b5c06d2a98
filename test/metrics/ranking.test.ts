// covers: src/metrics/roc.ts, src/metrics/precision-recall-curve.ts, src/metrics/score-samples.ts
// covers: src/metrics/threshold-counts.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import {
  AveragePrecision,
  RocAuc,
  auc,
  averagePrecisionScore,
  precisionRecallCurve,
  rocAucScore,
  rocCurve,
} from '../../src/metrics/index.js';
import { tensor } from '../../src/tensor/index.js';

const judged = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: -4, max: 4 }), fc.integer({ min: 1, max: 3 })), {
    minLength: 2,
    maxLength: 40,
  })
  .map((all) => ({
    labels: [1, 0, ...all.map(([y]) => Number(y))],
    scores: [0, 0, ...all.map(([, s]) => s)],
    sampleWeight: [1, 1, ...all.map(([, , w]) => w)],
  }));

describe('ROC', () => {
  test('its area is how often a positive sample scores higher, equal scores counting half', () => {
    fc.assert(
      fc.property(judged, ({ labels, scores, sampleWeight }) => {
        let [better, pairs] = [0, 0];
        for (const [i, a] of scores.entries()) {
          for (const [j, b] of scores.entries()) {
            if (labels[i] !== 1 || labels[j] !== 0) continue;
            const w = sampleWeight[i]! * sampleWeight[j]!;
            better += w * (a > b ? 1 : a === b ? 0.5 : 0);
            pairs += w;
          }
        }
        expect(rocAucScore(labels, scores, { sampleWeight })).toBeCloseTo(better / pairs, 12);
      }),
    );
  });

  test('the order of samples does not matter, monotonic functions neither', () => {
    fc.assert(
      fc.property(judged, ({ labels, scores }) => {
        const area = rocAucScore(labels, scores);
        expect(rocAucScore([...labels].reverse(), [...scores].reverse())).toBe(area);
        expect(rocAucScore(labels, scores.map(Math.atan))).toBe(area);
        expect(
          rocAucScore(
            labels,
            scores.map((s) => -s),
            { posLabel: 0 },
          ),
        ).toBeCloseTo(area, 12);
      }),
    );
  });

  test('with points left out the area under the curve stays', () => {
    fc.assert(
      fc.property(judged, ({ labels, scores }) => {
        const few = rocCurve(labels, scores);
        const all = rocCurve(labels, scores, { dropIntermediate: false });
        expect(few.fpr.length).toBeLessThanOrEqual(all.fpr.length);
        expect(auc(few.fpr, few.tpr)).toBeCloseTo(auc(all.fpr, all.tpr), 12);
        expect(auc(few.fpr, few.tpr)).toBeCloseTo(rocAucScore(labels, scores), 12);
        expect([few.fpr.at(-1), few.tpr.at(-1)]).toEqual([1, 1]);
      }),
    );
  });

  test('of several classes: each against the rest', () => {
    const scores = [
      [3, 1, 0],
      [0, 2, 1],
      [0, 1, 1],
      [2, 3, 0],
    ];
    const metric = new RocAuc().update([0, 1, 2, 0], tensor(scores));
    const column = (c: number): number[] => scores.map((row) => row[c]!);
    expect(metric.perClass()).toEqual([
      rocAucScore([1, 0, 0, 1], column(0)),
      rocAucScore([0, 1, 0, 0], column(1)),
      rocAucScore([0, 0, 1, 0], column(2)),
    ]);
    // A class without samples has no area; weighted it does not count.
    expect(rocAucScore([0, 1, 0, 1], scores)).toBeNaN();
    expect(rocAucScore([0, 1, 0, 1], scores, { average: 'weighted' })).not.toBeNaN();
  });

  test('what is taken in is copied', () => {
    const [labels, scores] = [Int32Array.of(0, 1), Float32Array.of(0, 1)];
    const metric = new RocAuc().update(labels, scores);
    scores.fill(0);
    labels.fill(1);
    expect(metric.compute()).toBe(1);
  });

  test('updates with and without weights', () => {
    const metric = new RocAuc()
      .update([0, 1], [1, 0])
      .update([0, 1], [0, 1], { sampleWeight: [2, 3] });
    const all = { sampleWeight: [1, 1, 2, 3] };
    expect(metric.compute()).toBe(rocAucScore([0, 1, 0, 1], [1, 0, 0, 1], all));
  });
});

test('average precision is the area under steps of the curve', () => {
  fc.assert(
    fc.property(judged, ({ labels, scores, sampleWeight }) => {
      const { precision, recall } = precisionRecallCurve(labels, scores, { sampleWeight });
      let sum = 0;
      for (let i = 0; i + 1 < recall.length; i++)
        sum += (recall[i]! - recall[i + 1]!) * precision[i]!;
      expect(averagePrecisionScore(labels, scores, { sampleWeight })).toBeCloseTo(sum, 12);
    }),
  );
});

describe('refused', () => {
  test('labels and scores that do not fit', () => {
    expect(() => rocAucScore([0, 1, 1], [0.5, 1])).toThrow(ShapeError);
    expect(() => rocAucScore([0, 1, 1], [0.5, 1])).toThrow(
      'ROC AUC: there are 3 labels and scores of 2 samples; give as many of both.',
    );
    expect(() => rocAucScore([0, 2], [0.5, 1])).toThrow(IndexError);
    expect(() => rocAucScore([0, 2], [0.5, 1])).toThrow('give scores of all classes, [N, C].');
    expect(() => rocCurve([0, 1], [0, NaN])).toThrow('ROC curve: scores[1] is NaN; give finite');
    expect(() => precisionRecallCurve([], [])).toThrow('there are no samples');
    const two = new AveragePrecision().update([0], [[1, 2]]);
    expect(() => two.update([0], [[1, 2, 3]])).toThrow(
      'scores of 3 classes for each sample, and of 2',
    );
  });

  test('options', () => {
    expect(() => rocCurve([0], [0], { posLabel: 2 as 1 })).toThrow(
      'ROC curve: posLabel is 2; give 0 or 1.',
    );
    expect(() => new RocAuc({ average: 'micro' as 'macro' })).toThrow(
      "ROC AUC: average is 'micro'; give 'macro' or 'weighted'.",
    );
  });

  test('points of which there is no area', () => {
    expect(auc([1, 0.5, 0], [1, 1, 0])).toBe(0.75);
    expect(auc([1, 1], [0, 5])).toBe(0);
    expect(() => auc([0, 1, 0.5], [0, 1, 1])).toThrow(
      'auc: x turns at 1 and 0.5; sort the points by x.',
    );
    expect(() => auc([0], [0])).toThrow(ArgumentError);
    expect(() => auc([0, 1], [0])).toThrow('auc: x has 2 values and y 1;');
    expect(() => auc([0, Infinity], [0, 1])).toThrow('auc: x[1] is Infinity;');
  });
});
