import { isFloat } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import type { StateTensor, Tensor } from '../tensor/index.js';
import { assignAll, fromData } from '../tensor/index.js';

/** Tensors by dotted name, such as '0.weight'. */
export type StateDict = Record<string, Tensor>;

/** Options of `Module.loadStateDict`. */
export interface LoadStateOptions {
  /** Names may neither be missing nor be left over. Default true. */
  readonly strict?: boolean;
}

/** What did not match when state was loaded; both empty in strict mode. */
export interface LoadResult {
  /** Names of the module that were not in the state. */
  readonly missingKeys: readonly string[];
  /** Names of the state that the module does not have. */
  readonly unexpectedKeys: readonly string[];
}

/** Copies of the values by name. */
export function saveState(entries: Iterable<readonly [string, StateTensor]>): StateDict {
  const state: StateDict = {};
  for (const [name, t] of entries) {
    state[name] = fromData(t.dataSync(), t.shape, { dtype: t.dtype });
  }
  return state;
}

/** Assigns values by name; where some do not fit, throws an ArgumentError and changes nothing. */
export function loadState(
  owner: string,
  entries: Iterable<readonly [string, StateTensor]>,
  state: StateDict,
  { strict = true }: LoadStateOptions,
): LoadResult {
  const targets = new Map(entries);
  const missingKeys = [...targets.keys()].filter((name) => !Object.hasOwn(state, name));
  const unexpectedKeys = Object.keys(state).filter((name) => !targets.has(name));
  const problems: string[] = [];
  if (strict && missingKeys.length > 0) problems.push(`missing: ${missingKeys.join(', ')}`);
  if (strict && unexpectedKeys.length > 0)
    problems.push(`not expected: ${unexpectedKeys.join(', ')}`);
  const pairs: [StateTensor, Tensor][] = [];
  for (const [name, target] of targets) {
    const value = Object.hasOwn(state, name) ? state[name] : undefined;
    if (value === undefined) continue;
    const problem = misfit(name, target, value);
    if (problem) problems.push(problem);
    else pairs.push([target, value.to(target.dtype)]);
  }
  if (problems.length > 0) {
    throw new ArgumentError(
      `loadStateDict: the state does not fit this ${owner}: ${problems.join('; ')}. Load it into ` +
        'a model built with the same settings' +
        `${strict ? ', or pass strict: false to skip names' : ''}.`,
    );
  }
  assignAll(pairs);
  return { missingKeys, unexpectedKeys };
}

function misfit(name: string, target: Tensor, value: Tensor): string | undefined {
  if (!sameShape(target.shape, value.shape)) {
    return `${name} has shape ${formatShape(value.shape)}, the model ${formatShape(target.shape)}`;
  }
  if (isFloat(target.dtype) !== isFloat(value.dtype)) {
    return `${name} is ${value.dtype}, in the model ${target.dtype}`;
  }
  return undefined;
}
