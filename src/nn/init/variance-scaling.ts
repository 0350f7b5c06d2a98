/** First values whose variance follows from the numbers of inputs and outputs. */
import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { StateTensor, Tensor } from '../../tensor/index.js';
import type { InitOptions } from './plain.js';
import { normal, requireFloat, uniform } from './plain.js';

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

/**
 * Uniform on ±gain √(6 / (fanIn + fanOut)): a compromise between the variances of outputs and of
 * gradients. Glorot and Bengio, 2010.
 *
 * @param t f32 or f64, [out, in, …].
 * @throws ShapeError if t has fewer than two axes; DTypeError.
 *
 * @example
 * init.xavierUniform(layer.weight, { gain: init.calculateGain('tanh') });
 */
export function xavierUniform<T extends StateTensor>(
  t: T,
  { gain = 1, ...options }: XavierOptions = {},
): T {
  const bound = Math.sqrt(3) * xavierStd('xavierUniform', t, gain);
  return uniform(t, -bound, bound, options);
}

/**
 * Normal with standard deviation gain √(2 / (fanIn + fanOut)); otherwise as `xavierUniform`.
 *
 * @example
 * init.xavierNormal(layer.weight);
 */
export function xavierNormal<T extends StateTensor>(
  t: T,
  { gain = 1, ...options }: XavierOptions = {},
): T {
  return normal(t, 0, xavierStd('xavierNormal', t, gain), options);
}

/**
 * Uniform on ±gain √(3 / fan): keeps the variance through layers of the given non-linearity. He et
 * al., 2015, arXiv:1502.01852.
 *
 * @param t f32 or f64, [out, in, …].
 * @throws ShapeError if t has fewer than two axes; ArgumentError for an option that is none of those;
 *   DTypeError.
 *
 * @example
 * init.kaimingUniform(layer.weight, { nonlinearity: 'relu' });
 */
export function kaimingUniform<T extends StateTensor>(t: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingStd('kaimingUniform', t, options);
  return uniform(t, -bound, bound, source(options));
}

/**
 * Normal with standard deviation gain / √fan; otherwise as `kaimingUniform`.
 *
 * @example
 * init.kaimingNormal(layer.weight, { mode: 'fanOut', nonlinearity: 'relu' });
 */
export function kaimingNormal<T extends StateTensor>(t: T, options: KaimingOptions = {}): T {
  return normal(t, 0, kaimingStd('kaimingNormal', t, options), source(options));
}

/**
 * Uniform on ±√(3 / fanIn): outputs have the variance of the inputs. LeCun et al., 1998: Efficient
 * BackProp.
 *
 * @param t f32 or f64, [out, in, …].
 * @throws ShapeError if t has fewer than two axes; DTypeError.
 *
 * @example
 * init.lecunUniform(layer.weight);
 */
export function lecunUniform<T extends StateTensor>(t: T, options: InitOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingStd('lecunUniform', t, { nonlinearity: 'linear' });
  return uniform(t, -bound, bound, source(options));
}

/**
 * Normal with standard deviation 1 / √fanIn, as `SELU` wants it; otherwise as `lecunUniform`. Not
 * truncated, as that of Keras is.
 *
 * @example
 * init.lecunNormal(layer.weight);
 */
export function lecunNormal<T extends StateTensor>(t: T, options: InitOptions = {}): T {
  return normal(t, 0, kaimingStd('lecunNormal', t, { nonlinearity: 'linear' }), source(options));
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
  requireFloat(op, t);
  const { fanIn, fanOut } = calculateFans(op, t);
  return gain * Math.sqrt(2 / Math.max(1, fanIn + fanOut));
}

function kaimingStd(
  op: string,
  t: Tensor,
  { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' }: KaimingOptions,
): number {
  requireFloat(op, t);
  const fans = calculateFans(op, t);
  if (mode !== 'fanIn' && mode !== 'fanOut') {
    throw new ArgumentError(`${op}: mode is '${String(mode)}'; use 'fanIn' or 'fanOut'.`);
  }
  return calculateGain(nonlinearity, a) / Math.sqrt(Math.max(1, fans[mode]));
}

function source({ generator }: InitOptions): InitOptions {
  return generator ? { generator } : {};
}
