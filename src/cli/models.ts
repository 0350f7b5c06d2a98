/** The model families: one that is added here appears in the help, in the tour and in the docs. */
import type { ModelFamily } from './model-family.js';
import { linearFamily } from './models/linear.js';
import { mlpFamily } from './models/mlp.js';

/** In the order in which they are listed. */
export const MODELS: readonly ModelFamily[] = [mlpFamily, linearFamily];
