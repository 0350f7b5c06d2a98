import { byteSize } from '../engine/core/dtype.js';
import { noGrad, type StateTensor, type Tensor } from '../tensor/index.js';
import type { Module, UnaryModule } from './module.js';
import { observeCalls, type ModuleCall } from './observe-calls.js';

/** One line of a summary. */
export interface LayerSummary {
  /** Dotted, as in `namedModules`; '' for the model itself. */
  readonly name: string;
  /** The class, such as Linear. */
  readonly type: string;
  /** Shape of what it gave, [N, …] with the N of the input; undefined if it was not called. */
  readonly outputShape: readonly number[] | undefined;
  /** Elements of the parameters of its own, without those of modules below. */
  readonly parameters: number;
  /** Bytes of its own parameters and buffers. */
  readonly bytes: number;
}

/**
 * The layers of a model: modules without modules below, and those with state of their own. They come
 * in the order in which they are defined. The model runs on `input` in evaluation mode to learn
 * the shapes, but as nothing asks for the values, nothing is computed.
 *
 * @param input such as zeros([1, 1, 28, 28]).
 */
export function summarize(model: UnaryModule, input: Tensor): LayerSummary[] {
  const shapes = outputShapes(model, input);
  const layers: LayerSummary[] = [];
  const seen = new Set<StateTensor>();
  for (const [name, module] of model.namedModules()) {
    const below = new Set([...module.children()].flatMap((child) => [...stateOf(child)]));
    const own = [...stateOf(module)].filter((state) => !below.has(state) && !seen.has(state));
    if (own.length === 0 && !isLeaf(module)) continue;
    for (const state of own) seen.add(state);
    const parameters = [...module.parameters()].filter((p) => own.includes(p));
    layers.push({
      name,
      type: module.constructor.name,
      outputShape: shapes.get(module),
      parameters: parameters.reduce((sum, p) => sum + p.size, 0),
      bytes: own.reduce((sum, state) => sum + state.size * byteSize(state.dtype), 0),
    });
  }
  return layers;
}

function isLeaf(module: Module): boolean {
  return [...module.children()].length === 0;
}

function* stateOf(module: Module): Generator<StateTensor> {
  yield* module.parameters();
  yield* module.buffers();
}

/** What each module gives where it is last called. */
function outputShapes(model: UnaryModule, input: Tensor): Map<Module, readonly number[]> {
  const shapes = new Map<Module, readonly number[]>();
  const mode = model.training;
  const note = ({ module, output }: ModuleCall): void => {
    if (isShaped(output)) shapes.set(module, output.shape);
  };
  try {
    model.eval();
    observeCalls(model, note, () => noGrad(() => model.forward(input)));
  } finally {
    model.train(mode);
  }
  return shapes;
}

function isShaped(output: unknown): output is Tensor {
  return typeof output === 'object' && output !== null && 'shape' in output;
}
