import type { AverageOptions } from './averaging.js';
import type { SampleOptions, Values } from './metric.js';
import { RatioMetric } from './ratio-metric.js';

/**
 * Intersection over union: of the samples (or pixels) that have a class or are given it, the share of
 * which both is so, TP / (TP + FP + FN). With `average: 'macro'` it is the mean IoU of segmentations.
 *
 * @example
 * const iou = new Jaccard({ average: 'macro' });
 * iou.update([0, 0, 1, 1], [0, 1, 1, 1]).compute(); // 0.5833…
 * iou.perClass(); // [0.5, 0.6666…]
 * @see Jaccard, "Étude comparative de la distribution florale dans une portion des Alpes et du Jura",
 *   1901.
 */
export class Jaccard extends RatioMetric {
  constructor(options: AverageOptions = {}) {
    super('Jaccard', options);
  }

  protected override ratio(hits: number, labelled: number, predicted: number): [number, number] {
    return [hits, labelled + predicted - hits];
  }
}

/**
 * Intersection over union; see `Jaccard`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `Jaccard`.
 * @example
 * jaccardScore([0, 0, 1, 1], [0, 1, 1, 1], { average: 'macro' }); // 0.5833…
 */
export function jaccardScore(
  labels: Values,
  predictions: Values,
  options: AverageOptions & SampleOptions = {},
): number {
  return new Jaccard(options).update(labels, predictions, options).compute();
}
