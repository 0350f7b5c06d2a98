import type { StateTensor } from '../tensor/index.js';
import { Tensor } from '../tensor/index.js';
import { elementwiseImage } from '../tensor/elementwise-image.js';
import { activeScope } from '../tensor/step-scope.js';
import type { Module } from './module.js';
import { observeCalls, type ModuleCall } from './observe-calls.js';

/** What a layer with parameters of its own took and gave in a call. */
export interface LayerCall {
  /** Dotted, as in `namedModules`; '' for the model itself. */
  readonly name: string;
  readonly module: Module;
  /** z_i of (2.15). */
  readonly input: Tensor;
  /** a_j of (2.15). */
  readonly a: Tensor;
  /** z_j = h(a_j) of (2.16); null where not one thing is made of a. */
  readonly z: Tensor | null;
}

/** The result of `run`, and the layers that the last call of the model in it went through. */
export function layerCalls<R>(
  model: Module,
  run: () => R,
): { readonly result: R; readonly layers: readonly LayerCall[] } {
  const withParameters = new Set([...model.modules()].filter(hasParameters));
  let calls: (ModuleCall & Unary)[] = [];
  let layers: LayerCall[] = [];
  const note = (call: ModuleCall): void => {
    // What is made in a step of a scan stays there.
    if (activeScope()) return;
    if (isUnary(call) && withParameters.has(call.module)) calls.push(call);
    if (call.module !== model) return;
    const [outputs, inputs] = [tensorsIn(call.output), tensorsIn(call.inputs)];
    layers = calls.map(({ name, module, inputs: [input], output: a }) => {
      return { name, module, input, a, z: elementwiseImage(a, outputs, inputs) };
    });
    calls = [];
  };
  return { result: observeCalls(model, note, run), layers };
}

interface Unary {
  readonly inputs: readonly [Tensor, ...unknown[]];
  readonly output: Tensor;
}

/** A tensor alone, or those in an array or an object. */
function tensorsIn(value: unknown): Tensor[] {
  const all: unknown[] =
    value instanceof Tensor || typeof value !== 'object' ? [value] : Object.values(value ?? {});
  return all.filter((v) => v instanceof Tensor);
}

/** Whether a layer takes a tensor, and gives one. */
function isUnary(call: ModuleCall): call is ModuleCall & Unary {
  return call.inputs[0] instanceof Tensor && call.output instanceof Tensor;
}

/** Whether a module has parameters that no module below it has. */
function hasParameters(module: Module): boolean {
  const below = new Set<StateTensor>();
  for (const child of module.children()) for (const p of child.parameters()) below.add(p);
  return [...module.parameters()].some((p) => !below.has(p));
}
