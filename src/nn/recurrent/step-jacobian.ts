import { IndexError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { concat, enableGrad, grad } from '../../tensor/index.js';
import type { Sweep } from './sweep.js';

/**
 * ∂state_t/∂state_{t-1} of a sample [S, S], S being H for each tensor of the state: by a batch of S
 * copies of the sample, in which row i asks for the gradient of element i.
 */
export function stepJacobian(sweep: Sweep, t: number, sample: number): Tensor {
  const { recurrence, weights, projected, initial, states, reverse } = sweep;
  const [steps, batch, columns] = projected.shape as [number, number, number];
  requirePosition('t', t, steps, 'steps');
  requirePosition('sample', sample, batch, 'samples');
  return enableGrad(() => {
    const before = reverse ? t + 1 : t - 1;
    const isFirst = before < 0 || before >= steps;
    const own = initial.map((first, k) => {
      return (isFirst ? first.at(sample) : states[k]!.at(before, sample)).detach();
    });
    const size = own.reduce((n, s) => n + s.size, 0);
    const copies = own.map((s) => {
      const copy = s.unsqueeze(0).expand([size, s.size]).detach();
      copy.requiresGrad = true;
      return copy;
    });
    const sums = projected.at(t, sample).detach().unsqueeze(0).expand([size, columns]);
    const after = concat(recurrence.next(sums, copies, weights), 1);
    return concat(grad(after.diagonal().sum(), copies), 1).detach();
  });
}

function requirePosition(name: string, value: number, end: number, what: string): void {
  if (Number.isInteger(value) && value >= 0 && value < end) return;
  throw new IndexError(
    `jacobian: ${name} is ${value}, and there are ${end} ${what}; use a whole number from 0 to ` +
      `${end - 1}.`,
  );
}
