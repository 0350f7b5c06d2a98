import type { Field } from '../field.js';

/** Whether native code has to be compiled, or a process before has left it in the cache. */
export const COLD = 'compiled';
export const FROM_CACHE = 'from the cache';

/** The environment of processes that share an empty cache: the first of them compiles. */
export function cacheOf(field: Field): Readonly<Record<string, string>> {
  return { GRADUS_CACHE: field.makeFolder() };
}
