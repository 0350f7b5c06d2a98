/**
 * The model families: one that is added here can be trained, saved, loaded and drawn, and appears in
 * the help, in the tour and in the docs.
 */
import { linearFamily } from './linear.js';
import { mlpFamily } from './mlp.js';
import type { Family } from './family.js';

/** In the order in which they are listed. */
export const FAMILIES: readonly Family[] = [mlpFamily, linearFamily];

export type { Family, FamilyOptions, Recipe, Task } from './family.js';
export { completeOptions } from './family.js';
export type { OptionSpec } from './option.js';
