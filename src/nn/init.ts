/**
 * First values of parameters, assigned in place. Weights are [out, in, …]: fanIn = in · k and
 * fanOut = out · k, where k is the product of the axes after the second.
 */
import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { Generator, StateTensor, Tensor } from '../tensor/index.js';
import { normal as normalTensor, uniform as uniformTensor } from '../tensor/index.js';

/** Options of the initialisers that draw at random. */
export interface InitOptions {
  /** Default: the one that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** Options of `xavierUniform` and `xavierNormal`. */
export interface XavierOptions extends InitOptions {
  /** A factor, such as that of `calculateGain`. Default 1. */
  readonly gain?: number;
}

/** What follows a layer, for `calculateGain`. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/** Options of `kaimingUniform` and `kaimingNormal`. */
export interface KaimingOptions extends InitOptions {
  /** The slope below 0 of a leaky ReLU. Default 0. */
  readonly a?: number;
  /** Keep the variance of the outputs, 'fanIn', or of the gradients, 'fanOut'. Default 'fanIn'. */
  readonly mode?: 'fanIn' | 'fanOut';
  /** Default 'leakyRelu', which with a = 0 is ReLU. */
  readonly nonlinearity?: Nonlinearity;
}

/** Uniform on [low, high), by default [0, 1). */
export function uniform<T extends StateTensor>(
  t: T,
  low = 0,
  high = 1,
  options: InitOptions = {},
): T {
  return assigned(t, uniformTensor(low, high, t.shape, { ...options, dtype: t.dtype }));
}

/** Normal, by default with mean 0 and standard deviation 1. */
export function normal<T extends StateTensor>(
  t: T,
  mean = 0,
  std = 1,
  options: InitOptions = {},
): T {
  return assigned(t, normalTensor(mean, std, t.shape, { ...options, dtype: t.dtype }));
}

/** The same value everywhere. */
export function constant<T extends StateTensor>(t: T, value: number): T {
  return assigned(t, value);
}

/** Zeros. */
export function zeros<T extends StateTensor>(t: T): T {
  return assigned(t, 0);
}

/** Ones. */
export function ones<T extends StateTensor>(t: T): T {
  return assigned(t, 1);
}

/** Uniform on ±gain √(6 / (fanIn + fanOut)). Glorot and Bengio, 2010. */
export function xavierUniform<T extends StateTensor>(
  t: T,
  { gain = 1, ...options }: XavierOptions = {},
): T {
  const bound = Math.sqrt(3) * xavierStd('xavierUniform', t, gain);
  return uniform(t, -bound, bound, options);
}

/** Normal with standard deviation gain √(2 / (fanIn + fanOut)). Glorot and Bengio, 2010. */
export function xavierNormal<T extends StateTensor>(
  t: T,
  { gain = 1, ...options }: XavierOptions = {},
): T {
  return normal(t, 0, xavierStd('xavierNormal', t, gain), options);
}

/** Uniform on ±gain √(3 / fan). He et al., 2015, arXiv:1502.01852. */
export function kaimingUniform<T extends StateTensor>(t: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingStd('kaimingUniform', t, options);
  return uniform(t, -bound, bound, source(options));
}

/** Normal with standard deviation gain / √fan. He et al., 2015, arXiv:1502.01852. */
export function kaimingNormal<T extends StateTensor>(t: T, options: KaimingOptions = {}): T {
  return normal(t, 0, kaimingStd('kaimingNormal', t, options), source(options));
}

/**
 * By how much a non-linearity shrinks the standard deviation, as PyTorch has it: 1 for linear and
 * sigmoid, 5/3 for tanh, √2 for relu, √(2 / (1 + a²)) for leakyRelu of slope a (default 0.01), ¾
 * for selu. Throws an ArgumentError for others.
 */
export function calculateGain(nonlinearity: Nonlinearity, a = 0.01): number {
  switch (nonlinearity) {
    case 'linear':
    case 'sigmoid':
      return 1;
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + a * a));
    case 'selu':
      return 3 / 4;
  }
  throw new ArgumentError(
    `calculateGain: there is no gain for '${String(nonlinearity)}'; use linear, sigmoid, tanh, ` +
      'relu, leakyRelu or selu.',
  );
}

/** fanIn and fanOut of a weight [out, in, …]. Throws a ShapeError if it has fewer than two axes. */
export function calculateFans(
  op: string,
  t: Tensor,
): { readonly fanIn: number; readonly fanOut: number } {
  const [out, inner, ...kernel] = t.shape;
  if (out === undefined || inner === undefined) {
    throw new ShapeError(
      `${op}: a tensor ${formatShape(t.shape)} has no fan-in; give a weight [out, in, …], or use ` +
        'uniform(), normal() or zeros().',
    );
  }
  const size = kernel.reduce((n, d) => n * d, 1);
  return { fanIn: inner * size, fanOut: out * size };
}

function xavierStd(op: string, t: Tensor, gain: number): number {
  const { fanIn, fanOut } = calculateFans(op, t);
  return gain * Math.sqrt(2 / Math.max(1, fanIn + fanOut));
}

function kaimingStd(
  op: string,
  t: Tensor,
  { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' }: KaimingOptions,
): number {
  const fans = calculateFans(op, t);
  if (mode !== 'fanIn' && mode !== 'fanOut') {
    throw new ArgumentError(`${op}: mode is '${String(mode)}'; use 'fanIn' or 'fanOut'.`);
  }
  return calculateGain(nonlinearity, a) / Math.sqrt(Math.max(1, fans[mode]));
}

function source({ generator }: InitOptions): InitOptions {
  return generator ? { generator } : {};
}

function assigned<T extends StateTensor>(t: T, value: Tensor | number): T {
  t.assign(value);
  return t;
}
