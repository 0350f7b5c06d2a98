/** Goldens of the layers: what PyTorch computes, in f64. */
import { readFileSync } from 'node:fs';
import type { DType, Shape, Tensor } from '../../src/tensor/index.js';
import { tensor } from '../../src/tensor/index.js';

export interface Packed {
  readonly shape: Shape;
  readonly dtype: 'f64' | 'i32';
  readonly data: readonly number[];
}

export interface Case {
  readonly op: string;
  readonly options: Readonly<Record<string, number | string | boolean | null>>;
  /** Options that are tensors. */
  readonly tensors: Readonly<Record<string, Packed>>;
  readonly inputs: readonly Packed[];
  readonly output: Packed;
  readonly seed: Packed;
  /** Of ⟨seed, output⟩ by the inputs that are floats. */
  readonly grads: readonly Packed[];
}

export interface NnGoldens {
  readonly cases: readonly Case[];
  readonly names: Readonly<Record<'parameters' | 'buffers' | 'modules' | 'stateDict', string[]>>;
  readonly gains: readonly { readonly args: readonly (string | number)[]; readonly gain: number }[];
}

/** The content of a file in test/goldens. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../goldens/${name}`, import.meta.url), 'utf8')) as T;
}

/** A tensor of a golden; floats in the dtype given. */
export function unpack({ shape, dtype, data }: Packed, float: DType, requiresGrad = false): Tensor {
  const flat = Float64Array.from(data);
  const real = dtype === 'f64';
  return tensor(flat, { shape, dtype: real ? float : dtype, requiresGrad: requiresGrad && real });
}
