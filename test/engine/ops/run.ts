/** Short ways to call one primitive on literal values. */
import type { DType } from '../../../src/engine/core/dtype.js';
import type { Shape } from '../../../src/engine/core/shape.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import type { Aval, OpAttrs } from '../../../src/engine/graph/node.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { DrawnOp } from './domains.js';
import { graphOf } from './domains.js';

/** A tensor of literal values; one axis unless `shape` is given. */
export function values(
  dtype: DType,
  data: readonly number[],
  shape: Shape = [data.length],
): RefArray {
  if (data.length !== sizeOf(shape)) throw new Error(`${data.length} values for [${shape.join()}]`);
  return { shape, dtype, data: Float64Array.from(data) };
}

/** The tensor 0, 1, 2, … of `shape`. */
export function counting(dtype: DType, shape: Shape): RefArray {
  return { shape, dtype, data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => i) };
}

/** The value of `op` by the interpreter. */
export function run<K extends DrawnOp>(
  op: K,
  inputs: readonly RefArray[],
  attrs: OpAttrs[K],
  wanted: Partial<Aval> = {},
): RefArray {
  const { node, bind } = graphOf<DrawnOp>({ op, inputs, attrs, wanted });
  return interpret([node], bind)[0]!;
}

/** Every index of `shape`, in row-major order. */
export function indicesOf(shape: Shape): number[][] {
  let all: number[][] = [[]];
  for (const d of shape) {
    all = all.flatMap((index) => Array.from({ length: d }, (_, i) => [...index, i]));
  }
  return all;
}

/** `index` with another entry for one axis. */
export function withAxis(index: readonly number[], axis: number, i: number): number[] {
  return index.map((old, a) => (a === axis ? i : old));
}

/** The element at `index`, by Horner's rule. */
export function element(x: RefArray, index: readonly number[]): number {
  return x.data[index.reduce((flat, i, axis) => flat * x.shape[axis]! + i, 0)]!;
}
