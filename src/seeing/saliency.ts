import type { UnaryModule } from '../nn/index.js';
import { grad, noGrad, type Tensor } from '../tensor/index.js';
import { checkInput, scoresOf, targetClasses, type ClassTarget } from './class-scores.js';
import { inEvaluation } from './in-evaluation.js';

/** ∂y_c / ∂x of samples x, for the classes [N] that are given. */
export function scoreGradient(model: UnaryModule, x: Tensor, classes: Tensor): Tensor {
  return grad((input: Tensor) => scoresOf(model.forward(input), classes).sum())(x.detach());
}

/** The classes whose scores are explained, found without a gradient. */
export function explainedClasses(
  op: string,
  model: UnaryModule,
  x: Tensor,
  options: ClassTarget,
): Tensor {
  return noGrad(() => targetClasses(op, model.forward(x.detach()), options)).detach();
}

/**
 * How much the score y_c of a class would change with each element of the input:
 * S = |∂y_c / ∂x|, the model being in evaluation mode meanwhile. Of an image with several channels
 * the paper shows the largest of each pixel, `saliency(model, x).max(1)`. At kinks it has the
 * derivative that `backward()` has.
 *
 * @param model Takes x and gives scores [N, K], best without a softmax.
 * @param x [N, …], f32 or f64.
 * @param options.target The class c. Default: the one with the largest score, for each sample.
 * @returns In the shape of x.
 * @throws ShapeError, DTypeError, IndexError for a model, input or target that does not fit.
 * @see Simonyan, Vedaldi, Zisserman, 2014, Deep inside convolutional networks, arXiv:1312.6034
 *
 * @example
 * const model = new Sequential(new Conv2d(1, 4, 3), new ReLU(), new Flatten(), new Linear(144, 3));
 * const map = saliency(model, rand([2, 1, 8, 8]), { target: 1 }).max(1); // [2, 8, 8]
 */
export function saliency(model: UnaryModule, x: Tensor, options: ClassTarget = {}): Tensor {
  return explainedGradient('saliency', model, x, options).abs();
}

/**
 * The part of each element in the score, were the model linear: x · ∂y_c / ∂x. It is signed.
 *
 * @param model Takes x and gives scores [N, K].
 * @param x [N, …], f32 or f64.
 * @param options.target The class c. Default: the one with the largest score, for each sample.
 * @returns In the shape of x.
 * @throws As `saliency`.
 * @see Shrikumar et al., 2016, arXiv:1605.01713
 *
 * @example
 * const model = new Linear(6, 3);
 * const parts = inputTimesGradient(model, rand([2, 6]), { target: 0 }); // [2, 6]
 */
export function inputTimesGradient(
  model: UnaryModule,
  x: Tensor,
  options: ClassTarget = {},
): Tensor {
  return explainedGradient('inputTimesGradient', model, x, options).mul(x.detach());
}

function explainedGradient(
  op: string,
  model: UnaryModule,
  x: Tensor,
  options: ClassTarget,
): Tensor {
  checkInput(op, x);
  return inEvaluation(model, () => {
    return scoreGradient(model, x, explainedClasses(op, model, x, options));
  });
}
