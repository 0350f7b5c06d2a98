import { ArgumentError, NumericError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import { Generator, fromData, randn, type Tensor } from '../tensor/index.js';
import { jointSimilarities } from './neighbour-similarities.js';
import { pca } from './pca.js';
import { divergenceOf, divergenceSlope } from './t-sne-gradient.js';

/** Options of `tSne`. */
export interface TSneOptions {
  /** About how many neighbours each point keeps, above 1 and below N. Default 30. */
  readonly perplexity?: number;
  /** Steps in all, of which the first quarter, at most 250, pull neighbours together. Default 1000. */
  readonly iterations?: number;
  /** Factor of all similarities in those first steps. Default 12. */
  readonly earlyExaggeration?: number;
  /** Step size η. Default max(N / (4 · earlyExaggeration), 50), as in scikit-learn. */
  readonly learningRate?: number;
  /** Where points begin: along the first two principal axes, or at random. Default 'pca'. */
  readonly init?: 'pca' | 'random';
  /** Of the random places; default 0. Those of 'pca' need none. */
  readonly seed?: number;
}

/** A map by `tSne`. */
export interface TSneMap {
  /** [N, 2], f64. */
  readonly embedding: Tensor;
  /** Σ p log(p / q) at the end: the smaller, the truer. */
  readonly klDivergence: number;
}

/**
 * A map of points in a plane on which near neighbours stay neighbours: t-SNE, exactly, so each step takes
 * a time ∝ N². Distances between groups, and their sizes, mean little. The same points and seed give
 * the same map.
 *
 * With p_ij the similarity of two points, q_ij ∝ 1 / (1 + |y_i - y_j|²) that of their places, it makes
 * Σ p_ij log(p_ij / q_ij) small by gradient descent with momentum 0.5, later 0.8, and a gain for each
 * coordinate, as scikit-learn does.
 *
 * @param x [N, D], finite.
 * @throws ShapeError for another rank, ArgumentError for numbers that cannot be, NumericError for a NaN
 *   or ∞. It computes at once, so it cannot stand in a compiled function.
 * @see van der Maaten, Hinton, 2008, Visualizing data using t-SNE
 *
 * @example
 * const { embedding } = tSne(randn([60, 8]), { perplexity: 10, iterations: 250 }); // [60, 2]
 */
export function tSne(x: Tensor, options: TSneOptions = {}): TSneMap {
  const { perplexity = 30, iterations = 1000, earlyExaggeration = 12 } = options;
  const [n, d] = x.shape as [number, number];
  if (x.rank !== 2) {
    throw new ShapeError(`tSne: x is ${formatShape(x.shape)}; give points as rows, [N, D].`);
  }
  const { learningRate = Math.max(n / earlyExaggeration / 4, 50) } = options;
  const numbers = { perplexity, iterations, earlyExaggeration, learningRate };
  for (const [name, value] of Object.entries(numbers)) {
    if (value > 0 && value < Infinity) continue;
    throw new ArgumentError(`tSne: ${name} is ${value}; use a number above 0.`);
  }
  if (!(perplexity > 1 && perplexity < n)) {
    throw new ArgumentError(
      `tSne: perplexity is ${perplexity}; for ${n} points use one above 1 and below ${n}.`,
    );
  }
  const points = Float64Array.from(x.dataSync());
  if (!points.every(Number.isFinite)) {
    throw new NumericError('tSne: x has a NaN or ∞; leave such points out.');
  }
  const similarities = jointSimilarities(points, n, d, perplexity);
  const places = firstPlaces(x, options);
  const early = Math.min(250, Math.floor(iterations / 4));
  descend(places, similarities, {
    factor: earlyExaggeration,
    momentum: 0.5,
    steps: early,
    learningRate,
  });
  descend(places, similarities, {
    factor: 1,
    momentum: 0.8,
    steps: Math.floor(iterations) - early,
    learningRate,
  });
  return { embedding: fromData(places, [n, 2]), klDivergence: divergenceOf(similarities, places) };
}

/** Close together, with a standard deviation of 1e-4. */
function firstPlaces(x: Tensor, { init = 'pca', seed = 0 }: TSneOptions): Float64Array {
  const [n, d] = x.shape as [number, number];
  if (init === 'random' || d < 2 || n < 3) {
    const drawn = randn([n, 2], { dtype: 'f64', generator: new Generator(seed) });
    return Float64Array.from(drawn.dataSync(), (v) => 1e-4 * v);
  }
  const exact = fromData(Float64Array.from(x.dataSync()), [n, d]);
  const found = pca(exact);
  const scale = 1e-4 / (Math.sqrt(found.explainedVariance.dataSync()[0]!) || 1);
  return Float64Array.from(found.transform(exact).dataSync(), (v) => scale * v);
}

interface Descent {
  readonly factor: number;
  readonly momentum: number;
  readonly steps: number;
  readonly learningRate: number;
}

/** Moves the places downhill; a coordinate that goes on in one direction gains speed. */
function descend(
  places: Float64Array,
  similarities: Float64Array,
  { factor, momentum, steps, learningRate }: Descent,
): void {
  const speed = new Float64Array(places.length);
  const gains = new Float64Array(places.length).fill(1);
  for (let step = 0; step < steps; step++) {
    const slope = divergenceSlope(similarities, places, factor);
    for (let i = 0; i < places.length; i++) {
      const turns = speed[i]! * slope[i]! >= 0;
      gains[i] = turns ? Math.max(0.01, gains[i]! * 0.8) : gains[i]! + 0.2;
      speed[i] = momentum * speed[i]! - learningRate * gains[i]! * slope[i]!;
      places[i]! += speed[i]!;
    }
  }
}
