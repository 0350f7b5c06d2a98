import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import type { UnaryModule } from '../nn/index.js';
import { Tensor, fullLike, tensor } from '../tensor/index.js';
import { checkInput, type ClassTarget } from './class-scores.js';
import { gaussLegendre } from './gauss-legendre.js';
import { inEvaluation } from './in-evaluation.js';
import { explainedClasses, scoreGradient } from './saliency.js';

/** Options of `integratedGradients`. */
export interface IntegratedGradientsOptions extends ClassTarget {
  /**
   * x′, where the path begins: a number, or a tensor in the shape of x or of a sample. Default 0, which
   * for normalised images is the mean grey, not black.
   */
  readonly baseline?: number | Tensor;
  /** Points on the path of each sample, all in one batch. Default 50. */
  readonly steps?: number;
}

/**
 * What each element contributes to the score of a class, compared with a baseline x′:
 * (x - x′) ∫₀¹ ∂y_c / ∂x (x′ + t (x - x′)) dt, by the rule of Gauss and Legendre. The contributions of
 * a sample sum to y_c(x) - y_c(x′), as exactly as the integral is: more steps where the model has kinks.
 *
 * @param model Takes x and gives scores [N, K].
 * @param x [N, …], f32 or f64.
 * @returns In the shape of x, signed.
 * @throws ArgumentError, ShapeError for steps or a baseline that cannot be; else as `saliency`.
 * @see Sundararajan, Taly, Yan, 2017, Axiomatic attribution, arXiv:1703.01365
 *
 * @example
 * const model = new Sequential(new Flatten(), new Linear(64, 3));
 * const parts = integratedGradients(model, rand([1, 1, 8, 8]), { target: 2, baseline: 0 });
 */
export function integratedGradients(
  model: UnaryModule,
  x: Tensor,
  options: IntegratedGradientsOptions = {},
): Tensor {
  const { baseline = 0, steps = 50 } = options;
  checkInput('integratedGradients', x);
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ArgumentError(
      `integratedGradients: steps is ${steps}; use an integer of at least 1.`,
    );
  }
  return inEvaluation(model, () => {
    const end = x.detach();
    const start = startOf(baseline, end);
    const classes = explainedClasses('integratedGradients', model, x, options);
    const { points, weights } = gaussLegendre(steps);
    const along = [steps, ...x.shape.map(() => 1)];
    const at = (values: Float64Array): Tensor => tensor(values, { shape: along, dtype: x.dtype });
    const way = end.sub(start);
    const path = start.add(way.mul(at(points)));
    const rows = [steps * x.shape[0]!, ...x.shape.slice(1)];
    const all = classes.expand([steps, x.shape[0]!]).reshape([rows[0]!]);
    const slopes = scoreGradient(model, path.reshape(rows), all).reshape([steps, ...x.shape]);
    return slopes.mul(at(weights)).sum(0).mul(way);
  });
}

function startOf(baseline: number | Tensor, x: Tensor): Tensor {
  if (!(baseline instanceof Tensor)) return fullLike(x, baseline);
  const [, ...sample] = x.shape;
  if (!sameShape(baseline.shape, x.shape) && !sameShape(baseline.shape, sample)) {
    throw new ShapeError(
      `integratedGradients: baseline is ${formatShape(baseline.shape)}, x ${formatShape(x.shape)}; ` +
        'give a number, or a tensor in the shape of x or of a sample.',
    );
  }
  return baseline.detach();
}
