/**
 * The model families: one that is added here can be trained, saved, loaded and drawn, and appears in
 * the help and in the docs.
 */
import { autoencoderFamily } from './autoencoder.js';
import { charGptFamily } from './char-gpt.js';
import { charGruFamily, charLstmFamily, charRnnFamily } from './char-recurrent.js';
import { forecasterFamily } from './forecaster.js';
import { lenetFamily } from './lenet.js';
import { linearFamily } from './linear.js';
import { mlpFamily } from './mlp.js';
import { mobilenetFamily } from './mobilenet.js';
import { pixelLinearFamily } from './pixel-linear.js';
import { resnetFamily } from './resnet.js';
import { segmenterFamily } from './segmenter.js';
import { vggFamily } from './vgg.js';
import { textBagFamily } from './text-bag.js';
import { textCnnFamily } from './text-cnn.js';
import { textLstmFamily } from './text-lstm.js';
import type { Family } from './family.js';

/** In the order in which they are listed. */
export const FAMILIES: readonly Family[] = [
  mlpFamily,
  linearFamily,
  lenetFamily,
  vggFamily,
  resnetFamily,
  mobilenetFamily,
  segmenterFamily,
  pixelLinearFamily,
  autoencoderFamily,
  textCnnFamily,
  textLstmFamily,
  textBagFamily,
  charLstmFamily,
  charGruFamily,
  charRnnFamily,
  charGptFamily,
  forecasterFamily,
];

export { Autoencoder, type AutoencoderOptions } from './autoencoder.js';
export type { Family, FamilyOptions, Recipe, Task } from './family.js';
export { completeOptions } from './family.js';
export { fitTexts } from './text-input.js';
export type { OptionSpec } from './option.js';
