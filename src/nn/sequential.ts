import { ArgumentError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import type { UnaryModule } from './module.js';
import { Module } from './module.js';

/**
 * Modules one after the other, the output of each being the input of the next: with Linear and
 * activations the multi-layer perceptron of chapter 2.1. They are named by position, or by the keys
 * of an object.
 *
 * @throws ArgumentError if something given is not a module.
 *
 * @example
 * const model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
 * const named = new Sequential({ hidden: new Linear(784, 128), act: new ReLU() });
 */
export class Sequential extends Module implements Iterable<UnaryModule> {
  readonly #layers: ReadonlyMap<string, UnaryModule>;

  constructor(...layers: readonly UnaryModule[]);
  constructor(layers: Readonly<Record<string, UnaryModule>>);
  constructor(...given: readonly (UnaryModule | Readonly<Record<string, UnaryModule>>)[]) {
    super();
    const [first] = given;
    const entries: readonly (readonly [string, unknown])[] =
      given.length === 1 && isPlain(first)
        ? Object.entries(first)
        : given.map((layer, i) => [String(i), layer]);
    for (const [key, layer] of entries) {
      if (layer instanceof Module) continue;
      throw new ArgumentError(
        `Sequential: '${key}' is ${typeof layer === 'function' ? 'a function' : String(layer)}, ` +
          'not a module; use modules such as new ReLU(), or a class of your own.',
      );
    }
    this.#layers = new Map(entries as readonly (readonly [string, UnaryModule])[]);
  }

  forward(x: Tensor): Tensor {
    let y = x;
    for (const layer of this) y = layer.forward(y);
    return y;
  }

  /** The number of modules. */
  get length(): number {
    return this.#layers.size;
  }

  /** The module at a position, from the end if negative. Throws an ArgumentError beyond. */
  at(index: number): UnaryModule {
    const layer = [...this].at(index);
    if (layer && Number.isInteger(index)) return layer;
    throw new ArgumentError(`Sequential: there is no module ${index}; there are ${this.length}.`);
  }

  /** The modules in order. */
  [Symbol.iterator](): IterableIterator<UnaryModule> {
    return this.#layers.values();
  }

  protected override *members(): Generator<[string, unknown]> {
    yield* this.#layers;
    yield* super.members();
  }
}

function isPlain(x: unknown): x is Readonly<Record<string, UnaryModule>> {
  return typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype;
}
