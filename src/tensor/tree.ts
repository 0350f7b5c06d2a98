/** Arguments and results of functions: tensors in arrays in objects, with plain values between. */
import { ArgumentError } from '../engine/core/errors.js';
import { Tensor } from './tensor.js';

/** A value that is the same each time a program runs. */
export type Static = string | number | boolean | bigint | null | undefined | void;

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * `tree` with each tensor replaced by what `onTensor` makes of it, and each plain value passed to
 * `onStatic`. Throws an ArgumentError that names the place of anything else.
 */
export function mapTree(
  op: string,
  tree: unknown,
  path: string,
  onTensor: (t: Tensor, path: string) => unknown,
  onStatic: (value: Static, path: string) => void = () => {},
): unknown {
  const visit = (value: unknown, at: string): unknown => {
    if (value instanceof Tensor) return onTensor(value, at);
    if (Array.isArray(value)) return value.map((v: unknown, i) => visit(v, `${at}[${i}]`));
    if (typeof value === 'object' && value !== null) {
      if (!isPlain(value)) throw misfit(op, at, `a ${value.constructor.name}`);
      const entries = Object.entries(value).map(([k, v]) => [k, visit(v, `${at}.${k}`)] as const);
      return Object.fromEntries(entries);
    }
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw misfit(op, at, `a ${typeof value}`);
    }
    onStatic(value as Static, at);
    return value;
  };
  return visit(tree, path);
}

function misfit(op: string, path: string, what: string): ArgumentError {
  return new ArgumentError(
    `${op}: ${path} is ${what}; use tensors, numbers, strings, truth values, and arrays or plain ` +
      'objects of them. Modules and functions can be captured from outside.',
  );
}

/** All tensors of `tree`, in order. */
export function tensorsOf(op: string, tree: unknown, path: string): Tensor[] {
  const found: Tensor[] = [];
  mapTree(op, tree, path, (t) => found.push(t));
  return found;
}
