/**
 * The model families: one that is added here can be trained, saved, loaded and drawn, and appears in
 * the help and in the docs.
 */
import { charGruFamily, charLstmFamily, charRnnFamily } from './char-recurrent.js';
import { lenetFamily } from './lenet.js';
import { linearFamily } from './linear.js';
import { mlpFamily } from './mlp.js';
import { mobilenetFamily } from './mobilenet.js';
import { resnetFamily } from './resnet.js';
import { vggFamily } from './vgg.js';
import type { Family } from './family.js';

/** In the order in which they are listed. */
export const FAMILIES: readonly Family[] = [
  mlpFamily,
  linearFamily,
  lenetFamily,
  vggFamily,
  resnetFamily,
  mobilenetFamily,
  charLstmFamily,
  charGruFamily,
  charRnnFamily,
];

export type { Family, FamilyOptions, Recipe, Task } from './family.js';
export { completeOptions } from './family.js';
export type { OptionSpec } from './option.js';
