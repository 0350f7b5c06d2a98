import { NumericError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { NonFinite, Tensor } from '../tensor/index.js';
import type { TrainableModel } from './sources.js';
import type { Step } from './steps.js';

/**
 * The error for a loss that is NaN or ±∞: runs the step again in checked mode and names the first
 * operation whose result was not finite.
 *
 * @param where The place, such as `epoch 2, step 17`.
 */
export function nonFiniteLoss(
  op: string,
  where: string,
  loss: number,
  model: TrainableModel,
  step: Step,
  batch: readonly [x: Tensor, y: Tensor],
): NumericError {
  const found = step.diagnose(...batch);
  const cause = found
    ? explain(found, model)
    : 'node by node in f64 it comes out finite, so that numbers too large for the device are ' +
      'likely; lower the learning rate, or scale the inputs';
  return new NumericError(`${op}: the loss is ${loss} in ${where}: ${cause}.`);
}

function explain(found: NonFinite, model: TrainableModel): string {
  if (found.op !== 'leaf') {
    return `${found.description}; lower the learning rate, or keep its input in range`;
  }
  if (!found.variable) return `${found.description}; clean the data`;
  for (const [name, parameter] of model.namedParameters()) {
    if (parameter.variable !== found.variable) continue;
    const values = `${found.dtype} ${formatShape(found.shape)}`;
    return (
      `parameter '${name}', ${values}, was no longer finite before it, as a gradient of an earlier ` +
      'step was not; lower the learning rate, or clip gradients'
    );
  }
  return `${found.description}; lower the learning rate`;
}
