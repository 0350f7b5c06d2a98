import { isFloat } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { Tensor } from '../tensor/index.js';

/** What can be measured besides the loss: the share of targets whose class has the highest output. */
export type Metric = 'accuracy';

/** Throws an ArgumentError for a name that is no metric. */
export function checkMetrics(op: string, metrics: readonly Metric[]): void {
  for (const name of metrics as readonly string[]) {
    if (name === 'accuracy') continue;
    throw new ArgumentError(`${op}: there is no metric '${name}'; use 'accuracy'.`);
  }
}

/**
 * How many targets have the highest output; the first counts where several are equally high.
 *
 * @param output [N, C], [N, C, d1, …] or [C]; its values may be logits or probabilities.
 * @param target Class numbers [N], [N, d1, …] or [].
 * @returns A scalar, i32.
 */
export function countCorrect(output: Tensor, target: Tensor): Tensor {
  if (isFloat(target.dtype)) {
    throw new ArgumentError(
      `accuracy: targets are ${target.dtype} ${formatShape(target.shape)}, not class numbers; ` +
        'leave out the metric.',
    );
  }
  const predicted = output.detach().argmax(output.rank > 1 ? 1 : 0);
  return predicted.eq(target.to('i32')).to('i32').sum();
}
