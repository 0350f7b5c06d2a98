/** What PyTorch computes for segments and sparse products: scripts/goldens-segment.py. */
import { readFileSync } from 'node:fs';
import type { Shape, Tensor } from '../../src/tensor/index.js';
import { fromData, grad } from '../../src/tensor/index.js';
import { expectClose } from './check.js';

type Described = readonly [shape: Shape, values: readonly number[]];

export interface Golden {
  readonly name: string;
  readonly op: 'sum' | 'mean' | 'max' | 'spmm' | 'sddmm';
  readonly in: readonly Described[];
  readonly out: Described;
  readonly grads: readonly Described[];
  readonly ptr?: readonly number[];
  readonly rows?: readonly number[];
  readonly columns?: readonly number[];
  readonly shape?: readonly [number, number];
}

export const goldens = (
  JSON.parse(readFileSync(new URL('../goldens/segment.json', import.meta.url), 'utf8')) as {
    readonly cases: readonly Golden[];
  }
).cases;

export function tensorOf([shape, values]: Described): Tensor {
  return fromData(Float64Array.from(values), shape);
}

/** Compares values and gradients of `f` with those of a case. */
export function expectGolden(golden: Golden, f: (...inputs: Tensor[]) => Tensor): void {
  const inputs = golden.in.map(tensorOf);
  const y = f(...inputs);
  expectClose(y, tensorOf(golden.out).array(), 1e-13);
  const weights = Float64Array.from({ length: y.size }, (_, i) => Math.sin(i + 1));
  const w = fromData(weights, y.shape);
  inputs.forEach((_, i) => {
    const g = grad(
      (...xs: Tensor[]) =>
        f(...xs)
          .mul(w)
          .sum(),
      { argnum: i },
    )(...inputs);
    expectClose(g, tensorOf(golden.grads[i]!).array(), 1e-13);
  });
}
