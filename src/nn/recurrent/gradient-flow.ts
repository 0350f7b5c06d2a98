import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { enableGrad, grad } from '../../tensor/index.js';
import type { Module } from '../module.js';
import type { GradientTrend, Reach } from './gradient-trend.js';
import { describeReach, reachOf, short } from './gradient-trend.js';
import { RecurrentLayer } from './recurrent-layer.js';
import { spectralRadius } from './spectral-radius.js';
import { stepJacobian } from './step-jacobian.js';
import type { Sweep } from './sweep.js';

/** The gradients of one layer in one direction, in one call. */
export interface LayerGradientFlow {
  /** Of the module, dotted, as in `namedModules`; '' for the model itself. */
  readonly name: string;
  /** From 0. */
  readonly layer: number;
  /** Whether it goes through the sequence backwards. */
  readonly reverse: boolean;
  /** ∂L/∂h_t at [t], as [T, N, H]. */
  readonly hidden: Tensor;
  /** ∂L/∂c_t at [t] of an LSTM, as [T, N, H], else null. */
  readonly memory: Tensor | null;
  /** ‖∂L/∂h_t‖ for every t, over all samples. */
  readonly norms: readonly number[];
  /** ‖∂L/∂c_t‖ for every t, or null. */
  readonly memoryNorms: readonly number[] | null;
  /** The spectral radius of W_hh; of a gated layer one for each gate, in the order of the weights. */
  readonly spectralRadii: readonly number[];
  /**
   * By what the norm, of h and c together, is multiplied on its way from the last step that the loss
   * depends on to the first step; infinite where it is not finite on the way.
   */
  readonly factor: number;
  /** 'vanishing' if `factor` is below 1e-3, 'exploding' above 1e3, 'none' if all norms are 0. */
  readonly trend: GradientTrend;
  /**
   * The Jacobian [S, S] of a step, ∂state_t/∂state_{t-1}: S = H, or 2H for h and c of an LSTM. At
   * padding, too, it is that of the step.
   *
   * @param t Position in the sequence, from 0.
   * @param sample Default 0.
   */
  jacobian(t: number, sample?: number): Tensor;
  /** What becomes of the gradient, and the spectral radii, in a sentence each. */
  describe(): string;
}

/** What `gradientFlow` has read out. */
export interface GradientFlow {
  /** L, a scalar. */
  readonly loss: Tensor;
  /** In the order of evaluation; a layer that is used twice is there twice. */
  readonly layers: readonly LayerGradientFlow[];
}

/**
 * Back-propagation through time read out: ∂L/∂h_t for every step of every `RNN`, `LSTM` and `GRU` of a
 * model, by all ways from h_t to the loss, and the spectral radii of W_hh and of the steps' Jacobians,
 * which say why gradients vanish or explode. Weights and their `grad` stay as they are. Layers
 * inside the function of a `scan` are left out, as their values stay in its steps.
 *
 * @param model The model, or a recurrent layer itself.
 * @param run Calls the model, not compiled, and returns L, a single number.
 * @throws ArgumentError for a loss that is no single number, or if no recurrent layer was called.
 * @equation (5.5)
 *
 * @example
 * const rnn = new RNN(3, 16);
 * const x = rand([100, 1, 3]);
 * const { layers } = gradientFlow(rnn, () => rnn.forward(x)[0].at(-1).pow(2).sum());
 * console.log(layers[0]!.norms, layers[0]!.describe());
 * spectralRadius(layers[0]!.jacobian(50)); // of ∂h_50/∂h_49
 */
export function gradientFlow(model: Module, run: () => Tensor): GradientFlow {
  return enableGrad(() => {
    const seen: { readonly name: string; readonly sweep: Sweep }[] = [];
    const watched = [...model.namedModules()].reduce<() => Tensor>((inner, [name, module]) => {
      if (!(module instanceof RecurrentLayer)) return inner;
      return () => module.observe((sweep) => void seen.push({ name, sweep }), inner);
    }, run);
    const loss = watched();
    if (loss.size !== 1) {
      throw new ArgumentError(
        `gradientFlow: the loss has shape [${loss.shape.join(', ')}]; use one that gives a single ` +
          'number, as with mean().',
      );
    }
    if (seen.length === 0) {
      throw new ArgumentError(
        `gradientFlow: no recurrent layer of ${model.constructor.name} was called; give a model ` +
          'that has RNN, LSTM or GRU, and call it outside of compile() and scan().',
      );
    }
    const added = seen.flatMap(({ sweep }) => sweep.added);
    const gradients = grad(loss, added, { allowUnused: true }).map((g) => g.detach());
    const layers = seen.map(({ name, sweep }) => {
      return readOut(name, sweep, gradients.splice(0, sweep.added.length));
    });
    return { loss: loss.detach(), layers };
  });
}

function readOut(name: string, sweep: Sweep, gradients: readonly Tensor[]): LayerGradientFlow {
  const [norms, memoryNorms = null] = gradients.map(normsOf) as [number[], number[]?];
  const both = norms.map((norm, t) => Math.hypot(norm, memoryNorms?.[t] ?? 0));
  const reach = reachOf(sweep.reverse ? [...both].reverse() : both);
  const { layer, reverse, recurrence, weights } = sweep;
  const weight = weights.weightHh.detach();
  const spectralRadii = weight.split(weight.shape[0]! / recurrence.gates).map(spectralRadius);
  const jacobian = (t: number, sample = 0): Tensor => stepJacobian(sweep, t, sample);
  return {
    name,
    layer,
    reverse,
    hidden: gradients[0]!,
    memory: gradients[1] ?? null,
    norms,
    memoryNorms,
    spectralRadii,
    factor: reach.factor,
    trend: reach.trend,
    jacobian,
    describe: () => describe(name, sweep, reach, spectralRadii, jacobian),
  };
}

/** ‖g_t‖ of g [T, N, H], in f64, where small numbers still have squares. */
function normsOf(g: Tensor): number[] {
  const wide = g.to('f64');
  return [...wide.mul(wide).sum([1, 2]).sqrt().dataSync()];
}

function describe(
  name: string,
  { layer, reverse, projected, recurrence }: Sweep,
  reach: Reach,
  spectralRadii: readonly number[],
  jacobian: (t: number) => Tensor,
): string {
  const owner = `${name === '' ? '' : `${name}, `}layer ${layer}${reverse ? ', backwards' : ''}`;
  const what = recurrence.states > 1 ? '‖∂L/∂(h_t, c_t)‖' : '‖∂L/∂h_t‖';
  const first = `${owner}: ${what} ${describeReach(reach)}.`;
  const steps = projected.shape[0]!;
  if (steps === 0 || projected.shape[1] === 0) return first;
  const t = steps >> 1;
  const radii = spectralRadii.map(short).join(', ');
  const own = short(spectralRadius(jacobian(t)));
  return `${first} Spectral radius of W_hh: ${radii}; of the Jacobian of step ${t}: ${own}.`;
}
