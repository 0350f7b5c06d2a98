import { LayerNorm, Linear, RMSNorm, type Module } from '../nn/index.js';
import { layerCalls, type LayerCall } from '../nn/layer-calls.js';
import type { Compiled, CompileOptions, Parameter, Tensor } from '../tensor/index.js';
import { compile, noGrad } from '../tensor/index.js';
import { elementwiseSlope } from '../tensor/elementwise-image.js';

/** What is seen of the units of a layer in a step: z = h(a) of those whose h is not the identity. */
export interface SeenLayer {
  readonly name: string;
  /** For each unit the largest |h′(a)| over the batch, [units]. */
  readonly slopes: Tensor;
  /** The share of elements with a small |h′(a)|, a scalar. */
  readonly saturated: Tensor;
}

/** Norms of a parameter, its gradient and its change in a step: scalars. */
export interface SeenParameter {
  readonly name: string;
  readonly norm: Tensor;
  readonly gradient: Tensor;
  readonly update: Tensor;
}

/** What is seen in a step. */
export interface Seen {
  readonly layers: readonly SeenLayer[];
  readonly parameters: readonly SeenParameter[];
}

/** A step that also gives what is seen in it. */
export type Watched<A extends unknown[], R> = Compiled<
  A,
  { readonly result: R; readonly seen: Seen }
>;

/**
 * `body`, which does a training step of the model, as a program that also looks at it. What it does
 * to the model is the same.
 *
 * @param saturation Elements with |h′(a)| below it count as saturated.
 */
export function compileWatched<A extends unknown[], R>(
  model: Module,
  body: (...args: A) => R,
  saturation: number,
  options: CompileOptions,
): Watched<A, R> {
  const step = (...args: A): { result: R; seen: Seen } => {
    const before = [...model.namedParameters()].map(([name, p]) => [name, p, p.detach()] as const);
    const { result, layers } = layerCalls(model, () => body(...args));
    const seen = noGrad(() => ({
      layers: layers.flatMap((layer) => seenLayer(layer, saturation) ?? []),
      parameters: before.flatMap(([name, p, old]) => seenParameter(name, p, old) ?? []),
    }));
    return { result, seen };
  };
  return compile(step, options);
}

function seenLayer({ name, module, a, z }: LayerCall, saturation: number): SeenLayer | undefined {
  if (!z || z === a || a.rank === 0) return undefined;
  const slope = elementwiseSlope(a, z).abs();
  const units = unitAxis(module, a);
  const others = a.shape.map((_, axis) => axis).filter((axis) => axis !== units);
  return {
    name,
    slopes: others.length > 0 ? slope.max(others) : slope,
    saturated: slope.lt(saturation).to(slope.dtype).mean(),
  };
}

/** The axis along which a layer's units lie: the last of dense layers, channels are the second. */
function unitAxis(module: Module, a: Tensor): number {
  const isLast = [Linear, LayerNorm, RMSNorm].some((kind) => module instanceof kind);
  return isLast || a.rank <= 2 ? a.rank - 1 : 1;
}

function seenParameter(name: string, p: Parameter, old: Tensor): SeenParameter | undefined {
  const gradient = p.grad;
  if (!gradient) return undefined;
  return { name, norm: old.norm(), gradient: gradient.norm(), update: p.sub(old).norm() };
}
