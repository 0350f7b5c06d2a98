import { ArgumentError } from '../engine/core/errors.js';
import { observeCalls, type ModuleCall } from '../nn/observe-calls.js';
import type { Module, UnaryModule } from '../nn/index.js';
import { noGrad, Tensor } from '../tensor/index.js';
import { activeScope } from '../tensor/step-scope.js';
import { inEvaluation } from './in-evaluation.js';

/** What a layer gave in a call of a model. */
export interface LayerOutput {
  /** Dotted, as in `namedModules`. */
  readonly name: string;
  readonly module: Module;
  readonly output: Tensor;
}

/** Options of `featureMaps`. */
export interface FeatureMapsOptions {
  /** Names of layers, as in `namedModules`. Default: all that give maps, [N, C, …S]. */
  readonly layers?: readonly string[];
}

/** The result of `run`, and what all layers that give a tensor gave in it, in the order of evaluation. */
export function layerOutputs<R>(
  model: UnaryModule,
  run: () => R,
): { readonly result: R; readonly outputs: readonly LayerOutput[] } {
  const outputs: LayerOutput[] = [];
  const note = ({ name, module, output }: ModuleCall): void => {
    // What is made in a step of a scan stays there.
    if (activeScope() || module === model || !(output instanceof Tensor)) return;
    outputs.push({ name, module, output });
  };
  return { result: observeCalls(model, note, run), outputs };
}

/** Whether a layer gives maps: [N, C, …S] with one spatial axis or more. */
export function isMap({ output }: LayerOutput): boolean {
  return output.rank >= 3;
}

/**
 * Throws an ArgumentError, with the names that there are, unless a layer is among them.
 *
 * @param names Layers that may be named.
 * @param what What these give, in words.
 */
export function requireLayer(
  op: string,
  model: UnaryModule,
  name: string,
  names: readonly string[],
  what: string,
): void {
  if (names.includes(name)) return;
  const known = [...new Set(names)];
  const shown = known.slice(0, MOST_NAMES).join(', ') + (known.length > MOST_NAMES ? ', …' : '');
  const isThere = [...model.namedModules()].some(([other]) => other === name);
  throw new ArgumentError(
    `${op}: ${isThere ? `layer '${name}' gives no ${what}` : `there is no layer '${name}'`}; ` +
      (known.length === 0 ? `no layer of the model gives ${what}.` : `use one of ${shown}.`),
  );
}

const MOST_NAMES = 40;

/**
 * What the layers of a model give for samples: the feature maps of convolutions and what becomes of
 * them, in the order of evaluation, the model being in evaluation mode meanwhile. A layer that is called
 * twice is there twice. Layers inside the function of a `scan` are left out.
 *
 * @param model Takes x and gives one tensor.
 * @param x [N, …] in the shape that the model takes.
 * @param options.layers Named ones only, which may then give any tensor.
 * @throws ArgumentError for a name that is none of a layer that was called.
 *
 * @example
 * const model = new Sequential({ conv1: new Conv2d(1, 6, 5), act1: new ReLU(), pool1: new MaxPool2d(2) });
 * for (const { name, output } of featureMaps(model, rand([1, 1, 28, 28]))) {
 *   console.log(name, output.shape); // conv1 [1, 6, 24, 24], …
 * }
 */
export function featureMaps(
  model: UnaryModule,
  x: Tensor,
  { layers }: FeatureMapsOptions = {},
): LayerOutput[] {
  const { outputs } = inEvaluation(model, () =>
    layerOutputs(model, () => noGrad(() => model.forward(x.detach()))),
  );
  if (layers === undefined) return outputs.filter(isMap);
  const names = outputs.map(({ name }) => name);
  for (const name of layers) requireLayer('featureMaps', model, name, names, 'tensor');
  return outputs.filter(({ name }) => layers.includes(name));
}
