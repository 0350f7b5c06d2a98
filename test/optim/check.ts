/** The problem on which optimizers are compared: E = Σ a θ² / 2 - b θ + θ⁴ / 10. */
import { readFileSync } from 'node:fs';
import type { DType, Shape, StateTensor, Tensor } from '../../src/tensor/index.js';
import { Parameter, tensor } from '../../src/tensor/index.js';

interface Packed {
  readonly shape: Shape;
  readonly data: readonly number[];
}

/** By step: the values of all parameters in a row. */
export type Points = Readonly<Record<string, readonly number[]>>;

export interface OptimGoldens {
  readonly steps: number;
  /** The learning rate is halved ahead of this step. */
  readonly lrDrop: number;
  readonly a: readonly Packed[];
  readonly b: readonly Packed[];
  readonly start: readonly Packed[];
  readonly trajectories: readonly {
    readonly name: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly points: Points;
  }[];
  readonly clipped: readonly {
    readonly clip: Readonly<Record<string, number | string>>;
    readonly points: Points;
    readonly norms: readonly number[];
  }[];
}

export const goldens = JSON.parse(
  readFileSync(new URL('../goldens/optim.json', import.meta.url), 'utf8'),
) as OptimGoldens;

function unpack({ shape, data }: Packed, dtype: DType): Tensor {
  return tensor(Float64Array.from(data), { shape, dtype });
}

/** The parameters at the start: [3, 2] and [4]. */
export function startParameters(dtype: DType = 'f64'): Parameter[] {
  return goldens.start.map((p) => new Parameter(unpack(p, dtype)));
}

/** E at the parameters' values. */
export function energy(params: readonly Tensor[]): Tensor {
  return params
    .map((p, i) => {
      const a = unpack(goldens.a[i]!, p.dtype);
      const b = unpack(goldens.b[i]!, p.dtype);
      return p.mul(p).mul(a).div(2).sub(p.mul(b)).add(p.pow(4).div(10)).sum();
    })
    .reduce((x, y) => x.add(y));
}

/** ∂E/∂θ in plain numbers, for element i in the order of `flat`. */
export function slope(theta: number, i: number): number {
  const of = (parts: readonly Packed[]): number => parts.flatMap((p) => p.data)[i]!;
  return of(goldens.a) * theta - of(goldens.b) + 0.4 * theta ** 3;
}

/** The values of all parameters in a row. */
export function flat(params: readonly StateTensor[]): number[] {
  return params.flatMap((p) => [...p.dataSync()]);
}

/** The start in plain numbers. */
export const startNumbers: readonly number[] = goldens.start.flatMap((p) => p.data);
