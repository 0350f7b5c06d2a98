import { activeTrace } from './trace.js';

/**
 * A plain value that steers what a function computes without being a tensor, such as a module's training
 * mode. A compiled function remembers which flags it read and is compiled anew only for values it
 * has not met: going from train to eval and back uses both programs again. A flag set inside a
 * compiled function is set at every call.
 *
 * @example
 * class Dropout {
 *   readonly training = new Flag(true);
 *   forward(x: Tensor) {
 *     return this.training.value ? drop(x) : x;
 *   }
 * }
 */
export class Flag<V> {
  private content: V;

  constructor(initial: V) {
    this.content = initial;
  }

  /** The content; reading it makes a compiled function depend on it. */
  get value(): V {
    const trace = activeTrace();
    if (!trace) return this.content;
    if (trace.set.has(this)) return trace.set.get(this) as V;
    trace.assumed.set(this, this.content);
    return this.content;
  }

  set value(next: V) {
    const trace = activeTrace();
    if (trace) trace.set.set(this, next);
    else this.content = next;
  }
}
