import { ArgumentError } from '../engine/core/errors.js';
import { Flag, Parameter, StateTensor } from '../tensor/index.js';
import type { Tensor } from '../tensor/index.js';
import { describeModule } from './describe-module.js';
import type { LoadResult, LoadStateOptions, StateDict } from './state-dict.js';
import { loadState, saveState } from './state-dict.js';

/** A module that takes one tensor and gives one, as those in a Sequential do. */
export interface UnaryModule extends Module {
  forward(x: Tensor): Tensor;
}

/**
 * A part of a network: parameters, buffers and other modules, and how the output is computed from
 * the input. All three register by being a field: a `Parameter`, a `StateTensor` (a buffer, such as
 * a running mean), a `Module`, or an array of them. Names are as in PyTorch: those of the fields,
 * joined with dots, positions in arrays counting from 0. What is private by `#` does not count.
 *
 * @example
 * class Net extends Module {
 *   readonly hidden = new Linear(784, 128);
 *   readonly output = new Linear(128, 10);
 *   forward(x: Tensor) {
 *     return this.output.forward(this.hidden.forward(x).relu());
 *   }
 * }
 * const names = [...new Net().namedParameters()].map(([name]) => name);
 * // hidden.weight, hidden.bias, output.weight, output.bias
 */
export abstract class Module {
  // Private by name as well, so that it cannot meet a field of a subclass.
  readonly #training = new Flag(true);

  /** The output for an input. */
  abstract forward(...inputs: never[]): unknown;

  /**
   * Whether layers behave as in training: dropout drops, batch norm uses the batch. True at first.
   * A compiled function keeps a program for each mode, and changing it back compiles nothing.
   */
  get training(): boolean {
    return this.#training.value;
  }

  /** Sets training mode, or with `false` evaluation mode, here and in all modules below. */
  train(mode = true): this {
    for (const module of this.modules()) module.#training.value = mode;
    return this;
  }

  /** Sets evaluation mode, here and in all modules below. */
  eval(): this {
    return this.train(false);
  }

  /** The modules that are fields of this one, with their names. */
  *namedChildren(): Generator<[string, Module]> {
    for (const [name, value] of this.members()) if (value instanceof Module) yield [name, value];
  }

  /** The modules that are fields of this one. */
  *children(): Generator<Module> {
    for (const [, child] of this.namedChildren()) yield child;
  }

  /** This module, named '', and all below it, each once, outer before inner. */
  *namedModules(): Generator<[string, Module]> {
    const seen = new Set<Module>();
    for (const [prefix, module] of this.everyModule('')) {
      if (seen.has(module)) continue;
      seen.add(module);
      yield [prefix.slice(0, -1), module];
    }
  }

  /** This module and all below it, each once. */
  *modules(): Generator<Module> {
    for (const [, module] of this.namedModules()) yield module;
  }

  /** Parameters of this module and those below, each once, in the order of definition. */
  *namedParameters(): Generator<[string, Parameter]> {
    const seen = new Set<Parameter>();
    for (const [name, value] of this.everyState()) {
      if (!(value instanceof Parameter) || seen.has(value)) continue;
      seen.add(value);
      value.variable.origin.name ??= name; // so that the engine can say which it means
      yield [name, value];
    }
  }

  /** Parameters of this module and those below, each once: what an optimizer takes. */
  *parameters(): Generator<Parameter> {
    for (const [, parameter] of this.namedParameters()) yield parameter;
  }

  /** Buffers of this module and those below, each once: state that is not trained. */
  *namedBuffers(): Generator<[string, StateTensor]> {
    const seen = new Set<StateTensor>();
    for (const [name, value] of this.everyState()) {
      if (value instanceof Parameter || seen.has(value)) continue;
      seen.add(value);
      yield [name, value];
    }
  }

  /** Buffers of this module and those below, each once. */
  *buffers(): Generator<StateTensor> {
    for (const [, buffer] of this.namedBuffers()) yield buffer;
  }

  /**
   * Whether the parameters here and below are to be trained; `requiresGrad(false)` freezes them.
   * PyTorch: `requires_grad_`.
   */
  requiresGrad(on = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = on;
    return this;
  }

  /** Calls `f` with each module below and last with this one, as initialisers want it. */
  apply(f: (module: Module) => void): this {
    for (const child of this.children()) child.apply(f);
    f(this);
    return this;
  }

  /**
   * The values of all parameters and buffers by name: a copy, which later training does not change.
   * What two modules share is there under both names.
   */
  stateDict(): StateDict {
    return saveState(this.everyState());
  }

  /**
   * Takes over values by name, converted to the dtype that is there. All or nothing: throws an
   * ArgumentError that lists every name that is missing, not expected or of another shape.
   *
   * @param options.strict Names may neither be missing nor be left over. Default true. If false,
   *   they are returned instead; shapes have to fit all the same.
   */
  loadStateDict(state: StateDict, options: LoadStateOptions = {}): LoadResult {
    return loadState(this.constructor.name, this.everyState(), state, options);
  }

  /** The tree of modules as PyTorch prints it, with the number of parameters of each. */
  toString(): string {
    return describeModule(this);
  }

  /** What Node's console.log prints. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** What stands in the parentheses of `toString()` for a module without modules below. */
  extraRepr(): string {
    return '';
  }

  /** Names and values of the fields that may hold state or modules, arrays taken apart. */
  protected *members(): Generator<[string, unknown]> {
    for (const [name, value] of Object.entries(this)) yield* flattened(name, value);
  }

  /** State of this module and those below under all its names. */
  private *everyState(): Generator<[string, StateTensor]> {
    for (const [prefix, module] of this.everyModule('')) {
      for (const [name, value] of module.members()) {
        if (value instanceof StateTensor) yield [prefix + name, value];
      }
    }
  }

  /** Modules under all their names, each with the dot that a name below it begins with. */
  private *everyModule(prefix: string, above: readonly Module[] = []): Generator<[string, Module]> {
    if (above.includes(this)) {
      throw new ArgumentError(
        `${above[0]!.constructor.name}: '${prefix.slice(0, -1)}' holds a module that it is a ` +
          'part of; keep such a reference in a #private field.',
      );
    }
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) {
      yield* child.everyModule(`${prefix}${name}.`, [...above, this]);
    }
  }
}

function* flattened(name: string, value: unknown): Generator<[string, unknown]> {
  if (!Array.isArray(value)) yield [name, value];
  else for (const [i, item] of value.entries()) yield* flattened(`${name}.${i}`, item);
}
