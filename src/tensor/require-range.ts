import type { TypedArray } from '../engine/core/dtype.js';
import { IndexError } from '../engine/core/errors.js';
import type { GraphNode } from '../engine/graph/node.js';
import { isOp } from '../engine/graph/node.js';
import { InputSource } from '../engine/runtime/storage.js';
import type { RangeCheck } from './trace.js';
import { activeTrace } from './trace.js';
import type { TensorValue } from './value.js';

/**
 * Throws an IndexError unless low ≤ value < high for all values of `t`, or value = `allowed`. Values
 * that are known are checked now. Inside a compiled function, those of an argument, however it has
 * been reshaped, are checked at every call, before anything runs. Computed values are not checked.
 */
export function requireRange<T>(
  t: TensorValue<T>,
  low: number,
  high: number,
  message: string | ((value: number) => string),
  { allowed }: { readonly allowed?: number } = {},
): void {
  const text = typeof message === 'string' ? () => message : message;
  const check = { low, high, allowed, message: text };
  if (t.isConcrete) {
    checkRange(t.storage().hostValues(), check);
    return;
  }
  const trace = activeTrace();
  if (!trace) return;
  const position = inputBehind(t.node());
  if (position !== undefined) trace.checks.push({ ...check, position });
}

/** Throws an IndexError with the first value out of range. */
export function checkRange(values: TypedArray, check: Omit<RangeCheck, 'position'>): void {
  const { low, high, allowed } = check;
  for (const value of values) {
    if (!(value >= low && value < high) && value !== allowed) {
      throw new IndexError(check.message(value));
    }
  }
}

/** The position of the input whose values, all of them, `node` holds. */
function inputBehind(node: GraphNode): number | undefined {
  let at = node;
  while (isOp(at, 'reshape') || isOp(at, 'permute') || isOp(at, 'flip') || isOp(at, 'broadcast')) {
    at = at.inputs[0]!;
  }
  if (!isOp(at, 'leaf')) return undefined;
  return at.attrs.source instanceof InputSource ? at.attrs.source.position : undefined;
}
