import { averageSettings, meanOf, type AverageOptions, type AverageSettings } from './averaging.js';
import { ClassMetric } from './class-counts.js';

/** A figure that is a ratio of counts for each class. */
export abstract class RatioMetric extends ClassMetric {
  private readonly settings: AverageSettings;

  constructor(op: string, options: AverageOptions) {
    const settings = averageSettings(op, options);
    const isBinary = settings.average === 'binary';
    super(
      op,
      isBinary ? 2 : options.classes,
      isBinary ? "for more classes pass average: 'macro', 'micro' or 'weighted'" : undefined,
    );
    this.settings = settings;
  }

  /** Numerator and denominator, from the counts of one class or of all. */
  protected abstract ratio(hits: number, labelled: number, predicted: number): [number, number];

  /**
   * The average over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    this.counts.total();
    const { average, posLabel } = this.settings;
    const { hits, labelled, predicted } = this.counts;
    if (average === 'micro') return this.quotient(sumOf(hits), sumOf(labelled), sumOf(predicted));
    const all = this.perClass();
    if (average === 'binary') return all[posLabel]!;
    const present = this.counts.present();
    return meanOf(
      present.map((c) => all[c]!),
      average === 'weighted' ? present.map((c) => labelled[c]!) : undefined,
    );
  }

  /** The figure of each class, by class number; `zeroDivision` for one that does not occur. */
  perClass(): number[] {
    this.counts.total();
    const { hits, labelled, predicted } = this.counts;
    return Array.from(hits, (n, c) => this.quotient(n, labelled[c]!, predicted[c]!));
  }

  private quotient(hits: number, labelled: number, predicted: number): number {
    const [above, below] = this.ratio(hits, labelled, predicted);
    return below === 0 ? this.settings.zeroDivision : above / below;
  }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, v) => sum + v, 0);
}
