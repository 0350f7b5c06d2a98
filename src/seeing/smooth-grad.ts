import { ArgumentError } from '../engine/core/errors.js';
import type { UnaryModule } from '../nn/index.js';
import { randn, type Generator, type Tensor } from '../tensor/index.js';
import { checkInput, type ClassTarget } from './class-scores.js';
import { inEvaluation } from './in-evaluation.js';
import { explainedClasses, scoreGradient } from './saliency.js';

/** Options of `smoothGrad`. */
export interface SmoothGradOptions extends ClassTarget {
  /** n, how many noisy copies of each sample are taken, all in one batch. Default 50. */
  readonly samples?: number;
  /** σ as a share of the range of the sample, max x - min x. Default 0.15. */
  readonly noise?: number;
  /** Where the noise comes from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * The gradient of a class's score, averaged over copies of the input with normal noise, which takes out
 * what flickers from pixel to pixel: (1 / n) Σ ∂y_c / ∂x (x + N(0, σ²)). It is signed; the paper shows its
 * magnitude. The class is that of the input without noise.
 *
 * @param model Takes x and gives scores [N, K].
 * @param x [N, …], f32 or f64.
 * @returns In the shape of x.
 * @throws ArgumentError for numbers that cannot be; else as `saliency`.
 * @see Smilkov et al., 2017, SmoothGrad, arXiv:1706.03825
 *
 * @example
 * const model = new Sequential(new Flatten(), new Linear(64, 3));
 * const map = smoothGrad(model, rand([1, 1, 8, 8]), { samples: 20 }).abs().max(1); // [1, 8, 8]
 */
export function smoothGrad(model: UnaryModule, x: Tensor, options: SmoothGradOptions = {}): Tensor {
  const { samples = 50, noise = 0.15, generator } = options;
  checkInput('smoothGrad', x);
  if (!Number.isInteger(samples) || samples < 1) {
    throw new ArgumentError(`smoothGrad: samples is ${samples}; use an integer of at least 1.`);
  }
  if (!(noise >= 0 && noise < Infinity)) {
    throw new ArgumentError(`smoothGrad: noise is ${noise}; use a share of at least 0.`);
  }
  return inEvaluation(model, () => {
    const clean = x.detach();
    const classes = explainedClasses('smoothGrad', model, x, options);
    const axes = x.shape.map((_, axis) => axis).slice(1);
    const range = clean.max(axes, { keepDim: true }).sub(clean.min(axes, { keepDim: true }));
    const many = [samples, ...x.shape];
    const drawn = randn(many, { dtype: x.dtype, ...(generator && { generator }) });
    const noisy = clean.add(drawn.mul(range.mul(noise)));
    const rows = [samples * x.shape[0]!, ...x.shape.slice(1)];
    const all = classes.expand([samples, x.shape[0]!]).reshape([rows[0]!]);
    return scoreGradient(model, noisy.reshape(rows), all).reshape(many).mean(0);
  });
}
