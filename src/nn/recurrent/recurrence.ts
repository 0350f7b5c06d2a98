/** The steps of recurrent networks, from which cells and layers are made. */
import type { Parameter, Tensor } from '../../tensor/index.js';
import { linear } from '../functional/linear.js';

/** Weights of one layer in one direction; gates lie one after the other, H rows each. */
export interface RecurrentWeights<T extends Tensor = Parameter> {
  /** [gates · H, D], by which the input is multiplied. */
  readonly weightIh: T;
  /** [gates · H, H], by which the hidden state is multiplied. */
  readonly weightHh: T;
  /** [gates · H], or null. */
  readonly biasIh: T | null;
  /** [gates · H], or null. */
  readonly biasHh: T | null;
}

/** A kind of recurrence: how a state follows from the one before and an input. */
export interface Recurrence {
  readonly gates: number;
  /** How many tensors [*, H] a state has, the hidden state h being the first. */
  readonly states: number;
  /** What all steps take of their inputs [*, D], made at once: [*, gates · H]. */
  project(x: Tensor, w: RecurrentWeights<Tensor>): Tensor;
  /**
   * The next state. `added`, if it is there, is added to each of its tensors before anything
   * is made of them; the gradient by it is that by the state.
   */
  next(
    projected: Tensor,
    state: readonly Tensor[],
    w: RecurrentWeights<Tensor>,
    added?: readonly Tensor[],
  ): readonly Tensor[];
}

/** φ of an RNN. */
export type RNNNonlinearity = 'tanh' | 'relu' | 'identity';

const PHI: Readonly<Record<RNNNonlinearity, (a: Tensor) => Tensor>> = {
  tanh: (a) => a.tanh(),
  relu: (a) => a.relu(),
  identity: (a) => a,
};

/** Whether there is such a φ. */
export function isNonlinearity(name: string): name is RNNNonlinearity {
  return Object.hasOwn(PHI, name);
}

/** h′ = φ(W_ih x + b_ih + W_hh h + b_hh). */
export function rnnRecurrence(nonlinearity: RNNNonlinearity): Recurrence {
  return {
    gates: 1,
    states: 1,
    project: projectWithBiases,
    next: (projected, [h], w, [added] = []) => [
      plus(PHI[nonlinearity](projected.add(linear(h!, w.weightHh))), added),
    ],
  };
}

/** i, f, o = σ(…), g = tanh(…), c′ = f ⊙ c + i ⊙ g, h′ = o ⊙ tanh(c′). */
export const lstmRecurrence: Recurrence = {
  gates: 4,
  states: 2,
  project: projectWithBiases,
  next(projected, [h, c], w, [addedH, addedC] = []) {
    const [i, f, g, o] = gatesOf(projected.add(linear(h!, w.weightHh)), 4);
    const cell = plus(f!.sigmoid().mul(c!).add(i!.sigmoid().mul(g!.tanh())), addedC);
    return [plus(o!.sigmoid().mul(cell.tanh()), addedH), cell];
  },
};

/** r, z = σ(…), n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)), h′ = (1 - z) ⊙ n + z ⊙ h. */
export const gruRecurrence: Recurrence = {
  gates: 3,
  states: 1,
  // b_hn is inside r ⊙ (…), so that the biases of the hidden state have to stay in the step.
  project: (x, w) => linear(x, w.weightIh, w.biasIh),
  next(projected, [h], w, [added] = []) {
    const [xr, xz, xn] = gatesOf(projected, 3);
    const [hr, hz, hn] = gatesOf(linear(h!, w.weightHh, w.biasHh), 3);
    const z = xz!.add(hz!).sigmoid();
    const n = xn!.add(xr!.add(hr!).sigmoid().mul(hn!)).tanh();
    return [plus(n.sub(z.mul(n)).add(z.mul(h!)), added)];
  },
};

function projectWithBiases(
  x: Tensor,
  { weightIh, biasIh, biasHh }: RecurrentWeights<Tensor>,
): Tensor {
  return linear(x, weightIh, biasIh && biasHh ? biasIh.add(biasHh) : biasIh);
}

function gatesOf(sums: Tensor, count: number): Tensor[] {
  const axis = sums.rank - 1;
  const size = sums.shape[axis]! / count;
  return Array.from({ length: count }, (_, i) => sums.slice(axis, i * size, (i + 1) * size));
}

function plus(t: Tensor, added: Tensor | undefined): Tensor {
  return added ? t.add(added) : t;
}
