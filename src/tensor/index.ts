/** Tensors: creation, operations, gradients, state, randomness and compiled functions. */
export type { DType, TypedArray } from '../engine/core/dtype.js';
export type { Shape } from '../engine/core/shape.js';
export type { Device, Program } from '../engine/runtime/device.js';
export type { KernelTime, Peak, Profile } from '../engine/runtime/profile.js';
export { getThreads, setThreads } from '../engine/runtime/threads.js';
export { apply } from './apply.js';
export type { ArgumentBound, AxisBound } from './bounds.js';
export { isChecked, setChecked } from './checked.js';
export type { Compiled, CompileOptions } from './compile.js';
export { compile } from './compile.js';
export type { ConvOptions, ConvTransposeOptions } from './conv.js';
export { conv, convTranspose } from './conv.js';
export { convolve } from './convolve.js';
export type { CreateOptions, TensorOptions } from './create.js';
export {
  arange,
  dtypeOf,
  eye,
  fromData,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
} from './create.js';
export type { Tier } from './device.js';
export { getDevice, setDevice } from './device.js';
export type { NonFinite, ValueSummary } from './diagnose.js';
export { einsum } from './einsum.js';
export { Flag } from './flags.js';
export { enableGrad, isGradEnabled, noGrad } from './grad-mode.js';
export type { GradOptions, GradTransformOptions } from './grad.js';
export { grad, valueAndGrad } from './grad.js';
export type { GradcheckMismatch, GradcheckOptions, GradcheckReport } from './gradcheck.js';
export { gradcheck } from './gradcheck.js';
export type { Col2imOptions, Im2colOptions } from './im2col.js';
export { col2im, im2col } from './im2col.js';
export type { Index } from './indexing.js';
export { concat, stack, where } from './join.js';
export type { SliceRange } from './movement.js';
export type { NestedArray } from './nested.js';
export type { CumsumOptions, Ordered, SortOptions, TopkOptions } from './ordering.js';
export { Parameter, StateTensor, assignAll } from './parameter.js';
export type { AvgPoolOptions, PoolOptions } from './pool.js';
export { avgPool, maxPool, maxPoolIndices, sumPool } from './pool.js';
export type { RandomOptions } from './random.js';
export {
  Generator,
  bernoulli,
  defaultGenerator,
  manualSeed,
  normal,
  rand,
  randint,
  randn,
  randperm,
  shuffle,
  uniform,
} from './random.js';
export type { Axes, NormOptions, ReduceOptions, VarianceOptions } from './reduction.js';
export { requireRange } from './require-range.js';
export { segmentGather, segmentMax, segmentMean, segmentSum } from './segment.js';
export type { Padding, PerAxis } from './spatial.js';
export type { ScanOptions } from './scan.js';
export { checkpoint, scan } from './scan.js';
export type { AxisField } from './receptive-field.js';
export type { BackwardOptions } from './tensor.js';
export { Tensor } from './tensor.js';
export { evaluate } from './value.js';
