import type { TypedArray } from '../engine/core/dtype.js';
import { IndexError } from '../engine/core/errors.js';
import type { GraphNode, OpName } from '../engine/graph/node.js';
import { isOp } from '../engine/graph/node.js';
import { InputSource } from '../engine/runtime/storage.js';
import { isChecked } from './checked.js';
import { realize } from './evaluate.js';
import { activeScope } from './step-scope.js';
import type { InputCheck, ValueCheck } from './trace.js';
import { activeTrace } from './trace.js';
import type { TensorValue } from './value.js';

/**
 * Throws an IndexError unless low ≤ value < high for all values of `t`, or value = `allowed`. Values
 * that are known are checked now. Inside a compiled function, those of an argument, however it has
 * been reshaped, are checked at every call, before anything runs. Computed values are only checked
 * where checks are on: see `setChecked`.
 */
export function requireRange<T>(
  t: TensorValue<T>,
  low: number,
  high: number,
  message: string | ((value: number) => string),
  { allowed }: { readonly allowed?: number } = {},
): void {
  const text = typeof message === 'string' ? () => message : message;
  requireValues(t, [low, high], check, MOVED);
  function check(values: TypedArray, [least, end]: readonly number[]): void {
    for (const value of values) {
      if (!(value >= least! && value < end!) && value !== allowed)
        throw new IndexError(text(value));
    }
  }
}

/** As `requireRange`, for any check of the values in their order against `limits`. */
export function requireValues<T>(
  t: TensorValue<T>,
  limits: readonly number[],
  check: InputCheck['check'],
  through: ReadonlySet<OpName> = IN_ORDER,
): void {
  if (t.isConcrete) {
    check(t.storage().hostValues(), limits);
    return;
  }
  const trace = activeTrace();
  const position = trace && inputBehind(t.node(), through);
  if (position !== undefined) trace!.checks.push({ position, check, limits });
  else if (trace?.checked ?? isChecked()) requireComputed({ node: t.node(), check, limits });
}

/** Checks computed values: at each step or call of what is being recorded, or else now. */
export function requireComputed(wanted: ValueCheck): void {
  const recorded = activeScope() ?? activeTrace();
  if (recorded) recorded.computed.push(wanted);
  else wanted.check(realize([wanted.node])[0]!.hostValues(), wanted.limits);
}

const IN_ORDER: ReadonlySet<OpName> = new Set<OpName>(['reshape']);
const MOVED: ReadonlySet<OpName> = new Set<OpName>(['reshape', 'permute', 'flip', 'broadcast']);

/** The position of the input whose values, all of them, `node` holds. */
function inputBehind(node: GraphNode, through: ReadonlySet<OpName>): number | undefined {
  let at = node;
  while (through.has(at.op)) at = at.inputs[0]!;
  if (!isOp(at, 'leaf')) return undefined;
  return at.attrs.source instanceof InputSource ? at.attrs.source.position : undefined;
}
