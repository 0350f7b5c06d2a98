import type { Tensor } from '../../tensor/index.js';
import { stack } from '../../tensor/index.js';
import type { Recurrence, RecurrentWeights } from './recurrence.js';

/** A step of stacked layers: of inputs by number, and a state, tensors [L, N, H]. */
export type Stepper = (
  ids: Tensor,
  state: readonly Tensor[],
) => readonly [output: Tensor, state: readonly Tensor[]];

/**
 * Layers in one direction, made ready to be stepped through many times with the weights that they have
 * now. The inputs can only be some that are known: what the first layer takes of each is computed
 * beforehand, and a step looks it up. Matrices lie as a product with one row wants them.
 *
 * @param inputs [V, D].
 */
export function stepperOf(
  recurrence: Recurrence,
  layers: readonly RecurrentWeights[],
  inputs: Tensor,
): Stepper {
  const ready = layers.map(laidOut);
  const table = computed(recurrence.project(inputs.detach(), ready[0]!));
  return (ids, state) => {
    let output = table.indexSelect(0, ids);
    const next = ready.map((weights, layer) => {
      const projected = layer === 0 ? output : recurrence.project(output, weights);
      const before = state.map((t) => t.at(layer));
      const after = recurrence.next(projected, before, weights);
      output = after[0]!;
      return after;
    });
    return [output, state.map((_, k) => stacked(next.map((after) => after[k]!)))];
  };
}

/** Copies of weights whose matrices are stored with a column of the weight after the other. */
function laidOut(w: RecurrentWeights): RecurrentWeights<Tensor> {
  return {
    weightIh: byColumns(w.weightIh),
    weightHh: byColumns(w.weightHh),
    biasIh: w.biasIh && computed(w.biasIh.detach().clone()),
    biasHh: w.biasHh && computed(w.biasHh.detach().clone()),
  };
}

/** The matrix W [O, I] as the transpose of one that lies in memory as [I, O]. */
export function byColumns(weight: Tensor): Tensor {
  return computed(weight.detach().T).T;
}

/** The tensor with its values at hand, so that no program computes them anew. */
export function computed(t: Tensor): Tensor {
  t.dataSync();
  return t;
}

function stacked(tensors: readonly Tensor[]): Tensor {
  return tensors.length === 1 ? tensors[0]!.unsqueeze(0) : stack(tensors);
}
