import type { DType, TypedArray } from '../engine/core/dtype.js';
import type { Shape } from '../engine/core/shape.js';
import type { SentError } from './errors.js';

/**
 * What page and worker say to each other. Every message has the field `gradus`, so that others may
 * pass between the same two.
 *
 * Whoever comes first says so, since a message may be lost before the other listens: the worker says
 * 'here', the page 'hello', to every 'here' again. To 'hello' the worker answers 'ready', once it
 * holds the lock named there, which it loses only by dying.
 */
export type ToWorker =
  | { readonly gradus: 'hello'; readonly lock: string }
  | { readonly gradus: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly gradus: 'abort'; readonly id: number; readonly reason: SentError }
  | { readonly gradus: 'read'; readonly id: number; readonly tensor: number }
  | { readonly gradus: 'release'; readonly tensor: number };

export type ToPage =
  | { readonly gradus: 'here' }
  | { readonly gradus: 'ready'; readonly names: readonly string[]; readonly locked: boolean }
  | { readonly gradus: 'event'; readonly id: number; readonly value: unknown }
  | { readonly gradus: 'result'; readonly id: number; readonly value: unknown }
  | { readonly gradus: 'values'; readonly id: number; readonly values: TypedArray }
  | { readonly gradus: 'error'; readonly id: number; readonly error: SentError };

/** A tensor, which stays in the worker, in a message. */
export interface SentTensor {
  readonly gradusTensor: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

export function isSentTensor(value: object): value is SentTensor {
  return 'gradusTensor' in value;
}

/** Whether a message is of this protocol. */
export function isMessage(data: unknown): data is { readonly gradus: string } {
  return typeof data === 'object' && data !== null && 'gradus' in data;
}

/**
 * A copy of a value with `replace` applied to every object in its arrays and plain objects. What it
 * leaves alone by returning undefined is gone into if it is one of those, else taken as it is.
 */
export function mapObjects(value: unknown, replace: (object: object) => unknown): unknown {
  const done = new Map<object, unknown>();
  const visit = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (done.has(part)) return done.get(part);
    const replaced = replace(part);
    if (replaced !== undefined) {
      done.set(part, replaced);
      return replaced;
    }
    if (Array.isArray(part)) {
      const copy: unknown[] = [];
      done.set(part, copy);
      for (const item of part) copy.push(visit(item));
      return copy;
    }
    const prototype: unknown = Object.getPrototypeOf(part);
    if (prototype !== Object.prototype && prototype !== null) return part;
    const copy: Record<string, unknown> = {};
    done.set(part, copy);
    for (const [key, item] of Object.entries(part)) copy[key] = visit(item);
    return copy;
  };
  return visit(value);
}
