/** The model families with their flags; src/train/families is where one is added. */
import { FAMILIES } from '../train/index.js';
import { withFlags, type ModelFamily } from './model-family.js';

/** In the order in which they are listed. */
export const MODELS: readonly ModelFamily[] = FAMILIES.map(withFlags);
