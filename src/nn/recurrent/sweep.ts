import type { Tensor } from '../../tensor/index.js';
import { scan, where, zeros } from '../../tensor/index.js';
import type { Recurrence, RecurrentWeights } from './recurrence.js';

/** A recurrence with its weights, and how it goes over a sequence. */
export interface Path {
  readonly recurrence: Recurrence;
  readonly weights: RecurrentWeights;
  /** Counted from 0. */
  readonly layer: number;
  /** From the last step to the first. */
  readonly reverse: boolean;
  readonly checkpoint: number | null;
}

/** What a path has done in a call, for whoever wants to look at it. */
export interface Sweep extends Path {
  /** What it took of its inputs, [T, N, gates · H]. */
  readonly projected: Tensor;
  /** The state it began with: tensors [N, H]. */
  readonly initial: readonly Tensor[];
  /** The state behind each step: tensors [T, N, H]. */
  readonly states: readonly Tensor[];
  /** Zeros that have been added to these: the gradients by them are those by the states. */
  readonly added: readonly Tensor[];
}

/** What goes over the sequence: x [T, N, D], and where it has ended, a mask [T, N, 1] or null. */
export interface Sequence {
  readonly x: Tensor;
  readonly inside: Tensor | null;
}

/**
 * The state behind the last step, and h at each of them, 0 behind the end of a sequence [T, N, H]. If
 * `onSweep` is there, it is told what has been done.
 */
export function sweep(
  path: Path,
  { x, inside }: Sequence,
  initial: readonly Tensor[],
  onSweep: ((sweep: Sweep) => void) | null,
): [state: readonly Tensor[], hidden: Tensor] {
  const { recurrence, weights, reverse, checkpoint } = path;
  const [steps] = x.shape as [number, ...number[]];
  const added = onSweep && initial.map((t) => nothing(steps, t));
  // With checkpoints it is made in the step, since for the whole sequence it would take the memory
  // that is to be saved.
  const projected = onSweep || checkpoint === null ? recurrence.project(x, weights) : null;
  const xs = { input: projected ?? x, inside, added };
  const step = (state: readonly Tensor[], at: typeof xs): [readonly Tensor[], Output] => {
    const sums = projected ? at.input : recurrence.project(at.input, weights);
    const after = recurrence.next(sums, state, weights, at.added ?? []);
    const mask = at.inside;
    const next = mask ? after.map((t, k) => where(mask, t, state[k]!)) : after;
    const hidden = mask ? where(mask, after[0]!, 0) : after[0]!;
    return [next, { hidden, states: onSweep && next }];
  };
  const [last, { hidden, states }] = scan(step, initial, xs, {
    reverse,
    ...(checkpoint === null ? {} : { checkpoint }),
  });
  if (onSweep) onSweep({ ...path, projected: projected!, initial, states: states!, added: added! });
  return [last, hidden];
}

interface Output {
  readonly hidden: Tensor;
  readonly states: readonly Tensor[] | null;
}

/** Zeros for each step of a tensor of the state, by which one can differentiate. */
function nothing(steps: number, { shape, dtype }: Tensor): Tensor {
  return zeros([steps, ...shape], { dtype, requiresGrad: true });
}
