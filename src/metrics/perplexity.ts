import { ArgumentError, IndexError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import { Tensor } from '../tensor/index.js';
import { matrixOf, valuesOf, weightsOf, type Matrix } from './inputs.js';
import { MeanMetric } from './mean-metric.js';
import type { Rows, SampleOptions, Values } from './metric.js';

/** Options of `Perplexity`. */
export interface PerplexityOptions {
  /** Positions with this label do not count, padding say; as in `crossEntropy` there is none by default. */
  ignoreIndex?: number;
}

/**
 * The exponential of the mean cross-entropy of the positions: exp(−1/N Σ log p(yᵢ)). A model that has to
 * guess among k equally likely tokens has perplexity k.
 *
 * @example
 * const perplexity = new Perplexity();
 * perplexity.update([0, 1], [[0, 0, 0, 0], [2, 2, 2, 2]]).compute(); // 4
 * @see Jelinek, Mercer, Bahl and Baker, "Perplexity: a Measure of the Difficulty of Speech Recognition
 *   Tasks", JASA 62, 1977.
 */
export class Perplexity extends MeanMetric {
  private readonly ignoreIndex: number | undefined;

  constructor({ ignoreIndex }: PerplexityOptions = {}) {
    super('perplexity');
    this.ignoreIndex = ignoreIndex;
  }

  /**
   * Takes positions in.
   *
   * @param labels the right tokens, [N], [N, T] or any shape, from 0.
   * @param logits [N, C], or as a tensor the shape of the labels with C behind it. Logarithms of
   *   probabilities will do too.
   * @throws ShapeError for shapes that do not fit, IndexError for a label of C or more, ArgumentError
   *   for logits that are NaN or ∞; nothing is taken in then.
   */
  update(labels: Values, logits: Rows, options: SampleOptions = {}): this {
    const { op, ignoreIndex } = this;
    const { values, rows, columns } = logitsOf(op, logits);
    const classes = valuesOf(labels);
    if (classes.length !== rows) {
      throw new ShapeError(
        `${op}: there are ${classes.length} labels and logits of ${rows} positions; give as many of both.`,
      );
    }
    const weights = weightsOf(op, options.sampleWeight, rows);
    const kept: number[] = [];
    for (let i = 0; i < rows; i++) {
      const label = classes[i]!;
      if (label === ignoreIndex) continue;
      kept.push(i);
      if (Number.isInteger(label) && label >= 0 && label < columns) continue;
      const leave = ignoreIndex === undefined ? `pass ignoreIndex: ${label}` : `${ignoreIndex}`;
      throw new IndexError(
        `${op}: labels[${i}] is ${label}; give 0…${columns - 1}, or ${leave} to leave it out.`,
      );
    }
    for (let i = 0; i < values.length; i++) {
      if (values[i]! < Infinity) continue;
      const row = Math.floor(i / columns);
      throw new ArgumentError(`${op}: logits[${row}] has ${values[i]}; give numbers or -Infinity.`);
    }
    const own = weights && Float64Array.from(kept, (i) => weights[i]!);
    this.add(kept.length, own, (k) =>
      crossEntropyOf(values, kept[k]! * columns, columns, classes[kept[k]!]!),
    );
    return this;
  }

  /**
   * The perplexity over all positions since the last `reset`; ∞ where a label has probability 0.
   *
   * @throws ArgumentError where there are no positions that count.
   */
  override compute(): number {
    return Math.exp(super.compute());
  }
}

function logitsOf(op: string, logits: Rows): Matrix {
  if (!(logits instanceof Tensor) || logits.rank === 2) return matrixOf(op, 'logits', logits);
  const columns = logits.shape.at(-1) ?? 0;
  if (logits.rank < 2) {
    throw new ShapeError(`${op}: logits are ${formatShape(logits.shape)}; give [N, C].`);
  }
  return { values: logits.dataSync(), rows: columns === 0 ? 0 : logits.size / columns, columns };
}

/** log Σ exp(z) − z of the label, in the row that starts at `start`. */
function crossEntropyOf(
  logits: ArrayLike<number>,
  start: number,
  columns: number,
  label: number,
): number {
  const own = logits[start + label]!;
  if (own === -Infinity) return Infinity;
  let most = -Infinity;
  for (let c = 0; c < columns; c++) most = Math.max(most, logits[start + c]!);
  let sum = 0;
  for (let c = 0; c < columns; c++) sum += Math.exp(logits[start + c]! - most);
  return Math.log(sum) + most - own;
}

/**
 * The exponential of the mean cross-entropy of the positions; see `Perplexity`.
 *
 * @param labels the right tokens, [N], [N, T] or any shape, from 0.
 * @param logits [N, C], or as a tensor the shape of the labels with C behind it.
 * @throws as `Perplexity`.
 * @example
 * perplexity([0, 1], [[0, 0, 0, 0], [2, 2, 2, 2]]); // 4
 */
export function perplexity(
  labels: Values,
  logits: Rows,
  options: PerplexityOptions & SampleOptions = {},
): number {
  return new Perplexity(options).update(labels, logits, options).compute();
}
