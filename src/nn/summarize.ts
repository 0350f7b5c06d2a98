import { byteSize } from '../engine/core/dtype.js';
import { callCosts, type Call } from '../tensor/call-costs.js';
import { noGrad, Tensor, type AxisField, type StateTensor } from '../tensor/index.js';
import { activeScope } from '../tensor/step-scope.js';
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
  /**
   * Products that were added up, in matrix products and convolutions: the "multiply-adds" by which papers
   * compare nets. Taps on zeros of padding count.
   */
  readonly multiplyAdds: number;
  /**
   * Floating-point operations: two for each multiply-add, and one for each element of all else that was
   * computed, such as biases, activations, normalisations and windows of poolings.
   */
  readonly flops: number;
  /**
   * How much of each spatial axis of the input [N, C, …S] an element of the output can depend on; null for
   * all of it. Undefined if it was not called.
   */
  readonly receptiveField: readonly (AxisField | null)[] | undefined;
}

/**
 * The layers of a model: modules without modules below, those with state of their own, and those that
 * compute something beside the modules below, as the sum of a residual block. They come in the order in
 * which they are defined. The model runs on `input` in evaluation mode to learn the shapes, but as nothing
 * asks for the values, nothing is computed.
 *
 * Operations are read off what the model recorded, so they are those of any module, and each counts for
 * the innermost module whose call it was in; a module that is called twice computes twice. For all of
 * `input`: give one sample for what a sample costs. What depends on weights alone is free, as it could be
 * made once and for all.
 *
 * A receptive field has a `size`, the places of the input from the first to the last that an element can
 * depend on, those in padding included, and a `jump`, the places of the input from one element to the next;
 * a transposed convolution or an upsampling makes that smaller again. Behind what takes a whole axis (a
 * dense layer, a global pooling, a normalisation of samples, a recurrence) it is null. Behind a Flatten
 * elements still have their size, but no jump.
 *
 * @param input such as zeros([1, 1, 28, 28]).
 *
 * @example
 * const [conv] = summarize(new Sequential(new Conv2d(1, 6, 5), new ReLU()), zeros([1, 1, 28, 28]));
 * console.log(conv!.multiplyAdds); // 86400, that is 6 · 24 · 24 · 5 · 5
 * console.log(conv!.receptiveField); // [{ size: 5, jump: 1 }, { size: 5, jump: 1 }]
 */
export function summarize(model: UnaryModule, input: Tensor): LayerSummary[] {
  const observed = observe(model, input);
  const layers: LayerSummary[] = [];
  const seen = new Set<StateTensor>();
  for (const [name, module] of model.namedModules()) {
    const below = new Set([...module.children()].flatMap((child) => [...stateOf(child)]));
    const own = [...stateOf(module)].filter((state) => !below.has(state) && !seen.has(state));
    const seenOf = observed.get(module);
    const { multiplyAdds = 0, flops = 0 } = seenOf ?? {};
    if (own.length === 0 && !isLeaf(module) && flops === 0) continue;
    for (const state of own) seen.add(state);
    const parameters = [...module.parameters()].filter((p) => own.includes(p));
    layers.push({
      name,
      type: module.constructor.name,
      outputShape: seenOf?.outputShape,
      parameters: parameters.reduce((sum, p) => sum + p.size, 0),
      bytes: own.reduce((sum, state) => sum + state.size * byteSize(state.dtype), 0),
      multiplyAdds,
      flops,
      receptiveField: seenOf?.receptiveField,
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

type Observed = Pick<LayerSummary, 'outputShape' | 'multiplyAdds' | 'flops' | 'receptiveField'>;

/** What each module gives where it is last called, and computes in all calls. */
function observe(model: UnaryModule, input: Tensor): Map<Module, Observed> {
  const calls: (Call & { readonly module: Module })[] = [];
  const shapes = new Map<Module, readonly number[]>();
  const mode = model.training;
  const note = ({ module, inputs, output }: ModuleCall): void => {
    if (output instanceof Tensor) shapes.set(module, output.shape);
    // What is computed in the step of a scan counts for the module that scans.
    if (activeScope() !== undefined) return;
    calls.push({ module, inputs: [...tensorsIn(inputs)], outputs: [...tensorsIn(output)] });
  };
  try {
    model.eval();
    observeCalls(model, note, () => noGrad(() => model.forward(input)));
  } finally {
    model.train(mode);
  }
  const costs = callCosts(input, calls);
  const observed = new Map<Module, Observed>();
  for (const [i, { module }] of calls.entries()) {
    const { multiplyAdds, flops, field } = costs[i]!;
    const before = observed.get(module);
    observed.set(module, {
      outputShape: shapes.get(module),
      multiplyAdds: multiplyAdds + (before?.multiplyAdds ?? 0),
      flops: flops + (before?.flops ?? 0),
      receptiveField: field,
    });
  }
  for (const [module, outputShape] of shapes) {
    if (observed.has(module)) continue;
    observed.set(module, { outputShape, multiplyAdds: 0, flops: 0, receptiveField: undefined });
  }
  return observed;
}

/** The tensors in a value: one alone, or those in arrays and objects. */
function* tensorsIn(value: unknown): Generator<Tensor> {
  if (value instanceof Tensor) yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) yield* tensorsIn(item);
  }
}
