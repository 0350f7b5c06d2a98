/**
 * First values of parameters, assigned in place; each function returns the tensor. Weights are
 * [out, in, …]: fanIn = in · k and fanOut = out · k, where k is the product of the axes after the
 * second. Random values come from `generator` or the one that `manualSeed` sets: the same seed gives
 * the same values on every device.
 */
export type { InitOptions } from './plain.js';
export { constant, normal, ones, truncNormal, uniform, zeros } from './plain.js';
export type { DiracOptions, OrthogonalOptions, SparseOptions } from './structured.js';
export { dirac, eye, orthogonal, sparse } from './structured.js';
export type { KaimingOptions, Nonlinearity, XavierOptions } from './variance-scaling.js';
export {
  calculateFans,
  calculateGain,
  kaimingNormal,
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  xavierNormal,
  xavierUniform,
} from './variance-scaling.js';
