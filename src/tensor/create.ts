import type { DType, TypedArray } from '../engine/core/dtype.js';
import { allocate, isFloat, roundTo } from '../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import { checkShape, formatShape, sizeOf } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { Storage } from '../engine/runtime/storage.js';
import type { NestedArray } from './nested.js';
import { flattenNested } from './nested.js';
import { Tensor } from './tensor.js';

/** Options of what makes tensors: `zeros`, `full`, `arange` and the like. */
export interface CreateOptions {
  /** Default f32. */
  readonly dtype?: DType;
  /** `backward()` shall compute its gradient. Default false. */
  readonly requiresGrad?: boolean;
}

/** Options of `tensor`. */
export interface TensorOptions extends CreateOptions {
  /** The shape of values given flat. */
  readonly shape?: Shape;
}

/**
 * A tensor of the given values, a copy: a number, nested arrays, or a typed array with a shape.
 * Without `dtype`, numbers become f32 (whole ones too, unlike in PyTorch: JavaScript does not tell
 * 1 from 1.0), truth values bool, and typed arrays keep their kind. Throws a ShapeError where nested
 * arrays differ in length or `shape` does not hold as many elements.
 *
 * @example
 * tensor([[1, 2], [3, 4]]); // f32 [2, 2]
 * tensor([0, 2, 1], { dtype: 'i32' }); // indices
 * tensor(new Float32Array(6), { shape: [2, 3] });
 */
export function tensor(values: NestedArray | TypedArray, options: TensorOptions = {}): Tensor {
  const { shape, flat } = ArrayBuffer.isView(values)
    ? { shape: [values.length], flat: values }
    : flattenNested(values);
  const dtype = options.dtype ?? (ArrayBuffer.isView(flat) ? dtypeOf(flat) : naturalDType(flat));
  const data = allocate(dtype, flat.length);
  for (let i = 0; i < flat.length; i++) data[i] = roundTo(dtype, Number(flat[i]));
  return fromData(data, options.shape ?? shape, { ...options, dtype });
}

/**
 * A tensor that takes over `data`, in row-major order, without a copy: do not change it afterwards.
 * The dtype follows from the kind of array; give `bool` for a Uint8Array of 0 and 1.
 */
export function fromData(
  data: TypedArray,
  shape: Shape,
  { dtype = dtypeOf(data), requiresGrad = false }: CreateOptions = {},
): Tensor {
  checkShape('tensor', shape);
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `tensor: ${data.length} values do not fill shape ${formatShape(shape)}, which takes ` +
        `${sizeOf(shape)}.`,
    );
  }
  if (allocate(dtype, 0).constructor !== data.constructor) {
    throw new ArgumentError(
      `fromData: a ${data.constructor.name} does not hold ${dtype}; use tensor(), which converts.`,
    );
  }
  const storage = new Storage(dtype, data.length, data);
  return new Tensor({ shape: [...shape], dtype, storage, requiresGrad });
}

/** The element type that a typed array holds. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return 'f32';
  if (data instanceof Float64Array) return 'f64';
  if (data instanceof Int32Array) return 'i32';
  if (data instanceof Uint8Array) return 'u8';
  throw new ArgumentError(
    `tensor: a ${(data as object).constructor.name} is no element type; use Float32Array, ` +
      'Float64Array, Int32Array or Uint8Array.',
  );
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options: CreateOptions = {}): Tensor {
  return full(shape, 0, options);
}

/** A tensor of ones. */
export function ones(shape: Shape, options: CreateOptions = {}): Tensor {
  return full(shape, 1, options);
}

/** A tensor filled with one value. */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  checkShape('full', shape);
  const dtype = options.dtype ?? 'f32';
  return made(build.constant(roundTo(dtype, value), [...shape], dtype), options);
}

/** The identity matrix [n, m], m being n by default. */
export function eye(n: number, m = n, options: CreateOptions = {}): Tensor {
  checkShape('eye', [n, m]);
  const diagonal = build.compare('eq', build.iota([n, m], 0, 'i32'), build.iota([n, m], 1, 'i32'));
  return made(build.cast(diagonal, options.dtype ?? 'f32'), options);
}

/**
 * start, start + step, … up to but without stop; `arange(stop)` starts at 0. i32 if all three are
 * whole, as in PyTorch, otherwise f32, unless a dtype is given.
 *
 * @example
 * arange(3); // [0, 1, 2], i32
 * arange(0, 1, 0.25); // [0, 0.25, 0.5, 0.75], f32
 */
export function arange(stop: number, options?: CreateOptions): Tensor;
export function arange(start: number, stop: number, options?: CreateOptions): Tensor;
export function arange(start: number, stop: number, step: number, options?: CreateOptions): Tensor;
export function arange(...args: readonly (number | CreateOptions | undefined)[]): Tensor {
  const numbers = args.filter((a) => typeof a === 'number');
  const options = args.find((a) => typeof a === 'object') ?? {};
  const [start, stop, step = 1] = numbers.length < 2 ? [0, numbers[0]!] : numbers;
  const count = Math.max(0, Math.ceil((stop! - start!) / step));
  if (!Number.isFinite(count)) {
    throw new ArgumentError(
      `arange: ${start} to ${stop} in steps of ${step} has no end; use finite numbers and a step ` +
        'other than 0.',
    );
  }
  const whole = [start!, stop!, step].every(Number.isInteger);
  const dtype = options.dtype ?? (whole ? 'i32' : 'f32');
  if (!whole) return sequence(count, (i) => start! + i * step, dtype, options);
  const index = build.iota([count], 0, isFloat(dtype) ? dtype : 'i32');
  const scaled = step === 1 ? index : build.mul(index, build.like(index, step));
  const moved = start === 0 ? scaled : build.add(scaled, build.like(scaled, start!));
  return made(build.cast(moved, dtype), options);
}

/** `count` numbers at equal distances from start to stop, both included. */
export function linspace(
  start: number,
  stop: number,
  count: number,
  options: CreateOptions = {},
): Tensor {
  checkShape('linspace', [count]);
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  // From both ends, so that both are exact and the middle is symmetric.
  const value = (i: number): number =>
    2 * i < count ? start + i * step : stop - (count - 1 - i) * step;
  return sequence(count, value, options.dtype ?? 'f32', options);
}

/** Zeros in the shape and dtype of `like`. */
export function zerosLike(like: Tensor, options: CreateOptions = {}): Tensor {
  return fullLike(like, 0, options);
}

/** Ones in the shape and dtype of `like`. */
export function onesLike(like: Tensor, options: CreateOptions = {}): Tensor {
  return fullLike(like, 1, options);
}

/** One value in the shape and dtype of `like`. */
export function fullLike(like: Tensor, value: number, options: CreateOptions = {}): Tensor {
  return full(like.shape, value, { dtype: like.dtype, ...options });
}

function made(node: GraphNode, { requiresGrad = false }: CreateOptions): Tensor {
  return new Tensor({ shape: node.shape, dtype: node.dtype, node, requiresGrad, isLeaf: true });
}

function sequence(
  count: number,
  value: (i: number) => number,
  dtype: DType,
  options: CreateOptions,
): Tensor {
  const data = allocate(dtype, count);
  for (let i = 0; i < count; i++) data[i] = roundTo(dtype, value(i));
  return fromData(data, [count], { ...options, dtype });
}

function naturalDType(flat: readonly (number | boolean)[]): DType {
  return flat.length > 0 && flat.every((v) => typeof v === 'boolean') ? 'bool' : 'f32';
}
